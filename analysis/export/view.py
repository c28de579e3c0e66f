"""What a figure shows: its title, its words for readers who do not see it, the rows it draws and their sources."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from analysis import tables, words
from analysis.page import Lettering, Page, page_of, record


@dataclass(frozen=True)
class View:
    """Everything about a figure that is not drawing: `blocks` are the tables drawn, each with the kind of its chart."""

    title: str
    subject: str
    source: str
    caption: str
    alt: str
    keywords: tuple[str, ...]
    notes: tuple[str, ...]
    blocks: tuple[tuple[str, pd.DataFrame], ...]
    sources: tuple[words.Use, ...]


def page_with_charts(fig: Figure) -> Page | None:
    """The page of a figure that this package drew; None for any other figure."""
    return page_of(fig) if record.shown(record.of(fig)) else None


def view(fig: Figure, sources: Iterable[pd.DataFrame] = (), alt: str | None = None) -> View:
    """What a figure shows, from the records that its charts left and from `sources`.

    Raises
    ------
    ValueError
        If nothing is known of what the figure draws, a table has no sources, or no alt text can be made.
    """
    page, extra = page_with_charts(fig), list(sources)
    blocks = _blocks(fig) if page else [("table", frame) for frame in extra]
    if not blocks:
        raise ValueError(
            "Nothing is known of what this figure draws: draw it with the charts of analysis.draw, or name the "
            "tables drawn, sources=[table]."
        )
    named = _distinct([*(frame for _, frame in blocks), *extra])
    sourceless = [list(frame.columns)[:6] for frame in named if "source" not in frame.columns]
    if sourceless:
        raise ValueError(f"A figure names its sources: no column 'source' in the table with the columns {sourceless}.")
    text = _lettering(page, extra) if page else _own_words(fig, extra)
    alt = text.alt if alt is None else alt
    if not alt:
        raise ValueError("This figure has no alt text: pass alt='[chart] of [data], where [finding].'")
    return View(
        text.headline or text.subjects[0],
        text.subjects[0],
        text.source,
        words.caption(text.headline, *named, note=" ".join(text.notes), subjects=text.subjects),
        alt,
        _keywords(" ".join([text.headline, *text.subjects, alt])),
        text.notes,
        tuple(blocks),
        tuple(words.used(named)),
    )


def _lettering(page: Page, extra: list[pd.DataFrame]) -> Lettering:
    """The words of a page; from now on its source line names the further sources too."""
    page.further = extra
    return page.lettering()


def _own_words(fig: Figure, frames: list[pd.DataFrame]) -> Lettering:
    """The words around a figure that this package did not draw."""
    return Lettering(_title(fig), tuple(map(words.subject, frames)), (), words.source_line(*frames), "")


def _blocks(fig: Figure) -> list[tuple[str, pd.DataFrame]]:
    """The table of each chart, and events marked on a chart that no board lists."""
    names = {record.MARKED: record.BOARD}
    return [(names.get(each.kind, each.kind), each.table) for each in record.shown(record.of(fig))]


def _distinct(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Each frame once."""
    return list({id(frame): frame for frame in frames}.values())


def _title(fig: Figure) -> str:
    """The title of a figure that this package did not draw."""
    titles = [fig.get_suptitle(), *(ax.get_title(loc) for ax in fig.axes for loc in ("left", "center", "right"))]
    return next((title for title in titles if title), "")


def _keywords(text: str) -> tuple[str, ...]:
    """What a library would file the figure under: the trade and the countries that it names."""
    countries = [name for name in tables.read("countries")["country"] if re.search(rf"\b{re.escape(name)}\b", text)]
    return ("arms transfers", "SIPRI", "TIV", *countries)
