"""The world's side: each country's share of world arms exports or imports, and its change."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import in_windows, length_of, require, require_transfers, whole_years

#: The columns of `load.totals` (but quoted_by, which is of printed figures) and the volume that a share stands for.
COLUMNS = [
    "country",
    "role",
    "first_year",
    "last_year",
    "source",
    "basis",
    "percent_of_world",
    "change_percent",
    "rank",
    "read_at",
    "verification",
    "tiv_million",
]
_YEARLY = ["country", "role", "year", "tiv_million", "world_tiv", "source"]
#: Volumes that differ by less, in million TIV, differ only by the order in which floats were added.
_SAME = 1e-6


def world(totals: pd.DataFrame, *, window: int = 5) -> pd.DataFrame:
    """One row is one country's share of world arms exports or imports in one window of years, and its change.

    Parameters
    ----------
    totals
        Of one release: the totals of an all-countries table, a top list or a World Bank series
        (`load.sipri(…).totals`), or the transfers of a register of the whole world or of the tables of all countries
        (`load.sipri(…).transfers`).
    window
        Length of the window in years. SIPRI uses five.

    Returns
    -------
    DataFrame
        The columns of `load.totals` but quoted_by: country, role (exporter or importer), first_year, last_year, source,
        basis (``computed``; ``estimate`` or ``example`` where the rows are), percent_of_world (per cent of the volume
        in TIV, a ratio of sums), change_percent (of the volume, against the window of the same length before; missing
        where that is not covered or held nothing), rank (1 is the largest; ties share the smaller number; missing
        where a country below the end of a list could be larger), read_at (missing), verification (``computed``); and
        tiv_million, the country's volume in the window (million TIV), and generated where the rows have it. A country
        without deliveries in a window has no row.

    Raises
    ------
    ValueError
        If the rows come from several releases, are of regions or categories, or do not hold the world's total for as
        long as the window.

    Notes
    -----
    As in tables 1 and 2 of SIPRI's fact sheets on trends in international arms transfers: sums over five years, the
    change against the five years before from the same release. Unknown suppliers and recipients, non-state groups and
    organisations are part of the world. SIPRI's tables print volumes as whole millions, so shares of small exporters
    made from them differ from printed ones in the last digit.

    The World Bank's series come from an older release than its date suggests and lack some of SIPRI's names; its own
    row for the world is the total.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "country": ["China", "France", "China", "France"], "role": "exporter", "year": [2020, 2020, 2021, 2021],
    ...     "tiv_million": [30.0, 10.0, 60.0, 20.0], "world_tiv": [50.0, 50.0, 110.0, 110.0], "source": "invented"})
    >>> world(rows, window=1)[["country", "last_year", "percent_of_world", "change_percent", "rank"]].round(1)
      country  last_year  percent_of_world  change_percent  rank
    0   China       2020              60.0             NaN     1
    1  France       2020              20.0             NaN     2
    2   China       2021              54.5           100.0     1
    3  France       2021              18.2           100.0  <NA>
    """
    length = length_of(window)
    yearly = _yearly(totals)
    tables.one_source(yearly, "shares of the world")
    sums = _sums(yearly, length)
    if sums.empty:
        raise ValueError(_refusal(yearly, length))
    before = sums[["country", "role", "last_year", "tiv"]].assign(last_year=sums["last_year"] + length)
    sums = sums.merge(before.rename(columns={"tiv": "earlier"}), how="left", on=["country", "role", "last_year"])
    sums["change_percent"] = 100 * (sums["tiv"] / sums["earlier"].where(sums["earlier"] > 0) - 1)
    sums["percent_of_world"] = 100 * sums["tiv"] / sums["world"]
    sums["first_year"], sums["tiv_million"] = sums["last_year"] - length + 1, sums["tiv"]
    sums["rank"] = _ranks(sums)
    found = _as_own(
        sums.sort_values(["role", "last_year", "tiv", "country"], ascending=[True, True, False, True]), yearly
    )
    return found[[*COLUMNS, *(["generated"] if "generated" in found else [])]].reset_index(drop=True)


def _yearly(totals: pd.DataFrame) -> pd.DataFrame:
    """One row per country, role and year with the world's total beside it, from totals or from transfers."""
    if isinstance(totals, pd.DataFrame) and {"recipient", "supplier"} <= set(totals.columns):
        return _from_transfers(totals)
    require(totals, _YEARLY, "totals")
    rows = totals.reset_index(drop=True)
    parts = [column for column in ("region", "category") if column in rows]
    of_countries = rows["country"].notna() & rows[parts].isna().all(axis=1)
    if not of_countries.any():
        raise ValueError(
            "These totals are of regions or of weapon categories, not of countries in the world. Download from "
            "SIPRI the "
            "import/export values of all countries, or a top list."
        )
    rows = rows[of_countries]
    repeated = rows.duplicated(["country", "role", "year", "source"])
    if repeated.any():
        first = rows[repeated].iloc[0]
        raise ValueError(
            f"{first['country']} stands twice as {first['role']} of {first['year']}: files joined by hand repeat rows. "
            "load.sipri([…]) joins files and counts every cell once."
        )
    return rows


def _from_transfers(transfers: pd.DataFrame) -> pd.DataFrame:
    """Totals of both roles in the years of which the rows hold the whole world."""
    require_transfers(transfers)
    sides = {of: whole_years(transfers, of) for of in tables.ENDS}
    years = set.intersection(*(set(side["year"]) - set(side.loc[~side["whole"], "year"]) for side in sides.values()))
    if not years:
        raise ValueError(
            "These transfers are not those of the whole world: for no year do they hold all suppliers of every "
            "recipient "
            "and all recipients of every supplier. Take the register of all countries, the table of all countries, or "
            "the tables of all importers, unfiltered."
        )
    about = transfers[[column for column in ("source", "basis", "generated") if column in transfers]].reset_index(
        drop=True
    )
    found = []
    for of, side in sides.items():
        rows = side[side["year"].isin(years)].rename(columns={"tiv": "tiv_million"})
        rows = rows.assign(role="importer" if of == "imports" else "exporter")
        found.append(rows[["country", "role", "year", "tiv_million"]])
    rows = pd.concat(found, ignore_index=True)
    rows["world_tiv"] = rows.groupby(["role", "year"])["tiv_million"].transform("sum")
    return rows.assign(**{name: _one(about[name]) for name in about})


def _one(column: pd.Series) -> object:
    """What a column of one release says: its value, or the last day of several files."""
    told = column.dropna().astype("str")
    return told.max() if len(told) else None


def _sums(yearly: pd.DataFrame, length: int) -> pd.DataFrame:
    """Volume of each country and of the world in every window all of whose years have a world total."""
    rows = pd.DataFrame(
        {
            "country": yearly["country"].to_numpy(),
            "role": yearly["role"].to_numpy(),
            "year": yearly["year"].to_numpy(dtype="int64"),
            "tiv": yearly["tiv_million"].to_numpy(dtype="float64"),
            "world": yearly["world_tiv"].to_numpy(dtype="float64"),
        }
    ).dropna(subset=["country", "tiv", "world"])
    worlds = rows.groupby(["role", "year"], as_index=False)["world"].max()
    worlds = in_windows(worlds, length).groupby(["role", "last_year"])["world"].agg(["sum", "size"])
    worlds = worlds[worlds["size"].eq(length) & worlds["sum"].gt(0)]["sum"].rename("world")
    sums = in_windows(rows, length).groupby(["country", "role", "last_year"], as_index=False)["tiv"].sum()
    return sums.join(worlds, on=["role", "last_year"], how="inner")


def _ranks(sums: pd.DataFrame) -> pd.Series:
    """Rank by volume, where no country that the rows leave out can be larger."""
    window = [sums["role"], sums["last_year"]]
    rank = sums["tiv"].round(6).groupby(window).rank(ascending=False, method="min")
    unlisted = sums["world"] - sums.groupby(window)["tiv"].transform("sum")
    return rank.where(sums["tiv"] >= unlisted - _SAME).astype("Int64")


def _as_own(found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    blank = pd.Series(np.nan, index=found.index, dtype="str")
    told = {"source": str(rows["source"].iloc[0]), "basis": tables.calculated(rows), "verification": "computed"}
    if "generated" in rows and rows["generated"].notna().any():
        told["generated"] = _one(rows["generated"])
    return found.assign(read_at=blank, **{name: blank.fillna(value) for name, value in told.items()})


def _refusal(yearly: pd.DataFrame, length: int) -> str:
    years = sorted(yearly.loc[yearly["world_tiv"].notna(), "year"].unique())
    there = f"only in {len(years)} years ({years[0]} to {years[-1]})" if years else "in no year"
    return (
        f"No share of the world can be computed over a window of {length} year{'s' * (length > 1)}: the world's "
        f"total is "
        f"known {there}. A table without its Total row, a damaged row or a sum that is not met leaves it unknown; the "
        "report of load.sipri says which."
    )
