"""The page of a figure: a layout engine that gives every part its place, at every size."""

from analysis.page.engine import Page, page
from analysis.page.panel import Beside, Inside, Over, Panel
from analysis.page.presets import INK, MUTED, PRESETS, Preset

__all__ = ["INK", "MUTED", "PRESETS", "Beside", "Inside", "Over", "Page", "Panel", "Preset", "page"]
