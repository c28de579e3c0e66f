"""A reader's own tidy frame as transfers: checked cell by cell, with the totals that the reader vouches for."""

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis import tables

from .lines import listed

_COLUMNS = ["recipient", "supplier", "year", "tiv_million"]
_CELL = _COLUMNS[:3]
_FIRST, _LAST = 1900, 2100
#: What readers call the columns elsewhere.
_ALIASES = {
    "recipient": ("importer", "buyer", "to", "country"),
    "supplier": ("exporter", "seller", "from", "partner"),
    "year": ("delivery_year", "date"),
    "tiv_million": ("tiv", "value", "volume", "tiv_delivery_values"),
}
#: What `whole` may say in one word, and the directions that it stands for.
_WHOLE = {"imports": ("imports",), "exports": ("exports",), "world": ("imports", "exports")}


def read(frame: pd.DataFrame, *, source: str, whole: str | dict[str, str | Iterable[str]] | None) -> pd.DataFrame:
    """The frame as transfers; see `load.tidy`."""
    if not isinstance(source, str) or not source.strip():
        raise ValueError(
            "source: say in words where the numbers are from; it stands under every figure made from them."
        )
    rows = _columns(frame)
    rows["year"] = _years(rows["year"])
    rows["tiv_million"] = _volumes(rows["tiv_million"])
    spelled, unknown = _names(rows)
    _refuse_repeats(spelled, rows)
    totals = _totals(spelled, whole)
    if unknown:
        shown = listed([repr(name) for name in unknown])
        warnings.warn(f"unknown names, kept as they are: {shown}; load.countries lists the known", stacklevel=3)
    return spelled.assign(source=source.strip(), basis="tabulated", **totals).astype({"source": "str", "basis": "str"})


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"load.tidy takes a pandas DataFrame, not {type(frame).__name__}.")
    levels = [name for name in frame.index.names if name in _COLUMNS and name not in frame.columns]
    frame = frame.reset_index(levels) if levels else frame
    if frame.columns.nlevels > 1 or frame.columns.has_duplicates:
        raise ValueError("The columns of the frame have several levels or stand twice: give each one name, once.")
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        has = {str(name).strip().casefold().replace(" ", "_"): name for name in frame.columns}
        near = [f"{name!r} (here {has[way]!r})" for name in missing for way in (name, *_ALIASES[name]) if way in has]
        years = [name for name in frame.columns if str(name).isdigit() and _FIRST <= int(name) < _LAST]
        way_out = " Its years are columns: frame.melt(var_name='year', value_name='tiv_million') makes rows of them."
        raise ValueError(
            f"Columns missing: {', '.join(missing)}. The frame has {', '.join(map(str, frame.columns[:12]))}."
            + (f" Rename to {', '.join(near)}: frame.rename(columns={{…}})." if near else "")
            + (way_out if years else "")
        )
    if frame.empty:
        raise ValueError("The frame has no rows.")
    return frame[_COLUMNS].reset_index(drop=True)


def _refuse(rows: pd.DataFrame | pd.Series, bad: np.ndarray, what: str, way_out: str) -> None:
    if np.any(bad):
        at = np.flatnonzero(bad)
        cells = [repr(value) for value in rows[bad].head(3)] if isinstance(rows, pd.Series) else []
        shown = f" ({', '.join(cells)})" if cells else ""
        more = f" and {len(at) - 5} more" if len(at) > 5 else ""
        raise ValueError(f"{what} in rows {', '.join(map(str, at[:5]))}{more}, counted from 0{shown}. {way_out}")


def _years(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        raise ValueError("year holds dates: write frame.assign(year=frame['year'].dt.year).")
    years = pd.to_numeric(column.astype("object"), errors="coerce").astype("float64")
    _refuse(column, ~(years.between(_FIRST, _LAST) & (years % 1 == 0)), "No year", "A year is a whole number, as 2021.")
    return years.astype("int64")


def _volumes(column: pd.Series) -> pd.Series:
    volumes = pd.to_numeric(column.astype("object"), errors="coerce").astype("float64")
    _refuse(
        column,
        ~(np.isfinite(volumes) & (volumes >= 0)).to_numpy(),
        "No volume",
        "A volume is a number of at least 0 without thousands separators; leave out rows of which none is known.",
    )
    return volumes


def _names(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows with our names of the countries, and the names that we do not know."""
    found, unknown = rows.copy(), set()
    for side in ("recipient", "supplier"):
        names = rows[side].astype("object")
        text = names.map(lambda name: isinstance(name, str) and bool(name.strip()))
        _refuse(rows[side], ~text.to_numpy(dtype=bool), f"No {side}", "Write its name, or 'unknown supplier(s)'.")
        ours = {name: tables.spelled(name) for name in names.unique()}
        unknown |= {name for name, our in ours.items() if our is None}
        found[side] = names.map({name: our or name.strip() for name, our in ours.items()}).astype("str")
    return found, sorted(unknown)


def _refuse_repeats(rows: pd.DataFrame, given: pd.DataFrame) -> None:
    same = (rows["recipient"] == rows["supplier"]).to_numpy()
    _refuse(rows["recipient"], same, "A country is its own supplier", "A transfer goes from one country to another.")
    repeated = rows.duplicated(_CELL, keep=False)
    if repeated.any():
        first = rows[repeated].iloc[0]
        alike = given[(rows[_CELL] == first[_CELL]).all(axis=1)]
        raise ValueError(
            f"{first['supplier']} to {first['recipient']} in {first['year']} stands in {len(alike)} rows "
            f"({', '.join(map(str, alike.index[:5]))}, counted from 0), and {repeated.sum() - len(alike)} more "
            f"rows repeat "
            "others. If they are parts of one volume, as weapons or categories are, add them up: frame.groupby("
            "['recipient', 'supplier', 'year'], as_index=False)['tiv_million'].sum(). If one is a copy, drop it."
        )


def _totals(rows: pd.DataFrame, whole: str | dict[str, str | Iterable[str]] | None) -> dict[str, pd.Series]:
    """The totals of each side, where the reader says that they are whole."""
    if isinstance(whole, str):
        directions = _WHOLE[tables.known(whole, _WHOLE, "whole")]
        whole = {of: rows[tables.ENDS[of][0]].unique() for of in directions}
    elif whole is not None and not isinstance(whole, dict):
        raise ValueError(f"whole={whole!r}: write 'imports', 'exports', 'world', names for each direction, or None.")
    found = {}
    for of, names in (whole or {}).items():
        tables.known(of, tables.ENDS, "direction (whole)")
        side = rows[tables.ENDS[of][0]]
        names = [names] if isinstance(names, str) else list(names)
        names = {tables.known(tables.spelled(str(name)) or name, side.unique(), tables.ENDS[of][0]) for name in names}
        sums = rows.groupby([side, "year"])["tiv_million"].transform("sum")
        found[f"{of}_tiv"] = sums.where(side.isin(names))
    return {f"{of}_tiv": found.get(f"{of}_tiv", np.nan) for of in tables.ENDS}
