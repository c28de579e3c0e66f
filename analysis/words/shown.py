"""A table as a reader sees it in a notebook."""

from collections.abc import Iterable
from html import escape

import pandas as pd
from pandas.api.types import is_float_dtype, is_integer_dtype, is_numeric_dtype

from analysis import tables
from analysis.words.telling import percent, source_line

#: From this many letters on a text wraps anywhere, so that a long address in it does not widen the table.
LONG = 60

#: Whole numbers that all lie between these are years; others are counts and have their thousands set apart.
YEARS = (1900, 2100)


def table(
    frame: pd.DataFrame, *, columns: Iterable[str] | None = None, decimals: int = 1
) -> "pd.io.formats.style.Styler":
    """A frame set for reading: text to the left, shares as SIPRI writes them, a dash for what is missing, its sources.

    Parameters
    ----------
    frame
        Any table. If it has a column `source`, the source line stands under it, whether that column is shown or not.
    columns
        The columns to show, in this order; without them all.
    decimals
        Decimals of numbers that are no shares.

    Returns
    -------
    Styler
        A notebook cell shows it. The frame itself is not changed.

    Raises
    ------
    ValueError
        If there is no such column; the nearest is given.

    Examples
    --------
    >>> from analysis import load
    >>> html = table(load.shares(recipient="Pakistan", edition=2026), columns=["supplier", "percent"]).to_html()
    >>> "Source: SIPRI Fact Sheet, March 2026 edition." in html
    True
    """
    wanted = [tables.known(column, frame.columns, "column") for column in columns or frame.columns]
    shown = frame[wanted].reset_index(drop=True)
    ways = {column: f"{{:,.{decimals}f}}" for column in shown if is_float_dtype(shown[column])}
    whole = [column for column in shown if is_integer_dtype(shown[column])]
    ways |= {column: "{:,}" for column in whole if not shown[column].dropna().between(*YEARS).all()}
    ways |= {column: percent for column in shown if column.endswith("percent")}
    text = [place for place, column in enumerate(shown) if not is_numeric_dtype(shown[column])]
    long = [place for place in text if shown.iloc[:, place].astype(str).str.len().gt(LONG).any()]
    styled = shown.style.hide().format(ways, na_rep="–", escape="html").format_index(_foldable, axis=1)
    styled = styled.set_table_styles(
        [
            {"selector": "th, td", "props": "vertical-align: top"},
            {"selector": _cells(text), "props": "text-align: left"},
            {"selector": _cells(long), "props": "overflow-wrap: anywhere; min-width: 12em"},
            {"selector": "caption", "props": "caption-side: bottom; text-align: left"},
        ]
    )
    if frame.empty:
        return styled.set_caption("No such rows.")
    return styled.set_caption(escape(source_line(frame))) if "source" in frame.columns else styled


def _foldable(name: object) -> str:
    """The name of a column, which may be broken behind its underscores where there is little room."""
    return escape(str(name)).replace("_", "_<wbr>")


def _cells(places: list[int]) -> str:
    return ", ".join(f".col{place}" for place in places) or "none"
