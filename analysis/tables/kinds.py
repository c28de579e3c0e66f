"""What kind of table a frame is: the columns that make it one, its key, the units, and what qualifies its numbers.

A verb that takes a table asks here, once; nobody guesses from the first column found.
"""

from dataclasses import dataclass

import pandas as pd

from analysis.tables.schema import known

#: Optional columns that change what a number means: the partner left out, the category of arms or the group of
#: countries that it is a share of, and whether it was printed or computed. Measures group by them, sentences name them.
QUALIFIERS = ("without", "category", "group", "basis")

#: Shares are per cent of this.
VOLUME = "% of volume (TIV)"

_UNITS = {
    "percent": VOLUME,
    "import_percent": VOLUME,
    "export_percent": VOLUME,
    "largest_percent": VOLUME,
    "cr3_percent": VOLUME,
    "listed_percent": VOLUME,
    "before_percent": VOLUME,
    "after_percent": VOLUME,
    "earlier_percent": VOLUME,
    "local_production_percent": VOLUME,
    "first_printed": VOLUME,
    "low": VOLUME,
    "high": VOLUME,
    "gap": "percentage points",
    "change_points": "percentage points",
    "revision_points": "percentage points",
    "salience": "0 to 1",
    "symmetry": "0 to 1",
    "hhi_low": "0 to 1",
    "hhi_high": "0 to 1",
    "effective_low": "number of partners",
    "effective_high": "number of partners",
    "effective_entropy": "number of partners",
    "suppliers": "number of partners",
    "window_years": "years",
    "tiv_million": "million TIV",
    "imports_tiv": "million TIV",
    "exports_tiv": "million TIV",
    "world_tiv": "million TIV",
    "percent_of_world": "% of world volume (TIV)",
    "change_percent": "%",
    "number_ordered": "items",
    "number_delivered": "items",
}


@dataclass(frozen=True)
class Kind:
    """One kind of table: its name, what one row is, the columns without which it is none, and its key."""

    name: str
    row: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def units(self) -> dict[str, str]:
        """The units of those of its columns that have one."""
        return {column: _UNITS[column] for column in self.columns if column in _UNITS}


_WINDOW = ("first_year", "last_year")
_SHARE = ("recipient", "supplier", "of", *_WINDOW, "source")

KINDS = {
    kind.name: kind
    for kind in (
        Kind("shares", "one partner's share in one window", (*_SHARE, "percent"), _SHARE),
        Kind("windows", "one share over one length of window", (*_SHARE, "percent", "window_years"), _SHARE),
        Kind(
            "revisions",
            "how one window reads in one edition",
            (*_SHARE, "percent", "role", "revision_points"),
            _SHARE,
        ),
        Kind("change", "one share beside the one before", (*_SHARE, "percent", "earlier_percent"), _SHARE),
        Kind("interval", "one share and its bounds", (*_SHARE, "percent", "low", "high"), _SHARE),
        Kind(
            "categories",
            "one supplier's share of one category of arms in one window",
            (*_SHARE, "percent", "category", "tiv_million", "local_production_percent"),
            (*_SHARE, "category"),
        ),
        Kind(
            "mutual",
            "both sides of one pair in one window",
            ("recipient", "supplier", *_WINDOW, "source", "import_percent", "export_percent"),
            ("recipient", "supplier", *_WINDOW, "source"),
        ),
        Kind(
            "concentration",
            "how concentrated one country's trade was in one window",
            ("country", "of", *_WINDOW, "source", "largest", "largest_percent", "effective_low", "effective_high"),
            ("country", "of", *_WINDOW, "source"),
        ),
        Kind(
            "around",
            "one event beside one series of shares",
            ("event", "recipient", "supplier", "of", "source", "before_percent", "after_percent", "change_points"),
            ("event", "recipient", "supplier", "of", "source"),
        ),
        Kind(
            "transfers",
            "the deliveries of one supplier to one recipient in one year",
            ("recipient", "supplier", "year", "tiv_million", "source"),
            ("recipient", "supplier", "year", "source"),
        ),
        Kind(
            "deliveries",
            "one delivery of one order in one year",
            ("recipient", "supplier", "designation", "deal", "number", "year", "tiv_million", "source"),
            ("deal", "year", "source"),
        ),
        Kind(
            "deals",
            "one order of one weapon type in a reader's register",
            ("recipient", "supplier", "designation", "deal", "delivery_years", "source"),
            ("deal", "source"),
        ),
        Kind(
            "equipment",
            "one order of one weapon type",
            (
                "equipment",
                "recipient",
                "supplier",
                "designation",
                "ordered",
                "delivered_from",
                "delivered_to",
                "number_delivered",
                "source",
            ),
            ("equipment",),
        ),
        Kind("events", "one dated event", ("event", "start", "title", "kind"), ("event",)),
        Kind(
            "totals",
            "one country's share of the world's exports or imports in one window",
            ("country", "role", *_WINDOW, "percent_of_world", "source"),
            ("country", "role", *_WINDOW, "source"),
        ),
        Kind(
            "yearly totals",
            "one country's exports or imports in one year",
            ("country", "role", "year", "tiv_million", "source"),
            ("country", "role", "region", "category", "year", "source"),
        ),
        Kind(
            "coverage",
            "one country whose imports or exports may be at hand whole",
            ("country", "role", "of", "whole", *_WINDOW, "source"),
            ("country", "of", "source"),
        ),
        Kind("claims", "one checkable statement", ("claim", "subject", "statement"), ("claim",)),
        Kind("verdicts", "one statement with its verdict", ("claim", "subject", "statement", "verdict"), ("claim",)),
        Kind("report", "a span of lines of a file", ("first_line", "last_line", "read_as"), ("first_line",)),
        Kind("sources", "one document or release", ("source", "publisher", "title", "published"), ("source",)),
        Kind("countries", "one name that we allow", ("country", "iso3", "kind"), ("country",)),
    )
}


def of(frame: pd.DataFrame) -> Kind:
    """The kind of a frame: the one whose columns it has; a kind that adds columns to another goes before that one.

    Raises
    ------
    ValueError
        If the frame has the columns of no kind (the nearest is named, and what it lacks), or of two.

    Examples
    --------
    >>> from analysis import tables
    >>> of(tables.read("transfers")).name
    'transfers'
    >>> of(pd.DataFrame(columns=["recipient", "percent"]))
    Traceback (most recent call last):
    ...
    ValueError: This is no table that the package knows: it has recipient, percent. Nearest is shares ...
    """
    columns = set(frame.columns)
    found = [kind for kind in KINDS.values() if columns.issuperset(kind.columns)]
    found = [kind for kind in found if not any(set(kind.columns) < set(other.columns) for other in found)]
    if len(found) == 1:
        return found[0]
    has = ", ".join(map(str, frame.columns)) or "no columns"
    if found:
        raise ValueError(
            f"This table is {' and '.join(kind.name for kind in found)} at once: it has {has}. Keep the columns of "
            f"one, for example frame[{list(found[0].columns)}]."
        )
    nearest = max(KINDS.values(), key=lambda kind: len(columns & set(kind.columns)) / len(kind.columns))
    missing = ", ".join(column for column in nearest.columns if column not in columns)
    raise ValueError(
        f"This is no table that the package knows: it has {has}. Nearest is {nearest.name} ({nearest.row}), which "
        f"needs {missing} as well."
    )


def expect(frame: pd.DataFrame, *names: str) -> Kind:
    """The kind of a frame, if it is one of `names`.

    Raises
    ------
    ValueError
        If it is of another kind or of none; what was expected is said.

    Examples
    --------
    >>> from analysis import tables
    >>> expect(tables.read("transfers"), "shares")
    Traceback (most recent call last):
    ...
    ValueError: Expected shares (one partner's share in one window), not transfers (the deliveries of one ...
    """
    wanted = KINDS[known(names[0], KINDS, "kind of table")]
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"Expected a table of {wanted.name}, not {type(frame).__name__}.")
    try:
        found = of(frame)
    except ValueError as error:
        missing = ", ".join(column for column in wanted.columns if column not in frame.columns)
        raise ValueError(f"Expected {wanted.name} ({wanted.row}): columns missing: {missing}. {error}") from None
    if found.name not in names:
        raise ValueError(f"Expected {wanted.name} ({wanted.row}), not {found.name} ({found.row}).")
    return found


def qualifiers(frame: pd.DataFrame) -> list[str]:
    """The optional columns of a frame that change what its numbers mean.

    Examples
    --------
    >>> qualifiers(pd.DataFrame(columns=["percent", "without"]))
    ['without']
    """
    return [column for column in QUALIFIERS if column in frame.columns]


def unit(column: str) -> str:
    """The unit of a column, in every table the same; empty where it has none.

    Examples
    --------
    >>> unit("percent"), unit("tiv_million"), unit("supplier")
    ('% of volume (TIV)', 'million TIV', '')
    """
    return _UNITS.get(str(column), "")
