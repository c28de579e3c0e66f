"""The rows below the header of a table with one column per year: what each is, its numbers, and its printed totals."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .lines import BLANK, Span, cells, listed, shown, unwrapped
from .numbers import Cell, decimal_mark, value

# The World Bank's codes for regions, income groups and the like, which share a column with its countries.
AGGREGATES = frozenset(
    """AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LIC LMC LMY LTE
    MEA MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD""".split()  # noqa: SIM905
)
_AT_A_TIME = 1000  # rows
RANGE = re.compile(r"total|\d{4}-\d{4}|sum total years", re.I | re.ASCII)
_TOTAL = re.compile(r"(world |regional )?total\b.*", re.I)


class Header(NamedTuple):
    """The header of a table: its cells, the place of the first year, and the years, one after the other."""

    sep: str
    columns: list[str]
    at: int
    years: list[int]

    @property
    def end(self) -> int:
        """Place after the last year."""
        return self.at + len(self.years)


class Layout(NamedTuple):
    """What the label columns before the first year hold, and which of them name the row."""

    names: list[int]
    rows_are: str | None = None  # supplier, recipient or pair
    bank: bool = False
    rank: bool = False
    region: bool = False
    by: str | None = None  # imports or exports


@dataclass(slots=True, eq=False)
class Row:
    """One row: its names, its values per year (NaN: blank), its printed totals, and what it is.

    `role` is data, total, rest (the countries below a list), empty, damaged, aggregate, nameless or doubled; `reason`
    says why it is set aside; `lost` has the years whose cells cannot be read, and what is in them.
    """

    line: int
    names: list[str]
    values: np.ndarray
    printed: list[float]
    role: str
    reason: str = ""
    lost: dict[int, str] | None = None


class Body(NamedTuple):
    """The rows below a header, their values (one line of `matrix` each), and the numbers as they are written."""

    rows: list[Row]
    matrix: np.ndarray
    written: list[Cell]


def layout(header: Header) -> Layout:
    """What the columns of a table before its first year hold."""
    labels = [label.lower() for label in header.columns[: header.at]]
    kinds = {label: i for i, label in enumerate(labels)}
    supplier, recipient = kinds.get("supplier"), kinds.get("recipient", kinds.get("recipients"))
    first = labels[0] if labels else ""
    last = len(labels) - 1
    by = re.match(r"(imports|exports) by", first)
    rows_are = "supplier" if supplier is not None else "recipient" if recipient is not None else None
    found = Layout([last], rows_are, by=by and by[1], region=bool(re.match(r"(imports|exports) by region", first)))
    if labels[:2] == ["country name", "country code"]:
        return found._replace(names=[0, 1, 3], bank=True)
    if any(label.startswith("rank") for label in labels):
        return found._replace(rank=True)
    if supplier is not None and recipient is not None:
        return found._replace(names=[recipient, supplier], rows_are="pair")
    if len(labels) == 2 and rows_are is None:
        return found._replace(names=[0, 1], region=True)  # a region stands once, above its suppliers
    return found._replace(names=[next((i for i in (supplier, recipient) if i is not None), last)])


def rows(lines: list[str], first: int, header: Header, form: Layout) -> Body:
    """Rows below a header, whose first line is `first`, counted from 1.

    Raises
    ------
    ValueError
        When the numbers are written in two ways, or may be read in two.
    """
    found = _rows(lines, first, header, form, ".")

    def fits(mark: str) -> tuple[int, int]:
        again = _rows(lines, first, header, form, mark)
        wrong = len(checks(again, header.years)[0])
        return sum(row.role == "total" or bool(row.printed) for row in again.rows) - wrong, wrong

    mark = decimal_mark(found.written, in_comma_file=header.sep == ",", fits=fits)
    return found if mark == "." else _rows(lines, first, header, form, mark)


def _rows(lines: list[str], first: int, header: Header, form: Layout, mark: str) -> Body:
    """The rows, if `mark` stands before decimals."""
    sums = [i for i in range(header.end, len(header.columns)) if RANGE.fullmatch(header.columns[i])]
    written: dict[str, Cell] = {}
    matrix = np.full((sum(1 for text in lines if text and not text.isspace()), len(header.years)), np.nan)
    found: list[Row] = []
    above = ["", ""]
    for line, text in enumerate(lines, first):
        row = _cells(text, header) if text else None
        if not row or not any(row):
            continue
        names = [row[i] if i < len(row) else "" for i in form.names]
        if form.rows_are == "pair" or (form.region and len(names) == 2):
            # A name stands on the first of its rows only.
            names = [name or (above[i] if any(names) else "") for i, name in enumerate(names)]
            above = names
        values = matrix[len(found)]
        lost = _fill(values, row, header, mark)
        printed = [value(row[i], mark) for i in sums if i < len(row) and row[i]]
        for i in (*range(header.at, header.end), *sums):
            if i < len(row) and row[i] and not row[i].isdecimal() and row[i] not in written:
                written[row[i]] = Cell(row[i], line, header.columns[i])
        printed = [number for number in printed if number is not None]
        found.append(Row(line, names, values, printed, *_role(names, values, lost, row, header, form), lost))
    return Body(found, matrix[: len(found)], list(written.values()))


def _cells(text: str, header: Header) -> list[str]:
    if not text.strip(BLANK):
        return []
    inner = unwrapped(text)
    row = cells(inner.rstrip(";") if header.sep == "," else inner, header.sep)
    if inner is not text and len(row) < len(header.columns):  # one cell with a comma in it, not a whole row
        row = cells(text, header.sep)
    return row


def _fill(values: np.ndarray, row: list[str], header: Header, mark: str) -> dict[int, str] | None:
    """Write the numbers of a row; the cells that are none, by year."""
    lost = {}
    for i, text in enumerate(row[header.at : header.end]):
        if text:
            number = value(text, mark)
            if number is None:
                lost[header.years[i]] = f"{text[:60]!r} under {header.columns[header.at + i]} is not a number"
            else:
                values[i] = number
    return lost or None


def _role(
    names: list[str], values: np.ndarray, lost: dict | None, row: list[str], header: Header, form: Layout
) -> tuple[str, str]:
    """What a row is, and why it is set aside."""
    total = next((name for name in names if _TOTAL.fullmatch(name)), None)
    if not any(row[header.at :]) and not total:
        return "empty", "no numbers in the row"
    if len(row) < header.end:
        return "damaged", f"a broken row: {len(row)} cells, the header has {len(header.columns)}"
    if any(row[len(header.columns) :]):
        return "damaged", f"a damaged row: {len(row)} cells, the header has {len(header.columns)}"
    if form.bank:
        aggregate = names[1] in AGGREGATES
        return ("aggregate", "a group of countries, not a country") if aggregate else ("data", "")
    if total:
        return "total", ""
    if names[-1].lower() == "others":
        return "rest", "the countries below the list, not one country"
    if not any(names):
        return "nameless", "numbers without a name"
    filled = lost or not np.isnan(values).all()
    return ("data", "") if filled else ("empty", "no numbers in the years of the table")


def _rounding(count: int | np.ndarray) -> float | np.ndarray:
    """What `count` cells and their total, each rounded on its own, may differ by."""
    return (count + 1) / 2


def settled(data: list[Row]) -> list[Row]:
    """The rows without those that stand twice, which are marked; two rows of one name that differ are refused."""
    seen: dict[tuple, Row] = {}
    unlike = []
    for row in data:
        before = seen.setdefault(tuple(row.names), row)
        if before is row:
            continue
        if np.array_equal(before.values, row.values, equal_nan=True) and before.lost == row.lost:
            row.role, row.reason = "doubled", f"the same row as line {before.line}"
        else:
            unlike.append(f"{row.names[-1]!r} in lines {before.line} and {row.line}")
    if unlike:
        raise ValueError(f"the same name stands twice with different numbers: {listed(unlike)}.")
    return list(seen.values())


def checks(found: Body, years: list[int]) -> tuple[dict[int, str], set[int]]:
    """Messages per line where a printed total and the sum of the cells differ, and the years concerned.

    SIPRI rounds every cell and every total on its own, so n cells may add up to (n + 1) / 2 more or less.
    """
    notes: dict[int, str] = {}
    wrong = {year for row in found.rows for year in row.lost or ()}
    counted = [at for at, row in enumerate(found.rows) if row.role in {"data", "rest"}]
    for row in (found.rows[at] for at in counted):
        present = row.values[~np.isnan(row.values)]
        if row.printed and not row.lost and abs(present.sum() - row.printed[0]) > _rounding(len(present)):
            notes[row.line] = _unlike("the row", row.printed[0], present.sum())
    sums: dict[str | None, tuple[np.ndarray, np.ndarray]] = {}
    for row in found.rows:
        if row.role != "total":
            continue
        # A regional total is that of its region, every other one that of the whole table.
        region = row.names[0] if row.names[-1].lower() == "regional total" else None
        if region not in sums:
            part = [at for at in counted if region in (None, found.rows[at].names[0])]
            sums[region] = _added(found.matrix, part)
        added, count = sums[region]
        printed = np.nan_to_num(row.values)
        known = np.array([year not in (row.lost or ()) for year in years])
        off = np.flatnonzero((np.abs(added - printed) > _rounding(count)) & known)
        wrong |= {years[i] for i in off}
        if len(off):
            notes[row.line] = listed([_unlike(str(years[i]), printed[i], added[i]) for i in off])
    return notes, wrong


def _added(matrix: np.ndarray, rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the cells per year; some rows at a time, so as not to double a large table."""
    added, count = np.zeros(matrix.shape[1]), np.zeros(matrix.shape[1])
    for at in range(0, len(rows), _AT_A_TIME):
        part = matrix[rows[at : at + _AT_A_TIME]]
        added += np.nansum(part, axis=0)
        count += (~np.isnan(part)).sum(axis=0)
    return added, count


def _unlike(of_what: str, printed: float, added: float) -> str:
    return f"the printed total of {of_what} is {shown(printed)}, its cells add up to {shown(added)}"


def entry(row: Row, kind: str, note: str, unknown: set[str]) -> Span:
    """Account of one row."""
    lost = list((row.lost or {}).values())
    if row.role == "total":
        reasons = [*lost, *([note] if note else [])]
        told = "; ".join(reasons) or "printed totals: used as a check, never as data"
        return Span(row.line, row.line, "check", 0, told, bool(reasons))
    if row.role != "data":
        warning = row.role in {"damaged", "nameless", "doubled"}
        return Span(row.line, row.line, "set aside", 0, row.reason, warning)
    names = [f"unknown name {name!r}, kept as it is" for name in row.names if name in unknown]
    reasons = [*names, *lost, *([note] if note else [])]
    count = int((~np.isnan(row.values)).sum())
    read_as = "transfers" if kind == "country table" else "totals"
    return Span(row.line, row.line, read_as, count, "; ".join(reasons), bool(reasons))
