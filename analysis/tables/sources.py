"""What a source is: one record for each document or release, and what the rows made from it are."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis.tables.schema import read

#: What a row is in relation to its source: printed there; a yearly sum or an order taken from it; calculated by us;
#: calculated from deals spread evenly over their years; from a file that says that its numbers are invented.
BASES = ("printed", "tabulated", "computed", "estimate", "example")

#: The bases of our own calculations. SIPRI asks that these are not attributed to it.
OWN = ("computed", "estimate", "example")

#: The kind of the releases of SIPRI's Arms Transfers Database.
RELEASE = "database release"


@dataclass(frozen=True)
class Source:
    """One document or data release that rows come from.

    `kind` is that of the table of sources, or ``own file`` for a reader's file of which no release is known; its key
    is then its description. `year` is that of the edition or release, `rows` the number of rows of the whole release;
    both are None where they mean nothing or are not known.
    """

    key: str
    kind: str
    title: str
    publisher: str | None = None
    published: str | None = None
    year: int | None = None
    edition: str | None = None
    url: str | None = None
    accessed: str | None = None
    licence: str | None = None
    citation: str | None = None
    rows: int | None = None


@cache
def _records() -> dict[str, Source]:
    table = read("sources").rename(columns={"source": "key"})
    table = table[[name for name in Source.__dataclass_fields__]]
    rows = table.astype("object").where(table.notna(), None).to_dict("records")
    return {row["key"]: Source(**row) for row in rows}


def record(key: str) -> Source:
    """The record of a source; a key that the table of sources lacks describes a reader's own file.

    Examples
    --------
    >>> record("sipri-factsheet-2022").edition, record("sipri-factsheet-2022").year
    ('March 2022 edition', 2022)
    >>> record("SIPRI Arms Transfers Database, file without a date").kind
    'own file'
    """
    return _records().get(key) or Source(key, "own file", key)


def release_of(year: int) -> str | None:
    """The key of the release of SIPRI's database of one year, if there is one in the table of sources.

    Examples
    --------
    >>> release_of(2026)
    'sipri-atd-2026'
    """
    return next((key for key, made in _records().items() if made.kind == RELEASE and made.year == year), None)


def newest_release() -> str:
    """The key of the newest release of SIPRI's database.

    Examples
    --------
    >>> record(newest_release()).kind
    'database release'
    """
    return max((made.year, key) for key, made in _records().items() if made.kind == RELEASE)[1]


def basis(frame: pd.DataFrame) -> pd.Series:
    """The basis of each row; a frame that does not say it holds what its source printed.

    Examples
    --------
    >>> basis(pd.DataFrame({"source": ["sheet"]})).tolist()
    ['printed']
    """
    if "basis" in frame.columns:
        return frame["basis"].astype("str").fillna("printed")
    return pd.Series("printed", index=frame.index, dtype="str")


def is_own(frame: pd.DataFrame) -> pd.Series:
    """Whether each row is our calculation, not SIPRI's print.

    Examples
    --------
    >>> is_own(pd.DataFrame({"basis": ["printed", "computed"]})).tolist()
    [False, True]
    """
    return basis(frame).isin(OWN)


def calculated(frame: pd.DataFrame) -> str:
    """The basis of what is calculated from these rows: an estimate or an example stays one.

    Examples
    --------
    >>> calculated(pd.DataFrame({"basis": ["tabulated"]})), calculated(pd.DataFrame({"basis": ["estimate"]}))
    ('computed', 'estimate')
    """
    found = set(basis(frame))
    return next((kind for kind in ("example", "estimate") if kind in found), "computed")


def one_source(frame: pd.DataFrame, what: str) -> str:
    """The one source of a frame; a series that joins two editions is refused.

    SIPRI revises its past every March, so a line through two editions shows revisions as if they were change.

    Raises
    ------
    ValueError
        If the rows come from more than one source, or there are none, or estimates stand beside exact rows.

    Examples
    --------
    >>> one_source(pd.DataFrame({"source": ["sipri-atd-2026"] * 2}), "shares")
    'sipri-atd-2026'
    """
    found = frame["source"].drop_duplicates().tolist()
    if not found:
        raise ValueError(f"No rows to compute {what} from.")
    if len(found) > 1:
        newest = max(found, key=lambda key: (record(key).year or 0, key))
        raise ValueError(
            f"Cannot compute {what} across {len(found)} editions ({', '.join(map(str, found[:6]))}"
            f"{', …' if len(found) > 6 else ''}): SIPRI revises past years in every release, so mixing them shows "
            f"revisions as change. Choose one, for example load.transfers(source={newest!r}) or "
            f"frame[frame['source'] == {newest!r}]; measure.revisions compares editions."
        )
    kinds = basis(frame).unique().tolist()
    if len(kinds) > 1:
        raise ValueError(
            f"Cannot compute {what} from rows that are partly {' and partly '.join(kinds)}: choose one, for example "
            f"frame[frame['basis'] == {kinds[0]!r}]."
        )
    return found[0]
