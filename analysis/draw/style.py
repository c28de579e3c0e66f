"""The style: colours, typeface, and how a chart gets its axes, leaves its record and asks for labels."""

from collections.abc import Callable, Iterable
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from analysis import words
from analysis.draw.captions import compose
from analysis.page import Beside, Inside, Page, Panel, Record, page_of
from analysis.page.canvas import paper
from analysis.page.palette import DARK, GREY, GREYS, INK, LILAC, MUTED, NAVY, ORANGE, PALE, PLUM, RULE, TEAL

__all__ = ["DARK", "GREY", "GREYS", "INK", "MUTED", "NAVY", "PALE", "RULE", "TEAL"]

#: One colour per country, everywhere. Countries that are not here are grey and told apart by label and dash.
COLOURS = {
    "China": NAVY,
    "United States": ORANGE,
    "Russia": PLUM,
    "Soviet Union": PLUM,
    "France": LILAC,
    "United Kingdom": DARK,
    "Pakistan": TEAL,
    "India": TEAL,
}

#: Dashes for lines of one colour in a chart, in the order in which they appear.
DASHES = ["-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (5, 1.2, 1.2, 1.2))]

TIV_NOTE = "TIV: SIPRI trend-indicator value, a volume of major arms, not money."
PRINTED_NOTE = "Lines: own calculation from one release. Diamonds: as SIPRI printed them, edition by edition."

P, R = ParamSpec("P"), TypeVar("R")

_FONTS = Path(find_spec("font_source_sans_pro").origin).parent / "files"
for _weight in ("Regular", "It", "Semibold", "Bold"):
    fontManager.addfont(_FONTS / f"SourceSansPro-{_weight}.ttf")


def colour(country: str, default: str = GREY) -> str:
    """The colour of a country; `default` for those that have none of their own."""
    return COLOURS.get(country, default)


def styled(chart: Callable[P, R]) -> Callable[P, R]:
    """A chart or layer that draws in the style of the package, whatever a reader's own settings are."""

    @wraps(chart)
    def draw(*args: P.args, **options: P.kwargs) -> R:
        with paper():
            return chart(*args, **options)

    return draw


def axes(ax: Axes | None) -> tuple[Axes, Panel]:
    """The axes to draw on and their panel; without axes a new figure in the style.

    Raises
    ------
    ValueError
        If the axes are in no figure, in a part of one, or within other axes: the page has no place for them.
    """
    if ax is None:
        with paper():
            ax = plt.figure().add_subplot()
    fig = ax.get_figure(root=True)
    if fig is None:
        raise ValueError("These axes were removed from their figure: draw on others, or leave ax out for a new figure.")
    if ax.get_figure(root=False) is not fig or ax not in fig.axes:
        raise ValueError(
            "These axes are in a subfigure or within other axes, where a page with headline, labels and source has no "
            "place. Draw on axes of the figure itself: fig, axes = plt.subplots(1, 2), or on one figure each."
        )
    return ax, page(fig).panel(ax)


def page(fig: Figure) -> Page:
    """The page of a figure; made when first asked for.

    Raises
    ------
    ValueError
        If it is a subfigure.
    """
    if not isinstance(fig, Figure):
        raise ValueError(f"A page is a whole figure, and this is a {type(fig).__name__}: plt.subplots(1, 2) gives one.")
    return page_of(fig) or Page(fig, compose)


def tell(
    panel: Panel, table: pd.DataFrame, kind: str, chart: str, story: str, subject: str = "", notes: Iterable[str] = ()
) -> Axes:
    """Leave a record of what a chart shows: for headline, subtitle, source line, alt text and data file."""
    subject = f"{subject}{words.caveat(table)}" if subject else words.subject(table)
    panel.ax.add_artist(Record(kind, table, subject=subject, alt=words.alt(chart, subject, story), notes=notes))
    return panel.ax


def one_pair(frame: pd.DataFrame, chart: str, columns: tuple[str, ...] = ("recipient", "supplier")) -> list[str]:
    """The one pair that a chart shows; several are refused, with the first of them."""
    pairs = frame[list(columns)].drop_duplicates().values.tolist()
    if len(pairs) != 1:
        raise ValueError(f"{chart} shows one {', '.join(columns)}; these rows are of {len(pairs)}: {pairs[:4]}.")
    return pairs[0]


def middle_of(years: pd.Series) -> np.ndarray:
    """The middle of each year on the date axis: where that year, and a window that ends in it, is drawn."""
    return date2num([np.datetime64(f"{year}-07-02") for year in years])


def clock(panel: Panel, first: float, last: float) -> None:
    """Give the axes their years, unless a chart that shares them has set them already."""
    shared = panel.ax.get_shared_x_axes().get_siblings(panel.ax)
    panel.clock = True
    if not any(other is not panel.ax and other.has_data() for other in shared):
        panel.ax.set_xlim(first, last)


def percent_axis(ax: Axes, low: float = 0, high: float = 100) -> None:
    """Ticks at quarters, the uppermost with its unit."""
    ax.set_ylim(low, high)
    ticks = np.arange(low, high + 1, 25 if high - low <= 100 else 50)
    ax.set_yticks(ticks, [f"{abs(t):.0f}{' %' if abs(t) == max(abs(low), abs(high)) else ''}" for t in ticks])


def page_line(ax: Axes, tint: str, width: float) -> Line2D:
    """A line that the page places, in figure coordinates."""
    transform = ax.get_figure(root=True).transFigure
    return ax.add_line(Line2D([], [], color=tint, linewidth=width, transform=transform, clip_on=False, zorder=1))


def end_label(panel: Panel, x: float, y: float, words: str, tint: str, value: str = "", short: str = "") -> None:
    """A label in the right margin, with a dot in the colour of its line and, if wished, its value large above it.

    `short` are the words where there is little height.
    """
    text = panel.text("label", color=INK)
    figure = panel.text("value", value, weight="bold", color=INK, va="top") if value else None
    leader, dot = page_line(panel.ax, PALE, 0.8), page_line(panel.ax, tint, 0)
    dot.set(marker="o", markersize=7)
    panel.beside.append(Beside(text, x, y, words, True, 0.0, leader, dot, figure, short))


def point_label(
    panel: Panel,
    x: float,
    y: float,
    words: str,
    role: str = "label",
    gap: float = 5.0,
    short: str = "",
) -> None:
    """A label to the right of a point, `gap` points away; `short` are its words where room is scarce."""
    panel.beside.append(Beside(panel.text(role, color=INK), x, y, words, False, gap, short=short))


def inside_label(
    panel: Panel,
    x: np.ndarray,
    y: np.ndarray,
    words: str,
    role: str = "label",
    line: Line2D | None = None,
) -> None:
    """A label at a free place near one of these points of `line`, tried in their order."""
    text = panel.text(role, color=INK, zorder=6, path_effects=[withStroke(linewidth=2, foreground="white")])
    panel.inside.append(Inside(text, words, np.column_stack([x, y]), page_line(panel.ax, PALE, 0.8), line))
