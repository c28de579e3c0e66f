"""The words of a figure, from the records of what it shows: headline, subtitle, notes, source line, alt text."""

from collections.abc import Iterable

import pandas as pd

from analysis import words
from analysis.page import Lettering, Record
from analysis.page.record import NOTE, shown


def compose(records: list[Record], headline: str | None, further: Iterable[pd.DataFrame] = ()) -> Lettering:
    """All words of a figure.

    Parameters
    ----------
    records
        What the figure shows.
    headline
        The headline asked for; None for none, empty for the finding of the first chart.
    further
        Tables whose sources are to be named besides those of the records.

    Raises
    ------
    ValueError
        If the finding is asked for and the first chart has none.
    """
    drawn = shown(records)
    sourced = [frame for frame in [*(each.table for each in drawn), *further] if "source" in frame.columns]
    remarks = sorted(records, key=lambda each: each.kind == NOTE)
    return Lettering(
        headline=_finding(drawn) if headline == "" else headline or "",
        subjects=tuple(dict.fromkeys(each.subject for each in drawn if each.subject)),
        notes=tuple(dict.fromkeys(note for each in remarks for note in each.notes)),
        source=words.source_line(*sourced) if any(frame["source"].notna().any() for frame in sourced) else "",
        alt=words.alts([each.alt for each in drawn if each.alt]),
    )


def _finding(drawn: list[Record]) -> str:
    """The finding of the first chart; of the first board where there is no chart."""
    charts = [each.table for each in sorted(drawn, key=lambda each: not each.chart)]
    return words.finding(charts[0]) if charts else ""
