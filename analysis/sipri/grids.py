"""Tables with one column per year: TIV tables of both sites, top lists, regions, categories, World Bank series."""

import re
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from .body import RANGE, Body, Header, Row, checks, entry, layout, rows, settled
from .lines import SEPARATORS, Names, Span, cells, covered, listed, notes, unwrapped, written
from .lines import generated as day
from .longs import one_of_many, refuse
from .owner import Owner, owner

TITLE = re.compile(
    r'[\s"]*(TIV of arms exports|Volume of (?:transfers|exports|imports) of major arms|Transfers of major conv'
    r"entional arms|SIPRI Transfers Database)",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_HINT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_NUMBER = re.compile(r"[\d.,]+\s*%?", re.ASCII)
_UNCHECKED = (
    "no Total row, so whether all rows are there cannot be checked and no total is given; country=..., the name of the "
    "country whose table it is, says that they are"
)
TRANSFERS = ["recipient", "supplier", "year", "tiv_million", "imports_tiv", "exports_tiv"]
TOTALS = ["country", "role", "region", "category", "year", "tiv_million", "world_tiv"]


class _Table(NamedTuple):
    """One table of a file: its account, and if it has rows, whose it is, its years, whole years and frames."""

    spans: list[Span]
    owner: Owner | None = None
    years: tuple[int, int] | None = None
    whole: set[int] | None = None
    transfers: pd.DataFrame | None = None
    totals: pd.DataFrame | None = None


def header(line: str) -> Header | None:
    """The header of a table with one column per year; None for another line."""
    if not line or not _HINT.search(line):
        return None
    line = unwrapped(line)
    for sep in SEPARATORS:
        row = cells(line.rstrip(";") if sep == "," else line, sep)
        places = [i for i, cell in enumerate(row) if _YEAR.fullmatch(cell)]
        if not places or not places[0]:
            continue
        years = [int(row[i]) for i in places]
        others = row[: places[0]] + row[places[-1] + 1 :]
        alone = len(years) == 1 and not any(RANGE.fullmatch(cell) for cell in others)
        if (
            places[-1] - places[0] == years[-1] - years[0] == len(years) - 1
            and not any(_NUMBER.fullmatch(cell) for cell in others)
            and not alone
        ):
            return Header(sep, row, places[0], years)
    return None


def read(
    lines: list[str], heads: list[int], *, country: str | None, of: str | None, generated: date | None, names: Names
) -> dict:
    """Fields of an Export from the tables whose headers stand at `heads` (counted from 0).

    Raises
    ------
    ValueError
        When a table has no rows, does not say whose it is, has its years in rows, writes its numbers in a way that
        leaves them open, or the tables of a file do not belong together.
    """
    tops = {at: header(lines[at]) for at in heads}
    heads = [at for at, top in tops.items() if not one_of_many(lines, at, top.sep, top.at)]
    if not heads:
        refuse(lines)
        raise ValueError("no header with years was found above the rows of numbers. Download the file again.")
    ends = [*(_start(lines, a, b) for a, b in pairwise(heads)), len(lines)]
    starts = [0, *ends[:-1]]
    _refuse_releases([day("\n".join(lines[start:head])) for start, head in zip(starts, heads, strict=True)])
    tables = [
        _table(lines, *bounds, country=country, of=of, generated=generated, names=names)
        for bounds in zip(starts, heads, ends, strict=True)
    ]
    filled = [table for table in tables if table.owner]
    if not filled:
        raise ValueError(_no_rows([entry for table in tables for entry in table.spans]))
    years = sorted({table.years for table in filled})
    if len(years) > 1:
        ranges = ", ".join(f"{first}–{last}" for first, last in years)
        raise ValueError(f"several tables of different years ({ranges}) in one file. Read them one by one.")
    return {
        "kind": _only([table.owner.kind for table in filled]) or "several tables",
        "country": _only([table.owner.country for table in filled]),
        "of": _only([table.owner.of for table in filled]),
        "years": years[0],
        "transfers": _joined([table.transfers for table in filled if table.transfers is not None]),
        "totals": _stacked([table.totals for table in filled if table.totals is not None]),
        "sides": [(t.owner.country, t.owner.of, t.whole) for t in filled if t.owner.kind == "country table"],
        "spans": [entry for table in tables for entry in table.spans],
    }


def _no_rows(spans: list[Span]) -> str:
    damaged = next((entry for entry in spans if entry.warning), None)
    if damaged:
        return f"not one row of the table can be read. The first: line {damaged.first}, {damaged.reason}."
    return (
        "an empty export: it has a header but not one row of numbers. Nothing was delivered in the selection, "
        "or the selection was empty; choose another on SIPRI's site."
    )


def _refuse_releases(days: list[date | None]) -> None:
    known = sorted({found for found in days if found})
    if len({covered(found) for found in known}) > 1:
        raise ValueError(
            f"the tables in the file were generated on different days ({written(known[0])} to {written(known[-1])}) "
            "and are of different releases, whose numbers do not go together. Read them one by one."
        )


def _start(lines: list[str], before: int, head: int) -> int:
    """Where the table with this header begins: at its title, or at the header if the title was cut."""
    return next((at for at in range(head - 1, before, -1) if TITLE.match(lines[at])), head)


def _only(values: list[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame | None:
    return pd.concat(frames, ignore_index=True) if frames else None


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame | None:
    """One frame from several tables; a delivery that two of them print stands once, with both totals."""
    together = _stacked(frames)
    if together is None or len(frames) == 1:
        return together
    groups = together.groupby(["recipient", "supplier", "year"], sort=False)
    spread = groups["tiv_million"].agg(lambda values: values.max() - values.min())
    if (spread > 0).any():
        pairs = [f"{r} from {s} in {y}" for r, s, y in spread[spread > 0].index]
        raise ValueError(
            f"several tables in one file give different numbers for {listed(pairs)}: they are of different "
            "releases or one is damaged. Read them one by one."
        )
    return groups[["tiv_million", "imports_tiv", "exports_tiv"]].first().reset_index()


def _table(
    lines: list[str],
    start: int,
    head: int,
    end: int,
    *,
    country: str | None,
    of: str | None,
    generated: date | None,
    names: Names,
) -> _Table:
    """One table: whose it is, its frames and its account."""
    top = header(lines[head])
    form = layout(top)
    body = rows(lines[head + 1 : end], head + 2, top, form)
    found = body.rows
    data = [row for row in found if row.role == "data"]
    spans = notes(lines, start, head)
    if not data:
        spans.append(Span(head + 1, head + 1, "header", 0, "a table without rows"))
        return _Table(spans + [entry(row, "", "", set()) for row in found])
    data = settled(data)
    whose = owner("\n".join(lines[start:head]), form, found, country, of, names)
    ours, unknown = names(sorted(_countries(data, whose.kind) | ({whose.country} - {None})))
    last = _last_year(found, top.years, generated)
    remarks, wrong = ({}, {year for row in data for year in row.lost or ()}) if form.bank else checks(body, top.years)
    checked = form.bank or country is not None or any(row.role == "total" for row in found)
    spans.append(Span(head + 1, head + 1, "header", 0, "" if checked else _UNCHECKED, not checked))
    spans += [entry(row, whose.kind, remarks.get(row.line, ""), unknown) for row in found]
    whose = whose._replace(country=ours.get(whose.country))
    pairs = whose.kind == "country table"
    cells_ = _filled(body, top.years[0], last, 1e6 if form.bank else 1, ours if pairs else None)
    damaged = any(row.role in {"damaged", "nameless"} for row in found)
    whole = set(range(top.years[0], last + 1)) - wrong if checked and not damaged else set()
    if not wrong <= set(np.unique(cells_.year).tolist()) | set(range(last + 1, top.years[-1] + 1)):
        whole = set()  # a doubtful year without a row would look like a year without deliveries
    return _Table(
        spans,
        whose,
        (top.years[0], last),
        whole,
        _transfers(cells_, ours, whose, whole) if pairs else None,
        None if pairs else _totals(cells_, ours, whose, _world(found, top.years, whole, form.bank)),
    )


def _last_year(found: list[Row], years: list[int], generated: date | None) -> int:
    """Last year covered: a column that is blank even in the Total row is a year not yet published.

    Where the file is dated, a blank year that its release covers is a year without deliveries.
    """
    filled = np.any([~np.isnan(row.values) for row in found], axis=0)
    lost = {year for row in found for year in row.lost or ()}
    last = max(year for year, some in zip(years, filled, strict=True) if some or year in lost)
    return max(last, min(years[-1], covered(generated))) if generated else last


def _countries(data: list[Row], kind: str) -> set[str]:
    """Names of countries among the labels of the rows."""
    if kind == "category table":
        return set()
    if kind == "regional table":
        return {row.names[1] for row in data if len(row.names) == 2}
    if kind == "World Bank series":
        return {row.names[0] for row in data}
    return {name for row in data for name in row.names}


class _Cells(NamedTuple):
    """The cells that are not blank: the place of their row among `rows`, their year and their volume."""

    rows: list[Row]
    row: np.ndarray
    year: np.ndarray
    tiv: np.ndarray

    def names(self, at: int, ours: dict[str, str]) -> pd.api.extensions.ExtensionArray:
        """Our name, or the label as it stands, of each cell."""
        return pd.array([ours.get(row.names[at], row.names[at]) for row in self.rows], dtype="str").take(self.row)


def _filled(body: Body, first: int, last: int, unit: float, ours: dict[str, str] | None) -> _Cells:
    """The cells of the rows of data, from the year `first`, that of their first column, to the year `last`.

    The rows stand in the order of our names, or where these are None in that of the file.
    """
    data = [at for at, row in enumerate(body.rows) if row.role == "data"]
    if ours is not None:
        data.sort(key=lambda at: [ours[name] for name in body.rows[at].names])
    matrix = body.matrix[:, : last - first + 1][data]
    row, column = np.nonzero(~np.isnan(matrix))
    tiv = matrix[row, column] / unit
    return _Cells([body.rows[at] for at in data], row.astype(np.int32), first + column, tiv)


def _transfers(cells_: _Cells, ours: dict[str, str], found: Owner, whole: set[int]) -> pd.DataFrame:
    own, other = ("recipient", "supplier") if found.of == "imports" else ("supplier", "recipient")
    partner, year = 0 if own == "supplier" else -1, cells_.year.astype("int64", copy=False)
    sums = np.bincount(year, cells_.tiv).astype(float, copy=False)  # whole numbers where there is no cell
    sums[[at for at in range(len(sums)) if at not in whole]] = np.nan
    none = np.full(len(year), np.nan)
    columns = {
        own: pd.array([found.country], dtype="str").take(np.zeros(len(year), dtype=int)),
        other: cells_.names(partner, ours),
        "year": year,
        "tiv_million": cells_.tiv,
        "imports_tiv": sums[year] if found.of == "imports" else none,
        "exports_tiv": sums[year] if found.of == "exports" else none,
    }
    frame = pd.DataFrame({name: columns[name] for name in TRANSFERS}, copy=False)
    if len({ours[row.names[partner]] for row in cells_.rows}) < len(cells_.rows):
        keys = ["recipient", "supplier", "year", "imports_tiv", "exports_tiv"]  # two spellings of one country
        frame = frame.groupby(keys, as_index=False, dropna=False)["tiv_million"].sum()[TRANSFERS]
    return frame


def _world(found: list[Row], years: list[int], whole: set[int], bank: bool) -> dict[int, float]:
    """World total per year: of all rows with those below a list, or the row that the World Bank has for it."""
    if bank:
        world = next((row for row in found if row.names[1] == "WLD" and not row.lost), None)
        return {} if world is None else dict(zip(years, world.values / 1e6, strict=True))
    sums = np.nansum([row.values for row in found if row.role in {"data", "rest"}], axis=0)
    return {year: sum_ for year, sum_ in zip(years, sums, strict=True) if year in whole}


def _totals(cells_: _Cells, ours: dict[str, str], found: Owner, world: dict[int, float]) -> pd.DataFrame:
    long = pd.DataFrame({"first": cells_.names(0, ours), "second": cells_.names(-1, ours), "year": cells_.year})
    long["tiv_million"] = cells_.tiv
    role = {"imports": "importer", "exports": "exporter"}.get(found.of)
    frame = pd.DataFrame({"country": None, "role": role, "region": None, "category": None}, index=long.index)
    if found.kind == "category table":
        frame["country"] = found.country
        frame["category"] = long["first"].str.replace("Air-defence", "Air defence")  # hyphenated from 2026 on
    elif found.kind == "regional table":
        frame["region"] = long["first"]
        frame["country"] = long["second"].where(long["second"] != long["first"])
    elif found.kind == "World Bank series":
        frame["country"] = long["first"]
    else:
        frame["country"] = long["second"]
    frame = frame.astype("str")
    frame["year"], frame["tiv_million"] = long["year"], long["tiv_million"]
    worldwide = found.kind in {"all-countries table", "top list", "World Bank series"}
    frame["world_tiv"] = frame["year"].map(world).astype("float64") if worldwide else np.nan
    return frame[TOTALS]
