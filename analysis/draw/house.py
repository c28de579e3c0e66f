"""The house: colours, typeface, and how a chart gets its axes and its labels."""

from importlib.util import find_spec
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from analysis.page import INK, Beside, Inside, Page, Panel, page

#: Six colours with a contrast of 3:1 or more against white and between neighbours (Analysis Function palette).
NAVY, TEAL, PLUM, ORANGE, DARK, LILAC = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
GREY, PALE = "#767676", "#949494"

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

#: Greys for bars of countries without a colour of their own, in the order in which they appear.
GREYS = [GREY, "#5E5E5E", "#868686", "#6A6A6A"]

#: Dashes for lines of one colour in a chart, in the order in which they appear.
DASHES = ["-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (5, 1.2, 1.2, 1.2))]

TIV_NOTE = "TIV: SIPRI trend-indicator value, a volume of major arms, not money."
PRINTED_NOTE = "Lines: own calculation from one release. Diamonds: as SIPRI printed them, edition by edition."

_FONTS = Path(find_spec("font_source_sans_pro").origin).parent / "files"
for _weight in ("Regular", "It", "Semibold", "Bold"):
    fontManager.addfont(_FONTS / f"SourceSansPro-{_weight}.ttf")


def colour(country: str, default: str = GREY) -> str:
    """The colour of a country; `default` for those that have none of their own."""
    return COLOURS.get(country, default)


def axes(ax: Axes | None) -> tuple[Axes, Page, Panel]:
    """The axes to draw on, their page and panel; without axes a new figure in the house style."""
    if ax is None:
        with plt.style.context("analysis.paper"):
            ax = plt.figure().add_subplot()
    home = page(ax.get_figure(root=True))
    return ax, home, home.panel(ax)


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


def end_label(
    home: Page, panel: Panel, x: float, y: float, words: str, tint: str, value: str = "", short: str = ""
) -> None:
    """A label in the right margin, with a dot in the colour of its line and, if wished, its value large above it.

    `short` are the words where there is little height.
    """
    text = home.text(panel.ax, "label", color=INK)
    figure = home.text(panel.ax, "value", value, weight="bold", color=INK, va="top") if value else None
    leader, dot = page_line(panel.ax, PALE, 0.8), page_line(panel.ax, tint, 0)
    dot.set(marker="o", markersize=7)
    panel.beside.append(Beside(text, x, y, words, True, 0.0, leader, dot, figure, short))


def point_label(
    home: Page,
    panel: Panel,
    x: float,
    y: float,
    words: str,
    role: str = "label",
    gap: float = 5.0,
    short: str = "",
) -> None:
    """A label to the right of a point, `gap` points away; `short` are its words where room is scarce."""
    panel.beside.append(Beside(home.text(panel.ax, role, color=INK), x, y, words, False, gap, short=short))


def inside_label(
    home: Page,
    panel: Panel,
    x: np.ndarray,
    y: np.ndarray,
    words: str,
    role: str = "label",
    line: Line2D | None = None,
) -> None:
    """A label at a free place near one of these points of `line`, tried in their order."""
    text = home.text(panel.ax, role, color=INK, zorder=6, path_effects=[withStroke(linewidth=2, foreground="white")])
    panel.inside.append(Inside(text, words, np.column_stack([x, y]), page_line(panel.ax, PALE, 0.8), line))
