"""What shares say: concentration, both sides of a pair, change, revisions, and windows around an event."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import COLUMNS, KEY, computed_by_release, require

_SERIES = ["recipient", "supplier", "of"]
_GROUP = ["country", "of", "first_year", "last_year", "source"]
#: Shares that leave less than this of 100 per cent are complete: what is left is the noise of floats.
_NOTHING = 1e-9


def dependence(shares: pd.DataFrame) -> pd.DataFrame:
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
    >>> dependence(three)[["largest", "cr3_percent", "hhi_low", "hhi_high", "suppliers"]].round(2)
      largest  cr3_percent  hhi_low  hhi_high  suppliers
    0   China        100.0     0.66      0.66          3
    >>> dependence(three.head(2))[["listed_percent", "hhi_low", "hhi_high"]].round(2)
       listed_percent  hhi_low  hhi_high
    0            90.0     0.65      0.66
    """
    require(shares, [*KEY, "percent", "rank"], "shares")
    rows = _sided(_once(shares))
    rows = rows.sort_values([*_GROUP, "percent", "partner"], ascending=[True] * 5 + [False, True])
    share = rows["percent"] / 100
    rows = rows.assign(
        square=share**2,
        entropy=(-share * np.log(share.where(share > 0))).where(share.ne(0), 0.0),
        place=rows.groupby(_GROUP).cumcount(),
        settled=_settled(rows),
        positive=rows["percent"] > 0,
    )
    group = rows.groupby(_GROUP)
    found = group.agg(
        listed_percent=("percent", lambda p: p.sum(min_count=1)),
        hhi_low=("square", "sum"),
        effective_entropy=("entropy", "sum"),
        suppliers=("positive", "sum"),
        top=("percent", "max"),
    )
    found["rest"] = (100 - found["listed_percent"]).clip(lower=0).mask(lambda rest: rest <= _NOTHING, 0.0)
    found["cap"] = rows[rows["settled"]].groupby(_GROUP)["percent"].min()
    found = found.join(_leading(rows, found))
    found["hhi_high"] = (found["hhi_low"] + _largest_squares(found["rest"], found["cap"])).clip(upper=1)
    found["effective_entropy"] = np.exp(found["effective_entropy"]).where(found["rest"] == 0)
    measured = ["hhi_low", "hhi_high", "effective_entropy"]
    found[measured] = found[measured].where(found["listed_percent"] > 0)
    found["effective_low"], found["effective_high"] = 1 / found["hhi_high"], 1 / found["hhi_low"]
    return found.reset_index()[
        [
            *_GROUP,
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
        more); salience √(m·x) and symmetry 1 − |m − x| (0–1, from m and x as fractions). What one of the two
        sides does not give is missing.

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
    rows = _pair(_once(shares), recipient, supplier)
    keys = ["recipient", "supplier", "first_year", "last_year", "source"]
    sides = rows.set_index([*keys, "of"])["percent"].unstack("of").reindex(columns=list(tables.ENDS))
    found = sides.set_axis(["import_percent", "export_percent"], axis=1).reset_index()
    m, x = found["import_percent"] / 100, found["export_percent"] / 100
    found = found.assign(gap=100 * (m - x), salience=np.sqrt(m * x), symmetry=1 - (m - x).abs())
    return found.sort_values(["source", "first_year", "last_year"], ignore_index=True)


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
        missing where that source does not give the earlier window.

    Raises
    ------
    ValueError
        If columns are missing or a share occurs twice.

    Notes
    -----
    Windows that overlap share deliveries, so they are not compared; nor are windows of two editions, between
    which SIPRI revises the past. A fact sheet compares the same way: 2017–21 with 2012–16. A missing earlier
    share is not zero: a change from nothing has no number here.

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
    rows = _once(shares)
    length = rows["last_year"] - rows["first_year"] + 1
    found = rows.assign(earlier_first_year=rows["first_year"] - length, earlier_last_year=rows["last_year"] - length)
    names = {"first_year": "earlier_first_year", "last_year": "earlier_last_year", "percent": "earlier_percent"}
    earlier = rows[[*KEY, "percent"]].rename(columns=names)
    keys = [*_SERIES, "source", "earlier_first_year", "earlier_last_year"]
    found = found.merge(earlier, how="left", on=keys)
    return found.assign(change_points=found["percent"] - found["earlier_percent"])


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
    rows = _once(shares)
    window = [*_SERIES, "first_year", "last_year"]
    if transfers is not None:
        again = computed_by_release(transfers, (rows["last_year"] - rows["first_year"] + 1).unique())
        again = again[list(COLUMNS)].merge(rows[window].drop_duplicates(), on=window)
        rows = pd.concat([rows, again], ignore_index=True) if len(again) else rows
        rows = rows.drop_duplicates(KEY)
    own = rows["source"].map(tables.is_own).astype(bool)
    edition = rows["source"].str.extract(r"(\d{4})$", expand=False).astype("float64")
    later = edition.ne(rows["last_year"] + 1) & edition.notna()
    rows = rows.assign(role=np.select([own, later], ["computed", "restated"], "printed"), edition=edition)
    first = rows[rows["role"].eq("printed") & edition.notna()].groupby(window)["percent"].first()
    rows = rows.join(first.rename("first_printed"), on=window)
    rows["revision_points"] = rows["percent"] - rows["first_printed"]
    rows = rows.assign(own=own).sort_values([*window, "edition", "own"], kind="stable", ignore_index=True)
    return rows.drop(columns=["edition", "own"])


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
    require(shares, COLUMNS, "shares")
    rows = _sided(_once(shares))
    deleted = _deleted(rows, partner)
    rows = rows.merge(deleted, how="left", on=_GROUP)
    rows = rows[rows["partner"].ne(rows["without"]) | rows["without"].isna()].reset_index(drop=True)
    above = rows["rank"].astype("float64").gt(rows["deleted_rank"]).fillna(False)
    left = 100 - rows["deleted"]
    empty = pd.Series(np.nan, index=rows.index, dtype="str")
    return rows.assign(
        source=tables.OWN + rows["source"].map(tables.release).astype("str"),
        percent=(100 * rows["percent"] / left.where(left > 0)).clip(upper=100),
        decimals=pd.array([pd.NA] * len(rows), dtype="Int64"),
        rank=(rows["rank"].astype("Int64") - above.astype("int64")).where(rows["deleted"].notna()),
        read_at=empty,
        verification=empty.fillna("computed"),
    )[[*shares.columns, "without"]]


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
    rows = _once(shares)
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
    series = [*_SERIES, "source"]
    crossed = dated.merge(rows[[*KEY, "percent"]].sort_values("last_year"), how="cross")
    keys = ["event", *series]
    before = crossed[crossed["last_year"] < crossed["first_day_year"]].groupby(keys).tail(1)
    after = crossed[crossed["first_year"] > crossed["last_day_year"]].groupby(keys).head(1)
    inside = crossed[
        crossed["first_year"].le(crossed["last_day_year"]) & crossed["last_year"].ge(crossed["first_day_year"])
    ].groupby(keys)["last_year"]
    found = dated[["event", "start", "end"]].merge(rows[series].drop_duplicates(), how="cross")
    for name, edge in (("before", before), ("after", after)):
        edge = edge.set_index(keys)[["first_year", "last_year", "percent"]].add_prefix(f"{name}_")
        found = found.join(edge.astype(dict.fromkeys(edge.columns[:2], "Int64")), on=keys)
    found["change_points"] = found["after_percent"] - found["before_percent"]
    found = found.join(inside.min().astype("Int64").rename("containing_first"), on=keys)
    return found.join(inside.max().astype("Int64").rename("containing_last"), on=keys)


def _once(shares: pd.DataFrame) -> pd.DataFrame:
    """`shares` with a fresh index, if no share occurs twice."""
    repeated = shares[shares.duplicated(KEY, keep=False)]
    if len(repeated):
        shown = repeated[[*KEY, "percent"]].head(4).to_string(index=False)
        raise ValueError(f"{len(repeated)} rows give the same share more than once:\n{shown}")
    return shares.reset_index(drop=True)


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
    better = rank.groupby([rows[column] for column in _GROUP]).rank(method="min") - 1
    return better.ge(rank - 1) & rank.notna()


def _leading(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The largest partner and the sum of the three largest, where no unlisted partner could overturn them."""
    rows = rows.join(found[["rest"]], on=_GROUP)
    certain = rows["settled"] | rows["percent"].ge(rows["rest"])
    first = rows[rows["place"].eq(0) & certain].set_index(_GROUP)[["partner", "percent"]]
    third = rows[rows["place"].eq(2) & certain].set_index(_GROUP).index
    complete = found.index[found["rest"].eq(0)]
    three = rows[rows["place"] < 3].groupby(_GROUP)["percent"].sum()
    three = three[three.index.isin(third) | three.index.isin(complete)]
    return first.set_axis(["largest", "largest_percent"], axis=1).join(three.rename("cr3_percent"), how="outer")


def _largest_squares(rest: pd.Series, cap: pd.Series) -> pd.Series:
    """The most that `rest` per cent can add to H in pieces of at most `cap` per cent."""
    cap = cap.fillna(rest).clip(upper=rest)
    pieces = np.floor(rest / cap.where(cap > 0)).fillna(0)
    return (pieces * cap**2 + (rest - pieces * cap) ** 2).where(cap > 0, 0.0) / 100**2


def _pair(shares: pd.DataFrame, recipient: str, supplier: str) -> pd.DataFrame:
    tables.known(recipient, shares["recipient"].unique(), "recipient in these shares")
    tables.known(supplier, shares["supplier"].unique(), "supplier in these shares")
    rows = shares[shares["recipient"].eq(recipient) & shares["supplier"].eq(supplier)]
    if rows.empty:
        listed = ", ".join(shares.loc[shares["recipient"].eq(recipient), "supplier"].unique()[:12])
        raise ValueError(f"No share of {supplier} and {recipient}. Suppliers listed for {recipient}: {listed}.")
    return rows


def _deleted(rows: pd.DataFrame, partner: str | None) -> pd.DataFrame:
    """Per group the partner to delete (`without`), its share and its rank."""
    if partner is not None:
        tables.known(partner, rows["partner"].unique(), "partner in these shares")
        groups = rows.groupby(_GROUP)["percent"].sum().reset_index(name="listed")
        named = rows.loc[rows["partner"].eq(partner), [*_GROUP, "percent", "rank"]]
        groups = groups.merge(named, how="left", on=_GROUP)
        # Not in a complete list: nothing was delivered, so nothing is deleted.
        absent = groups["percent"].isna() & groups["listed"].ge(100 - _NOTHING)
        percent = groups["percent"].mask(absent, 0.0)
        rank = groups["rank"].astype("float64").mask(absent, np.inf)
        return groups[_GROUP].assign(without=partner, deleted=percent, deleted_rank=rank)
    largest = dependence(rows)[[*_GROUP, "largest", "largest_percent"]]
    rank = rows[[*_GROUP, "partner", "rank"]].rename(columns={"partner": "largest", "rank": "deleted_rank"})
    largest = largest.merge(rank, how="left", on=[*_GROUP, "largest"])
    largest["deleted_rank"] = largest["deleted_rank"].astype("float64")
    return largest.rename(columns={"largest": "without", "largest_percent": "deleted"})
