"""Between which values a share may lie: what rounding leaves open, and what estimated years of delivery do."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import KEY, TRANSFERS, computed_by_release, in_windows, period, require, whole_windows

#: What is read of a register of deliveries: the columns of transfers and SIPRI's flag on the year.
_FLAGGED = [*TRANSFERS, "year_estimated"]
#: What is read of a register of deals.
_DEALS = ["recipient", "supplier", "delivery_years", "tiv_million", "source"]
_EXACT = "exact: no deal has deliveries both inside and outside these years"
#: Percentages that differ by no more than this are the same one, added up in another order.
_SAME = 1e-6


def interval(
    shares: pd.DataFrame,
    transfers: pd.DataFrame | None = None,
    *,
    deliveries: pd.DataFrame | None = None,
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """One row is one share with the lowest and the highest value that its source leaves open.

    Parameters
    ----------
    shares
        Printed or computed shares.
    transfers
        The deliveries per year that computed shares were made from, of one or several releases: gives what the
        rounding of a table in whole millions leaves open.
    deliveries
        The rows of the register that computed shares were made from (`load.sipri(…).deliveries`). By delivery, they
        give what SIPRI's estimates of the year of delivery leave open; by deal, what spreading deals evenly over
        their years does. Without `transfers` or `deliveries` computed shares have no interval.
    years
        First and last year that the rows cover, as for `shares`.

    Returns
    -------
    DataFrame
        The columns of `shares`, and low and high (per cent, 0–100). Missing where neither is known. Where deals were
        spread evenly and none has deliveries both inside and outside a window, its shares are exact: low and high are
        the share itself, and note says so.

    Raises
    ------
    ValueError
        If columns are missing, or the register says of no delivery whether its year is estimated.

    Notes
    -----
    *Rounding.* A printed 72 stands for 71.5–72.5, a printed 7.0 for 6.95–7.05. A release whose table is in whole
    millions of TIV leaves half a million open in every cell, and a 0 there means 0–0.5; the interval lets all cells
    lean the same way, so it is the widest possible, not a likely range. A release with decimals has no such interval.

    *Estimated years.* Each delivery whose year SIPRI marks as estimated may belong to the year before or after. Only
    those at an edge of the window matter: of its first or last year they may leave it, of the year just outside they
    may enter. Let c be what a partner delivered in the window for certain and f what it may have, C and F the same
    for all others; each delivery moves by itself. The share (c + x) / (c + x + C + y) grows with x and falls with y,
    so the lowest is c / (c + C + F) and the highest (c + f) / (c + f + C): both can occur, none beyond can. A row
    that does not say whether its year is estimated counts as estimated. The file must hold the year before the
    window whole, else both are missing. Deliveries of the year after the last one covered are in no file, so nothing
    can enter from there. Estimated numbers of weapons change the volume, not the year, and are not in here.

    *Deals spread evenly.* A deal delivered wholly inside a window counts whole, one wholly outside not at all, and both
    are exact. One with deliveries on both sides of an edge puts between none and all of its volume inside. With c for
    what is inside for certain and f for what may be, the formula is the one above, and again both ends can occur. How
    far the even split itself is from the truth was measured on the register of the March 2025 release by delivery, in
    all windows that end in 1999–2024: Pakistan's imports from China and China's exports to Pakistan are more than 4
    points off in 7 of 52 windows, 9.5 at most (exports 2003–07: 24.0 exact, 33.5 spread evenly); of importers' shares
    of at least 10 per cent, of at least 1,000 million TIV, 8.4 per cent are, 13.9 at most; none of 44,230 shares lies
    outside its bounds (tests/bench/even_split.py).

    All are limits of arithmetic. SIPRI's yearly revisions (`revisions`) are often larger, and are not in here.

    Examples
    --------
    >>> printed = pd.DataFrame({"recipient": "Pakistan", "supplier": ["China", "Türkiye"], "of": "imports",
    ...     "first_year": 2021, "last_year": 2025, "source": "invented", "percent": [80.0, 7.0],
    ...     "decimals": [0, 1]})
    >>> interval(printed)[["supplier", "percent", "low", "high"]]
      supplier  percent    low   high
    0    China     80.0  79.50  80.50
    1  Türkiye      7.0   6.95   7.05
    """
    require(shares, [*KEY, "percent", "decimals"], "shares")
    shares = shares.assign(basis=tables.basis(shares))
    half = 0.5 * 10.0 ** -shares["decimals"].astype("float64")
    low, high = (shares["percent"] - half).clip(lower=0), (shares["percent"] + half).clip(upper=100)
    covered, found = period(years), []
    if transfers is not None:
        require(transfers, TRANSFERS, "transfers")
        found.append(_cell_bounds(shares, transfers, covered))
    if deliveries is not None and "delivery_years" not in deliveries.columns:
        require(deliveries, _FLAGGED, "deliveries")
        found.append(_year_bounds(shares, deliveries, covered))
    elif deliveries is not None:
        require(deliveries, _DEALS, "deliveries")
        found.append(_deal_bounds(shares, deliveries))
    note = shares.get("note")
    for bounds in found:
        low, high = low.fillna(bounds["low"]), high.fillna(bounds["high"])
        if note is not None and "note" in bounds:
            note = note.fillna(bounds["note"])
    bounded = shares.assign(low=low, high=high)
    return bounded if note is None else bounded.assign(note=note)


def _cell_bounds(shares: pd.DataFrame, transfers: pd.DataFrame, covered: tuple[int, int] | None) -> pd.DataFrame:
    """`low` and `high` of the computed rows of `shares` whose release is a table of whole numbers."""
    fraction = transfers["tiv_million"] % 1
    rounded = transfers[fraction.groupby(transfers["source"]).transform("max") == 0]
    lengths = _own_lengths(shares)
    if rounded.empty or not len(lengths):
        return _nothing(shares)
    return _matched(shares, computed_by_release(rounded, lengths, covered))


def _year_bounds(shares: pd.DataFrame, deliveries: pd.DataFrame, covered: tuple[int, int] | None) -> pd.DataFrame:
    """`low` and `high` of the computed rows of `shares` that were made from these deliveries."""
    if deliveries["year_estimated"].isna().all():
        raise ValueError("This register says of no delivery whether its year is estimated: it gives no interval.")
    tables.one_source(deliveries, "an interval")
    lengths = _own_lengths(shares)
    if not len(lengths):
        return _nothing(shares)
    rows = deliveries[deliveries["tiv_million"].notna()]
    found = [_moved(rows, of, int(length), covered) for of in tables.ENDS for length in lengths]
    return _matched(shares, pd.concat(found, ignore_index=True))


def _moved(deliveries: pd.DataFrame, of: str, length: int, covered: tuple[int, int] | None) -> pd.DataFrame:
    """Every share of windows of `length` years of one direction, with `low` and `high`."""
    country, partner = tables.ENDS[of]
    # Labels of windows counted from the year of delivery: from the window that ends the year before it to the one
    # that begins the year after.
    steps = np.arange(-1, length + 1)
    rows = deliveries.loc[deliveries.index.repeat(len(steps))]
    step = np.tile(steps, len(deliveries))
    inside, edge = (step >= 0) & (step < length), np.isin(step, [-1, 0, length - 1, length])
    free = edge & rows["year_estimated"].fillna(True).to_numpy(dtype=bool)
    tiv = rows["tiv_million"].to_numpy()
    cells = pd.DataFrame(
        {
            "country": rows[country].to_numpy(),
            "partner": rows[partner].to_numpy(),
            "last_year": rows["year"].to_numpy(dtype="int64") + step,
            "tiv": tiv * inside,
            "certain": tiv * (inside & ~free),
            "free": tiv * free,
        }
    )
    sums = cells.groupby(["country", "partner", "last_year"], as_index=False).sum()
    # Whole together with the year before, from which a delivery may enter.
    sums = sums.merge(whole_windows(deliveries, of, length + 1, covered), on=["country", "last_year"])
    return _bounded(sums, of, length, deliveries["source"].iloc[0], tables.calculated(deliveries))


def _deal_bounds(shares: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """`low`, `high` and `note` of the computed rows of `shares` that were made from deals spread evenly."""
    tables.one_source(deals, "an interval")
    lengths = _own_lengths(shares)
    if deals["tiv_million"].isna().all() or not len(lengths):
        return _nothing(shares)
    rows = deals[deals["tiv_million"].notna() & deals["delivery_years"].notna()].reset_index(drop=True)
    found = [_spread(rows, of, int(length)) for length in lengths for of in tables.ENDS]
    return _matched(shares, pd.concat(found, ignore_index=True))


def _spread(deals: pd.DataFrame, of: str, length: int) -> pd.DataFrame:
    """Every share of windows of `length` years of one direction, with `low` and `high`, from deals."""
    country, partner = tables.ENDS[of]
    years = deals["delivery_years"].str.findall(r"\d{4}").explode().astype("int64")
    count = years.groupby(level=0).transform("size")
    inside = in_windows(pd.DataFrame({"deal": years.index, "year": years.to_numpy(), "of": count.to_numpy()}), length)
    inside = inside.groupby(["deal", "last_year"], as_index=False).agg(years=("year", "size"), of=("of", "first"))
    deal = deals.loc[inside["deal"]]
    tiv, whole = deal["tiv_million"].to_numpy(), (inside["years"] == inside["of"]).to_numpy()
    cells = pd.DataFrame(
        {
            "country": deal[country].to_numpy(),
            "partner": deal[partner].to_numpy(),
            "last_year": inside["last_year"].to_numpy(),
            "tiv": tiv * (inside["years"] / inside["of"]).to_numpy(),
            "certain": tiv * whole,
            "free": tiv * ~whole,
        }
    )
    sums = cells.groupby(["country", "partner", "last_year"], as_index=False).sum()
    basis = "example" if tables.calculated(deals) == "example" else "estimate"
    found = _bounded(sums, of, length, deals["source"].iloc[0], basis)
    exact = sums.groupby(["country", "last_year"])["free"].transform("sum") == 0
    return found.assign(note=pd.Series(_EXACT, index=found.index, dtype="str").where(exact))


def _bounded(sums: pd.DataFrame, of: str, length: int, source: str, basis: str) -> pd.DataFrame:
    """Shares with `low` and `high`, from what lies in a window: tiv, of it for certain, and what may (free)."""
    country, partner = tables.ENDS[of]
    group = sums.groupby(["country", "last_year"])
    total, certain, free = (group[name].transform("sum") for name in ("tiv", "certain", "free"))
    most = sums["certain"] + sums["free"]
    least_total, most_total = certain + free - sums["free"], certain + sums["free"]
    high = 100 * most / most_total.where(most_total > 0)
    # With nothing certain from anybody and nothing free from others, the only share there can be is the highest.
    low = (100 * sums["certain"] / least_total.where(least_total > 0)).fillna(high)
    return sums.assign(
        **{country: sums["country"], partner: sums["partner"]},
        of=of,
        first_year=sums["last_year"] - length + 1,
        source=source,
        basis=basis,
        percent=100 * sums["tiv"] / total.where(total > 0),
        low=low,
        high=high,
    )


def _own_lengths(shares: pd.DataFrame) -> np.ndarray:
    """The lengths, in years, of the windows that we computed."""
    own = tables.is_own(shares)
    return (shares["last_year"] - shares["first_year"] + 1)[own].unique()


def _nothing(shares: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=shares.index, columns=["low", "high"])


def _matched(shares: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """`low`, `high` and any `note` of the rows of `shares` that are the same as `cells`; missing for others."""
    values = [name for name in ("low", "high", "note") if name in cells]
    key = [*KEY, "basis"]
    found = shares[[*key, "percent"]].merge(
        cells[[*key, "percent", *values]], how="left", on=key, suffixes=("", "_again")
    )
    # Same key but another value: rows that were recomputed since, for example by `without`.
    again = found["percent_again"].astype("float64")
    same = pd.Series(np.isclose(found["percent"], again, rtol=_SAME, atol=_SAME), index=found.index)
    country = found["recipient"].where(found["of"].eq("imports"), found["supplier"])
    same = same.groupby([country, *(found[key] for key in KEY[2:])]).transform("all")
    found.loc[~same, values] = np.nan
    return found[values].astype({"low": "float64", "high": "float64"}).set_axis(shares.index)
