"""How concentrated a country's trade is, and what is left without one partner."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import COLUMNS, GIVEN, KEY, require, unique_shares

_GROUP = ["country", "of", "first_year", "last_year", "source"]
#: Shares that leave less than this of 100 per cent are complete: what is left is the noise of floats.
_NOTHING = 1e-9


def concentration(shares: pd.DataFrame) -> pd.DataFrame:
    """One row is how concentrated one country's arms imports or exports were in one window, in one source.

    Parameters
    ----------
    shares
        Printed or computed shares. The rows of one country, direction, window and source are read together.

    Returns
    -------
    DataFrame
        country, of, first_year, last_year, source; largest (the largest partner), largest_percent, cr3_percent
        (the three largest together), listed_percent (all partners listed), all in per cent; hhi_low, hhi_high
        (Herfindahl–Hirschman index, 0–1); effective_low, effective_high (1/HHI, a number of partners);
        effective_entropy (exp(−Σ m ln m), a number of partners, only where all are listed); suppliers (how many
        partners are listed with more than 0 per cent; for exports these are recipients).

    Raises
    ------
    ValueError
        If columns are missing or a share occurs twice.

    Notes
    -----
    HHI is H = Σ m², the sum of squared shares (Herfindahl 1950). Hirschman's own index (1945) is its square
    root. Prefer the effective number 1/H to normalised indices, which jump when a tiny supplier appears.

    Fact sheets list three partners, so concentration comes as bounds. Low: what is not listed is split without
    end and adds nothing. High: it comes in pieces as large as they can be, none larger than the smallest ranked
    partner whose betters are all listed; without such a rank, in one piece. Where every partner is listed the
    bounds meet. A largest partner or a CR3 that an unlisted partner could overturn is missing, not guessed.

    Values are read as printed; what their rounding leaves open (`interval`) is not in the bounds, and printed
    shares that add up to a little over 100 leave nothing unlisted.

    Examples
    --------
    >>> three = pd.DataFrame({"recipient": "Pakistan", "supplier": ["China", "Russia", "Italy"],
    ...     "of": "imports", "first_year": 2017, "last_year": 2021, "source": "invented",
    ...     "percent": [80.0, 10.0, 10.0], "rank": [1, 2, 2]})
    >>> concentration(three)[["largest", "cr3_percent", "hhi_low", "hhi_high", "suppliers"]].round(2)
      largest  cr3_percent  hhi_low  hhi_high  suppliers
    0   China        100.0     0.66      0.66          3
    >>> concentration(three.head(2))[["listed_percent", "hhi_low", "hhi_high"]].round(2)
       listed_percent  hhi_low  hhi_high
    0            90.0     0.65      0.66
    """
    require(shares, [*KEY, "percent", "rank"], "shares")
    rows = _sided(unique_shares(shares))
    keys = _group_key(rows)
    rows = rows.sort_values([*keys, "percent", "partner"], ascending=[True] * len(keys) + [False, True])
    rows = rows.assign(group=rows.groupby(keys, dropna=False).ngroup())
    share = rows["percent"] / 100
    rows = rows.assign(
        square=share**2,
        entropy=(-share * np.log(share.where(share > 0))).where(share.ne(0), 0.0),
        place=rows.groupby("group").cumcount(),
        positive=rows["percent"] > 0,
    )
    rows["settled"] = _settled(rows)
    group = rows.groupby("group")
    found = group.agg(
        hhi_low=("square", "sum"),
        effective_entropy=("entropy", "sum"),
        suppliers=("positive", "sum"),
    )
    found.insert(0, "listed_percent", group["percent"].sum(min_count=1))
    found["rest"] = (100 - found["listed_percent"]).clip(lower=0).mask(lambda rest: rest <= _NOTHING, 0.0)
    found["cap"] = rows[rows["settled"]].groupby("group")["percent"].min()
    found = found.join(_leading(rows, found))
    found["hhi_high"] = (found["hhi_low"] + _largest_squares(found["rest"], found["cap"])).clip(upper=1)
    found["effective_entropy"] = np.exp(found["effective_entropy"]).where(found["rest"] == 0)
    measured = ["hhi_low", "hhi_high", "effective_entropy"]
    found[measured] = found[measured].where(found["listed_percent"] > 0)
    found["effective_low"], found["effective_high"] = 1 / found["hhi_high"], 1 / found["hhi_low"]
    return (
        rows.drop_duplicates("group")
        .set_index("group")[keys]
        .join(found)
        .reset_index(drop=True)[
            [
                *keys,
                "largest",
                "largest_percent",
                "cr3_percent",
                "listed_percent",
                "hhi_low",
                "hhi_high",
                "effective_low",
                "effective_high",
                "effective_entropy",
                "suppliers",
            ]
        ]
    )


def without(shares: pd.DataFrame, *, partner: str | None = None) -> pd.DataFrame:
    """One row is one partner's share of what is left after one partner is deleted.

    Parameters
    ----------
    shares
        Printed or computed shares.
    partner
        The country to delete; by default the largest partner of each country, direction, window and source.

    Returns
    -------
    DataFrame
        The columns of `shares` and `without` (the partner deleted). percent is p / (100 − deleted) × 100, per
        cent of what is left; partners that were not listed stay unlisted. source says that it is our own
        calculation. Where the deleted share is not known, because a fact sheet lists neither it nor all others,
        percent is missing.

    Raises
    ------
    ValueError
        If the partner is in no row, columns are missing or a share occurs twice.

    Notes
    -----
    Deleting is arithmetic, not a forecast: it shows how the rest is spread, not who would step in. Printed shares
    can be recomputed because their total, 100, is known even where partners are not; their rounding grows by
    100 / (100 − deleted).

    Examples
    --------
    >>> three = pd.DataFrame({"recipient": "Pakistan", "supplier": ["China", "Russia", "Italy"],
    ...     "of": "imports", "first_year": 2017, "last_year": 2021, "source": "invented",
    ...     "percent": [80.0, 15.0, 5.0], "decimals": 0, "rank": [1, 2, 3], "read_at": "", "verification": "",
    ...     "note": ""})
    >>> without(three)[["supplier", "percent", "rank", "without"]]
      supplier  percent  rank without
    0   Russia     75.0     1   China
    1    Italy     25.0     2   China
    """
    require(shares, GIVEN, "shares")
    rows = _sided(unique_shares(shares))
    deleted = _deleted(rows, partner)
    rows = rows.merge(deleted, how="left", on=_group_key(rows))
    rows = rows[rows["partner"].ne(rows["without"]) | rows["without"].isna()].reset_index(drop=True)
    above = rows["rank"].astype("float64").gt(rows["deleted_rank"]).fillna(False)
    left = 100 - rows["deleted"]
    empty = pd.Series(np.nan, index=rows.index, dtype="str")
    return rows.assign(
        basis=tables.calculated(rows),
        percent=(100 * rows["percent"] / left.where(left > 0)).clip(upper=100),
        decimals=pd.array([pd.NA] * len(rows), dtype="Int64"),
        rank=(rows["rank"].astype("Int64") - above.astype("int64")).where(rows["deleted"].notna()),
        read_at=empty,
        verification=empty.fillna("computed"),
    )[[*(column for column in rows.columns if column in {*COLUMNS, *shares.columns}), "without"]]


def _group_key(rows: pd.DataFrame) -> list[str]:
    """What makes one country's shares of one window one whole: all that qualifies them, too."""
    return [*_GROUP, *tables.kinds.qualifiers(rows)]


def _sided(shares: pd.DataFrame) -> pd.DataFrame:
    """With `country`, whose total is divided, and `partner`, who has a share of it."""
    imports = shares["of"].eq("imports")
    return shares.assign(
        country=shares["recipient"].where(imports, shares["supplier"]),
        partner=shares["supplier"].where(imports, shares["recipient"]),
    )


def _settled(rows: pd.DataFrame) -> pd.Series:
    """Whether all partners with a better rank are listed, so that no unlisted one can be larger."""
    rank = rows["rank"].astype("float64")
    better = rank.groupby(rows["group"]).rank(method="min") - 1
    return better.ge(rank - 1) & rank.notna()


def _leading(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The largest partner and the sum of the three largest, where no unlisted partner could overturn them."""
    rows = rows.join(found[["rest"]], on="group")
    certain = rows["settled"] | rows["percent"].ge(rows["rest"])
    first = rows[rows["place"].eq(0) & certain].set_index("group")[["partner", "percent"]]
    third = rows[rows["place"].eq(2) & certain].set_index("group").index
    complete = found.index[found["rest"].eq(0)]
    three = rows[rows["place"] < 3].groupby("group")["percent"].sum()
    three = three[three.index.isin(third) | three.index.isin(complete)]
    return first.set_axis(["largest", "largest_percent"], axis=1).join(three.rename("cr3_percent"), how="outer")


def _largest_squares(rest: pd.Series, cap: pd.Series) -> pd.Series:
    """The most that `rest` per cent can add to H in pieces of at most `cap` per cent."""
    cap = cap.fillna(rest).clip(upper=rest)
    pieces = np.floor(rest / cap.where(cap > 0)).fillna(0)
    return (pieces * cap**2 + (rest - pieces * cap) ** 2).where(cap > 0, 0.0) / 100**2


def _deleted(rows: pd.DataFrame, partner: str | None) -> pd.DataFrame:
    """Per group the partner to delete (`without`), its share and its rank."""
    keys = _group_key(rows)
    if partner is not None:
        partner = tables.party(partner, rows["partner"].unique(), "partner in these shares")
        groups = rows.groupby(keys, dropna=False)["percent"].sum().reset_index(name="listed")
        named = rows.loc[rows["partner"].eq(partner), [*keys, "percent", "rank"]]
        groups = groups.merge(named, how="left", on=keys)
        # Not in a complete list: nothing was delivered, so nothing is deleted.
        absent = groups["percent"].isna() & groups["listed"].ge(100 - _NOTHING)
        percent = groups["percent"].mask(absent, 0.0)
        rank = groups["rank"].astype("float64").mask(absent, np.inf)
        return groups[keys].assign(without=partner, deleted=percent, deleted_rank=rank)
    largest = concentration(rows)[[*keys, "largest", "largest_percent"]]
    rank = rows[[*keys, "partner", "rank"]].rename(columns={"partner": "largest", "rank": "deleted_rank"})
    largest = largest.merge(rank, how="left", on=[*keys, "largest"])
    largest["deleted_rank"] = largest["deleted_rank"].astype("float64")
    return largest.rename(columns={"largest": "without", "largest_percent": "deleted"})
