"""Proof-read a figure at the size of a preset: what it must say, and how its texts, lines and colours come out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from analysis import tables, words
from analysis.export.story import alt_of, home, notes_of, subjects_of
from analysis.page import PRESETS, Page, Preset

#: Least contrast of texts and of graphics with what is behind them (WCAG 2.1, 1.4.3 and 1.4.11; not rounded up).
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0

#: Most words of a headline, and most series that are labelled directly.
HEADLINE_WORDS, LABELLED_SERIES = 10, 4

#: By how many pixels two boxes may touch before they overlap, and what part of a text's ground makes a background.
TOUCH, GROUND = 0.75, 0.2

_SOURCE = re.compile(r"\bSources?:\s*(.+)", re.DOTALL)
_EDITION = re.compile(r"\b(edition|release|generated|accessed|(19|20)\d\d)\b|listed with the data")
_UNIT = re.compile(r"%|\bper cent\b|\bTIV\b|\bnumber of\b|\bitems\b|\bevents\b|\bshare of\b", re.IGNORECASE)

Finding = tuple[str, str, str]


@dataclass(frozen=True)
class Drawn:
    """A figure as it comes out: every visible artist, its texts with their boxes in pixels, the ground under them."""

    artists: list[Artist]
    texts: list[Text]
    boxes: np.ndarray
    ground: np.ndarray


def check(fig: Figure, preset: str = "web") -> pd.DataFrame:
    """One row is one fault of a figure at the size of a preset; no rows is a clean figure.

    Parameters
    ----------
    fig
        Any figure. One that `analysis.draw` made is laid out for the preset, any other is given its size; either is
        given back as it was.
    preset
        The size, as for `figure`.

    Returns
    -------
    DataFrame
        finding (what is wrong), where (the text or mark concerned), detail (what was measured and what is asked).

    Raises
    ------
    ValueError
        If the preset is unknown.

    Notes
    -----
    Looks for: headline, unit, source and edition missing; a headline over ten words; alt text missing or not of 80
    to 300 characters; texts under or over the sizes of the preset, rotated, overlapping, or cut; strokes under the
    preset's least; contrast under 4.5:1 for texts and 3:1 for lines, bars and points (WCAG 2.1); a legend for four
    series or fewer; one colour, dash and marker for two series that run side by side; TIV beside a currency. Areas
    are not held to 3:1: their edges are. Whether the words are true it cannot know.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> text = ax.text(0.5, 0.5, "faint", color="#CCCCCC")
    >>> found = check(fig, "web")
    >>> found.loc[found["finding"] == "text contrast", "where"].tolist()
    ["'faint'"]
    """
    size, page = PRESETS[tables.known(preset, PRESETS, "preset")], home(fig)
    with _fitted(fig, page, preset):
        drawn = measure(fig)
        told = [text.get_text() for text in drawn.texts]
        outside = _outside(page) if page and not size.titles else []
        found = [
            *_contents(fig, page, size, [*told, *outside]),
            *_alt(page),
            *_money(fig, drawn),
            *_sizes(drawn, size),
            *_strokes(drawn, size),
            *overlaps(drawn),
            *cuts(fig, drawn),
            *_text_contrast(drawn),
            *_mark_contrast(fig),
            *_legends(drawn),
            *_reuse(fig),
        ]
    return pd.DataFrame(found, columns=["finding", "where", "detail"])


@contextmanager
def _fitted(fig: Figure, page: Page | None, preset: str) -> Iterator[None]:
    """The figure at the size of a preset, and afterwards as it was."""
    inches, dpi = fig.get_size_inches().copy(), fig.dpi
    before = next(name for name, size in PRESETS.items() if size == page.preset) if page else ""
    try:
        if page:
            page.fit(fig, preset)
        else:
            fig.set_dpi(PRESETS[preset].dpi)
            fig.set_size_inches(*PRESETS[preset].inches)
        yield
    finally:
        if page:
            page.fit(fig, before)
        fig.set_dpi(dpi)
        fig.set_size_inches(*inches)


def measure(fig: Figure) -> Drawn:
    """Every text of a figure with its box, as the figure is now; `ground` is what the figure draws without texts."""
    engine = fig.get_layout_engine()
    if engine is not None:
        engine.execute(fig)
    texts = [artist for artist in _visible(fig) if isinstance(artist, Text)]
    ground = _without(fig, texts)
    artists = list(_visible(fig))
    texts = [artist for artist in artists if isinstance(artist, Text) and artist.get_text().strip()]
    boxes = np.array([text.get_window_extent().extents for text in texts]).reshape(-1, 4)
    return Drawn(artists, texts, boxes, ground)


def _without(fig: Figure, texts: list[Text]) -> np.ndarray:
    """The pixels of a figure, from the bottom up, with its texts laid out but not seen."""
    engine, alphas = fig.get_layout_engine(), [text.get_alpha() for text in texts]
    buffer = BytesIO()
    try:
        if engine is not None:
            fig.set_layout_engine("none")
        for text in texts:
            text.set_alpha(0)
        with mpl.rc_context({"savefig.bbox": "standard"}):
            fig.savefig(buffer, format="rgba", dpi=fig.dpi)
    finally:
        for text, alpha in zip(texts, alphas, strict=True):
            text.set_alpha(alpha)
        if engine is not None:
            fig.set_layout_engine(engine)
    width, height = (int(side) for side in fig.bbox.size)
    return np.frombuffer(buffer.getvalue(), np.uint8).reshape(height, width, 4)[::-1, :, :3]


def _visible(artist: Artist) -> Iterator[Artist]:
    """An artist and all within it that is drawn; of an axis only the ticks within the view."""
    if not artist.get_visible():
        return
    yield artist
    children = artist.get_children()
    if isinstance(artist, Axis):
        children = [artist.label, artist.offsetText, *artist._update_ticks()]
    elif isinstance(artist, Axes) and not artist.axison:
        children = [child for child in children if not isinstance(child, Axis)]
    for child in children:
        yield from _visible(child)


def _name(text: Text) -> str:
    words = " ".join(text.get_text().split())
    return repr(words if len(words) <= 48 else f"{words[:47]}…")


def _outside(page: Page) -> list[str]:
    """What a journal sets outside the figure: the caption."""
    lines = [page.words[page.headline], *subjects_of(page), *notes_of(page)]
    return [*lines, words.source_line(*page.sources)] if page.sources else lines


def _contents(fig: Figure, page: Page | None, size: Preset, told: list[str]) -> Iterator[Finding]:
    """Headline, unit, source and edition."""
    headline = page.words[page.headline] if page else fig.get_suptitle()
    headline = headline or next((ax.get_title() for ax in fig.axes if ax.get_title() and not page), "")
    if not headline:
        yield "headline missing", "figure", "the finding in ten words or fewer: draw.headline(fig, text, table)"
    if len(headline.split()) > HEADLINE_WORDS:
        yield "headline too long", repr(headline), f"{len(headline.split())} words; at most {HEADLINE_WORDS}"
    source = next((found.group(1) for text in told if (found := _SOURCE.search(text))), "")
    if not source:
        yield "source missing", "figure", "a line that begins with 'Source:', from draw.headline"
    elif not _EDITION.search(source):
        yield "edition missing", repr(source[:60]), "the edition, the release or a date of the source"
    stated = [text for text in told if _UNIT.search(text) and not re.fullmatch(r"[\d.,–-]+ ?%", text.strip())]
    if not stated:
        yield "unit missing", "figure", "such as '% of volume (TIV)' in the subtitle or on an axis"


def _alt(page: Page | None) -> Iterator[Finding]:
    told = alt_of(page) if page else ""
    if not told:
        yield "alt missing", "figure", "charts of analysis.draw write one; export.figure takes alt="
    elif not words.ALT_LEAST <= len(told) <= words.ALT_MOST:
        yield "alt length", repr(told[:60]), f"{len(told)} characters; {words.ALT_LEAST} to {words.ALT_MOST}"
    elif not re.search(r"\b(1[89]|20)\d\d", told):
        yield "alt without a year", repr(told[:60]), "an alt text gives the period"


def _money(fig: Figure, drawn: Drawn) -> Iterator[Finding]:
    """A currency in one clause with TIV, or on the scale of a figure that speaks of TIV."""
    told = [text.get_text() for text in drawn.texts]
    for text, content in zip(drawn.texts, told, strict=True):
        if any("TIV" in clause and words.money(clause) for clause in re.split(r"[.;\n] ", content)):
            yield "TIV beside a currency", _name(text), "TIV is a volume of arms, not money"
    scales = {label for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) for label in [axis.label, *_labels(axis)]}
    if any("TIV" in content for content in told):
        for text in drawn.texts:
            if text in scales and words.money(text.get_text()) and "TIV" not in text.get_text():
                yield "TIV beside a currency", _name(text), "a scale in money on a figure that speaks of TIV"


def _labels(axis: Axis) -> list[Text]:
    return [label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)]


def _sizes(drawn: Drawn, size: Preset) -> Iterator[Finding]:
    for text in drawn.texts:
        points = text.get_fontsize()
        if points < size.smallest - 1e-6:
            yield "text too small", _name(text), f"{points:.2f} pt; at least {size.smallest:g}"
        if points > size.largest + 1e-6:
            yield "text too large", _name(text), f"{points:.2f} pt; at most {size.largest:g}"
        if text.get_rotation() % 360:
            yield "rotated text", _name(text), f"{text.get_rotation():g} degrees"


def _strokes(drawn: Drawn, size: Preset) -> Iterator[Finding]:
    for artist in drawn.artists:
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


def overlaps(drawn: Drawn) -> Iterator[Finding]:
    """Pairs of texts whose boxes overlap."""
    x0, y0, x1, y1 = drawn.boxes.T
    across = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    along = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    for i, j in np.argwhere(np.triu((across > TOUCH) & (along > TOUCH), 1)):
        detail = f"by {across[i, j]:.1f} × {along[i, j]:.1f} pixels"
        yield "overlap", f"{_name(drawn.texts[i])} and {_name(drawn.texts[j])}", detail


def cuts(fig: Figure, drawn: Drawn) -> Iterator[Finding]:
    """Texts that reach out of the page, or out of the axes that cut them."""
    for text, box in zip(drawn.texts, drawn.boxes, strict=True):
        rooms = [fig.bbox.extents]
        if text.get_clip_on() and text.get_clip_box() is not None:
            rooms.append(text.get_clip_box().extents)
        over = max(max(*(room[:2] - box[:2]), *(box[2:] - room[2:])) for room in rooms)
        if over > TOUCH:
            yield "clipped", _name(text), f"reaches {over:.1f} pixels out of its room"


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


def _over(colour: str | tuple, ground: tuple) -> tuple:
    """A colour as it looks on its ground."""
    *part, alpha = to_rgba(colour)
    return tuple(alpha * np.array(part) + (1 - alpha) * np.array(ground[:3]))


def _text_contrast(drawn: Drawn) -> Iterator[Finding]:
    for text, box in zip(drawn.texts, drawn.boxes, strict=True):
        worst = min((contrast(_over(_ink(text), ground), ground) for ground in _grounds(drawn, box)), default=21.0)
        if worst < TEXT_CONTRAST:
            yield "text contrast", _name(text), f"{worst:.2f}:1; at least {TEXT_CONTRAST}"


def _ink(text: Text) -> tuple:
    return to_rgba(text.get_color(), text.get_alpha())


def _grounds(drawn: Drawn, box: np.ndarray) -> list[tuple]:
    """The colours that make up a good part of the ground under a text."""
    x0, y0, x1, y1 = np.clip(np.round(box).astype(int), 0, None)
    pixels = drawn.ground[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    return [tuple(colour / 255) for colour in colours[counts >= GROUND * max(len(pixels), 1)]]


def _mark_contrast(fig: Figure) -> Iterator[Finding]:
    """Lines, bars and points against the axes and the bands behind them."""
    for ax in fig.axes:
        paper = _over(ax.get_facecolor(), _over(fig.get_facecolor(), (1, 1, 1)))
        bands = _bands(ax)
        for artist, colours in _marks(ax):
            behind = [paper, *(_over(band.get_facecolor(), paper) for band in bands if _meet(band, artist))]
            worst = min(max(contrast(_over(colour, ground), ground) for colour in colours) for ground in behind)
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


def _legends(drawn: Drawn) -> Iterator[Finding]:
    for legend in drawn.artists:
        if isinstance(legend, Legend) and len(legend.get_texts()) <= LABELLED_SERIES:
            entries = ", ".join(text.get_text() for text in legend.get_texts())
            yield "legend", repr(entries), f"up to {LABELLED_SERIES} series are labelled directly"


def _reuse(fig: Figure) -> Iterator[Finding]:
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
    return to_hex(line.get_color()), str(line._unscaled_dash_pattern), line.get_linestyle(), str(line.get_marker())


def _side_by_side(one: Line2D, other: Line2D) -> bool:
    """Whether two lines share a stretch of the axis."""
    spans = []
    for line in (one, other):
        x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
        x = x[np.isfinite(x) & np.isfinite(y)]
        spans.append((x.min(), x.max()) if len(x) else (np.inf, -np.inf))
    return max(spans[0][0], spans[1][0]) < min(spans[0][1], spans[1][1])
