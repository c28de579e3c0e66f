"""One share beside another: the other side of the pair, the window before, other editions."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import KEY, computed_by_release, require, share_columns, share_key, unique_shares

_SERIES = ["recipient", "supplier", "of"]
#: The two sides of a pair, by direction.
SIDES = {"imports": "import_percent", "exports": "export_percent"}


def mutual(shares: pd.DataFrame, *, recipient: str, supplier: str) -> pd.DataFrame:
    """One row is how much the two ends of one pair depend on each other in one window, in one source.

    Parameters
    ----------
    shares
        Printed or computed shares.
    recipient, supplier
        The pair.

    Returns
    -------
    DataFrame
        recipient, supplier, first_year, last_year, source; import_percent (the supplier's share of the
        recipient's imports), export_percent (the recipient's share of the supplier's exports), both in per
        cent; gap (import_percent − export_percent, percentage points; positive where the recipient depends
        more); salience √(m·x) and symmetry 1 − |m − x| (0–1, from m and x as fractions). Where the whole trade of a
        country is known and the pair has no part in it, the share is 0; what is not known is missing.

    Raises
    ------
    ValueError
        If the pair has no share.

    Notes
    -----
    Hirschman 1945 reads the two sides against each other; salience and symmetry are Barbieri's (1996, Journal of
    Peace Research 33). Shares of major arms only: neither side says how easily a partner could be replaced.

    Examples
    --------
    >>> both = pd.DataFrame({"recipient": "Pakistan", "supplier": "China", "of": ["imports", "exports"],
    ...     "first_year": 2017, "last_year": 2021, "source": "invented", "percent": [72.0, 47.0]})
    >>> found = mutual(both, recipient="Pakistan", supplier="China")
    >>> found[["import_percent", "export_percent", "gap", "salience", "symmetry"]].round(3)
       import_percent  export_percent   gap  salience  symmetry
    0            72.0            47.0  25.0     0.582      0.75
    """
    require(shares, [*KEY, "percent"], "shares")
    every = unique_shares(shares)
    rows = _pair(every, recipient, supplier)
    pair = {end: rows[end].iloc[0] for end in ("recipient", "supplier")}
    keys = [key for key in share_key(rows) if key not in ("of", *pair)]
    sides = {of: _side(every, rows, of, pair[tables.ENDS[of][0]], keys) for of in SIDES}
    found = pd.concat([side[keys] for side in sides.values()]).drop_duplicates(ignore_index=True)
    for of, side in sides.items():
        found = found.merge(side.rename(columns={"percent": SIDES[of]}), how="left", on=keys)
    found = found.assign(**pair)[["recipient", "supplier", *keys, *SIDES.values()]]
    m, x = found["import_percent"] / 100, found["export_percent"] / 100
    found = found.assign(gap=100 * (m - x), salience=np.sqrt(m * x), symmetry=1 - (m - x).abs())
    return found.sort_values(["source", "first_year", "last_year"], ignore_index=True)


def _side(every: pd.DataFrame, rows: pd.DataFrame, of: str, country: str, keys: list[str]) -> pd.DataFrame:
    """The pair's share of one direction, window by window: 0 where the country's whole trade is known without it."""
    side = rows.loc[rows["of"].eq(of), [*keys, "percent"]]
    whole = every["of"].eq(of) & every[tables.ENDS[of][0]].eq(country) & tables.is_own(every)
    known = every.loc[whole, keys].drop_duplicates().assign(percent=0.0)
    return pd.concat([side, known]).drop_duplicates(keys, ignore_index=True)


def change(shares: pd.DataFrame) -> pd.DataFrame:
    """One row is one share beside the same pair's share in the window just before, in the same source.

    Parameters
    ----------
    shares
        Printed or computed shares.

    Returns
    -------
    DataFrame
        The columns of `shares`; earlier_first_year, earlier_last_year (the window of the same length that ends
        the year before this one begins); earlier_percent (per cent) and change_points (percentage points),
        missing where that source does not give the earlier window; earlier_percent is 0 where the country's whole
        trade in it is known and this partner has no part in it.

    Raises
    ------
    ValueError
        If columns are missing or a share occurs twice.

    Notes
    -----
    Windows that overlap share deliveries, so they are not compared; nor are windows of two editions, between
    which SIPRI revises the past. A fact sheet compares the same way: 2017–21 with 2012–16. An earlier share
    that is not known is not zero.

    Examples
    --------
    >>> two = pd.DataFrame({"recipient": "Pakistan", "supplier": "China", "of": "imports",
    ...     "first_year": [2012, 2017], "last_year": [2016, 2021], "source": "invented",
    ...     "percent": [67.0, 72.0]})
    >>> change(two)[["last_year", "percent", "earlier_last_year", "earlier_percent", "change_points"]]
       last_year  percent  earlier_last_year  earlier_percent  change_points
    0       2016     67.0               2011              NaN            NaN
    1       2021     72.0               2016             67.0            5.0
    """
    require(shares, [*KEY, "percent"], "shares")
    rows = unique_shares(shares)
    length = rows["last_year"] - rows["first_year"] + 1
    found = rows.assign(earlier_first_year=rows["first_year"] - length, earlier_last_year=rows["last_year"] - length)
    names = {"first_year": "earlier_first_year", "last_year": "earlier_last_year", "percent": "earlier_percent"}
    key = share_key(rows)
    earlier = rows[[*key, "percent"]].rename(columns=names)
    keys = [names.get(column, column) for column in key]
    found = found.merge(earlier, how="left", on=keys)
    found["earlier_percent"] = found["earlier_percent"].mask(_known(rows, found, names), 0.0)
    return found.assign(change_points=found["percent"] - found["earlier_percent"])


def _known(rows: pd.DataFrame, found: pd.DataFrame, names: dict[str, str]) -> pd.Series:
    """Of which rows the earlier window is known whole, and the partner has no share of it."""
    country = rows["recipient"].where(rows["of"].eq("imports"), rows["supplier"])
    years = ["first_year", "last_year"]
    rest = [key for key in share_key(rows) if key not in ("recipient", "supplier", *years)]
    whole = rows.assign(country=country)[tables.is_own(rows)][["country", *rest, *years]].drop_duplicates()
    keys = ["country", *rest, *(names[year] for year in years)]
    there = found.assign(country=country).merge(whole.rename(columns=names), how="left", on=keys, indicator="there")
    return there["there"].eq("both") & found["earlier_percent"].isna()


def revisions(shares: pd.DataFrame, transfers: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row is how one window of one pair reads in one edition or release.

    Parameters
    ----------
    shares
        Printed shares, of as many editions as there are (and computed ones, if wanted).
    transfers
        Deliveries of one or several releases; each gives the same windows once more, on its own.

    Returns
    -------
    DataFrame
        The columns of `shares`; role (``printed``: by the edition that first covered the window; ``restated``:
        by a later edition; ``computed``: by us from a release); first_printed (per cent, as the first edition
        printed it; missing where no edition at hand did) and revision_points (percent − first_printed,
        percentage points).

    Raises
    ------
    ValueError
        If columns are missing or a share occurs twice.

    Notes
    -----
    A fact sheet appears in the year after its window ends, and its key ends with that year
    (``sipri-factsheet-2022`` prints 2017–21 first and restates 2012–16). SIPRI asks for figures to be taken from
    one edition only, because every release revises all years (SIPRI, Arms Transfers Database: sources and
    methods). Computed values differ from printed ones by rounding as well, up to half a unit of the printed.

    Examples
    --------
    >>> two = pd.DataFrame({"recipient": "Pakistan", "supplier": "China", "of": "imports",
    ...     "first_year": 2012, "last_year": 2016, "source": ["sipri-factsheet-2017", "sipri-factsheet-2022"],
    ...     "percent": [68.0, 67.0]})
    >>> revisions(two)[["source", "percent", "role", "first_printed", "revision_points"]]
                     source  percent      role  first_printed  revision_points
    0  sipri-factsheet-2017     68.0   printed           68.0              0.0
    1  sipri-factsheet-2022     67.0  restated           68.0             -1.0
    """
    require(shares, [*KEY, "percent"], "shares")
    rows = unique_shares(shares)
    window = [*_SERIES, "first_year", "last_year"]
    if transfers is not None:
        again = computed_by_release(transfers, (rows["last_year"] - rows["first_year"] + 1).unique())
        again = again[share_columns(again)].merge(rows[window].drop_duplicates(), on=window)
        rows = pd.concat([rows, again], ignore_index=True) if len(again) else rows
        rows = rows.drop_duplicates(share_key(rows))
    own = tables.is_own(rows)
    edition = rows["source"].map(lambda key: tables.record(key).year).astype("float64")
    later = edition.ne(rows["last_year"] + 1) & edition.notna()
    rows = rows.assign(role=np.select([own, later], ["computed", "restated"], "printed"), edition=edition)
    first = rows[rows["role"].eq("printed") & edition.notna()].groupby(window)["percent"].first()
    rows = rows.join(first.rename("first_printed"), on=window)
    rows["revision_points"] = rows["percent"] - rows["first_printed"]
    rows = rows.assign(own=own).sort_values([*window, "edition", "own"], kind="stable", ignore_index=True)
    return rows.drop(columns=["edition", "own"])


def _pair(shares: pd.DataFrame, recipient: str, supplier: str) -> pd.DataFrame:
    recipient = tables.party(recipient, shares["recipient"].unique(), "recipient in these shares")
    supplier = tables.party(supplier, shares["supplier"].unique(), "supplier in these shares")
    rows = shares[shares["recipient"].eq(recipient) & shares["supplier"].eq(supplier)]
    if rows.empty:
        listed = ", ".join(shares.loc[shares["recipient"].eq(recipient), "supplier"].unique()[:12])
        raise ValueError(f"No share of {supplier} and {recipient}. Suppliers listed for {recipient}: {listed}.")
    return rows
