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


class _Block(NamedTuple):
    """Lines, which of them are irregular, and how many separators each has: all, and up to its last cell."""

    lines: list[str]
    odd: list[bool]
    counts: list[int]
    filled: list[int]


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
    if not line:
        return None
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
    block = _Block(body, odd.tolist(), counts.tolist(), _filled_counts(body, odd, form))
    at = 0
    while at < len(body):
        if not body[at]:
            at += 1
            continue
        end, how, row = at + 1, "", body[at]
        if block.odd[at]:
            end, found, how = _mend(block, at, form)
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


def _filled_counts(body: list[str], odd: np.ndarray, form: Form) -> list[int]:
    """Number of separators up to the last cell, of irregular lines; 0 for others."""
    found = [0] * len(body)
    for at in np.flatnonzero(odd).tolist():
        if body[at]:
            found[at] = _stripped(body[at], form).count(form.sep)
    return found


def _stripped(line: str, form: Form) -> str:
    """A line without the empty cells at its end, which a spreadsheet appends."""
    return line.strip().rstrip(f"{form.sep}; ")


def _mend(block: _Block, at: int, form: Form) -> Mended:
    """An irregular line, joined with the lines after it, its surplus cells joined, or given up."""
    line, count = block.lines[at], block.counts[at]
    if not line.strip(BLANK):
        return Mended(at + 1, None)
    if re.match(r"\W*(©|\(c\)|Source:|Data generated)", line, re.I):
        return Mended(at + 1, None, _FOOTER)
    found = _requoted(block, at, form) if '"' in line else None
    if found is None and count >= form.width:
        found = _squeezed(cells(line, form.sep), at, form)
    if found is None or not found.row[form.volume].strip("; "):  # perhaps the first part of a row
        found = _rejoined(block, at, form) or found
    return found or Mended(at + 1, None, f"a broken row: {count + 1} cells, the header has {form.width + 1}")


def _requoted(block: _Block, at: int, form: Form) -> Mended | None:
    """A row with quotation marks, perhaps over several lines; None where that gives no row."""
    body = block.lines
    row = cells(body[at], form.sep)
    if block.counts[at] == form.width and len(row) != form.width + 1:
        row = body[at].split(form.sep)  # the mark is a letter of a name: a 5" gun
    end = at + 1 if len(row) > form.width else _closed(body, at)
    row = row if end == at + 1 else cells(" ".join(body[at:end]), form.sep)
    if not _filled(row) <= form.width + 1 <= len(row):
        return None
    return Mended(end, row[: form.width + 1], "" if end == at + 1 else _JOINED)


def _rejoined(block: _Block, at: int, form: Form) -> Mended | None:
    """A row that a line break in a cell parted, the empty cells after each part taken away; None if there is none."""
    total = block.filled[at]
    for end in range(at + 1, min(at + _LONGEST_BREAK, len(block.lines))):
        if not block.odd[end]:
            return None
        total += block.filled[end]
        missing = form.width - total
        if missing < 0:
            return None
        if missing < 2:
            first, *rest = (_stripped(line, form) for line in block.lines[at : end + 1])
            # The first part may end with an empty comment, which was taken for padding.
            row = cells(" ".join([first + form.sep * missing, *rest]), form.sep)
            if _sensible(row, form):
                return Mended(end + 1, row, _JOINED)
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
    if surplus < 0:
        return None
    if not any(cell.strip("; ") for cell in row[len(columns) :]):
        return Mended(at + 1, row[: len(columns)])
    text = max((columns.index(name) for name in _FREE if name in columns), default=0)
    joined = [*row[:text], f"{form.sep} ".join(row[text : text + surplus + 1]), *row[text + surplus + 1 :]]
    if not text or not _sensible(joined, form):
        return None
    return Mended(at + 1, joined, f"a stray {form.sep!r} in a text cell")


def _sensible(row: list[str], form: Form) -> bool:
    """Whether cells put together make a row: a volume, numbers where they belong, and none in the status."""
    if len(row) != len(form.columns) or not row[form.volume].strip("; "):
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
