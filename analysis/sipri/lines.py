"""The lines of a file: their cells and numbers, and the account of what became of each of them."""

import csv
import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

REPORT = ["first_line", "last_line", "read_as", "rows", "reason", "warning"]
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
# Digits are limited so that a damaged cell can never become a number that no volume could be.
_PLAIN = re.compile(r"\d{1,15}(\.\d{1,12})?([eE]-\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}([,\u00a0\u202f ]\d{3}){1,4}(\.\d{1,12})?", re.ASCII)


def cells(line: str, sep: str) -> list[str]:
    """Cells of one line, stripped. A quotation mark that the csv module refuses is taken as a letter."""
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=sep))]
        except (csv.Error, StopIteration):
            pass
    return [cell.strip() for cell in line.split(sep)]


def number(cell: str, sep: str = ",") -> float | None:
    """Value of a cell: NaN when blank, None when it is not a number. "0 " is 0: between 0 and 0.5."""
    cell = cell.strip()
    if not cell:
        return float("nan")
    if sep != "," and cell.count(",") == 1:
        cell = cell.replace(",", ".")  # a spreadsheet that parts cells by ";" writes a decimal comma
    if _PLAIN.fullmatch(cell):
        return float(cell)
    if _GROUPED.fullmatch(cell):
        return float(re.sub(r"[,\u00a0\u202f ]", "", cell))
    return None


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


def span(first: int, last: int, read_as: str, rows: int = 0, reason: str = "", warning: bool = False) -> tuple:
    """One entry of the account; lines count from 1."""
    return first, last, read_as, rows, reason, warning


def runs(first: np.ndarray, last: np.ndarray, code: np.ndarray, legend: list[tuple]) -> list[tuple]:
    """Entries for rows in the order of the file, neighbours with the same code joined.

    `legend[code]` is (read_as, rows per entry, reason, warning).
    """
    if not len(first):
        return []
    starts = np.flatnonzero(np.r_[True, (code[1:] != code[:-1]) | (first[1:] != last[:-1] + 1)])
    ends = np.r_[starts[1:], len(first)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        read_as, rows, reason, warning = legend[code[start]]
        found.append(span(int(first[start]), int(last[end - 1]), read_as, rows * int(end - start), reason, warning))
    return found


def report(spans: list[tuple], lines: list[str]) -> pd.DataFrame:
    """One row per span of lines: what it was read as, the rows it gave, and why it was set aside."""
    whole = []
    at = 1
    for entry in sorted(spans):
        whole += _between(at, entry[0] - 1, lines)
        whole.append(entry)
        at = entry[1] + 1
    whole += _between(at, len(lines), lines)
    joined: list[tuple] = []
    for entry in whole:
        if joined and entry[2] == joined[-1][2] and entry[4:] == joined[-1][4:]:
            before = joined.pop()
            entry = (before[0], entry[1], entry[2], before[3] + entry[3], *entry[4:])
        joined.append(entry)
    frame = pd.DataFrame(joined, columns=REPORT)
    return frame.astype({"read_as": "str", "reason": "str", "rows": "int64", "warning": "bool"})


def _between(first: int, last: int, lines: list[str]) -> list[tuple]:
    """Entries for lines that no table claimed."""
    found = []
    for at in range(first, last + 1):
        reason = "not part of a table" if lines[at - 1].strip(' ,;\t"') else "blank"
        found.append(span(at, at, "set aside", 0, reason))
    return found
