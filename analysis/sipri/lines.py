"""The lines of a file: their cells, and the account of what became of each of them."""

import csv
import re
from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

#: How the sentence begins by which every reader refuses a table without rows.
EMPTY = "an empty export"
REPORT = ["file", "first_line", "last_line", "read_as", "rows", "reason", "warning"]
_DATE = re.compile(
    r"(?:generated:|created:|Last Updated Date\W{1,9})\s{0,9}(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)-(\d\d)-(\d{4})"
    r"|(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}))",
    re.I | re.ASCII,
)
# Written out: the names of the calendar module change with the locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Our names for SIPRI's, and the names that we do not know.
Names = Callable[[list[str]], tuple[dict[str, str], set[str]]]
SEPARATORS = (",", ";", "\t")
#: What a line without content may hold.
BLANK = ' ,;\t"'


class Span(NamedTuple):
    """What became of lines first to last, which count from 1: one entry of the account."""

    first: int
    last: int
    read_as: str
    rows: int = 0
    reason: str = ""
    warning: bool = False


def cells(line: str, sep: str) -> list[str]:
    """Cells of one line, stripped. A quotation mark that the csv module refuses is taken as a letter."""
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=sep))]
        except (csv.Error, StopIteration):
            pass
    return [cell.strip() for cell in line.split(sep)]


def unwrapped(line: str) -> str:
    """The row that a spreadsheet put whole into the first cell, in quotation marks; any other line as it is.

    >>> unwrapped('"China,Pakistan,1",,,'), unwrapped('"China","Pakistan"')
    ('China,Pakistan,1', '"China","Pakistan"')
    """
    if not line.startswith('"') or not line.rstrip(" ,;\t").endswith('"'):
        return line
    inner = line.rstrip(" ,;\t")[1:-1].replace('""', "\0")
    parted = any(sep in inner for sep in SEPARATORS)
    return inner.replace("\0", '"') if parted and '"' not in inner else line


def generated(text: str) -> date | None:
    """Day on which a file was made, as its first lines say it."""
    found = _DATE.search(text)
    if not found:
        return None
    iso, old, new = found.groups()[:3], found.groups()[3:6], found.groups()[6:]
    try:
        if iso[0]:
            return date(*map(int, iso))
        if old[0]:
            return date(int(old[2]), int(old[1]), int(old[0]))
        return date(int(new[2]), [month[:3] for month in _MONTHS].index(new[1].capitalize()) + 1, int(new[0]))
    except ValueError:
        return None


def written(day: date) -> str:
    """A day in running text: 12 February 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def covered(day: date) -> int:
    """Last year that the release at hand on a day surely covers: releases come out in the middle of March."""
    return day.year - 1 if day.month > 3 else day.year - 2


def shown(value: float) -> str:
    """A volume for a message: 4071, 31794.58."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def listed(items: list[str], most: int = 5) -> str:
    """The first few of many, and how many more there are."""
    more = f" … and {len(items) - most} more" if len(items) > most else ""
    return "; ".join(items[:most]) + more


def notes(lines: list[str], start: int, head: int) -> list[Span]:
    """Entries for the first lines of a file, from `start` to the one before the header at `head`, counted from 0."""
    return [Span(at + 1, at + 1, "notes") for at in range(start, head) if lines[at] and lines[at].strip(BLANK)]


def runs(first: np.ndarray, last: np.ndarray, code: np.ndarray, legend: list[Span]) -> list[Span]:
    """Entries for rows in the order of the file, neighbours with the same code joined.

    `legend[code]` is the entry of one row, whatever its lines.
    """
    if not len(first):
        return []
    starts = np.flatnonzero(np.r_[True, (code[1:] != code[:-1]) | (first[1:] != last[:-1] + 1)])
    ends = np.r_[starts[1:], len(first)]
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        entry = legend[code[start]]
        rows = entry.rows * (end - start)
        found.append(entry._replace(first=int(first[start]), last=int(last[end - 1]), rows=rows))
    return found


def account(spans: list[Span], lines: list[str]) -> list[Span]:
    """Entries for all lines of a file: what they were read as, the rows they gave, and why they were set aside."""
    whole = []
    at = 1
    for entry in sorted(spans):
        whole += _between(at, entry.first - 1, lines)
        whole.append(entry)
        at = entry.last + 1
    whole += _between(at, len(lines), lines)
    joined: list[Span] = []
    for entry in whole:
        if joined and _alike(joined[-1], entry):
            joined[-1] = joined[-1]._replace(last=entry.last, rows=joined[-1].rows + entry.rows)
        else:
            joined.append(entry)
    return joined


def flagged(entries: list[Span], before: str = "") -> list[str]:
    """What the entries warn of, with the line."""
    return [f"{before}line {entry.first}: {entry.reason}" for entry in entries if entry.warning]


def report(entries: list[tuple]) -> pd.DataFrame:
    """One row per span of lines of a file: what it was read as, the rows it gave, and why it was set aside."""
    frame = pd.DataFrame(entries, columns=REPORT)
    return frame.astype({"file": "str", "read_as": "str", "reason": "str", "rows": "int64", "warning": "bool"})


def _alike(one: Span, other: Span) -> bool:
    return (one.read_as, one.reason, one.warning) == (other.read_as, other.reason, other.warning)


def _between(first: int, last: int, lines: list[str]) -> list[Span]:
    """Entries for lines that no table claimed."""
    chunk = lines[first - 1 : last]
    if not chunk:
        return []
    if not any(chunk):
        return [Span(first, last, "set aside", 0, "blank")]
    found = []
    for part, group in groupby(chunk, key=lambda line: bool(line.strip(BLANK))):
        count = sum(1 for _ in group)
        found.append(Span(first, first + count - 1, "set aside", 0, "not part of a table" if part else "blank"))
        first += count
    return found
