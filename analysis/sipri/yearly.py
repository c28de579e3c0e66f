"""The volumes of a register year by year: deals spread over their years, sums per pair, totals where they are whole."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .asked import Sides
from .judged import Doubt

_ENDS = {"imports_tiv": "recipient", "exports_tiv": "supplier"}


class Doubts(NamedTuple):
    """Totals that damaged rows make doubtful: every one, those of a country, those of a country in a year."""

    every: bool
    countries: dict[str, set[str]]
    years: dict[str, set[tuple[str, int]]]


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Row, year and volume of each delivery; of a deal, the volume split evenly over its years: an estimate."""
    if "year" in frame:
        return pd.DataFrame({"row": np.arange(len(frame)), **frame[["year", "tiv_million"]]})
    codes, texts = pd.factorize(frame["delivery_years"].to_numpy(dtype=object), use_na_sentinel=False)
    listed = [_years(text) for text in texts]
    years = np.array([year for found in listed for year in found], dtype="int64")
    lengths = np.array([len(found) for found in listed], dtype="int64")
    starts, counts = (np.cumsum(lengths) - lengths)[codes], lengths[codes]
    at = np.repeat(np.arange(len(frame)), counts)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    volume = frame["tiv_million"].to_numpy()[at] / counts[at]
    return pd.DataFrame({"row": at, "year": years[starts[at] + nth], "tiv_million": volume})


def doubts(frame: pd.DataFrame, doubt: np.ndarray, broken: bool) -> Doubts:
    """What the rows of a register that are damaged, and its broken lines, make doubtful; `doubt` as in `judged`."""
    every = broken or bool((doubt == Doubt.ALL).any())
    if not doubt.any():
        none = {side: set() for side in _ENDS.values()}
        return Doubts(every, none, none)
    unsure = frame[doubt == Doubt.COUNTRIES]
    countries = {side: set(unsure[side].dropna()) for side in _ENDS.values()}
    rows = frame[doubt == Doubt.YEARS]
    if "year" in rows:
        years = [[] if year is pd.NA else [int(year)] for year in rows["year"]]
    else:
        years = [_years(text) for text in rows["delivery_years"]]
    pairs = {
        side: {(name, year) for name, found in zip(rows[side], years, strict=True) for year in found}
        for side in _ENDS.values()
    }
    return Doubts(every, countries, pairs)


def transfers(
    frame: pd.DataFrame, dated: pd.DataFrame, sides: Sides, doubts: Doubts
) -> tuple[pd.DataFrame, np.ndarray]:
    """One row per recipient, supplier and year; the total of a side only where the file holds all of it.

    Beside them the row in which each row of `dated` was counted, -1 for one without a volume.
    """
    counted = dated["tiv_million"].notna().to_numpy()
    dated = dated[counted]
    countries = {side: pd.factorize(frame[side], sort=True) for side in _ENDS.values()}
    years = np.unique(dated["year"].to_numpy())
    places = [codes[dated["row"].to_numpy()] for codes, _ in countries.values()]
    places.append(np.searchsorted(years, dated["year"].to_numpy()))
    size = [*(len(names) for _, names in countries.values()), max(len(years), 1)]
    # One whole number per recipient, supplier and year: adding up by it is faster than by three columns.
    found, row = np.unique(np.ravel_multi_index(places, size), return_inverse=True)
    recipient, supplier, year = np.unravel_index(found, size)
    result = pd.DataFrame(
        {
            "recipient": countries["recipient"][1].take(recipient),
            "supplier": countries["supplier"][1].take(supplier),
            "year": years[year],
            "tiv_million": np.bincount(row, dated["tiv_million"].to_numpy(), len(found)),
        }
    )
    for (column, side), codes, held in zip(_ENDS.items(), (recipient, supplier), sides[:2], strict=True):
        pair = codes * size[2] + year
        totals = np.bincount(pair, result["tiv_million"])[pair]
        sure = _sure(result, side, doubts) if held and not doubts.every else False
        result[column] = np.where(sure, totals, np.nan)
    place = np.full(len(counted), -1)
    place[counted] = row
    return result, place


def _sure(result: pd.DataFrame, side: str, doubts: Doubts) -> np.ndarray:
    """Rows whose total of the country on one side is in no doubt."""
    unsure, years = doubts.countries[side], doubts.years[side]
    if not unsure and not years:
        return np.ones(len(result), dtype=bool)
    here = list(zip(result[side].tolist(), result["year"].tolist(), strict=True))
    # A year that no row can mark as doubtful would look like a year without deliveries.
    unsure = unsure | {name for name, _ in years.difference(here)}
    return np.array([name not in unsure and (name, year) not in years for name, year in here], dtype=bool)


def _years(text: object) -> list[int]:
    return list(map(int, text.split("; "))) if isinstance(text, str) and text else []
