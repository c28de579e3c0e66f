"""The rows of a register: its header, rows mended where a cell broke them, and typed columns."""

import csv
import io
import re
from itertools import repeat

import numpy as np
import pandas as pd

from .lines import SEPARATORS, cells, number, span

# Header cells of all generations in small letters, and our names for them.
_COLUMNS = {
    "sipri at database id": "deal", "deal id": "deal", "tidn": "deal",
    "recipient": "recipient", "buyer": "recipient", "supplier": "supplier", "seller": "supplier",
    "designation": "designation", "weapon designation": "designation", "desig2": "designation",
    "description": "description", "weapon description": "description", "desc": "description",
    "armament category": "category", "wcat": "category",
    "order date": "ordered", "year of order": "ordered", "odat": "ordered",
    "order date is estimate": "ordered_estimated", "odai": "ordered_estimated",
    "number ordered": "number_ordered", "onum": "number_ordered", "onai": "number_ordered_estimated",
    "numbers delivered": "number", "number delivered": "number", "deliveries in the year range": "number",
    "nrdel": "number", "numbers delivered is estimate": "number_estimated", "nrdelai": "number_estimated",
    "delivery year": "year", "delivery year is estimate": "year_estimated",
    "year(s) of delivery": "delivery_years", "delyears": "delivery_years",
    "status": "status", "comments": "comments",
    "tiv deal unit": "tiv_unit", "sipri tiv per unit": "tiv_unit", "tivunit": "tiv_unit",
    "sipri tiv for total order": "tiv_order", "tivorder": "tiv_order",
    "tiv delivery values": "tiv_million", "sipri tiv of delivered weapons": "tiv_million", "tivdel": "tiv_million",
    "local production": "local_production", "coprod": "local_production",
}  # fmt: skip
# In the deal register the "?" columns have no name of their own; spreadsheets and readers invent one.
_NAMELESS = re.compile(r"(\.\d+|\.\.\.\d+|unnamed: \d+)?")
DELIVERIES = [
    "recipient", "supplier", "designation", "description", "category", "ordered", "ordered_estimated", "number",
    "number_estimated", "year", "year_estimated", "status", "tiv_unit", "tiv_million", "local_production", "deal",
]  # fmt: skip
DEALS = [
    "recipient", "supplier", "designation", "description", "category", "ordered", "ordered_estimated",
    "number_ordered", "number_ordered_estimated", "number", "number_estimated", "delivery_years", "status",
    "tiv_unit", "tiv_order", "tiv_million", "local_production", "comments", "deal",
]  # fmt: skip
NUMBERS = {"number", "number_ordered", "ordered", "year", "deal"}
VOLUMES = {"tiv_unit", "tiv_order", "tiv_million"}
FLAGS = {"ordered_estimated", "number_estimated", "number_ordered_estimated", "year_estimated", "local_production"}
_MUST_BE_NUMBERS = VOLUMES | {"year"}
_YES_NO = {"yes": 1, "true": 1, "?": 1, "x": 1, "no": 0, "false": 0, "": -1}
# Free text, where a stray separator can stand.
_FREE = ("designation", "description", "comments")
# "2017; 2018", "2017;2018", "(2017)" or "2017-2019".
_YEARS = re.compile(r"(\(?(19|20)\d\d\)?([;,\s-]+|$))*", re.ASCII)
EMPTY = "an empty export: the register has a header but no row that can be read. Choose another selection."
_LARGEST = 1e15  # beyond any volume or number of weapons: a damaged cell
_LONGEST_BREAK = 20  # lines that one comment may be broken into


def header(line: str) -> tuple[str, list[str | None]] | None:
    """Separator and our names of the columns of a register's header; None for another line."""
    folded = line.casefold()
    if not (("supplier" in folded or "seller" in folded) and ("recipient" in folded or "buyer" in folded)):
        return None
    for sep in SEPARATORS:
        columns: list[str | None] = []
        for cell in cells(folded.rstrip("; ") if sep == "," else folded, sep):
            name = _COLUMNS.get(cell)
            if name is None and columns and columns[-1] and _NAMELESS.fullmatch(cell):
                name = f"{columns[-1]}_estimated"
            columns.append(None if name in columns else name)
        if {"recipient", "supplier", "tiv_million"} <= set(columns):
            return sep, columns
    return None


def records(
    lines: list[str], start: int, sep: str, columns: list[str | None]
) -> tuple[list[str], np.ndarray, np.ndarray, dict[int, str], list[tuple]]:
    """Complete rows as text, their first and last line, what was mended (row: how), and the broken lines.

    A comment may hold a line break, or a stray separator, without quotation marks round it.
    """
    need = len(columns) - 1
    body = lines[start:]
    counts = np.fromiter(map(str.count, body, repeat(sep)), dtype=np.int64, count=len(body))
    odd = counts != need
    if '"' in "".join(body):  # faster than line by line
        odd |= np.fromiter(map(str.__contains__, body, repeat('"')), dtype=bool, count=len(body))
    if not odd.any():
        at = np.arange(start + 1, start + 1 + len(body))
        return body, at, at, {}, []
    rows, first, last, mended, broken = [], [], [], {}, []
    at = 0
    while at < len(body):
        end, row, how = (at + 1, body[at], "") if not odd[at] else _mend(body, at, odd, counts, sep, columns)
        if row is not None:
            if how:
                mended[len(rows)] = how
            rows.append(row)
            first.append(start + at + 1)
            last.append(start + end)
        elif how:
            broken.append(span(start + at + 1, start + end, "set aside", 0, how, how != _FOOTER))
        at = end
    return rows, np.array(first, dtype=np.int64), np.array(last, dtype=np.int64), mended, broken


_FOOTER = "note of the file"


def _mend(
    body: list[str], at: int, odd: np.ndarray, counts: np.ndarray, sep: str, columns: list[str | None]
) -> tuple[int, str | None, str]:
    """End, row and remark for an irregular line: joined with the lines after it, re-quoted, or given up (None)."""
    line, need = body[at], len(columns) - 1
    if not line.strip(' ;,\t"'):
        return at + 1, None, ""
    if re.match(r"\W*(©|\(c\)|Source:|Data generated)", line, re.I):
        return at + 1, None, _FOOTER
    if '"' in line:
        row = cells(line, sep)
        if counts[at] == need and len(row) != need + 1:
            row = line.split(sep)  # the mark is a letter of a name: a 5" gun
        end = at + 1 if len(row) > need else _closed(body, at)
        row = row if end == at + 1 else cells(" ".join(body[at:end]), sep)
        if _filled(row) <= need + 1 <= len(row):
            return end, _quoted(row[: need + 1], sep), "" if end == at + 1 else "joined: a line break in a cell"
    if counts[at] > need:
        row = _squeezed(cells(line, sep), columns, sep)
        if row:
            return at + 1, _quoted(row, sep), f"a stray {sep!r} in a text cell"
    total, end = counts[at], at + 1
    while total < need and end < min(at + _LONGEST_BREAK, len(body)) and odd[end]:
        total += counts[end]
        end += 1
    if total == need and end > at + 1:
        row = cells(" ".join(part.strip() for part in body[at:end]), sep)
        if len(row) == need + 1:
            return end, _quoted(row, sep), "joined: a line break in a cell"
    return at + 1, None, f"a broken row: {counts[at] + 1} cells, the header has {need + 1}"


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


def _squeezed(row: list[str], columns: list[str | None], sep: str) -> list[str] | None:
    """The row with the surplus cells joined to the last text column; None where that gives no sensible row."""
    surplus = len(row) - len(columns)
    if not any(cell.strip("; ") for cell in row[len(columns) :]):
        return row[: len(columns)]
    at = max((columns.index(name) for name in _FREE if name in columns), default=0)
    joined = [*row[:at], f"{sep} ".join(row[at : at + surplus + 1]), *row[at + surplus + 1 :]]
    numeric = [i for i, name in enumerate(columns) if name in _MUST_BE_NUMBERS]
    good = at and all(number(joined[i].rstrip("; "), sep) is not None for i in numeric)
    # A digit in the status: it was the list of delivery years that was parted, not a free text.
    split_years = "status" in columns and any(map(str.isdigit, joined[columns.index("status")]))
    return joined if good and not split_years else None


def _quoted(row: list[str], sep: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sep, lineterminator="", quoting=csv.QUOTE_ALL).writerow(row)
    return out.getvalue()


def typed(rows: list[str], sep: str, columns: list[str | None]) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """One row per row of the register, typed; and per column which rows hold something that cannot be."""
    wanted = [i for i, name in enumerate(columns) if name in {*DELIVERIES, *DEALS}]
    raw = _parsed(rows, sep, columns, wanted)
    faults, found = {}, {}
    for i in wanted:
        name, column = columns[i], raw.pop(i)
        if column.dtype == "float64":
            found[name], bad = _numbers(name, column.to_numpy(), np.zeros(len(column), dtype=bool))
        else:
            codes, texts = pd.factorize(column.to_numpy(dtype=object))
            stripped = [text.strip("; ") if i == len(columns) - 1 else text.strip() for text in texts]
            if stripped != texts.tolist():  # two cells may now be the same
                place, texts = pd.factorize(np.array(stripped, dtype=object))
                codes = place[codes]
            found[name], bad = _column(name, texts, codes, sep)
        if bad.any():
            faults[name] = bad
    return pd.DataFrame(found), faults


def _parsed(rows: list[str], sep: str, columns: list[str | None], wanted: list[int]) -> pd.DataFrame:
    """The cells: as numbers where a whole column is numbers (most files; much the faster way), else as text."""
    numeric = [i for i in wanted if columns[i] in NUMBERS | VOLUMES]
    for floats in (numeric, []):
        try:
            raw = pd.read_csv(
                io.BytesIO("\n".join(rows).encode()),
                sep=sep,
                header=None,
                names=range(len(columns)),
                usecols=wanted,
                index_col=False,
                dtype={i: "float64" if i in floats else "str" for i in wanted},
                na_values={i: [""] for i in floats},
                keep_default_na=False,
                skip_blank_lines=False,
                low_memory=False,
            )
        except ValueError:
            if not floats:
                raise
            continue
        if all((raw[i].isna() | raw[i].between(0, _LARGEST)).all() for i in floats):
            break
    return raw


def _numbers(name: str, values: np.ndarray, bad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and which of them cannot be; a year has four digits."""
    if name in {"year", "ordered"}:
        bad = bad | ~(np.isnan(values) | ((values >= 1900) & (values < 2100) & (values % 1 == 0)))
        values = np.where(bad, np.nan, values)
    return values, bad


def _column(name: str, texts: np.ndarray, codes: np.ndarray, sep: str) -> tuple[object, np.ndarray]:
    """A column from its distinct texts and the code of each row, and the rows that are not what it should hold."""
    bad = np.zeros(len(texts), dtype=bool)
    if name in NUMBERS | VOLUMES:
        found = [number(text, sep) for text in texts]
        bad = np.array([value is None for value in found], dtype=bool)
        values = np.array([np.nan if value is None else value for value in found], dtype=float)
        values, bad = _numbers(name, values, bad)
        return values[codes], bad[codes]
    if name in FLAGS:
        values = np.array([_YES_NO.get(text.casefold(), -2) for text in texts], dtype=np.int8)
        return values[codes], (values == -2)[codes]
    if name == "delivery_years":
        bad = np.array([not _YEARS.fullmatch(text) for text in texts], dtype=bool)
    return pd.Categorical.from_codes(codes, texts), bad[codes]


def dtype(name: str) -> str:
    kinds = {"boolean": FLAGS, "float64": VOLUMES, "Int64": NUMBERS}
    return next((dtype for dtype, names in kinds.items() if name in names), "str")
