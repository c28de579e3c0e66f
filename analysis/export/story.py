"""What a figure tells: its title, its words for readers who do not see it, the rows it draws and their sources."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from analysis import tables, words
from analysis.page import Page, Panel


@dataclass(frozen=True)
class Story:
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


def home(fig: Figure) -> Page | None:
    """The page of a figure that this package drew; None for any other figure."""
    engine = fig.get_layout_engine()
    return engine if isinstance(engine, Page) and _panels(engine) else None


def story(fig: Figure, sources: Iterable[pd.DataFrame] = (), alt: str | None = None) -> Story:
    """What a figure tells, from the tables its charts left with the page and from `sources`.

    Raises
    ------
    ValueError
        If nothing is known of what the figure draws, a table has no sources, or no alt text can be made.
    """
    page, extra = home(fig), list(sources)
    blocks = _blocks(page) if page else [("table", frame) for frame in extra]
    if not blocks:
        raise ValueError(
            "Nothing is known of what this figure draws: draw it with the charts of analysis.draw, or name the "
            "tables drawn, sources=[table]."
        )
    named = _distinct([*(page.sources if page else []), *(frame for _, frame in blocks), *extra])
    sourceless = [list(frame.columns)[:6] for frame in named if "source" not in frame.columns]
    if sourceless:
        raise ValueError(f"A figure names its sources: no column 'source' in the table with the columns {sourceless}.")
    title = page.words[page.headline] if page else _title(fig)
    subjects = subjects_of(page) if page else [words.subject(frame) for frame in extra]
    source = words.source_line(*named)
    notes = notes_of(page) if page else []
    caption = words.caption(title, *named, note=" ".join(notes), subjects=subjects)
    told = alt_of(page) if alt is None and page else alt or ""
    if not told:
        raise ValueError("This figure has no alt text: pass alt='[chart] of [data], where [finding].'")
    return Story(
        title or subjects[0],
        subjects[0],
        source,
        caption,
        told,
        _keywords(" ".join([title, *subjects, told])),
        tuple(notes),
        tuple(blocks),
        tuple(words.used(named)),
    )


def _panels(page: Page) -> list[Panel]:
    """The charts of a page that drew a table, from the top down as the figure holds them."""
    return [panel for panel in page.panels.values() if panel.table is not None]


def _blocks(page: Page) -> list[tuple[str, pd.DataFrame]]:
    """The table of each chart, and events marked on a chart that no board lists."""
    blocks = [(panel.kind, panel.table) for panel in _panels(page)]
    listed = {event for kind, table in blocks if kind == "events" for event in table["event"]}
    for panel in _panels(page):
        marked = panel.timeline.events if panel.timeline is not None else None
        if marked is not None and not set(marked["event"]) <= listed:
            blocks.append(("events", marked))
    return blocks


def _distinct(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Each frame once."""
    return list({id(frame): frame for frame in frames}.values())


def subjects_of(page: Page) -> list[str]:
    """What each chart of a page measures, each once."""
    return list(dict.fromkeys(page.words[panel.title] for panel in _panels(page)))


def notes_of(page: Page) -> list[str]:
    """The notes on method and reading that stand under the figure."""
    notes = [note for panel in page.panels.values() for note in panel.notes if note]
    return list(dict.fromkeys(notes + page.notes))


def alt_of(page: Page) -> str:
    """The alt text of all charts of a page."""
    return words.alts([panel.alt for panel in _panels(page) if panel.alt])


def _title(fig: Figure) -> str:
    """The title of a figure that this package did not draw."""
    titles = [fig.get_suptitle(), *(ax.get_title(loc) for ax in fig.axes for loc in ("left", "center", "right"))]
    return next((title for title in titles if title), "")


def _keywords(told: str) -> tuple[str, ...]:
    """What a library would file the figure under: the trade and the countries that it names."""
    countries = [name for name in tables.read("countries")["country"] if re.search(rf"\b{re.escape(name)}\b", told)]
    return ("arms transfers", "SIPRI", "TIV", *countries)
