"""A country's place in the world's arms trade as a sentence."""

import pandas as pd

from analysis.words import capital, cited, name, percent, possessive, window

_ORDINALS = ("", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ", "ninth ", "tenth ")
_NEEDED = ["country", "role", "first_year", "last_year", "source", "percent_of_world"]


def standing(row: pd.Series) -> str:
    """One country's share of world exports or imports as a sentence that can be quoted.

    Parameters
    ----------
    row
        A row of `load.totals` or `measure.world`. Without a rank the sentence gives the share alone.

    Raises
    ------
    ValueError
        If one of the columns without which a share means nothing is missing.

    Examples
    --------
    >>> from analysis import load
    >>> totals = load.totals(country="China", role="exporter", edition=2022, since=2021)
    >>> standing(totals.iloc[0])
    "China was the fourth largest exporter, with 4.6 per cent of the world's arms exports in 2017–21 (SIPRI, ..."
    """
    missing = [column for column in _NEEDED if column not in row.index or pd.isna(row[column])]
    if missing:
        raise ValueError(
            f"A share of the world is no number without its {', '.join(missing)}; this row has {list(row.index)}."
        )
    side = "exports" if row["role"] == "exporter" else "imports"
    figure, trade = f"{percent(row['percent_of_world'])} per cent", f"the world's arms {side}"
    years, rank = window(row["first_year"], row["last_year"]), row.get("rank")
    if pd.isna(rank):
        told = f"{possessive(row['country'])} share of {trade} was {figure} in {years}"
    else:
        place = f"the {_ordinal(int(rank))}largest {row['role']}"
        told = f"{name(row['country'])} was {place}, with {figure} of {trade} in {years}"
    return f"{capital(told)} ({cited(row)})"


def _ordinal(rank: int) -> str:
    """Which largest: nothing for the first, words to the tenth, then 11th, 22nd, 113th."""
    if rank <= len(_ORDINALS):
        return _ORDINALS[rank - 1]
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending} "
