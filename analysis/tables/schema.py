"""The tables of ``data/``, read by the schema in ``datapackage.json``. Nothing here computes or corrects."""

import difflib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

_TYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}


def _folder() -> Path:
    """The data folder: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    return package / "data" if (package / "data").is_dir() else package.parent / "data"


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
    if "basis" in resource:
        frame.insert(
            frame.columns.get_loc("source") + 1, "basis", pd.Series(resource["basis"], frame.index, dtype="str")
        )
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
        The columns of the schema in its order and types; missing is missing, never 0. Tables of figures have one more
        column, `basis`: what a row is in relation to its source. `shares` has `decimals` besides: how many decimals
        of `percent` the source printed.

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
