"""The contract: the tables of ``data/``, read by the schema in ``datapackage.json``, and one clock for all of them.

Nothing here computes or corrects. Other modules ask this one for a table, a unit, a name or a time span.
"""

import difflib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

#: Prefix of `source` in every row that we computed. SIPRI asks that own calculations are not attributed to it.
OWN = "own calculation from "
#: Ends the `source` of rows that no file holds: the volume of a deal spread over its years of delivery.
ESTIMATE = ", deliveries spread evenly: an estimate"
#: Begins the `source` of a file that says itself that its numbers are invented.
EXAMPLE = "invented example in the shape of the "

#: For each direction, the column of the country whose total is divided and that of the partner who has a share of it.
ENDS = {"imports": ("recipient", "supplier"), "exports": ("supplier", "recipient")}

#: Unicode's categories of characters that nobody sees: controls and formats, such as U+FEFF or direction marks.
_UNSEEN = ("Cc", "Cf")

_TYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}


def _folder() -> Path:
    """The data folder: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


@cache
def _package() -> dict[str, dict]:
    package = json.loads((_folder() / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def names() -> list[str]:
    """The names of the tables, in the order of ``datapackage.json``.

    Examples
    --------
    >>> "shares" in names()
    True
    """
    return list(_package())


def describe(name: str) -> dict:
    """The Frictionless resource of one table: its title, columns with types and units, keys.

    Raises
    ------
    ValueError
        If there is no such table; the nearest name is given.

    Examples
    --------
    >>> describe("transfers")["schema"]["primaryKey"]
    ['recipient', 'supplier', 'year', 'source']
    """
    return _package()[known(name, names(), "table")]


def unit(table: str, column: str) -> str:
    """The unit of a column, as ``datapackage.json`` states it; empty where a column has none.

    Examples
    --------
    >>> "not money" in unit("transfers", "tiv_million")
    True
    """
    fields = {field["name"]: field for field in describe(table)["schema"]["fields"]}
    return fields[known(column, fields, f"column of {table}")].get("unit", "")


def categories(table: str, column: str) -> dict[str, str]:
    """The allowed words of a column in their order, each with its name for a reader, as ``datapackage.json`` has them.

    Raises
    ------
    ValueError
        If there is no such table or column, or the column has no categories; the nearest name is given.

    Examples
    --------
    >>> categories("events", "kind")["arms-deal"]
    'Arms deals'
    """
    fields = {field["name"]: field for field in describe(table)["schema"]["fields"] if "categories" in field}
    found = fields[known(column, fields, f"column of {table} with categories")]["categories"]
    return {category["value"]: category["label"] for category in found}


@cache
def _read(name: str) -> pd.DataFrame:
    resource = describe(name)
    fields = resource["schema"]["fields"]
    required = {f["name"] for f in fields if f.get("constraints", {}).get("required")}
    types = {f["name"]: _TYPES[f["type"]] for f in fields}
    types |= {name: "int64" for name in required if types[name] == "Int64"}
    types |= {name: "bool" for name in required if types[name] == "boolean"}
    if name == "shares":
        types["percent"] = "str"
    frame = pd.read_csv(_folder() / resource["path"], dtype=types, keep_default_na=False, na_values=[""])
    return _with_decimals(frame) if name == "shares" else frame


def _with_decimals(shares: pd.DataFrame) -> pd.DataFrame:
    """`percent` as a number, and beside it how many decimals were printed: 7.0 is not 7."""
    printed = shares["percent"]
    point = printed.str.find(".")
    decimals = (printed.str.len() - point - 1).where(point >= 0, 0).astype("Int64")
    shares = shares.assign(percent=printed.astype("float64"))
    shares.insert(shares.columns.get_loc("percent") + 1, "decimals", decimals)
    return shares


def read(name: str) -> pd.DataFrame:
    """One table of ``data/``; one row is what `describe` says it is.

    Returns
    -------
    DataFrame
        The columns of the schema in its order and types; missing is missing, never 0. `shares` has one more
        column, `decimals`: how many decimals of `percent` the source printed.

    Raises
    ------
    ValueError
        If there is no such table; the nearest name is given.

    Examples
    --------
    >>> read("countries").columns[:3].tolist()
    ['country', 'iso3', 'kind']
    """
    return _read(name).copy()


@cache
def column(name: str, column: str) -> Mapping[str, object]:
    """One column of a table by the table's key, of the rows in which it is not missing.

    Raises
    ------
    ValueError
        If there is no such table or column; the nearest name is given.

    Examples
    --------
    >>> column("countries", "in_text")["United States"]
    'the United States'
    """
    frame, (key,) = _read(name), describe(name)["schema"]["primaryKey"]
    known(column, frame.columns, f"column of {name}")
    return MappingProxyType(frame.set_index(key)[column].dropna().to_dict())


def known(value: str, choices: Iterable[str], what: str) -> str:
    """`value` itself if it is one of `choices`; otherwise an error that names the nearest.

    Raises
    ------
    ValueError
        ``Unknown country 'Pakstan'. Did you mean 'Pakistan'?``

    Examples
    --------
    >>> known("India", ["India", "Pakistan"], "country")
    'India'
    """
    choices = list(choices)
    if value in choices:
        return value
    raise ValueError(f"Unknown {what} {value!r}. {_hint(str(value), choices)}")


def _hint(value: str, choices: list[str]) -> str:
    folded = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(value.casefold(), folded, n=3, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(repr(folded[n]) for n in near) + "?"
    shown = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
    return f"Known: {shown}." if choices else "There are none."


@cache
def spellings() -> dict[str, str]:
    """Every name of a country that we know, as `_fold` leaves it, to our name for it.

    Examples
    --------
    >>> spellings()["turkiye"]
    'Türkiye'
    """
    lists = read("countries")[["country", "aliases", "sipri_names"]].fillna("")
    return {_fold(name): row[0] for row in lists.itertuples(index=False) for name in ";".join(row).split(";") if name}


@cache
def _codes() -> dict[str, str]:
    """The three-letter codes of ISO 3166, in capitals as nothing else is written, to our names."""
    return {code: country for country, code in column("countries", "iso3").items()}


def plain(name: str) -> str:
    """A name without what nobody sees: composed letters, single spaces, no zero-width or direction marks.

    Two files may write one name with and without a byte-order mark; kept as they are, the names would be two parties.

    Examples
    --------
    >>> plain("\\ufeffViet\\u00a0 Nam\\u200e")
    'Viet Nam'
    """
    composed = unicodedata.normalize("NFC", name)
    return " ".join("".join(c for c in composed if c.isspace() or unicodedata.category(c) not in _UNSEEN).split())


def _fold(name: str) -> str:
    """What names have in common that differ in capitals, accents, full stops, `&`, a leading `the` or asterisks."""
    letters = unicodedata.normalize("NFKD", plain(name).rstrip("* "))
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    words = bare.replace("’", "'").replace("&", " and ").replace(".", "").casefold().split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def spelled(name: str) -> str | None:
    """Our name for a country, from any name or spelling of it that we know; None if there is none.

    Known are SIPRI's spellings of all years, the names of the United Nations and of ISO 3166, its three-letter codes
    in capitals, and the usual short forms.

    Examples
    --------
    >>> spelled("Hezbollah (Lebanon)*"), spelled("PAK"), spelled("Burma")
    ('Hezbollah (Lebanon)', 'Pakistan', 'Myanmar')
    """
    return spellings().get(_fold(name)) or _codes().get(plain(name))


def country(name: str) -> str:
    """Our name for a country, from any name or spelling of it that we know; see `spelled`.

    Raises
    ------
    ValueError
        If the name is unknown; the nearest is given.

    Examples
    --------
    >>> country("Turkey"), country("pakistan"), country("U.S.")
    ('Türkiye', 'Pakistan', 'United States')
    """
    found = spelled(str(name)) or spelled(str(name).upper())
    if found is None:
        raise ValueError(f"Unknown country {str(name)!r}. {_nearest(str(name))}")
    return found


def _nearest(name: str) -> str:
    """The countries whose names or codes come nearest, by our name for them."""
    codes = {code.casefold(): country for code, country in _codes().items()} if len(name) <= 4 else {}
    known_as = spellings() | codes
    near = difflib.get_close_matches(_fold(name), known_as, n=12, cutoff=0.6)
    if not near:
        return "load.countries() lists the names; those of the United Nations and ISO codes are known too."
    like = {spelling: difflib.SequenceMatcher(None, spelling, _fold(name)).ratio() for spelling in near}
    found = dict.fromkeys(known_as[spelling] for spelling in near if like[spelling] > like[near[0]] - 0.1)
    return "Did you mean " + " or ".join(map(repr, list(found)[:3])) + "?"


def is_own(source: str) -> bool:
    """Whether a `source` says that the row is our calculation, not SIPRI's print.

    Examples
    --------
    >>> is_own("own calculation from sipri-atd-2026")
    True
    """
    return str(source).startswith(OWN)


def release(source: str) -> str:
    """The release or document behind a `source`: itself, or what our calculation was made from.

    Examples
    --------
    >>> release("own calculation from sipri-atd-2026")
    'sipri-atd-2026'
    """
    return str(source).removeprefix(OWN)


def caveat(source: str) -> str:
    """What every figure and sentence from this `source` has to say besides; empty for most.

    Examples
    --------
    >>> caveat("SIPRI Arms Transfers Database, file generated 14 July 2026, deliveries spread evenly: an estimate")
    'estimate'
    >>> caveat("sipri-atd-2026")
    ''
    """
    told = release(source)
    return "invented numbers" if told.startswith(EXAMPLE) else "estimate" if told.endswith(ESTIMATE) else ""


def one_source(frame: pd.DataFrame, what: str) -> str:
    """The one source of a frame; a series that joins two editions is refused.

    SIPRI revises its past every March, so a line through two editions shows revisions as if they were change.

    Raises
    ------
    ValueError
        If the rows come from more than one source, or there are none.

    Examples
    --------
    >>> one_source(pd.DataFrame({"source": ["sipri-atd-2026"] * 2}), "shares")
    'sipri-atd-2026'
    """
    found = frame["source"].drop_duplicates().tolist()
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValueError(f"No rows to compute {what} from.")
    raise ValueError(
        f"Cannot compute {what} across {len(found)} editions ({', '.join(found[:6])}"
        f"{', …' if len(found) > 6 else ''}): SIPRI revises past years in every release, so mixing them shows "
        f"revisions as change. Choose one, for example load.transfers(source={release(max(found))!r}) or "
        f"frame[frame['source'] == {max(found)!r}]; measure.revisions compares editions."
    )


def span(frame: pd.DataFrame) -> pd.DataFrame:
    """The first and the last day of each row: one clock for years, windows, months and days.

    Parameters
    ----------
    frame
        Rows with `first_year` and `last_year`, or `year`, or `start` and `end` written as precisely as the source
        gives them (``2015``, ``2015-04``, ``2015-04-20``; an empty `end` means that the event has no other end).

    Returns
    -------
    DataFrame
        `start` and `end`, both days included, on the index of `frame`. A day has start = end; ``2015-04`` runs
        from the 1st to the 30th.

    Raises
    ------
    ValueError
        If the frame has none of these columns, or a date cannot be read; the rows are shown.

    Examples
    --------
    >>> span(pd.DataFrame({"start": ["2015-04", "2015-04-20"], "end": [None, None]}))
           start        end
    0 2015-04-01 2015-04-30
    1 2015-04-20 2015-04-20
    """
    if {"first_year", "last_year"} <= set(frame.columns):
        first, last = frame["first_year"].astype("str"), frame["last_year"].astype("str")
    elif "year" in frame.columns:
        first = last = frame["year"].astype("str")
    elif "start" in frame.columns:
        first = frame["start"].astype("str")
        last = frame["end"].astype("str").fillna(first) if "end" in frame.columns else first
    else:
        raise ValueError(
            f"No time in this table: it has {', '.join(map(str, frame.columns))}, and needs first_year and "
            "last_year, or year, or start."
        )
    return pd.DataFrame({"start": _day(first, "start"), "end": _day(last, "end")}, index=frame.index)


def _day(text: pd.Series, edge: str) -> pd.Series:
    """The first (`edge` start) or last (end) day of dates written as ``2015``, ``2015-04`` or ``2015-04-20``."""
    good = text.str.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?").fillna(False)
    day = pd.to_datetime(text.where(good), format="ISO8601", errors="coerce")
    if day.isna().any():
        raise ValueError(
            f"Cannot read {edge} dates {text[day.isna()].head(5).tolist()} in rows "
            f"{text.index[day.isna()][:5].tolist()}: write 2015, 2015-04 or 2015-04-20."
        )
    if edge == "end":
        month_end = day + pd.offsets.MonthEnd(0)
        day = day.mask(text.str.len().eq(7), month_end).mask(text.str.len().eq(4), day + pd.offsets.YearEnd(0))
    return day


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """`frame` itself, if it has the columns of table `name` and its rows keep that table's rules.

    Raises
    ------
    ValueError
        Missing columns, required cells that are empty, values outside the allowed list or range, repeated keys
        and windows of another length than the table's, all at once, with the first rows concerned.

    Examples
    --------
    >>> len(check(read("shares"), "shares")) > 300
    True
    """
    resource = describe(name)
    fields = resource["schema"]["fields"]
    missing = [f["name"] for f in fields if f["name"] not in frame.columns]
    if missing:
        raise ValueError(f"Table {name}: columns missing: {', '.join(missing)}. It has {list(frame.columns)}.")
    faults = [fault for field in fields for fault in _faults(frame[field["name"]], field)]
    key = resource["schema"]["primaryKey"]
    repeated = frame.duplicated(key, keep=False)
    if repeated.any():
        faults.append(f"key ({', '.join(key)}) repeated in rows {frame.index[repeated][:6].tolist()}")
    if "window_years" in resource:
        odd = frame["last_year"] - frame["first_year"] != resource["window_years"] - 1
        if odd.any():
            faults.append(f"window is not {resource['window_years']} years in rows {frame.index[odd][:6].tolist()}")
    if faults:
        raise ValueError(f"Table {name}: " + "; ".join(faults))
    return frame


def _faults(column: pd.Series, field: dict) -> list[str]:
    """What in a column breaks the field's constraints, one sentence each."""
    rules = field.get("constraints", {})
    filled = column.notna()
    bad = {}
    if rules.get("required"):
        bad["is empty"] = ~filled
    if "enum" in rules:
        bad[f"is not one of {rules['enum']}"] = filled & ~column.isin(rules["enum"])
    if "minimum" in rules:
        bad[f"is under {rules['minimum']}"] = filled & (column < rules["minimum"])
    if "maximum" in rules:
        bad[f"is over {rules['maximum']}"] = filled & (column > rules["maximum"])
    if "maxLength" in rules:
        bad[f"is longer than {rules['maxLength']}"] = filled & (column.str.len() > rules["maxLength"])
    if "pattern" in rules:
        bad[f"does not match {rules['pattern']}"] = filled & ~column.str.fullmatch(rules["pattern"]).fillna(False)
    return [
        f"{field['name']} {what} in row {column.index[rows][0]} ({column[rows].iloc[0]!r})"
        for what, rows in bad.items()
        if rows.any()
    ]
