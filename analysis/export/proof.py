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
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis import tables, words
from analysis.export import marks
from analysis.export.marks import contrast, over
from analysis.export.view import page_with_charts
from analysis.page import PRESETS, Lettering, Page, Preset, page_of
from analysis.page.canvas import renderer, ticks

#: Least contrast of a text with its ground (WCAG 2.1, 1.4.3; not rounded up), and most words of a headline.
TEXT_CONTRAST, HEADLINE_WORDS = 4.5, 10

#: By how many pixels two boxes may touch before they overlap, and what part of a text's ground makes a background.
TOUCH, GROUND = 0.75, 0.2

_SOURCE = re.compile(r"\bSources?:\s*(.+)", re.DOTALL)
_EDITION = re.compile(r"\b(edition|release|generated|accessed|(19|20)\d\d)\b|listed with the data")
_UNIT = re.compile(r"%|\bper cent\b|\bTIV\b|\bnumber of\b|\bitems\b|\bevents\b|\bshare of\b", re.IGNORECASE)


@dataclass(frozen=True)
class Drawn:
    """A figure as it comes out: every visible artist, and its texts with their boxes in pixels."""

    artists: list[Artist]
    texts: list[Text]
    boxes: np.ndarray


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
    size, page = PRESETS[tables.known(preset, PRESETS, "preset")], page_with_charts(fig)
    with _fitted(fig, page, preset):
        ground = _ground(fig)
        drawn = measure(fig)
        text = page.lettering() if page else Lettering(_title(fig), (), (), "", "")
        outside = [text.headline, *text.subjects, *text.notes, text.source] if not size.titles else []
        found = [
            *_contents(text.headline, [*(each.get_text() for each in drawn.texts), *outside]),
            *_alt(text.alt),
            *_money(fig, drawn),
            *_sizes(drawn, size),
            *marks.strokes(drawn.artists, size),
            *overlaps(drawn),
            *cuts(fig, drawn),
            *_text_contrast(drawn, ground),
            *marks.faint(fig),
            *marks.legends(drawn.artists),
            *marks.alike(fig),
        ]
    return pd.DataFrame(found, columns=["finding", "where", "detail"])


@contextmanager
def _fitted(fig: Figure, page: Page | None, preset: str) -> Iterator[None]:
    """The figure at the size of a preset, and afterwards as it was."""
    inches, dpi = fig.get_size_inches().copy(), fig.dpi
    before = next(name for name, size in PRESETS.items() if size == page.preset) if page else ""
    try:
        if page:
            page.fit(preset)
        else:
            fig.set_dpi(PRESETS[preset].dpi)
            fig.set_size_inches(*PRESETS[preset].inches)
        yield
    finally:
        if page:
            page.fit(before)
        fig.set_dpi(dpi)
        fig.set_size_inches(*inches)


def measure(fig: Figure) -> Drawn:
    """Every visible artist of a figure as it is now, and its texts with their boxes."""
    _lay_out(fig)
    artists = list(_visible(fig))
    texts = [artist for artist in artists if isinstance(artist, Text) and artist.get_text().strip()]
    boxes = np.array([text.get_window_extent(renderer(fig)).extents for text in texts]).reshape(-1, 4)
    return Drawn(artists, texts, boxes)


def _lay_out(fig: Figure) -> None:
    if fig.get_layout_engine() is not None:
        fig.get_layout_engine().execute(fig)
    if page_of(fig) is not None:
        page_of(fig).lay_out()


def _ground(fig: Figure) -> np.ndarray:
    """The pixels of a figure, from the bottom up, with its texts laid out but not seen."""
    _lay_out(fig)
    texts = [artist for artist in _visible(fig) if isinstance(artist, Text)]
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
        children = [artist.label, artist.offsetText, *ticks(artist)]
    elif isinstance(artist, Axes) and not artist.axison:
        children = [child for child in children if not isinstance(child, Axis)]
    for child in children:
        yield from _visible(child)


def _name(text: Text) -> str:
    words = " ".join(text.get_text().split())
    return repr(words if len(words) <= 48 else f"{words[:47]}…")


def _title(fig: Figure) -> str:
    """The title of a figure that this package did not draw."""
    return fig.get_suptitle() or next((ax.get_title() for ax in fig.axes if ax.get_title()), "")


def _contents(headline: str, texts: list[str]) -> Iterator[marks.Finding]:
    """Headline, unit, source and edition."""
    if not headline:
        yield "headline missing", "figure", "the finding in ten words or fewer: draw.headline(fig, text)"
    if len(headline.split()) > HEADLINE_WORDS:
        yield "headline too long", repr(headline), f"{len(headline.split())} words; at most {HEADLINE_WORDS}"
    source = next((found.group(1) for text in texts if (found := _SOURCE.search(text))), "")
    if not source:
        yield "source missing", "figure", "a line that begins with 'Source:', from draw.headline"
    elif not _EDITION.search(source):
        yield "edition missing", repr(source[:60]), "the edition, the release or a date of the source"
    stated = [text for text in texts if _UNIT.search(text) and not re.fullmatch(r"[\d.,–-]+ ?%", text.strip())]
    if not stated:
        yield "unit missing", "figure", "such as '% of volume (TIV)' in the subtitle or on an axis"


def _alt(alt: str) -> Iterator[marks.Finding]:
    if not alt:
        yield "alt missing", "figure", "charts of analysis.draw write one; export.figure takes alt="
    elif not words.ALT_LEAST <= len(alt) <= words.ALT_MOST:
        yield "alt length", repr(alt[:60]), f"{len(alt)} characters; {words.ALT_LEAST} to {words.ALT_MOST}"
    elif not re.search(r"\b(1[89]|20)\d\d", alt):
        yield "alt without a year", repr(alt[:60]), "an alt text gives the period"


def _money(fig: Figure, drawn: Drawn) -> Iterator[marks.Finding]:
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
    return [label for tick in ticks(axis) for label in (tick.label1, tick.label2)]


def _sizes(drawn: Drawn, size: Preset) -> Iterator[marks.Finding]:
    for text in drawn.texts:
        points = text.get_fontsize()
        if points < size.smallest - 1e-6:
            yield "text too small", _name(text), f"{points:.2f} pt; at least {size.smallest:g}"
        if points > size.largest + 1e-6:
            yield "text too large", _name(text), f"{points:.2f} pt; at most {size.largest:g}"
        if text.get_rotation() % 360:
            yield "rotated text", _name(text), f"{text.get_rotation():g} degrees"


def overlaps(drawn: Drawn) -> Iterator[marks.Finding]:
    """Pairs of texts whose boxes overlap."""
    x0, y0, x1, y1 = drawn.boxes.T
    across = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    along = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    for i, j in np.argwhere(np.triu((across > TOUCH) & (along > TOUCH), 1)):
        detail = f"by {across[i, j]:.1f} × {along[i, j]:.1f} pixels"
        yield "overlap", f"{_name(drawn.texts[i])} and {_name(drawn.texts[j])}", detail


def cuts(fig: Figure, drawn: Drawn) -> Iterator[marks.Finding]:
    """Texts that reach out of the page, or out of the axes that cut them."""
    for text, box in zip(drawn.texts, drawn.boxes, strict=True):
        rooms = [fig.bbox.extents]
        if text.get_clip_on() and text.get_clip_box() is not None:
            rooms.append(text.get_clip_box().extents)
        over = max(max(*(room[:2] - box[:2]), *(box[2:] - room[2:])) for room in rooms)
        if over > TOUCH:
            yield "clipped", _name(text), f"reaches {over:.1f} pixels out of its room"


def _text_contrast(drawn: Drawn, ground: np.ndarray) -> Iterator[marks.Finding]:
    for text, box in zip(drawn.texts, drawn.boxes, strict=True):
        worst = min((contrast(over(_ink(text), under), under) for under in _grounds(ground, box)), default=21.0)
        if worst < TEXT_CONTRAST:
            yield "text contrast", _name(text), f"{worst:.2f}:1; at least {TEXT_CONTRAST}"


def _ink(text: Text) -> tuple:
    return to_rgba(text.get_color(), text.get_alpha())


def _grounds(ground: np.ndarray, box: np.ndarray) -> list[tuple]:
    """The colours that make up a good part of the ground under a text."""
    x0, y0, x1, y1 = np.clip(np.round(box).astype(int), 0, None)
    pixels = ground[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    return [tuple(colour / 255) for colour in colours[counts >= GROUND * max(len(pixels), 1)]]
