"""What a figure shows: one record for each chart, layer and note. A record hangs on its axes and goes with them."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Kinds of records that are no charts of their own: a board of events, events marked on a chart, a note.
BOARD, MARKED, NOTE = "events", "marked events", "note"


class Record(Artist):
    """One chart, layer or note: its kind, the rows drawn, what they measure, notes on reading them, the alt text.

    An artist that draws nothing. Its axes keep it, so that it is gone when they are cleared or removed, and a second
    chart on the same axes adds one.
    """

    def __init__(
        self,
        kind: str,
        table: pd.DataFrame | None = None,
        *,
        subject: str = "",
        alt: str = "",
        notes: Iterable[str] = (),
    ):
        super().__init__()
        self.set_in_layout(False)
        self.kind, self.table, self.subject, self.alt = kind, table, subject, alt
        self.notes = [note for note in notes if note]

    @property
    def chart(self) -> bool:
        """Whether it is a chart with a title of its own."""
        return self.kind not in (BOARD, MARKED, NOTE)


def on(ax: Axes) -> list[Record]:
    """The records of one axes, in the order in which they were drawn."""
    return [artist for artist in ax.artists if isinstance(artist, Record)]


def of(fig: Figure) -> list[Record]:
    """The records of a figure, axes by axes: exactly what it shows now."""
    return [record for ax in fig.axes for record in on(ax)]


def shown(records: list[Record]) -> list[Record]:
    """The records that brought rows, charts and boards first; events marked on a chart only if no board lists them."""
    drawn = [record for record in records if record.table is not None and record.kind != MARKED]
    listed = {event for record in drawn if record.kind == BOARD for event in record.table["event"]}
    marked = [record for record in records if record.kind == MARKED and not set(record.table["event"]) <= listed]
    return [*drawn, *marked]


@dataclass(frozen=True)
class Lettering:
    """The words of a whole figure, in it and around it."""

    headline: str
    subjects: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    alt: str
