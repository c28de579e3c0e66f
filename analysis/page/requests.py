"""What charts ask of the page: labels beside, inside and over, rows, years, events; nothing of where they went."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis.page.palette import MUTED
from analysis.page.presets import text_style
from analysis.page.timeline import Timeline

if TYPE_CHECKING:
    from analysis.page.engine import Page


@dataclass(frozen=True, eq=False)
class Beside:
    """A label to the right of a point; those with `spread` share the right margin and are pushed apart."""

    text: Text
    x: float
    y: float
    words: str
    spread: bool
    gap: float = 5.0
    leader: Line2D | None = None
    dot: Line2D | None = None
    value: Text | None = None
    short: str = ""


@dataclass(frozen=True, eq=False)
class Inside:
    """A label within the plot, at the first free place near one of its line's points."""

    text: Text
    words: str
    points: np.ndarray
    leader: Line2D
    line: Line2D | None = None


@dataclass(frozen=True, eq=False)
class Over:
    """A name over a stretch of a strip: the first of the words that is no wider than the stretch."""

    text: Text
    start: float
    end: float
    y: float
    words: list[str]


class Panel(Artist):
    """What is asked for one axes: its title, whether it has years or rows, and what is to be labelled on it.

    An artist that draws nothing. Its axes keep it, so that requests are gone with the artists that they speak of.
    """

    def __init__(self, ax: Axes, page: "Page"):
        super().__init__()
        self.set_in_layout(False)
        ax.add_artist(self)
        self.ax, self.page = ax, page
        self.roles: dict[Text, str] = {}
        #: Stroke widths, marker sizes and text sizes at the web preset, to which those of any other are scaled.
        self.base: dict[Artist, tuple] = {}
        self.title = self.text("panel", weight="semibold", va="top", clip_on=False)
        self.more = self.text("event", color=MUTED, va="top", style="italic", visible=False)
        self.clock, self.grid, self.rows = False, "y", 0
        self.spans: np.ndarray | None = None
        self.beside: list[Beside] = []
        self.inside: list[Inside] = []
        self.over: list[Over] = []
        self.timeline: Timeline | None = None

    def text(self, role: str, words: str = "", **style: str | float) -> Text:
        """A text of the page on these axes, in figure coordinates, at the size of its role."""
        fig = self.ax.get_figure(root=True)
        text = self.ax.text(0, 0, words, **text_style(fig, self.page.preset, role), **style)
        text.set_in_layout(False)
        self.roles[text] = role
        return text
