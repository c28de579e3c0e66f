"""The rows of a register: its header, and rows mended where a cell or a spreadsheet broke them."""

import csv
import io
import re
from itertools import repeat
from typing import NamedTuple

import numpy as np

from .columns import NUMERIC, named
from .lines import BLANK, SEPARATORS, Span, cells, unwrapped
from .numbers import MARKS, value

# Free text, where a stray separator or a line break can stand.
_FREE = ("designation", "description", "comments")
_LONGEST_BREAK = 20  # lines that one comment may be broken into
_FOOTER = "note of the file"
_JOINED = "joined: a line break in a cell"


class Records(NamedTuple):
    """Complete rows as text, their first and last line, what was mended (row: how), and the broken lines."""

    rows: list[str]
    first: np.ndarray
    last: np.ndarray
    mended: dict[int, str]
    broken: list[Span]


class Mended(NamedTuple):
    """An irregular line: the line after it that is not part of it, its row (None: given up), and a remark."""

    end: int
    row: list[str] | None
    how: str = ""


class Form(NamedTuple):
    """How the rows of a register are written: the separator and our names of its columns."""

    sep: str
    columns: list[str | None]

    @property
    def width(self) -> int:
        """Number of separators in a row."""
        return len(self.columns) - 1

    @property
    def volume(self) -> int:
        """Place of the volume in a row."""
        return self.columns.index("tiv_million")


def header(line: str) -> Form | None:
    """How the rows below a register's header are written; None for another line."""
    folded = line.casefold()
    if not (("supplier" in folded or "seller" in folded) and ("recipient" in folded or "buyer" in folded)):
        return None
    folded = unwrapped(folded)
    for sep in SEPARATORS:
        columns = named(cells(folded.rstrip("; ") if sep == "," else folded, sep))
        if {"recipient", "supplier", "tiv_million"} <= set(columns):
            return Form(sep, columns)
    return None


def records(lines: list[str], start: int, form: Form) -> Records:
    """The rows below a header, from line `start` on, counted from 0.

    A comment may hold a line break, or a stray separator, without quotation marks round it.
    """
    body = lines[start:]
    counts = np.fromiter(map(str.count, body, repeat(form.sep)), dtype=np.int64, count=len(body))
    odd = (counts != form.width) | _cut(body, form)
    if '"' in "".join(body):  # faster than line by line
        odd |= np.fromiter(map(str.__contains__, body, repeat('"')), dtype=bool, count=len(body))
    if not odd.any():
        at = np.arange(start + 1, start + 1 + len(body))
        return Records(body, at, at, {}, [])
    rows, first, last, mended, broken = [], [], [], {}, []
    irregular, at = odd.tolist(), 0
    while at < len(body):
        if not body[at]:
            at += 1
            continue
        end, how, row = at + 1, "", body[at]
        if irregular[at]:
            end, found, how = _mend(body, at, odd, counts, form)
            row = found and _quoted(found, form.sep)
        if row is not None:
            if how:
                mended[len(rows)] = how
            rows.append(row)
            first.append(start + at + 1)
            last.append(start + end)
        elif how:
            broken.append(Span(start + at + 1, start + end, "set aside", 0, how, how != _FOOTER))
        at = end
    return Records(rows, np.array(first, dtype=np.int64), np.array(last, dtype=np.int64), mended, broken)


def _cut(body: list[str], form: Form) -> np.ndarray:
    """Lines whose cells end before the volume: the first part of a row that was broken, then padded, perhaps."""
    ends = (form.sep, f"{form.sep} ", f"{form.sep};")
    found = np.fromiter(map(str.endswith, body, repeat(ends)), dtype=bool, count=len(body))
    for at in np.flatnonzero(found).tolist():
        found[at] = _stripped(body[at], form).count(form.sep) < form.volume
    return found


def _stripped(line: str, form: Form) -> str:
    """A line without the empty cells at its end, which a spreadsheet appends."""
    return line.strip().rstrip(f"{form.sep}; ")


def _mend(body: list[str], at: int, odd: np.ndarray, counts: np.ndarray, form: Form) -> Mended:
    """An irregular line, joined with the lines after it, its surplus cells joined, or given up."""
    line = body[at]
    if not line.strip(BLANK):
        return Mended(at + 1, None)
    if re.match(r"\W*(©|\(c\)|Source:|Data generated)", line, re.I):
        return Mended(at + 1, None, _FOOTER)
    found = _requoted(body, at, counts, form) if '"' in line else None
    if found is None and counts[at] >= form.width:
        found = _squeezed(cells(line, form.sep), at, form)
    if found is None or not found.row[form.volume]:  # perhaps the first part of a row
        found = _rejoined(body, at, odd, form) or found
    return found or Mended(at + 1, None, f"a broken row: {counts[at] + 1} cells, the header has {form.width + 1}")


def _requoted(body: list[str], at: int, counts: np.ndarray, form: Form) -> Mended | None:
    """A row with quotation marks, perhaps over several lines; None where that gives no row."""
    row = cells(body[at], form.sep)
    if counts[at] == form.width and len(row) != form.width + 1:
        row = body[at].split(form.sep)  # the mark is a letter of a name: a 5" gun
    end = at + 1 if len(row) > form.width else _closed(body, at)
    row = row if end == at + 1 else cells(" ".join(body[at:end]), form.sep)
    if not _filled(row) <= form.width + 1 <= len(row):
        return None
    return Mended(end, row[: form.width + 1], "" if end == at + 1 else _JOINED)


def _rejoined(body: list[str], at: int, odd: np.ndarray, form: Form) -> Mended | None:
    """A row that a line break in a cell parted, the empty cells after each part taken away; None if there is none."""
    parts = [_stripped(body[at], form)]
    while len(parts) < _LONGEST_BREAK and at + len(parts) < len(body) and odd[at + len(parts)]:
        parts.append(_stripped(body[at + len(parts)], form))
        missing = form.width - sum(part.count(form.sep) for part in parts)
        if missing < 0:
            return None
        # The first part may end with an empty comment, which was taken for padding.
        row = cells(" ".join([parts[0] + form.sep * missing, *parts[1:]]), form.sep)
        if missing < 2 and _sensible(row, form):
            return Mended(at + len(parts), row, _JOINED)
    return None


def _closed(body: list[str], at: int) -> int:
    """End of the line, or of the lines after it up to the one that closes its last quotation mark."""
    marks = 0
    for end in range(at, min(at + _LONGEST_BREAK, len(body))):
        marks += body[end].count('"')
        if marks % 2 == 0:
            return end + 1
    return at + 1


def _filled(row: list[str]) -> int:
    """Number of cells without the empty ones that spreadsheets append."""
    return max((i + 1 for i, cell in enumerate(row) if cell.strip("; ")), default=0)


def _squeezed(row: list[str], at: int, form: Form) -> Mended | None:
    """The row without the empty cells after it, or with surplus cells joined to the last text column, if sensible."""
    columns, surplus = form.columns, len(row) - len(form.columns)
    if not any(cell.strip("; ") for cell in row[len(columns) :]):
        return Mended(at + 1, row[: len(columns)])
    text = max((columns.index(name) for name in _FREE if name in columns), default=0)
    joined = [*row[:text], f"{form.sep} ".join(row[text : text + surplus + 1]), *row[text + surplus + 1 :]]
    if not text or not _sensible(joined, form):
        return None
    return Mended(at + 1, joined, f"a stray {form.sep!r} in a text cell")


def _sensible(row: list[str], form: Form) -> bool:
    """Whether cells put together make a row: a volume, numbers where they belong, and none in the status."""
    if len(row) != len(form.columns) or not row[form.volume]:
        return False
    at = {name: row[i].rstrip("; ") for i, name in enumerate(form.columns) if name}
    numeric = [text for name, text in at.items() if name in NUMERIC]
    # A digit in the status: it was the list of delivery years that was parted, not a free text.
    texts = at["recipient"] + at["supplier"] + at.get("status", "")
    return not any(map(str.isdigit, texts)) and all(map(_number, numeric))


def _number(text: str) -> bool:
    return any(value(text, mark) is not None for mark in MARKS)


def _quoted(row: list[str], sep: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sep, lineterminator="", quoting=csv.QUOTE_ALL).writerow(row)
    return out.getvalue()
