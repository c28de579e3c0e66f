"""SIPRI's registers: one row per delivery year, or one row per deal, of the new site and the old one."""

import re
from datetime import date

import numpy as np
import pandas as pd

from .lines import Names, covered, runs, span
from .rows import DEALS, DELIVERIES, EMPTY, FLAGS, NUMBERS, VOLUMES, dtype, header, records, typed

_ASKED = re.compile(
    r"Transfers of major conventional arms from (?P<supplier>.+?)\s+to (?P<recipient>.+?)\s*\. Deals with deliveries "
    r"(?:or orders )?made for (?:the )?year range '(?P<first>[^']*)' to '(?P<last>[^']*)'"
)
_ASKED_OLD = re.compile(
    r"Database search results for buyer '(?P<recipient>[^']*)' and seller\s+'(?P<supplier>[^']*)' and the years "
    r"from (?P<first>\d+) to (?P<last>\d+)(?: - \(created: [\d-]+\))?"
)
_LONGEST_TITLE = 2000  # characters; a longer line is damaged
# A register of the whole world without one of these was filtered by category, which its first lines do not say.
_ALWAYS_THERE = {"Aircraft", "Armoured vehicles", "Missiles", "Ships"}
_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)
_ONE_YEAR = re.compile(r"(\d{4})(?:\)?\s*-\s*\(?(\d{4}))?", re.ASCII)


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
    rows, first, last, mended, broken = records(lines, head + 1, sep, columns)
    if not rows:
        raise ValueError(EMPTY)
    frame, faults = typed(rows, sep, columns)
    ours, unknown = names(sorted({*frame["recipient"].cat.categories, *frame["supplier"].cat.categories} - {""}))
    code, legend = _judge(frame, faults, mended, unknown, "deliveries" if by_delivery else "deals")
    kept = np.array([entry[0] != "set aside" for entry in legend])[code]
    if not kept.any():
        raise ValueError(EMPTY)
    spans = [span(at + 1, at + 1, "notes") for at in range(head) if lines[at].strip(' ,;"')]
    spans += [span(head + 1, head + 1, "header"), *runs(first, last, code, legend), *broken]
    whole_rows = not any(entry[5] and entry[2] == "set aside" for entry in spans)
    frame = _tidy(frame if kept.all() else frame[kept], ours, DELIVERIES if by_delivery else DEALS)
    asked = _asked(lines[:head])
    sides, found = _whole(asked, frame, country, whole_rows)
    dated = transfers = None
    if by_delivery:
        dated = pd.DataFrame({"row": np.arange(len(frame)), **frame[["year", "tiv_million"]]})
    elif "delivery_years" in columns:
        dated = _spread(frame)
    if dated is not None:
        transfers, place = _transfers(frame, dated, sides)
    if by_delivery:
        totals = transfers[["imports_tiv", "exports_tiv"]].to_numpy()
        frame[["imports_tiv", "exports_tiv"]] = np.append(totals, [[np.nan, np.nan]], axis=0)[place]
    return {
        "kind": "delivery register" if by_delivery else "deal register",
        **found,
        "years": _years(asked, dated, generated),
        "deliveries": frame,
        "transfers": transfers,
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
_NO_TIME = (
    "the register has no delivery years, so its volume cannot be placed in time: the deals were read, transfers is None"
)


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
    for how in sorted(set(mended.values())):
        rows = np.zeros(len(frame), dtype=bool)
        rows[[at for at, what in mended.items() if what == how]] = True
        mark(rows, (read_as, 1, how, False))
    for name in sorted(unknown):
        rows = np.asarray((frame["recipient"] == name) | (frame["supplier"] == name))
        mark(rows, (read_as, 1, f"unknown name {name!r}, kept as it is", True))
    return code, legend


def _tidy(frame: pd.DataFrame, ours: dict[str, str], columns: list[str]) -> pd.DataFrame:
    """The columns of `columns` in their types, with our names of the countries."""
    found = {}
    for name in columns:
        if name not in frame:
            found[name] = pd.array([None], dtype=dtype(name)).take(np.zeros(len(frame), dtype=int))
        elif name in FLAGS:
            values = frame[name].to_numpy()
            said = name.endswith("_estimated") and columns is DEALS  # an empty cell beside a "?" says: not uncertain
            found[name] = pd.arrays.BooleanArray(values == 1, np.zeros(len(values), bool) if said else values < 0)
        elif name == "year":
            found[name] = frame[name].to_numpy(dtype="int64")
        elif name in NUMBERS:
            whole = (frame[name].isna() | (frame[name] % 1 == 0)).all()
            found[name] = frame[name].array if not whole else frame[name].astype("Int64").array
        elif name in VOLUMES:
            found[name] = frame[name].array
        else:
            found[name] = _text(frame[name].array, name, ours)
    return pd.DataFrame(found)


def _text(column: pd.Categorical, name: str, ours: dict[str, str]) -> pd.api.extensions.ExtensionArray:
    texts = [text or None for text in column.categories.tolist()]
    if name in {"recipient", "supplier"}:
        texts = [ours.get(text, text) for text in texts]
    if name == "category":  # spelled with a hyphen from 2026 on
        texts = [text and text.replace("Air-defence", "Air defence") for text in texts]
    return pd.array(texts, dtype="str").take(column.codes)


def _asked(preamble: list[str]) -> dict | None:
    """What the reader asked SIPRI for, as the first lines of the file say it: supplier, recipient, first, last."""
    for line in preamble:
        line = line[:_LONGEST_TITLE].strip(' ;,"')
        found = _ASKED.fullmatch(line) or _ASKED_OLD.fullmatch(line)
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
    imports, exports = (asked is not None and _all(asked[side]) for side in ("supplier", "recipient"))
    single = {}
    if not (imports and exports):
        sides = [side for side in ("recipient", "supplier") if frame[side].nunique() == 1]
        single = {side: frame[side].iloc[0] for side in sides}
    if asked:
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
    if world or country in {None, *single.values()}:
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
    if "-" not in text:
        return sorted(set(map(int, _FOUR_DIGITS.findall(text))))
    for first, last in _ONE_YEAR.findall(text):
        years.update(range(int(first), int(last or first) + 1))
    return sorted(years)


def _transfers(frame: pd.DataFrame, dated: pd.DataFrame, sides: dict[str, bool]) -> tuple[pd.DataFrame, np.ndarray]:
    """One row per recipient, supplier and year; the total of a side only where the file holds all of it.

    Beside them the row in which each row of `dated` was counted, -1 for one without a volume.
    """
    counted = dated["tiv_million"].notna().to_numpy()
    dated = dated[counted]
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
    place = np.full(len(counted), -1)
    place[counted] = row
    return pd.DataFrame(result), place
