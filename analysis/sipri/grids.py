"""Tables with one column per year: TIV tables of both sites, top lists, regions, categories, World Bank series."""

import re
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from .lines import SEPARATORS, Names, cells, covered, listed, number, shown, span, written
from .lines import generated as day
from .whose import whose

# The World Bank's codes for regions, income groups and the like, which share a column with its countries.
AGGREGATES = frozenset(
    """AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LIC LMC LMY LTE
    MEA MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD""".split()  # noqa: SIM905
)
TITLE = re.compile(
    r'[\s"]*(TIV of arms exports|Volume of (?:transfers|exports|imports) of major arms|Transfers of major conv'
    r"entional arms|SIPRI Transfers Database)",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_HINT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_NUMBER = re.compile(r"[\d.,]+\s*%?", re.ASCII)
_RANGE = re.compile(r"total|\d{4}-\d{4}|sum total years", re.I | re.ASCII)
_TOTAL = re.compile(r"(world |regional )?total\b.*", re.I)
_UNCHECKED = (
    "no Total row, so whether all rows are there cannot be checked and no total is given; country=..., the name of the "
    "country whose table it is, says that they are"
)
TRANSFERS = ["recipient", "supplier", "year", "tiv_million", "imports_tiv", "exports_tiv"]
TOTALS = ["country", "role", "region", "category", "year", "tiv_million"]


def header(line: str) -> tuple[str, list[str], int, list[int]] | None:
    """Separator, cells, place of the first year column and the years of a header; None for another line."""
    if not _HINT.search(line):
        return None
    for sep in SEPARATORS:
        row = cells(line.rstrip(";") if sep == "," else line, sep)
        places = [i for i, cell in enumerate(row) if _YEAR.fullmatch(cell)]
        if not places or not places[0]:
            continue
        years = [int(row[i]) for i in places]
        others = row[: places[0]] + row[places[-1] + 1 :]
        alone = len(years) == 1 and not any(_RANGE.fullmatch(cell) for cell in others)
        if (
            places[-1] - places[0] == years[-1] - years[0] == len(years) - 1
            and not any(_NUMBER.fullmatch(cell) for cell in others)
            and not alone
        ):
            return sep, row, places[0], years
    return None


def read(
    lines: list[str], heads: list[int], *, country: str | None, of: str | None, generated: date | None, names: Names
) -> dict:
    """Fields of an Export from the tables whose headers stand at `heads` (counted from 0).

    Raises
    ------
    ValueError
        When a table has no rows, does not say whose it is, or the tables of a file do not belong together.
    """
    ends = [*(_start(lines, a, b) for a, b in pairwise(heads)), len(lines)]
    starts = [0, *ends[:-1]]
    _refuse_releases([day("\n".join(lines[start:head])) for start, head in zip(starts, heads, strict=True)])
    tables = [
        _table(lines, *bounds, country=country, of=of, generated=generated, names=names)
        for bounds in zip(starts, heads, ends, strict=True)
    ]
    if all(table["rows"] == 0 for table in tables):
        raise ValueError(
            "an empty export: it has a header but not one row of numbers. Nothing was delivered in the selection, "
            "or the selection was empty; choose another on SIPRI's site."
        )
    filled = [table for table in tables if table["rows"]]
    years = sorted({table["years"] for table in filled})
    if len(years) > 1:
        ranges = ", ".join(f"{first}–{last}" for first, last in years)
        raise ValueError(f"several tables of different years ({ranges}) in one file. Read them one by one.")
    return {
        "kind": _only(filled, "kind") or "several tables",
        "country": _only(filled, "country"),
        "of": _only(filled, "of"),
        "years": years[0],
        "transfers": _joined([t["transfers"] for t in filled if t["transfers"] is not None]),
        "totals": _stacked([t["totals"] for t in filled if t["totals"] is not None]),
        "spans": [entry for table in tables for entry in table["spans"]],
    }


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


def _only(tables: list[dict], field: str) -> str | None:
    values = {table[field] for table in tables}
    return values.pop() if len(values) == 1 else None


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
) -> dict:
    """Kind, years, frames and account of one table."""
    sep, columns, at, years = header(lines[head])
    layout = _layout([label.lower() for label in columns[:at]])
    rows = _rows(lines[head + 1 : end], head + 2, sep, columns, at, len(years), layout)
    data = [row for row in rows if row["role"] == "data"]
    spans = _preamble(lines, start, head)
    if not data:
        spans += [span(head + 1, head + 1, "header", 0, "a table without rows")]
        return {"rows": 0, "spans": spans + [_entry(row, "", "", set()) for row in rows]}
    _settle_doubles(data)
    found = whose("\n".join(lines[start:head]), layout, rows, country, of, names)
    ours, unknown = names(sorted(_countries(data, found["kind"]) | ({found["country"]} - {None})))
    last = _last_year(rows, years, generated)
    notes, wrong = ({}, set()) if layout["bank"] else _checks(rows, columns[at:], years)
    checked = layout["bank"] or any(row["role"] == "total" for row in rows)
    spans.append(
        span(head + 1, head + 1, "header", 0, "" if checked or country else _UNCHECKED, not (checked or country))
    )
    spans += [_entry(row, found["kind"], notes.get(row["line"], ""), unknown) for row in rows]
    damaged = any(row["role"] in {"damaged", "nameless"} for row in rows)
    whole = set(range(years[0], last + 1)) - wrong if (checked or country) and not damaged else set()
    found["country"] = ours.get(found["country"])
    long = _long(data, years[0], last, ours, 1e6 if layout["bank"] else 1)
    pairs = found["kind"] == "country table"
    return {
        **found,
        "rows": len(data),
        "years": (years[0], last),
        "transfers": _transfers(long, found, whole) if pairs else None,
        "totals": None if pairs else _totals(long, found),
        "spans": spans,
    }


def _layout(labels: list[str]) -> dict:
    """What the label columns before the first year hold, and which of them name the row."""
    kinds = {label: i for i, label in enumerate(labels)}
    supplier, recipient = kinds.get("supplier"), kinds.get("recipient", kinds.get("recipients"))
    first = labels[0] if labels else ""
    layout = {"bank": labels[:2] == ["country name", "country code"], "rank": False}
    layout["rank"] = any(label.startswith("rank") for label in labels)
    layout["by"] = re.match(r"(imports|exports) by", first)
    layout["region"] = bool(re.match(r"(imports|exports) by region", first))
    layout["rows_are"] = "supplier" if supplier is not None else "recipient" if recipient is not None else None
    if layout["bank"]:
        layout["names"] = [0, 1, 3]
    elif supplier is not None and recipient is not None:
        layout["names"] = [recipient, supplier]
        layout["rows_are"] = "pair"
    elif layout["rank"]:
        layout["names"] = [len(labels) - 1]
    elif len(labels) == 2 and layout["rows_are"] is None:
        layout["names"] = [0, 1]
        layout["region"] = True  # a region stands once, above its suppliers
    else:
        layout["names"] = [next((i for i in (supplier, recipient) if i is not None), len(labels) - 1)]
    return layout


def _rows(lines: list[str], first: int, sep: str, columns: list[str], at: int, count: int, layout: dict) -> list[dict]:
    """Rows below a header: line, names, values per year, the row's printed totals, and the role of the row."""
    sums = [i for i, cell in enumerate(columns) if i >= at + count and _RANGE.fullmatch(cell)]
    rows: list[dict] = []
    above = ["", ""]
    for line, text in enumerate(lines, first):
        row = cells(text.rstrip(";") if sep == "," else text, sep)
        if not any(row):
            continue
        names = [row[i] if i < len(row) else "" for i in layout["names"]]
        if layout["rows_are"] == "pair" or (layout["region"] and len(names) == 2):
            # A name stands on the first of its rows only.
            names = [name or (above[i] if any(names) else "") for i, name in enumerate(names)]
            above = names
        values = [number(cell, sep) for cell in row[at : at + count]]
        printed = [number(row[i], sep) for i in sums if i < len(row)]
        role, reason = _role(names, row, values, columns, at, layout)
        rows.append(
            {"line": line, "names": names, "values": values, "printed": printed, "role": role, "reason": reason}
        )
    return rows


def _role(
    names: list[str], row: list[str], values: list[float | None], columns: list[str], at: int, layout: dict
) -> tuple[str, str]:
    """What a row is (data, total, rest, empty, damaged, aggregate, nameless), and why if it is set aside."""
    blank = not any(row[at:])
    total = next((name for name in names if _TOTAL.fullmatch(name)), None)
    if blank and not total:
        return "empty", "no numbers in the row"
    bad = [f"{row[at + i]!r} under {columns[at + i]}" for i, value in enumerate(values) if value is None]
    if len(values) < sum(bool(_YEAR.fullmatch(cell)) for cell in columns):
        return "damaged", f"a broken row: {len(row)} cells, the header has {len(columns)}"
    if any(row[len(columns) :]):
        return "damaged", f"a damaged row: {len(row)} cells, the header has {len(columns)}"
    if bad:
        return "damaged", f"not a number: {listed(bad)}"
    if layout["bank"]:
        aggregate = names[1] in AGGREGATES
        return ("aggregate", "a group of countries, not a country") if aggregate else ("data", "")
    if total:
        return "total", ""
    if names[-1].lower() == "others":
        return "rest", "the countries below the list, not one country"
    if not any(names):
        return "nameless", "numbers without a name"
    return ("data", "") if np.isfinite(values).any() else ("empty", "no numbers in the years of the table")


def _settle_doubles(data: list[dict]) -> None:
    """Mark a row that stands twice; refuse two rows of one name with different numbers."""
    seen: dict[tuple, dict] = {}
    unlike = []
    for row in list(data):
        before = seen.setdefault(tuple(row["names"]), row)
        if before is row:
            continue
        if np.array_equal(before["values"], row["values"], equal_nan=True):
            row["role"], row["reason"] = "doubled", f"the same row as line {before['line']}"
            data.remove(row)
        else:
            unlike.append(f"{row['names'][-1]!r} in lines {before['line']} and {row['line']}")
    if unlike:
        raise ValueError(f"the same name stands twice with different numbers: {listed(unlike)}.")


def _last_year(rows: list[dict], years: list[int], generated: date | None) -> int:
    """Last year covered: a column that is blank even in the Total row is a year not yet published.

    Where the file is dated, a blank year that its release covers is a year without deliveries.
    """
    filled = [i for row in rows for i, value in enumerate(row["values"]) if value is not None and value == value]
    last = years[max(filled)]
    return max(last, min(years[-1], covered(generated))) if generated else last


def _checks(rows: list[dict], columns: list[str], years: list[int]) -> tuple[dict[int, str], set[int]]:
    """Messages per line where a printed total and the sum of the cells differ, and the years concerned.

    SIPRI rounds every cell and every total on its own, so n cells may add up to (n + 1) / 2 more or less.
    """
    notes: dict[int, str] = {}
    wrong: set[int] = set()
    counted = [row for row in rows if row["role"] in {"data", "rest"}]
    for row in counted:
        printed = next((value for value in row["printed"] if value is not None and value == value), None)
        present = [value for value in row["values"] if value == value]
        if printed is not None and abs(sum(present) - printed) > (len(present) + 1) / 2:
            notes[row["line"]] = _unlike("the row", printed, sum(present))
    sums: dict[str | None, tuple[np.ndarray, np.ndarray]] = {}
    for row in rows:
        if row["role"] != "total":
            continue
        # A regional total is that of its region, every other one that of the whole table.
        region = row["names"][0] if row["names"][-1].lower() == "regional total" else None
        if region not in sums:
            part = [r["values"] for r in counted if region in (None, r["names"][0])]
            values = np.array(part, dtype=float).reshape(len(part), len(years))
            sums[region] = np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0)
        printed = np.nan_to_num(np.array(row["values"], dtype=float))
        added, count = sums[region]
        off = np.flatnonzero(np.abs(added - printed) > (count + 1) / 2)
        wrong |= {years[i] for i in off}
        if len(off):
            notes[row["line"]] = listed([_unlike(str(years[i]), printed[i], added[i]) for i in off])
    return notes, wrong


def _unlike(of_what: str, printed: float, added: float) -> str:
    return f"the printed total of {of_what} is {shown(printed)}, its cells add up to {shown(added)}"


def _countries(data: list[dict], kind: str) -> set[str]:
    """Names of countries among the labels of the rows."""
    if kind == "category table":
        return set()
    if kind == "regional table":
        return {row["names"][1] for row in data if len(row["names"]) == 2}
    if kind == "World Bank series":
        return {row["names"][0] for row in data}
    return {name for row in data for name in row["names"]}


def _preamble(lines: list[str], start: int, head: int) -> list[tuple]:
    return [span(i + 1, i + 1, "notes") for i in range(start, head) if lines[i].strip(' ,;\t"')]


def _entry(row: dict, kind: str, note: str, unknown: set[str]) -> tuple:
    """Account of one row."""
    line, role, reason = row["line"], row["role"], row["reason"]
    if role == "total":
        return span(line, line, "check", 0, note or "printed totals: used as a check, never as data", bool(note))
    if role != "data":
        return span(line, line, "set aside", 0, reason, role in {"damaged", "nameless", "doubled"})
    names = [f"unknown name {name!r}, kept as it is" for name in row["names"] if name in unknown]
    reasons = [*names, *([note] if note else [])]
    count = sum(value == value for value in row["values"])
    read_as = "transfers" if kind == "country table" else "totals"
    return span(line, line, read_as, count, "; ".join(reasons), bool(reasons))


def _long(data: list[dict], first: int, last: int, ours: dict[str, str], unit: float) -> pd.DataFrame:
    """One row per cell that is not blank."""
    values = np.array([row["values"] for row in data])[:, : last - first + 1] / unit
    row, column = np.nonzero(~np.isnan(values))
    names = np.array([[ours.get(name, name) for name in r["names"]] for r in data], dtype=object)
    return pd.DataFrame(
        {"first": names[row, 0], "second": names[row, -1], "year": first + column, "tiv_million": values[row, column]}
    ).astype({"year": "int64"})


def _transfers(long: pd.DataFrame, found: dict, whole: set[int]) -> pd.DataFrame:
    own, other = ("recipient", "supplier") if found["of"] == "imports" else ("supplier", "recipient")
    partner = "first" if own == "supplier" else "second"
    frame = pd.DataFrame({own: found["country"], other: long[partner], "year": long["year"]})
    frame["tiv_million"] = long["tiv_million"]
    frame = frame.groupby(["recipient", "supplier", "year"], as_index=False)["tiv_million"].sum()
    sums = frame.groupby("year")["tiv_million"].transform("sum").where(frame["year"].isin(whole))
    frame["imports_tiv"] = sums if found["of"] == "imports" else np.nan
    frame["exports_tiv"] = sums if found["of"] == "exports" else np.nan
    return frame[TRANSFERS]


def _totals(long: pd.DataFrame, found: dict) -> pd.DataFrame:
    role = {"imports": "importer", "exports": "exporter"}.get(found["of"])
    frame = pd.DataFrame({"country": None, "role": role, "region": None, "category": None}, index=long.index)
    if found["kind"] == "category table":
        frame["country"] = found["country"]
        frame["category"] = long["first"].str.replace("Air-defence", "Air defence")  # hyphenated from 2026 on
    elif found["kind"] == "regional table":
        frame["region"] = long["first"]
        frame["country"] = long["second"].where(long["second"] != long["first"])
    elif found["kind"] == "World Bank series":
        frame["country"] = long["first"]
    else:
        frame["country"] = long["second"]
    frame = frame.astype("str")
    frame["year"], frame["tiv_million"] = long["year"], long["tiv_million"]
    return frame[TOTALS]
