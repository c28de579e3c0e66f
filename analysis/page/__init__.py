"""The page of a figure: what it shows, what is to be labelled on it, and where everything goes, at every size."""

from analysis.page.engine import Page, page_of
from analysis.page.presets import PRESETS, Preset
from analysis.page.record import Lettering, Record
from analysis.page.requests import Beside, Inside, Over, Panel

__all__ = ["PRESETS", "Beside", "Inside", "Lettering", "Over", "Page", "Panel", "Preset", "Record", "page_of"]
