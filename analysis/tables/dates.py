"""One clock: the first and the last day of years, windows, months and days."""

import pandas as pd


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
