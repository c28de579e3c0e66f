"""SIPRI's registers: one row per delivery year, or one row per deal, of the new site and the old one."""

import csv
import io
import re
from datetime import date
from itertools import repeat

import numpy as np
import pandas as pd

from .lines import SEPARATORS, Names, cells, covered, number, runs, span

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
_NUMBERS = {"number", "number_ordered", "ordered", "year", "deal"}
_VOLUMES = {"tiv_unit", "tiv_order", "tiv_million"}
_FLAGS = {"ordered_estimated", "number_estimated", "number_ordered_estimated", "year_estimated", "local_production"}
_YES_NO = {"yes": 1, "true": 1, "?": 1, "x": 1, "no": 0, "false": 0, "": -1}
# Free text, where a stray separator can stand.
_FREE = ("designation", "description", "comments")
_ASKED = re.compile(
    r"Transfers of major conventional arms from (?P<supplier>.+?)\s+to (?P<recipient>.+?)\s*\. Deals with deliveries "
    r"(?:or orders )?made for (?:the )?year range '(?P<first>[^']*)' to '(?P<last>[^']*)'"
)
_ASKED_OLD = re.compile(
    r"Database search results for buyer '(?P<recipient>[^']*)' and seller\s+'(?P<supplier>[^']*)' and the years "
    r"from (?P<first>\d+) to (?P<last>\d+)(?: - \(created: [\d-]+\))?"
)
# A register of the whole world without one of these was filtered by category, which its first lines do not say.
_ALWAYS_THERE = {"Aircraft", "Armoured vehicles", "Missiles", "Ships"}
# "2017; 2018", "2017;2018", "(2017)" or "2017-2019".
_YEARS = re.compile(r"(\(?(19|20)\d\d\)?([;,\s-]+|$))*", re.ASCII)
_ONE_YEAR = re.compile(r"(\d{4})(?:\)?\s*-\s*\(?(\d{4}))?", re.ASCII)
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


def read(
    lines: list[str],
    head: int,
    *,
    country: str | None,
    allocate: str | None,
    generated: date | None,
    names: Names,
) -> dict:
    """Fields of an Export from the register whose header stands at `head` (counted from 0).

    Raises
    ------
    ValueError
        When it has no rows, when a second register follows, or when it has one row per deal and `allocate` is None.
    """
    sep, columns = header(lines[head])
    if lines.count(lines[head]) > 1:
        raise ValueError("there are two registers in the file. Read them one by one.")
    by_delivery = "year" in columns
    if not by_delivery and "delivery_years" in columns and allocate is None:
        raise ValueError(_NO_YEARS)
    rows, first, last, mended, broken = _records(lines, head + 1, sep, columns)
    if not rows:
        raise ValueError(_EMPTY)
    frame, faults = _frame(rows, sep, columns)
    ours, unknown = names(sorted({*frame["recipient"].cat.categories, *frame["supplier"].cat.categories} - {""}))
    code, legend = _judge(frame, faults, mended, unknown, "deliveries" if by_delivery else "deals")
    kept = np.array([entry[0] != "set aside" for entry in legend])[code]
    if not kept.any():
        raise ValueError(_EMPTY)
    spans = [span(at + 1, at + 1, "notes") for at in range(head) if lines[at].strip(' ,;"')]
    spans += [span(head + 1, head + 1, "header"), *runs(first, last, code, legend), *broken]
    whole_rows = not any(entry[5] and entry[2] == "set aside" for entry in spans)
    frame = _tidy(frame if kept.all() else frame[kept], ours, DELIVERIES if by_delivery else DEALS)
    asked = _asked(lines[:head], generated, frame, by_delivery)
    sides, found = _whole(asked, frame, country, whole_rows)
    dated = None
    if by_delivery:
        dated = pd.DataFrame({"row": np.arange(len(frame)), **frame[["year", "tiv_million"]]})
    elif "delivery_years" in columns:
        dated = _spread(frame)
    return {
        "kind": "delivery register" if by_delivery else "deal register",
        **found,
        "years": _years(asked, dated, generated),
        "deliveries": frame,
        "transfers": None if dated is None else _transfers(frame, dated, sides),
        "spans": spans,
        "estimate": not by_delivery and dated is not None,
        "warnings": [_NO_TIME] if dated is None else [],
    }


_NO_YEARS = (
    "this is SIPRI's register with one row per deal: it has no volume per year, so no yearly or five-year share can "
    "be computed from it exactly. There are two ways out. (1) Download the register again as delivery rows (SIPRI's "
    "export option; the header then has 'TIV delivery values'), or the import/export values table: both are exact. "
    "(2) Read it with allocate='even': each deal's volume is spread evenly over its delivery years. That is an "
    "estimate, up to 4 points off, and every row and figure made from it says so."
)
_EMPTY = "an empty export: the register has a header but no row that can be read. Choose another selection."
_NO_TIME = (
    "the register has no delivery years, so its volume cannot be placed in time: the deals were read, transfers is None"
)


def _records(
    lines: list[str], start: int, sep: str, columns: list[str | None]
) -> tuple[list[str], np.ndarray, np.ndarray, dict[int, str], list[tuple]]:
    """Complete rows as text, their first and last line, what was mended (row: how), and the broken lines.

    A comment may hold a line break, or a stray separator, without quotation marks round it.
    """
    need = len(columns) - 1
    body = lines[start:]
    counts = np.fromiter(map(str.count, body, repeat(sep)), dtype=np.int64, count=len(body))
    odd = counts != need
    if any(map(str.__contains__, body, repeat('"'))):
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
    if not line.strip(" ;,\t\""):
        return at + 1, None, ""
    if re.match(r"\W*(©|\(c\)|Source:|Data generated)", line, re.I):
        return at + 1, None, _FOOTER
    if '"' in line:
        for end in range(at + 1, min(at + _LONGEST_BREAK, len(body)) + 1):
            row = cells(" ".join(body[at:end]), sep)
            if _filled(row) == need + 1:
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
    checks = [i for i, name in enumerate(columns) if name in _VOLUMES | {"year"}]
    return joined if at and all(number(joined[i].rstrip("; "), sep) is not None for i in checks) else None


def _quoted(row: list[str], sep: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sep, lineterminator="", quoting=csv.QUOTE_ALL).writerow(row)
    return out.getvalue()


def _frame(rows: list[str], sep: str, columns: list[str | None]) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """One row per row of the register, typed; and per column which rows hold something that cannot be."""
    wanted = [i for i, name in enumerate(columns) if name in {*DELIVERIES, *DEALS}]
    raw = _parsed(rows, sep, columns, wanted)
    faults, typed = {}, {}
    for i in wanted:
        name, column = columns[i], raw.pop(i)
        if column.dtype == "float64":
            typed[name], bad = _numbers(name, column.to_numpy(), np.zeros(len(column), dtype=bool))
        else:
            codes, found = pd.factorize(column.to_numpy(dtype=object))
            texts = [text.strip("; ") if i == len(columns) - 1 else text.strip() for text in found]
            typed[name], bad = _typed(name, texts, codes, sep)
        if bad.any():
            faults[name] = bad
    return pd.DataFrame(typed), faults


def _parsed(rows: list[str], sep: str, columns: list[str | None], wanted: list[int]) -> pd.DataFrame:
    """The cells: as numbers where a whole column is numbers (most files; much the faster way), else as text."""
    numeric = [i for i in wanted if columns[i] in _NUMBERS | _VOLUMES]
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


def _typed(name: str, texts: list[str], codes: np.ndarray, sep: str) -> tuple[object, np.ndarray]:
    """A column from its distinct texts and the code of each row, and the rows that are not what it should hold."""
    bad = np.zeros(len(texts), dtype=bool)
    if name in _NUMBERS | _VOLUMES:
        found = [number(text, sep) for text in texts]
        bad = np.array([value is None for value in found], dtype=bool)
        values = np.array([np.nan if value is None else value for value in found], dtype=float)
        values, bad = _numbers(name, values, bad)
        return values[codes], bad[codes]
    if name in _FLAGS:
        values = np.array([_YES_NO.get(text.casefold(), -2) for text in texts], dtype=np.int8)
        return values[codes], (values == -2)[codes]
    if name == "delivery_years":
        bad = np.array([not _YEARS.fullmatch(text) for text in texts], dtype=bool)
    place, distinct = pd.factorize(np.array(texts, dtype=object))
    return pd.Categorical.from_codes(place[codes], distinct), bad[codes]


def _judge(
    frame: pd.DataFrame, faults: dict[str, np.ndarray], mended: dict[int, str], unknown: set[str], read_as: str
) -> tuple[np.ndarray, list[tuple]]:
    """Code per row and its legend: read, read with a remark, or set aside and why."""
    code = np.zeros(len(frame), dtype=np.int64)
    legend = [(read_as, 1, "", False)]

    def mark(rows: np.ndarray, entry: tuple) -> None:
        if rows.any():
            code[rows & (code == 0)] = len(legend)
            legend.append(entry)

    no_recipient, no_supplier = (np.asarray(frame[side] == "") for side in ("recipient", "supplier"))
    volume = frame["tiv_million"].to_numpy()
    nameless = no_recipient & no_supplier & np.isnan(volume)
    mark(nameless, ("set aside", 0, "no recipient and no supplier: an empty row or a bare sum", False))
    mark(no_recipient | no_supplier, ("set aside", 0, "recipient or supplier is missing", True))
    for name, bad in faults.items():
        mark(bad, ("set aside", 0, f"{name} cannot be read", True))
    if "year" in frame:
        mark(np.isnan(frame["year"].to_numpy()), ("set aside", 0, "no delivery year", True))
    elif "delivery_years" in frame:
        lost = np.asarray(frame["delivery_years"] == "") & (volume > 0)
        mark(lost, (read_as, 1, "a volume without a delivery year: in no year's total", True))
    mark(np.isnan(volume) & ("year" in frame), (read_as, 1, "no TIV: in no year's total", True))
    for at, how in mended.items():
        mark(np.arange(len(frame)) == at, (read_as, 1, how, False))
    for name in sorted(unknown):
        rows = np.asarray((frame["recipient"] == name) | (frame["supplier"] == name))
        mark(rows, (read_as, 1, f"unknown name {name!r}, kept as it is", True))
    return code, legend


def _tidy(frame: pd.DataFrame, ours: dict[str, str], columns: list[str]) -> pd.DataFrame:
    """The columns of `columns` in their types, with our names of the countries."""
    found = {}
    for name in columns:
        if name not in frame:
            blank = {"str": pd.NA} if name not in _NUMBERS | _VOLUMES | _FLAGS else {"Float64": pd.NA}
            dtype = "boolean" if name in _FLAGS else "float64" if name in _VOLUMES else "Int64" if name in _NUMBERS else "str"
            found[name] = pd.Series(pd.array([None] * len(frame), dtype=dtype), index=frame.index)
        elif name in _FLAGS:
            values = frame[name].to_numpy()
            said = name.endswith("_estimated") and columns is DEALS  # an empty cell beside a "?" says: not uncertain
            found[name] = pd.arrays.BooleanArray(values == 1, np.zeros(len(values), bool) if said else values < 0)
        elif name == "year":
            found[name] = frame[name].astype("int64")
        elif name in _NUMBERS:
            values = frame[name].to_numpy()
            whole = (np.isnan(values) | (values % 1 == 0)).all()
            found[name] = frame[name].astype("Int64" if whole else "Float64")
        elif name in _VOLUMES:
            found[name] = frame[name]
        else:
            found[name] = _text(frame[name].array, name, ours)
    return pd.DataFrame(found).reset_index(drop=True)


def _text(column: pd.Categorical, name: str, ours: dict[str, str]) -> pd.api.extensions.ExtensionArray:
    texts = [text or None for text in column.categories.tolist()]
    if name in {"recipient", "supplier"}:
        texts = [ours.get(text, text) for text in texts]
    if name == "category":  # spelled with a hyphen from 2026 on
        texts = [text and text.replace("Air-defence", "Air defence") for text in texts]
    return pd.array(texts, dtype="str").take(column.codes)


def _asked(preamble: list[str], generated: date | None, frame: pd.DataFrame, by_delivery: bool) -> dict | None:
    """What the reader asked SIPRI for, as the first lines of the file say it: supplier, recipient, first, last."""
    for line in preamble:
        found = next(filter(None, (form.fullmatch(line.strip(' ;,"')) for form in (_ASKED, _ASKED_OLD))), None)
        if found:
            return {key: value.strip() for key, value in found.groupdict().items()}
    return None


def _all(name: str) -> bool:
    return name.casefold() in {"all", "all countries"}


def _whole(
    asked: dict | None, frame: pd.DataFrame, country: str | None, rows_whole: bool
) -> tuple[dict[str, bool], dict]:
    """Of which side the file holds every partner; and whose register it is.

    Everything sent to the selected recipients is here if no supplier was selected, and the other way round.
    """
    single = {side: frame[side].iloc[0] for side in ("recipient", "supplier") if frame[side].nunique() == 1}
    if asked:
        imports, exports = _all(asked["supplier"]), _all(asked["recipient"])
        _refuse_other(country, imports and exports, single)
    elif country is None:
        imports = exports = False  # the first lines were cut off: what was selected is not known
    else:
        imports = country == "all" or single.get("recipient") == country
        exports = country == "all" or single.get("supplier") == country
        if not (imports or exports):
            raise ValueError(
                f"country={country!r} was given, but the register has other recipients and other suppliers too. "
                "Write country='all' if it holds the whole world's transfers, else leave it out."
            )
    if imports and exports and "category" in frame:
        there = set(frame["category"].dropna().unique())
        rows_whole &= not there or there >= _ALWAYS_THERE
    found: dict[str, str | None] = {"country": None, "of": None}
    if imports != exports:
        side, of = ("recipient", "imports") if imports else ("supplier", "exports")
        found = {"country": single.get(side), "of": of}
    return {"imports_tiv": imports and rows_whole, "exports_tiv": exports and rows_whole}, found


def _refuse_other(country: str | None, world: bool, single: dict[str, str]) -> None:
    if country in {None, *single.values()} or (world and country == "all") or world:
        return
    raise ValueError(
        f"country={country!r} was given, but the file itself says whose register it is: "
        f"{' and '.join(sorted(single.values())) or 'several countries'}. Leave the option out."
    )


def _years(asked: dict | None, dated: pd.DataFrame | None, generated: date | None) -> tuple[int, int] | None:
    """First and last year covered: what was asked for, as far as it had been published."""
    if dated is None or not len(dated):
        return None
    first, last = int(dated["year"].min()), int(dated["year"].max())
    if asked is None:
        return first, last
    world_from, published = 1950, covered(generated) if generated else last
    low = int(asked["first"]) if asked["first"].isdigit() and len(asked["first"]) == 4 else world_from
    high = int(asked["last"]) if asked["last"].isdigit() and len(asked["last"]) == 4 else published
    return min(first, low), max(last, min(high, published))


def _spread(deals: pd.DataFrame) -> pd.DataFrame:
    """Deal (its row), year and volume, one row per delivery year, the volume split evenly: an estimate."""
    codes, texts = pd.factorize(deals["delivery_years"].to_numpy(dtype=object), use_na_sentinel=False)
    listed_years = [_listed_years(text) if isinstance(text, str) else [] for text in texts]
    years = np.array([year for found in listed_years for year in found], dtype="int64")
    lengths = np.array([len(found) for found in listed_years], dtype="int64")
    starts, counts = (np.cumsum(lengths) - lengths)[codes], lengths[codes]
    at = np.repeat(np.arange(len(deals)), counts)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    volume = deals["tiv_million"].to_numpy()[at] / counts[at]
    return pd.DataFrame({"row": at, "year": years[starts[at] + nth], "tiv_million": volume})


def _listed_years(text: str) -> list[int]:
    """Years of "2017; 2018" or "2017-2019", each once."""
    years: set[int] = set()
    for first, last in _ONE_YEAR.findall(text):
        years.update(range(int(first), int(last or first) + 1))
    return sorted(years)


def _transfers(frame: pd.DataFrame, dated: pd.DataFrame, sides: dict[str, bool]) -> pd.DataFrame:
    """One row per recipient, supplier and year; the total of a side only where the file holds all of it."""
    dated = dated[dated["tiv_million"].notna()]
    countries = [pd.factorize(frame[side], sort=True) for side in ("recipient", "supplier")]
    years = np.unique(dated["year"].to_numpy())
    places = [codes[dated["row"].to_numpy()] for codes, _ in countries]
    places.append(np.searchsorted(years, dated["year"].to_numpy()))
    size = [*(len(names) for _, names in countries), max(len(years), 1)]
    # One whole number per recipient, supplier and year: adding up by it is faster than by three columns.
    found, row = np.unique(np.ravel_multi_index(places, size), return_inverse=True)
    recipient, supplier, year = np.unravel_index(found, size)
    volume = np.bincount(row, dated["tiv_million"].to_numpy(), len(found))
    result = {"recipient": countries[0][1].take(recipient), "supplier": countries[1][1].take(supplier)}
    result |= {"year": years[year], "tiv_million": volume}
    for column, side in (("imports_tiv", recipient), ("exports_tiv", supplier)):
        pair = side * size[2] + year
        result[column] = np.bincount(pair, volume)[pair] if sides[column] else np.nan
    return pd.DataFrame(result)


def rtf(lines: list[str], *, names: Names) -> dict:
    """Fields of an Export from the text of the old site's RTF register: deals, brackets for estimates, no TIV.

    Raises
    ------
    ValueError
        When no row of the register is found.
    """
    spans, deals = [], []
    supplier = recipient = ""
    body = next((i for i, line in enumerate(lines) if "recipient (R)" in line), None)
    if body is None:
        raise ValueError("the RTF file is not SIPRI's register: its header 'recipient (R)' is missing.")
    spans = [span(i + 1, i + 1, "header" if i == body else "notes") for i in range(body + 1) if lines[i].strip()]
    for at, line in enumerate(lines[body + 1 :], body + 2):
        if not line.strip():
            continue
        row = [cell.strip() for cell in line.split("\t")]
        if len(row) == 1:
            supplier, recipient = row[0], ""
            spans.append(span(at, at, "header", 0, "the supplier of the rows below"))
            continue
        side, _, name = row[0].rpartition(":")
        row = row[:1] + row[2:] if len(row) == 9 and not row[1] else row  # one tab more where the name is repeated
        recipient = name.strip() or recipient
        if len(row) != 8 or not supplier or not recipient:
            spans.append(span(at, at, "set aside", 0, f"a broken row: {len(row)} cells instead of 8", True))
            continue
        deals.append([recipient, supplier, *row[1:], side.strip()])
        spans.append(span(at, at, "deals", 1))
    if not deals:
        raise ValueError(_EMPTY)
    frame = _from_rtf(deals)
    ours, unknown = names(sorted({*frame["recipient"], *frame["supplier"]}))
    frame["recipient"], frame["supplier"] = frame["recipient"].map(ours), frame["supplier"].map(ours)
    return {
        "kind": "deal register", "country": None, "of": None, "years": None, "deliveries": frame, "transfers": None,
        "spans": spans, "estimate": False,
        "warnings": ["SIPRI's RTF register has no TIV: the deals were read, transfers is None"]
        + [f"unknown name {name!r}, kept as it is" for name in sorted(unknown)],
    }  # fmt: skip


def _from_rtf(deals: list[list[str]]) -> pd.DataFrame:
    names = ["recipient", "supplier", "number_ordered", "designation", "description", "ordered", "delivery_years"]
    frame = pd.DataFrame(deals, columns=[*names, "number", "comments", "side"], dtype="str")
    found = {name: frame[name].replace("", None) for name in frame if name in DEALS}
    for name in ("number_ordered", "ordered", "number"):
        found[name] = pd.to_numeric(frame[name].str.extract(r"^\(?(\d{1,9})\)?$")[0]).astype("Int64")
        found[f"{name}_estimated"] = frame[name].str.startswith("(").astype("boolean")
    found["local_production"] = frame["side"].eq("L").astype("boolean")
    blank = {name: pd.array([None] * len(frame), dtype="str") for name in DEALS if name not in found}
    blank |= {name: pd.array([np.nan] * len(frame), dtype="float64") for name in _VOLUMES}
    return pd.DataFrame({name: found.get(name, blank.get(name)) for name in DEALS})
