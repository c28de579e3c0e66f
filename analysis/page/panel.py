"""What the page knows of a chart: its axes, what it draws and what it wants labelled."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis.page.timeline import Plan, Timeline


@dataclass(frozen=True)
class Box:
    """A part of the page, in pixels from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass
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
    lines: list[str] = field(default_factory=list)


@dataclass
class Inside:
    """A label within the plot, at the first free place near one of its line's points."""

    text: Text
    words: str
    points: np.ndarray
    leader: Line2D
    line: Line2D | None = None


@dataclass
class Over:
    """A name over a stretch of a strip: the first of the words that is no wider than the stretch."""

    text: Text
    start: float
    end: float
    y: float
    words: list[str]


@dataclass(frozen=True)
class Obstacles:
    """What a label must keep clear of: boxes taken, pieces of all lines, of event lines, and of other series."""

    taken: np.ndarray
    lines: np.ndarray
    upright: np.ndarray
    others: np.ndarray


@dataclass
class Panel:
    """What the page knows of one chart: its axes, what it draws and what it wants labelled."""

    ax: Axes
    title: Text
    more: Text
    table: pd.DataFrame | None = None
    kind: str = ""
    alt: str = ""
    notes: list[str] = field(default_factory=list)
    clock: bool = False
    grid: str = "y"
    rows: int = 0
    shown: int = 0
    spans: np.ndarray | None = None
    beside: list[Beside] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)
    timeline: Timeline | None = None
    more_words: str = ""
    plan: Plan | None = None
    above: float = 0.0
    strip: float = 0.0
    height: float = 0.0
    below: float = 0.0
    tail: float = 0.0
