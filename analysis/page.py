"""The page: a layout engine that gives headline, charts, labels, key and source line their places at every size.

It runs each time a figure is drawn, so a figure that is given another size (`fit`) is laid out again. Charts say
what they want labelled; the page measures the texts with the renderer's own extents and asks `layout` for places.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from analysis import layout, tables
from analysis.timeline import Timeline

INK, MUTED = "#222222", "#555555"

#: Text sizes by role, in points, at the size of the web preset.
SIZES = {
    "headline": 23.0,
    "subtitle": 13.5,
    "panel": 12.5,
    "label": 12.5,
    "tick": 11.5,
    "event": 11.0,
    "foot": 10.5,
}


@dataclass(frozen=True)
class Preset:
    """One size that figures are made for.

    `width` and `height` are millimetres where `dpi` is that of print (300), pixels elsewhere; `scale` is the size of
    texts and lines against the web preset; `smallest` and `largest` bound the text in points, `line` the strokes;
    journals set their own titles and sources, so `titles` is False for them and the caption carries both.
    """

    width: float
    height: float
    dpi: int
    scale: float
    smallest: float
    largest: float = 99.0
    line: float = 0.3
    titles: bool = True
    grid: bool = True
    print: bool = False

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches."""
        per_inch = 25.4 if self.print else self.dpi
        return self.width / per_inch, self.height / per_inch


PRESETS = {
    "web": Preset(1200, 675, 100, 1.0, 9),
    "slide": Preset(1920, 1080, 144, 1.72, 18, line=1.5),
    "social": Preset(1200, 675, 100, 1.65, 17.28),
    "brief": Preset(180, 120, 300, 0.72, 8, print=True),
    "nature-1col": Preset(89, 80, 300, 0.53, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "nature-2col": Preset(183, 110, 300, 0.56, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "elsevier-1col": Preset(90, 84, 300, 0.58, 7, 8, titles=False, print=True),
    "elsevier-2col": Preset(190, 115, 300, 0.6, 7, 8, titles=False, print=True),
}


@dataclass
class Beside:
    """A label to the right of a point; those with `spread` share the right margin and are pushed apart."""

    text: Text
    x: float
    y: float
    words: str
    line: Line2D
    spread: bool


@dataclass
class Inside:
    """A label within the plot, at the first free place near one of its line's points."""

    text: Text
    points: np.ndarray


@dataclass
class Panel:
    """What the page knows of one chart: its axes, what it draws and what it wants labelled."""

    ax: Axes
    title: Text
    table: pd.DataFrame | None = None
    kind: str = ""
    alt: str = ""
    notes: list[str] = field(default_factory=list)
    clock: bool = False
    rows: int = 0
    beside: list[Beside] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    timeline: Timeline | None = None
    more: Text | None = None


def page(fig: Figure) -> "Page":
    """The page of a figure; made when first asked for."""
    engine = fig.get_layout_engine()
    if not isinstance(engine, Page):
        engine = Page(fig)
        fig.set_layout_engine(engine)
    return engine


class Page(LayoutEngine):
    """Places everything on a figure, each time it is drawn."""

    _adjust_compatible = True
    _colorbar_gridspec = False

    def __init__(self, fig: Figure):
        super().__init__()
        self.preset = PRESETS["web"]
        self.panels: dict[Axes, Panel] = {}
        self.roles: dict[Text, str] = {}
        self.base: dict[Artist, tuple] = {}
        self.headline = self.text(fig, "headline", weight="bold", va="top")
        self.subtitle = self.text(fig, "subtitle", color=MUTED, va="top")
        self.foot = self.text(fig, "foot", color=MUTED, va="bottom")
        self.words = {self.headline: "", self.subtitle: "", self.foot: ""}
        self.sources: list[pd.DataFrame] = []
        self.notes: list[str] = []

    def text(self, parent: Figure | Axes, role: str, words: str = "", **style: str | float) -> Text:
        """A text of the page, in figure coordinates, at the size of its role; never read as mathematics."""
        fig = parent if isinstance(parent, Figure) else parent.figure
        size = SIZES[role] * self.preset.scale
        made = parent.text(0, 0, words, transform=fig.transFigure, fontsize=size, parse_math=False, **style)
        made.set_in_layout(False)
        self.roles[made] = role
        return made

    def panel(self, ax: Axes) -> Panel:
        """The panel of an axes; made when first asked for."""
        if ax not in self.panels:
            title = self.text(ax, "panel", weight="semibold", va="top", clip_on=False)
            self.panels[ax] = Panel(ax, title)
            self.words[title] = ""
        return self.panels[ax]

    def fit(self, fig: Figure, preset: str) -> None:
        """Give the figure the size of a preset, and its texts and lines the weight that goes with it."""
        self.preset = PRESETS[tables.known(preset, PRESETS, "preset")]
        fig.set_dpi(self.preset.dpi)
        fig.set_size_inches(*self.preset.inches)
        for text, role in self.roles.items():
            text.set_fontsize(self._size(SIZES[role]))
        for ax in fig.axes:
            self._restyle(ax)

    def _size(self, points: float) -> float:
        return float(np.clip(points * self.preset.scale, self.preset.smallest, self.preset.largest))

    def _restyle(self, ax: Axes) -> None:
        scale = self.preset.scale
        for line in ax.lines:
            width, size, edge = self.base.setdefault(
                line, (line.get_linewidth(), line.get_markersize(), line.get_markeredgewidth())
            )
            line.set(linewidth=self._stroke(width), markersize=size * scale, markeredgewidth=self._stroke(edge))
        for shape in [*ax.collections, *ax.patches, *ax.spines.values()]:
            (width,) = self.base.setdefault(shape, (np.atleast_1d(shape.get_linewidth())[0],))
            shape.set_linewidth(self._stroke(width))
        for text in ax.texts:
            if text not in self.roles:
                (size,) = self.base.setdefault(text, (text.get_fontsize(),))
                text.set_fontsize(self._size(size))
        ax.tick_params(
            labelsize=self._size(SIZES["tick"]), grid_linewidth=self._stroke(0.8), width=self._stroke(0.9), pad=4 * scale
        )
        ax.tick_params(axis="x", length=4 * scale if self.panel(ax).clock else 0)
        ax.grid(self.preset.grid and self.panel(ax).grid != "", axis=self.panel(ax).grid or "both")

    def _stroke(self, width: float) -> float:
        return max(width * self.preset.scale, self.preset.line) if width else 0.0

    def execute(self, fig: Figure) -> None:
        """Lay the figure out: header, footer, then each column of charts between them."""
        renderer = fig._get_renderer()
        pen = Pen(renderer, renderer.points_to_pixels(self.preset.scale), self.widths)
        sheet = Sheet(fig.bbox.width, fig.bbox.height)
        margin = 13 * pen.point
        top = self._header(pen, sheet, margin)
        bottom = self._footer(pen, sheet, margin)
        columns = self._columns(fig)
        each = (sheet.width - 2 * margin + COLUMN_GAP * pen.point) / len(columns)
        for k, panels in enumerate(columns):
            left = margin + k * each
            self._column(pen, sheet, panels, left, left + each - COLUMN_GAP * pen.point, bottom, top)
