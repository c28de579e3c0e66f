"""Lines, bars and points as a proof-reader sees them: strokes, contrast, legends, series that look alike."""

from collections.abc import Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.page import Preset
from analysis.page.canvas import dash

#: Least contrast of graphics with what is behind them (WCAG 2.1, 1.4.11; not rounded up).
MARK_CONTRAST = 3.0

#: Most series that are labelled directly.
LABELLED_SERIES = 4

Finding = tuple[str, str, str]


def strokes(artists: list[Artist], size: Preset) -> Iterator[Finding]:
    """Strokes thinner than the preset allows."""
    for artist in artists:
        width = min(_widths(artist), default=size.line)
        if width < size.line - 1e-6:
            yield "line too thin", _mark(artist), f"{width:.2f} pt; at least {size.line:g}"


def _widths(artist: Artist) -> list[float]:
    """The widths of the strokes that an artist draws, in points."""
    if isinstance(artist, Line2D):
        stroke = [artist.get_linewidth()] if artist.get_linestyle() not in ("None", "", " ") else []
        marked = artist.get_marker() not in ("None", "", " ", None) and artist.get_markersize() > 0
        return [w for w in [*stroke, *([artist.get_markeredgewidth()] if marked else [])] if w > 0]
    if isinstance(artist, Patch):
        return [artist.get_linewidth()] if artist.get_edgecolor()[3] > 0 and artist.get_linewidth() > 0 else []
    if isinstance(artist, PathCollection):
        return [w for w in np.atleast_1d(artist.get_linewidth()) if w > 0 and len(artist.get_edgecolor())]
    return []


def _mark(artist: Artist) -> str:
    label = str(artist.get_label() or "")
    kind = type(artist).__name__
    return f"{kind} {label!r}" if label and not label.startswith("_") else kind


def contrast(one: str | tuple, other: str | tuple) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.1, relative luminance).

    Examples
    --------
    >>> round(contrast("white", "black")), round(contrast("#767676", "white"), 2)
    (21, 4.54)
    """
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str | tuple) -> float:
    part = np.array(to_rgba(colour)[:3])
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def over(colour: str | tuple, ground: tuple) -> tuple:
    """A colour as it looks on its ground."""
    *part, alpha = to_rgba(colour)
    return tuple(alpha * np.array(part) + (1 - alpha) * np.array(ground[:3]))


def faint(fig: Figure) -> Iterator[Finding]:
    """Lines, bars and points against the axes and the bands behind them."""
    for ax in fig.axes:
        paper = over(ax.get_facecolor(), over(fig.get_facecolor(), (1, 1, 1)))
        bands = _bands(ax)
        for artist, colours in _marks(ax):
            behind = [paper, *(over(band.get_facecolor(), paper) for band in bands if _meet(band, artist))]
            worst = min(max(contrast(over(colour, ground), ground) for colour in colours) for ground in behind)
            if worst < MARK_CONTRAST:
                yield "mark contrast", _mark(artist), f"{worst:.2f}:1; at least {MARK_CONTRAST:g}"


def _marks(ax: Axes) -> Iterator[tuple[Artist, list]]:
    """What shows data: each mark with its colours, of which one has to stand out."""
    for line in ax.lines:
        if line.get_visible() and all(line.get_transform().contains_branch_seperately(ax.transData)):
            drawn = line.get_linestyle() not in ("None", "", " ")
            yield line, [line.get_color()] if drawn else [line.get_markerfacecolor(), line.get_markeredgecolor()]
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            for bar in bars:
                yield bar, [bar.get_facecolor(), bar.get_edgecolor()]
    for points in ax.collections:
        if isinstance(points, PathCollection) and points.get_visible():
            yield points, [*points.get_facecolor(), *points.get_edgecolor()]


def _bands(ax: Axes) -> list[Patch]:
    """Bands across the axes, such as axvspan draws: in data along one direction only."""
    bars = {bar for bars in ax.containers if isinstance(bars, BarContainer) for bar in bars}
    return [
        patch
        for patch in ax.patches
        if patch not in bars
        and patch.get_visible()
        and sum(patch.get_transform().contains_branch_seperately(ax.transData)) == 1
    ]


def _meet(band: Patch, mark: Artist) -> bool:
    """Whether a mark runs over a band."""
    if isinstance(mark, Line2D):
        points = mark.get_transform().transform(np.column_stack(mark.get_data(orig=False)))
        points = points[np.isfinite(points).all(axis=1)]
        box = band.get_window_extent()
        return bool(len(points)) and bool(((points.max(0) > box.p0) & (points.min(0) < box.p1)).all())
    return band.get_zorder() < mark.get_zorder() and band.get_window_extent().overlaps(mark.get_window_extent())


def legends(artists: list[Artist]) -> Iterator[Finding]:
    """Legends where labels would do."""
    for legend in artists:
        if isinstance(legend, Legend) and len(legend.get_texts()) <= LABELLED_SERIES:
            entries = ", ".join(text.get_text() for text in legend.get_texts())
            yield "legend", repr(entries), f"up to {LABELLED_SERIES} series are labelled directly"


def alike(fig: Figure) -> Iterator[Finding]:
    """Two named series of one look, side by side."""
    for ax in fig.axes:
        series = [line for line in ax.lines if line.get_visible() and not line.get_label().startswith("_")]
        for k, one in enumerate(series):
            for other in series[k + 1 :]:
                if one.get_label() != other.get_label() and _look(one) == _look(other) and _side_by_side(one, other):
                    where = f"{one.get_label()!r} and {other.get_label()!r}"
                    yield "colour reused", where, f"both {to_hex(one.get_color())}, the same dash and marker"
        bars = [group for group in ax.containers if isinstance(group, BarContainer) and len(group)]
        named = {group.get_label(): to_hex(group[0].get_facecolor()) for group in bars if group.get_label()}
        named = {label: colour for label, colour in named.items() if not label.startswith("_")}
        for label, colour in named.items():
            first = next(other for other, same in named.items() if same == colour)
            if first != label:
                yield "colour reused", f"{first!r} and {label!r}", f"both {colour}"


def _look(line: Line2D) -> tuple:
    return to_hex(line.get_color()), str(dash(line)), line.get_linestyle(), str(line.get_marker())


def _side_by_side(one: Line2D, other: Line2D) -> bool:
    """Whether two lines share a stretch of the axis."""
    spans = []
    for line in (one, other):
        x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
        x = x[np.isfinite(x) & np.isfinite(y)]
        spans.append((x.min(), x.max()) if len(x) else (np.inf, -np.inf))
    return max(spans[0][0], spans[1][0]) < min(spans[0][1], spans[1][1])
