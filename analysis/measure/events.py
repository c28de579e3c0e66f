"""Shares before and after events."""

import pandas as pd

from analysis import tables
from analysis.measure.rolling import KEY, require, share_key, unique_shares

_SERIES = ["recipient", "supplier", "of"]


def around(shares: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """One row is one event beside one series of shares: the last window before it and the first after it.

    Parameters
    ----------
    shares
        Shares of one source and one length of window.
    events
        Events with `event`, `start` and `end`, as `load.events` gives them; dates of any precision.

    Returns
    -------
    DataFrame
        event, start, end; recipient, supplier, of, source; before_first_year, before_last_year, before_percent
        (the last window that ends before the year of the event); after_first_year, after_last_year,
        after_percent (the first that begins after it); change_points (percentage points); containing_first,
        containing_last (the last years of the first and the last window that contain part of the event).
        Missing where the series has no such window.

    Raises
    ------
    ValueError
        If the shares come from several sources or have windows of several lengths, or there are no events.

    Notes
    -----
    Shares are known by calendar year, so a window is clear of an event only if it ends in an earlier year or begins
    in a later one. A five-year window labelled 2021 contains 2017; an event in 2020 touches the labels 2020 to
    2024. Before and after are up to a decade apart and hold whatever else happened then: timing is not cause.

    Examples
    --------
    >>> series = pd.DataFrame({"recipient": "Pakistan", "supplier": "China", "of": "imports",
    ...     "first_year": [2018, 2019, 2020], "last_year": [2019, 2020, 2021], "source": "invented",
    ...     "percent": [70.0, 72.0, 75.0]})
    >>> one = pd.DataFrame({"event": ["visit"], "start": ["2020-05"], "end": [None]})
    >>> around(series, one)[["event", "before_last_year", "containing_first", "containing_last"]]
       event  before_last_year  containing_first  containing_last
    0  visit              2019              2020             2021
    """
    require(shares, [*KEY, "percent"], "shares")
    require(events, ["event", "start", "end"], "events")
    rows = unique_shares(shares)
    tables.one_source(rows, "around")
    lengths = (rows["last_year"] - rows["first_year"] + 1).unique()
    if len(lengths) > 1:
        raise ValueError(f"Windows of {sorted(lengths.tolist())} years in one series: choose one length.")
    if events.empty:
        raise ValueError("No events: there is nothing to place the windows around.")
    days = tables.span(events)
    dated = events[["event", "start", "end"]].assign(
        first_day_year=days["start"].dt.year, last_day_year=days["end"].dt.year
    )
    series = [*_SERIES, "source", *tables.kinds.qualifiers(rows)]
    crossed = dated.merge(rows[[*share_key(rows), "percent"]].sort_values("last_year"), how="cross")
    keys = ["event", *series]
    before = crossed[crossed["last_year"] < crossed["first_day_year"]].groupby(keys, dropna=False).tail(1)
    after = crossed[crossed["first_year"] > crossed["last_day_year"]].groupby(keys, dropna=False).head(1)
    inside = crossed[
        crossed["first_year"].le(crossed["last_day_year"]) & crossed["last_year"].ge(crossed["first_day_year"])
    ].groupby(keys, dropna=False)["last_year"]
    found = dated[["event", "start", "end"]].merge(rows[series].drop_duplicates(), how="cross")
    for name, edge in (("before", before), ("after", after)):
        edge = edge.set_index(keys)[["first_year", "last_year", "percent"]].add_prefix(f"{name}_")
        found = found.join(edge.astype(dict.fromkeys(edge.columns[:2], "Int64")), on=keys)
    found["change_points"] = found["after_percent"] - found["before_percent"]
    found = found.join(inside.min().astype("Int64").rename("containing_first"), on=keys)
    return found.join(inside.max().astype("Int64").rename("containing_last"), on=keys)
