"""What a register of deliveries says beyond the yearly volume: shares by category, and orders beside deliveries."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import (
    TRANSFERS,
    as_own,
    in_windows,
    length_of,
    period,
    refusal,
    refuse_repeats,
    require,
    share_columns,
    whole_windows,
)

_DELIVERIES = [*TRANSFERS, "category", "local_production"]
_ORDER = ["recipient", "supplier", "designation", "category", "ordered"]
#: What SIPRI may mark as its estimate, and how a note calls it.
_ESTIMATES = {
    "ordered_estimated": "year of order",
    "number_ordered_estimated": "number ordered",
    "number_estimated": "number delivered",
    "year_estimated": "year of delivery",
}


def categories(deliveries: pd.DataFrame, *, window: int = 5, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """One row is one supplier's share of one recipient's imports of one category of arms in one window of years.

    Parameters
    ----------
    deliveries
        Rows of a delivery register (`load.sipri(…).deliveries`), with `category` and the totals imports_tiv and
        exports_tiv that the reader puts beside each row.
    window
        Length of the window in years, as for `shares`.
    years
        First and last year that the register covers, where that is known from elsewhere, as for `shares`.

    Returns
    -------
    DataFrame
        The columns of `shares` (`of` is ``imports``; percent: of the volume of the recipient's imports of this
        category, all suppliers, in TIV over the window; rank within the category); category, in SIPRI's words;
        tiv_million (the volume of the category over the window, all suppliers, million TIV); and
        local_production_percent (the part of this supplier's deliveries of the category that the recipient produced
        under licence, per cent by volume; missing where the register does not say). A category without deliveries in
        a window has no row.

    Raises
    ------
    ValueError
        If the register has one row per deal or no categories, its rows come from several files, the category of a
        delivery is missing, or the register does not hold all suppliers of any recipient for as long as the window.

    Notes
    -----
    The formula is that of `shares`, category by category (SIPRI, Arms Transfers Database: sources and methods). A
    window counts only if the rows still add up to the recipient's whole imports in each of its years, so filter
    after measuring, not before. A category can be small: read percent beside tiv_million. An engine or a missile
    counts for its own category and maker, not for the platform that carries it.

    Local production is part of every share, as in SIPRI's own: a licence is a dependence too.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": ["China", "Ukraine", "China"], "year": [2020, 2020, 2021],
    ...     "category": ["Ships", "Engines", "Ships"], "tiv_million": [60.0, 30.0, 20.0], "source": "invented",
    ...     "local_production": [False, False, True], "imports_tiv": [90.0, 90.0, 20.0], "exports_tiv": np.nan})
    >>> found = categories(rows, window=2)
    >>> found[["category", "supplier", "percent", "tiv_million", "local_production_percent"]]
      category supplier  percent  tiv_million  local_production_percent
    0    Ships    China    100.0         80.0                      25.0
    1  Engines  Ukraine    100.0         30.0                       0.0
    """
    _refuse_deals(deliveries)
    require(deliveries, _DELIVERIES, "deliveries")
    refuse_repeats(deliveries)
    length, covered = length_of(window), period(years)
    tables.one_source(deliveries, "categories")
    rows = deliveries[deliveries["tiv_million"].notna()]
    _refuse_no_category(rows)
    whole = whole_windows(rows, "imports", length, covered)
    if whole.empty:
        raise ValueError(refusal(rows, length, {"imports": None}))
    sums = _rolled(rows, length).merge(
        whole.rename(columns={"country": "recipient"}), on=["recipient", "last_year"], how="inner"
    )
    group = sums.groupby(["recipient", "last_year", "category"])["tiv_million"]
    total = group.transform("sum")
    found = as_own(sums, rows).assign(
        of="imports",
        first_year=sums["last_year"] - length + 1,
        percent=100 * sums["tiv_million"] / total,
        rank=group.rank(ascending=False, method="min").astype("Int64"),
        local_production_percent=100 * sums["local"] / sums["tiv_million"].where(sums["tiv_million"] > 0),
        tiv_million=total,
    )[total > 0]
    found = found.sort_values(
        ["recipient", "last_year", "tiv_million", "category", "rank", "supplier"],
        ascending=[True, True, False, True, True, True],
        ignore_index=True,
    )
    return found[[*share_columns(found), "category", "tiv_million", "local_production_percent"]]


def orders(deliveries: pd.DataFrame) -> pd.DataFrame:
    """One row is one order of one weapon type, with what was delivered of it, from a reader's own register.

    Parameters
    ----------
    deliveries
        Rows of a register by deal or by delivery (`load.sipri(…).deliveries`).

    Returns
    -------
    DataFrame
        The columns of `load.equipment`. number_ordered is missing for a register by delivery, which does not say it;
        number_delivered counts what the register lists, so no more than the years that were asked for. status is
        ``delivered`` where at least the number ordered was, ``partly delivered`` or ``on order`` where less or
        nothing was and the register reaches back to the order, and else missing. local_name and service are missing;
        note says what SIPRI marks as its estimate, and its comments.

    Raises
    ------
    ValueError
        If columns are missing, or there are no rows.

    Notes
    -----
    Numbers are items: those of different designations cannot be added up. SIPRI estimates many of them.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": "China", "designation": "Type-054A", "category": "Ships",
    ...     "ordered": 2017, "deal": 7, "number": [2, 2], "year": [2021, 2023], "local_production": False,
    ...     "year_estimated": [False, True], "source": "invented"})
    >>> orders(rows)[["designation", "delivered_from", "delivered_to", "number_delivered"]]
      designation  delivered_from  delivered_to  number_delivered
    0   Type-054A            2021          2023                 4
    >>> orders(rows)["note"].item()
    "SIPRI's estimates: year of delivery"
    """
    require(deliveries, [*_ORDER, "number", "local_production", "deal", "source"], "deliveries")
    if deliveries.empty:
        raise ValueError("No deliveries to list the orders of.")
    tables.one_source(deliveries, "orders")
    rows = deliveries.reset_index(drop=True)
    first, last = _delivery_years(rows)
    # A deal without a number of its own is a row by itself.
    deal = rows["deal"].astype("str").where(rows["deal"].notna(), "row " + rows.index.astype("str"))
    flags = [name for name in _ESTIMATES if name in rows]
    columns = {"number_ordered": pd.Series(pd.NA, index=rows.index, dtype="Int64")}
    columns |= {"comments": pd.Series(np.nan, index=rows.index, dtype="str")}
    rows = rows.assign(**{name: column for name, column in columns.items() if name not in rows})
    rows = rows.assign(equipment=deal, delivered_from=first, delivered_to=last)
    group = rows.groupby([*_ORDER, "equipment", "source"], dropna=False, sort=False)
    found = group.agg(
        number_ordered=("number_ordered", "first"),
        number_delivered=("number", lambda number: number.sum(min_count=1)),
        delivered_from=("delivered_from", "min"),
        delivered_to=("delivered_to", "max"),
        local_production=("local_production", "max"),
        comments=("comments", "first"),
        **{name: (name, "max") for name in flags},
    ).reset_index()
    nothing = found["delivered_from"].isna() & found["number_delivered"].isna()
    found["number_delivered"] = found["number_delivered"].mask(nothing, 0).astype("Int64")
    empty = pd.Series(np.nan, index=found.index, dtype="str")
    if "generated" in rows.columns:
        found = found.assign(generated=rows["generated"].iloc[0])
    found = found.assign(
        local_name=empty,
        service=empty,
        status=_status(found, first.min()),
        in_article=False,
        basis="example" if tables.calculated(rows) == "example" else "tabulated",
        verification="computed",
        note=_notes(found, flags),
    )
    return found.sort_values(["ordered", "designation"], kind="stable", ignore_index=True)[_equipment_columns(found)]


def _refuse_deals(deliveries: pd.DataFrame | None) -> None:
    """A register by deal has neither years of delivery row by row nor categories."""
    if deliveries is not None and "delivery_years" in deliveries.columns:
        raise ValueError(
            "These are deals, one row each: they have no volume per year and no armament category. Download the "
            "register as delivery rows (SIPRI's export option; the header then has 'TIV delivery values')."
        )


def _refuse_no_category(rows: pd.DataFrame) -> None:
    missing = rows["category"].isna()
    if missing.any():
        shown = rows.loc[missing, ["recipient", "supplier", "designation", "year"]].head(4).to_string(index=False)
        raise ValueError(
            f"{int(missing.sum())} of {len(rows)} deliveries have no armament category, so no category is known to be "
            f"whole:\n{shown}"
        )


def _rolled(rows: pd.DataFrame, length: int) -> pd.DataFrame:
    """Volume per recipient, supplier, category and window, and what of it the recipient produced."""
    keys = ["recipient", "supplier", "category"]
    local = rows["local_production"].astype("float64")
    yearly = rows[[*keys, "year", "tiv_million"]].assign(local=rows["tiv_million"] * local, unsaid=local.isna())
    yearly = yearly.groupby([*keys, "year"], as_index=False).sum()
    counted = in_windows(yearly, length).drop(columns="year")
    sums = counted.groupby([*keys, "last_year"], as_index=False).sum()
    # A sum with an unknown part is unknown.
    return sums.assign(local=sums["local"].where(sums["unsaid"] == 0)).drop(columns="unsaid")


def _delivery_years(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First and last year of delivery of each row, missing where none is known."""
    if "year" in rows:
        return rows["year"].astype("Int64"), rows["year"].astype("Int64")
    if "delivery_years" not in rows:
        none = pd.Series(pd.NA, index=rows.index, dtype="Int64")
        return none, none
    listed = rows["delivery_years"].str.extractall(r"(\d{4})")[0].astype("int64").groupby(level=0)
    return tuple(edge.reindex(rows.index).astype("Int64") for edge in (listed.min(), listed.max()))


def _status(orders: pd.DataFrame, first_year: int) -> pd.Series:
    """Where an order stands, as far as a register that begins in `first_year` can say."""
    ordered, delivered = orders["number_ordered"], orders["number_delivered"]
    reaches = orders["ordered"].ge(first_year).fillna(False)
    known = {
        "delivered": delivered.ge(ordered) & delivered.gt(0),
        "partly delivered": delivered.lt(ordered) & delivered.gt(0) & reaches,
        "on order": delivered.eq(0) & reaches,
    }
    status = pd.Series(np.nan, index=orders.index, dtype="str")
    for name, rows in known.items():
        status = status.mask(rows.fillna(False).astype(bool), name)
    return status


def _notes(orders: pd.DataFrame, flags: list[str]) -> pd.Series:
    """What SIPRI marks as its estimate, then its comments; missing where there is neither."""
    told = []
    for row in orders.to_dict("records"):
        marked = [_ESTIMATES[name] for name in flags if row[name] is not pd.NA and row[name]]
        parts = [f"SIPRI's estimates: {', '.join(marked)}"] if marked else []
        parts += [row["comments"]] if isinstance(row["comments"], str) else []
        told.append("; ".join(parts) or np.nan)
    return pd.Series(told, index=orders.index, dtype="str")


def _equipment_columns(found: pd.DataFrame) -> list[str]:
    """The columns of `load.equipment`, and the day of the reader's file where there is one."""
    return [*tables.read("equipment").columns, *(["generated"] if "generated" in found.columns else [])]
