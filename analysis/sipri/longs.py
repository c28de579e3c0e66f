"""Tables whose years run down a column, and lists of deals without volumes: told from SIPRI's tables, and refused."""

import re

from .lines import BLANK, SEPARATORS, cells, unwrapped

_YEAR = re.compile(r"\(?(?:19|20)\d\d\)?", re.ASCII)
_YEAR_NAME = re.compile(r"years?|period|date|time(_period)?|year of order|(order|delivery) (year|date)", re.I)
_NUMBER = re.compile(r"[\d.,]+", re.ASCII)
_PREAMBLE = 100  # lines in which a header is sought
_NEAR = 20  # rows that are looked at
_MOST = 0.8  # of which so many have a year in the same column
_FEWEST = 3  # fewer may be volumes that look like years
_WEAPONS = re.compile(r"\b(designation|weapon|description|ordered|order date|no\. delivered)\b", re.I)
_VOLUME = re.compile(r"\btiv|value|volume|million|import|export", re.I)


def one_of_many(lines: list[str], at: int, sep: str, place: int) -> bool:
    """Whether a line with a year at `place` is no header but a row of a table whose other rows have a year there."""
    before = [row for row in _near(lines[max(at - 2 * _NEAR, 0) : at], sep) if len(row) > place]
    if any(_YEAR_NAME.fullmatch(row[place]) for row in before):
        return True
    after = [row for row in _near(lines[at + 1 : at + 1 + 2 * _NEAR], sep) if len(row) > place]
    return _down([*before[-_NEAR:], *after[:_NEAR]], place)


def refuse(lines: list[str]) -> None:
    """Refuse a table whose years run down a column, saying what it is; let any other pass.

    Raises
    ------
    ValueError
        When the rows below one of the first lines have a year in the same column.
    """
    for at, line in enumerate(lines[:_PREAMBLE]):
        for sep in SEPARATORS:
            head = cells(unwrapped(line), sep)
            if len(head) < 2 or any(_NUMBER.fullmatch(cell) for cell in head):
                continue
            below = _near(lines[at + 1 : at + 1 + 2 * _NEAR], sep)[:_NEAR]
            named = any(_YEAR_NAME.fullmatch(cell) and _first(below, i) for i, cell in enumerate(head))
            if named or any(_down(below, place) for place in range(len(head))):
                raise ValueError(_told(at, head))


def _told(at: int, head: list[str]) -> str:
    columns = ", ".join(repr(cell) for cell in head[:12] if cell)
    said = " ".join(head)
    if _WEAPONS.search(said) and not _VOLUME.search(said):
        return (
            f"a list of deals without their volume (TIV): line {at + 1} names the columns {columns}. No share can be "
            "computed from numbers of weapons. Download the trade register as CSV, which has the TIV."
        )
    return (
        f"a long table, one row per year, not one of SIPRI's own: line {at + 1} names the columns {columns}. What its "
        "numbers are and whether all partners are there, only you know: read it with pandas, name its columns "
        "recipient, supplier, year and tiv_million, and give the frame to load.tidy. Or download SIPRI's own table."
    )


def _near(lines: list[str], sep: str) -> list[list[str]]:
    return [cells(unwrapped(line), sep) for line in lines if line.strip(BLANK)]


def _first(rows: list[list[str]], place: int) -> bool:
    return bool(rows) and len(rows[0]) > place and bool(_YEAR.fullmatch(rows[0][place]))


def _down(rows: list[list[str]], place: int) -> bool:
    years = sum(_first([row], place) for row in rows)
    return years >= _FEWEST and years >= _MOST * len(rows)
