"""The sizes that figures are made for, and the sizes of texts by role."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

#: The typeface of all texts of the page, whatever style is in force when they are made.
FAMILY = "Source Sans Pro"

#: The distance from line to line, in sizes of the type.
LEADING = 1.2

#: Distances in points at the size of the web preset: page margin, between charts, between columns, room of a dot.
MARGIN, PANEL_GAP, COLUMN_GAP, DOT = 14, 14, 26, 15

#: Text sizes by role, in points, at the size of the web preset.
SIZES = {
    "headline": 23.0,
    "subtitle": 13.5,
    "panel": 12.5,
    "label": 12.5,
    "value": 20.0,
    "tick": 11.5,
    "event": 11.0,
    "foot": 10.5,
}


@dataclass(frozen=True)
class Preset:
    """One size that figures are made for.

    `width` and `height` are millimetres where `dpi` is that of print (300), pixels elsewhere; `scale` is the size of
    texts and lines against the web preset; `smallest` and `largest` bound the text in points, `line` the strokes;
    journals set their own titles and sources, so `titles` is False for them and the caption carries both. Where texts
    must be large, `notes` is False: the figure keeps its sources, and the caption carries the notes.
    """

    width: float
    height: float
    dpi: int
    scale: float
    smallest: float
    largest: float = 99.0
    line: float = 0.3
    titles: bool = True
    notes: bool = True
    grid: bool = True
    print: bool = False

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches."""
        per_inch = 25.4 if self.print else self.dpi
        return self.width / per_inch, self.height / per_inch

    def size(self, points: float) -> float:
        """A text size of the web preset as it is here."""
        return float(np.clip(points * self.scale, self.smallest, self.largest))

    def stroke(self, width: float) -> float:
        """A stroke of the web preset as it is here."""
        return max(width * self.scale, self.line) if width else 0.0


PRESETS = {
    "web": Preset(1200, 675, 100, 1.0, 9),
    "slide": Preset(1920, 1080, 144, 1.72, 18, 34, line=1.5, notes=False),
    "social": Preset(1200, 675, 100, 1.65, 17.28, 29, notes=False),
    "brief": Preset(180, 120, 300, 0.72, 8, print=True),
    "nature-1col": Preset(89, 80, 300, 0.53, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "nature-2col": Preset(183, 110, 300, 0.56, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "elsevier-1col": Preset(90, 84, 300, 0.58, 7, 8, titles=False, print=True),
    "elsevier-2col": Preset(190, 115, 300, 0.6, 7, 8, titles=False, print=True),
}


def text_style(fig: Figure, preset: Preset, role: str) -> dict:
    """How a text of the page is set: in figure coordinates, at the size of its role, never read as mathematics."""
    fixed = {"transform": fig.transFigure, "family": FAMILY, "linespacing": LEADING, "parse_math": False}
    return fixed | {"fontsize": preset.size(SIZES[role]), "usetex": False}
