"""Pixels on a page: where lines run, where labels may stand, and how artists are put in their places."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Tick
from matplotlib.dates import date2num, num2date
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis.page import geometry
from analysis.page.timeline import Pen


@dataclass(frozen=True)
class Box:
    """A part of the page, in pixels from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Obstacles:
    """What a label must keep clear of: boxes taken, pieces of all lines, of event lines, and of other series."""

    taken: np.ndarray
    lines: np.ndarray
    upright: np.ndarray
    others: np.ndarray


def put(artist: Text, x: float, y: float) -> None:
    """Move a text to a place given in pixels."""
    box = artist.get_figure(root=True).bbox
    artist.set_position((x / box.width, y / box.height))


def set_lines(pen: Pen, text: Text, words: str, width: float) -> int:
    """Wrap words into a text; how many lines it has now."""
    parts = words.split("\n") if words else []
    lines = [line for part in parts for line in geometry.wrap(part, width, lambda w: pen.width(text, w))]
    text.set(text="\n".join(lines), visible=bool(lines))
    return len(lines)


def folded(words: str) -> list[str]:
    """A label on one row and, if it has a blank, on two."""
    first, blank, rest = words.partition(" ")
    return [words, f"{first}\n{rest}"] if blank else [words]


def all_pieces(lines: list[Line2D]) -> np.ndarray:
    return np.concatenate([_NONE, *(pieces(line) for line in lines)])


_NONE = np.empty((0, 4))


def pieces(line: Line2D) -> np.ndarray:
    """The straight pieces of a drawn line in pixels, one row each."""
    points = line.get_transform().transform(np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)]))
    pieces = np.column_stack([points[:-1], points[1:]])
    return pieces[np.isfinite(pieces).all(axis=1)]


def around(points: np.ndarray, width: float, height: float, point: float, _: Box) -> np.ndarray:
    """Boxes around points, all places at the first point before those at the next, the nearer before the farther."""
    x, y = points[:, :1], points[:, 1:]
    dx = np.array([-0.5, -0.5, 0, 0, -1, -1, -0.5, -0.5]) * width + np.array([0, 0, 6, 6, -6, -6, 0, 0]) * point
    dy = np.array([0, -1, 0, -1, 0, -1, 0, -1]) * height + np.array([5, -5, 1, -1, 1, -1, 13, -13]) * point
    left, low = (x + dx).ravel(), (y + dy).ravel()
    return np.column_stack([left, low, left + width, low + height])


def everywhere(points: np.ndarray, width: float, height: float, _: float, plot: Box) -> np.ndarray:
    """Boxes all over the plot, the nearest to the points first."""
    x, y = np.meshgrid(
        np.arange(plot.left, max(plot.right - width, plot.left) + 1, max(width / 4, 1)),
        np.arange(plot.bottom, max(plot.top - height, plot.bottom) + 1, max(height / 2, 1)),
    )
    boxes = np.column_stack([x.ravel(), y.ravel(), x.ravel() + width, y.ravel() + height])
    ends = np.clip(points[:, None], boxes[:, :2], boxes[:, 2:])
    return boxes[np.hypot(*(points[:, None] - ends).T).min(axis=1).argsort(kind="stable")]


def set_line(line: Line2D, x: list[float], y: list[float]) -> None:
    """Give a line of the page its points, in pixels."""
    box = line.get_figure(root=True).bbox
    line.set_data([value / box.width for value in x], [value / box.height for value in y])


def set_position(ax: Axes, box: Box) -> None:
    page_box = ax.get_figure(root=True).bbox
    ax.set_position(
        (
            box.left / page_box.width,
            box.bottom / page_box.height,
            (box.right - box.left) / page_box.width,
            max(box.top - box.bottom, 1) / page_box.height,
        )
    )


def weight(ax: Axes) -> float:
    """The share of the height that the grid of a figure gives to its axes."""
    spec = ax.get_subplotspec()
    if spec is None:
        return 1.0
    ratios = spec.get_gridspec().get_height_ratios()
    return float(sum(ratios[k] for k in spec.rowspan))


def upright_ticks(ax: Axes) -> list[Tick]:
    """The ticks of the upright axis within its limits, with their labels as they are now."""
    low, high = sorted(ax.get_ylim())
    ax.get_yticklabels()
    return [tick for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]


def thin_ticks(ax: Axes, height: float, line: float) -> None:
    """Label as many ticks of the upright axis as have room for a line each, the uppermost among them."""
    ticks = upright_ticks(ax)
    step = -(-line * max(len(ticks) - 1, 1) // max(height, 1))
    for k, tick in enumerate(reversed(ticks)):
        tick.label1.set_visible(k % step == 0)


def set_years(ax: Axes, width: float, label: float) -> None:
    """Ticks in the middle of years, as many as have room."""
    first, last = (num2date(edge) for edge in sorted(ax.get_xlim()))
    years = max(last.year - first.year, 1)
    step = next((s for s in (1, 2, 5, 10, 20, 50) if years / s * label * 1.7 <= width), 100)
    years = range(-(-first.year // step) * step, last.year + 1, step)
    ticks = {date2num(np.datetime64(f"{year}-07-02")): str(year) for year in years}
    inside = {at: year for at, year in ticks.items() if date2num(first) <= at <= date2num(last)}
    ax.set_xticks(list(inside), list(inside.values()))
