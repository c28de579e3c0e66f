"""Shares over rolling windows, computed only where the total they are a share of is whole."""

import warnings
from collections.abc import Iterable
from numbers import Integral

import numpy as np
import pandas as pd

from analysis import tables

#: The columns of a share, printed or computed.
COLUMNS = (
    "recipient",
    "supplier",
    "of",
    "first_year",
    "last_year",
    "source",
    "basis",
    "percent",
    "decimals",
    "rank",
    "read_at",
    "verification",
    "note",
)
#: Columns that shares typed by hand need as well; without `basis` they are taken as printed.
GIVEN = tuple(column for column in COLUMNS if column != "basis")
#: What makes a share one share.
KEY = ["recipient", "supplier", "of", "first_year", "last_year", "source"]

#: The columns of transfers that shares are computed from.
TRANSFERS = ["recipient", "supplier", "year", "tiv_million", "source", "imports_tiv", "exports_tiv"]
#: Rows at hand meet a total if they differ by no more than the last digits of a sum of floats.
_SAME = 1e-6
#: Percentages closer than this are tied: they differ only by the order in which floats were added.
_TIE_DECIMALS = 9
#: Half a unit: SIPRI's rounded tables show whole millions of TIV, and 0 for more than nothing and under 0.5.
_HALF_CELL = 0.5


def shares(
    transfers: pd.DataFrame,
    *,
    window: int = 5,
    of: str | None = None,
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """One row is one partner's share of one country's arms imports or exports in one window of years.

    Parameters
    ----------
    transfers
        Yearly deliveries of one release: recipient, supplier, year, tiv_million, source, and the totals
        imports_tiv and exports_tiv that `load.transfers` and `load.sipri` put beside each row.
    window
        Length of the window in years. SIPRI uses five, because deliveries swing from year to year.
    of
        ``imports`` (the supplier's share of the recipient's imports), ``exports`` (the recipient's share of the
        supplier's exports), or both.
    years
        First and last year that the rows cover, where that is known from elsewhere: a file on 1990–2020 covers
        1990 even if nothing was delivered then. Without it a country is covered from its first to its last
        year with deliveries.

    Returns
    -------
    DataFrame
        The columns of `load.shares`: recipient, supplier, of, first_year, last_year, source (the release), basis
        (``computed``; ``estimate`` or ``example`` where the deliveries are), percent (of the volume in TIV over the
        window; a ratio of sums), decimals (missing), rank (1 is the largest partner; ties share the smaller number),
        read_at (missing), verification (``computed``), note (missing); and generated, the day of a reader's own
        file, where the deliveries have it. A partner without deliveries in a window has no row.

    Raises
    ------
    ValueError
        If the rows come from several releases, the window is not a whole number of at least one year, or no
        total is whole for as long as the window; the reason is given for each country.

    Notes
    -----
    The formula is SIPRI's own (SIPRI, Arms Transfers Database: sources and methods): sums over the window, never
    the mean of yearly shares, which gives a year of two deliveries the weight of a year of two hundred.

    A total is whole in a year if the source holds all its partners (`imports_tiv`, `exports_tiv` are there) and
    the rows at hand still add up to it. So filter after measuring, not before: rows set aside beforehand make a
    total incomplete, and its share is left out rather than shown too large. A year without any row lies inside
    a window only as a year without deliveries. That reading is not open to rows that show signs of filtering,
    nor to a country with a single partner at hand, unless `years` says what is covered.

    TIV is a volume of major arms, not money: a share says nothing about prices or about small arms.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": ["China", "Russia", "China"], "year": [2020, 2020, 2021],
    ...     "tiv_million": [60.0, 30.0, 10.0], "source": "invented",
    ...     "imports_tiv": [90.0, 90.0, 10.0], "exports_tiv": np.nan})
    >>> shares(rows, window=2)[["supplier", "of", "first_year", "last_year", "percent", "rank"]]
      supplier       of  first_year  last_year  percent  rank
    0    China  imports        2020       2021     70.0     1
    1   Russia  imports        2020       2021     30.0     2
    """
    require_transfers(transfers)
    length, covered = length_of(window), period(years)
    tables.one_source(transfers, "shares")
    directions = list(tables.ENDS) if of is None else [tables.known(of, tables.ENDS, "direction (of)")]
    found = computed(transfers, length, directions, covered)
    if found.empty:
        raise ValueError(refusal(transfers, length, dict.fromkeys(directions)))
    _warn_of_parts(transfers, found, [of] if of else directions)
    return found[share_columns(found)]


class CoverageWarning(UserWarning):
    """A country that was asked for has no share, because the rows at hand are not all of its trade."""


#: A side with more countries than this was not asked for country by country.
_ASKED = 12


def _warn_of_parts(transfers: pd.DataFrame, found: pd.DataFrame, directions: list[str]) -> None:
    """Name the countries that were asked for, on the side with fewer countries, and have no share."""
    of = min(directions, key=lambda of: transfers[tables.ENDS[of][0]].nunique())
    side, partner = tables.ENDS[of]
    asked = set(transfers[side])
    left = sorted(asked - set(found.loc[found["of"].eq(of), side]))
    if left and len(asked) <= _ASKED:
        warnings.warn(
            f"No share of the arms {of} of {', '.join(left)}: these rows do not hold all {partner}s for as long as the "
            "window. measure.coverage says what is whole.",
            CoverageWarning,
            stacklevel=3,
        )


def windows(
    transfers: pd.DataFrame,
    *,
    recipient: str,
    supplier: str,
    lengths: int | Iterable[int] = (1, 3, 5, 7, 10),
    last_year: int | None = None,
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """One row is the share of one pair in one direction over one length of window; all windows end together.

    Parameters
    ----------
    transfers
        Yearly deliveries of one release, as for `shares`.
    recipient, supplier
        The pair.
    lengths
        Lengths of the window in years.
    last_year
        The year in which all windows end; by default the last that is covered in every direction.
    years
        First and last year that the rows cover, as for `shares`.

    Returns
    -------
    DataFrame
        The columns of `shares` and window_years (years). A length that reaches back before the first covered
        year, or in which the pair has no deliveries, has no row.

    Raises
    ------
    ValueError
        If the pair is not in the rows, no total of the two countries is whole, or the year is not covered.

    Notes
    -----
    The figure depends on the length: a single year swings with one ship, ten years remember suppliers that are
    gone. None of the lengths is the true one; five is SIPRI's.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": ["China", "Russia", "China"], "year": [2020, 2020, 2021],
    ...     "tiv_million": [60.0, 30.0, 10.0], "source": "invented",
    ...     "imports_tiv": [90.0, 90.0, 10.0], "exports_tiv": np.nan})
    >>> strip = windows(rows, recipient="Pakistan", supplier="China", lengths=[1, 2])
    >>> strip[["of", "window_years", "first_year", "last_year", "percent"]]
            of  window_years  first_year  last_year  percent
    0  imports             1        2021       2021    100.0
    1  imports             2        2020       2021     70.0
    """
    require_transfers(transfers)
    one = isinstance(lengths, Integral | str)
    wanted = sorted({length_of(length) for length in ([lengths] if one else lengths)})
    if not wanted:
        raise ValueError("lengths is empty: give at least one length of window in years, for example (1, 5, 10).")
    tables.one_source(transfers, "windows")
    covered = period(years)
    recipient = tables.party(recipient, transfers["recipient"].unique(), "recipient in these rows")
    supplier = tables.party(supplier, transfers["supplier"].unique(), "supplier in these rows")
    ends = {"imports": recipient, "exports": supplier}
    spans = {of: _covered_years(transfers, of, ends[of], covered) for of in tables.ENDS}
    spans = {of: span for of, span in spans.items() if len(span)}
    if not spans:
        raise ValueError(refusal(transfers, wanted[0], ends))
    end = _end(last_year, spans, ends)
    found = pd.concat([computed(transfers, length, spans, covered) for length in wanted])
    found["window_years"] = found["last_year"] - found["first_year"] + 1
    pair = found["recipient"].eq(recipient) & found["supplier"].eq(supplier) & found["last_year"].eq(end)
    if not pair.any():
        raise ValueError(
            f"No delivery from {supplier} to {recipient} in the windows of {', '.join(map(str, wanted))} years "
            f"that end in {end}; {_listed_spans(spans, ends)}."
        )
    strip = found[pair].sort_values(["of", "window_years"], ascending=[False, True])
    return strip[[*share_columns(strip), "window_years"]].reset_index(drop=True)


def coverage(
    transfers: pd.DataFrame,
    *,
    recipient: str | None = None,
    supplier: str | None = None,
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """One row is one country whose imports, or exports, these rows may hold whole, and the years in which they do.

    Parameters
    ----------
    transfers
        Yearly deliveries of one release, as for `shares`.
    recipient, supplier
        One pair: then the rows are the imports of the one and the exports of the other, whole or not.
    years
        First and last year that the rows cover, as for `shares`.

    Returns
    -------
    DataFrame
        country, role (recipient or supplier), of (imports or exports), whole (whether all its partners are at hand
        in any year), first_year and last_year (the first and the last such year; missing where there is none),
        source. Without a pair only what is whole is listed.

    Raises
    ------
    ValueError
        If the rows come from several releases, or the pair is not in them.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": ["China", "Russia", "China"], "year": [2020, 2020, 2021],
    ...     "tiv_million": [60.0, 30.0, 10.0], "source": "invented",
    ...     "imports_tiv": [90.0, 90.0, 10.0], "exports_tiv": np.nan})
    >>> coverage(rows, recipient="Pakistan", supplier="China")[["country", "of", "whole", "first_year", "last_year"]]
        country       of  whole  first_year  last_year
    0  Pakistan  imports   True        2020       2021
    1     China  exports  False        <NA>       <NA>
    """
    require_transfers(transfers)
    source, covered = tables.one_source(transfers, "coverage"), period(years)
    pair = {"imports": recipient, "exports": supplier}
    found = []
    for of, country in pair.items():
        role = tables.ENDS[of][0]
        spans = whole_windows(transfers, of, 1, covered).groupby("country")["last_year"].agg(["min", "max"])
        if country is not None:
            country = tables.party(country, transfers[role].unique(), f"{role} in these rows")
            spans = spans.reindex([country])
        elif any(pair.values()):
            continue
        spans = spans.astype("Int64").reset_index(names="country")
        spans = spans.rename(columns={"min": "first_year", "max": "last_year"})
        found.append(spans.assign(role=role, of=of, whole=spans["first_year"].notna(), source=source))
    columns = ["country", "role", "of", "whole", "first_year", "last_year", "source"]
    return pd.concat(found, ignore_index=True)[columns]


def require(frame: pd.DataFrame | None, columns: Iterable[str], what: str) -> None:
    """Refuse a frame that lacks columns, naming all of them."""
    if frame is None:
        raise ValueError(
            f"There are no {what}: the file read has no pairs of countries by year. Download the import/export values "
            "of one country, or a register, from SIPRI; the report of load.sipri says what this file holds."
        )
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(
            f"{what}: a table is needed, not {type(frame).__name__}; of what load.sipri gives, take .transfers or "
            ".totals."
        )
    missing = [column for column in columns if column not in frame.columns]
    if not missing:
        return
    hint = "; load.transfers and load.sipri give them" if what == "transfers" else ""
    has = ", ".join(map(str, frame.columns)) or "none"
    raise ValueError(f"{what}: columns missing: {', '.join(missing)}{hint}. It has: {has}.")


def require_transfers(transfers: pd.DataFrame | None) -> None:
    """Refuse a frame that is no table of transfers, or in which a delivery stands twice."""
    require(transfers, TRANSFERS, "transfers")
    refuse_repeats(transfers)


def refuse_repeats(rows: pd.DataFrame) -> None:
    """Refuse transfers, or deliveries of deals, that stand twice."""
    key = ["recipient", "supplier", "year", "source"]
    if "deal" in rows.columns:  # a register has at most one row per deal and year
        rows, key = rows[rows["deal"].notna()], ["deal", "year", "source"]
    elif {"category", "designation"} & set(rows.columns):
        return  # parts of a cell
    repeated = rows[rows.duplicated(key)]
    for row in repeated.head(1).itertuples():
        raise ValueError(
            f"{len(repeated)} deliver{'ies stand' if len(repeated) > 1 else 'y stands'} twice, as {row.supplier} to "
            f"{row.recipient} in {row.year}: where frames of two files were put together, shares come out wrong. "
            "load.sipri([one_file, other_file]) joins files and counts each cell once."
        )


def share_columns(shares: pd.DataFrame) -> list[str]:
    """The columns of a share, and the day of the reader's file that it was computed from, where there is one."""
    return [*COLUMNS, *(["generated"] if "generated" in shares.columns else [])]


def share_key(shares: pd.DataFrame) -> list[str]:
    """What makes a row of these shares one share: pair, direction, window and source, and all that qualifies it."""
    return [*KEY, *tables.kinds.qualifiers(shares)]


def unique_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """`shares` with a fresh index and the basis of every row, if no share occurs twice."""
    rows = shares.reset_index(drop=True)
    rows["basis"] = tables.basis(rows)
    repeated = rows[rows.duplicated(share_key(rows), keep=False)]
    if len(repeated):
        shown = repeated[[*KEY, "percent"]].head(4).to_string(index=False)
        raise ValueError(f"{len(repeated)} rows give the same share more than once:\n{shown}")
    return rows


def year_range(first: int, last: int) -> str:
    """A window as it is written in a sentence.

    >>> year_range(2017, 2021), year_range(1998, 2002), year_range(2021, 2021)
    ('2017–21', '1998–2002', '2021')
    """
    if first == last:
        return str(first)
    return f"{first}–{last % 100:02d}" if first // 100 == last // 100 else f"{first}–{last}"


def computed(
    transfers: pd.DataFrame, length: int, directions: Iterable[str], covered: tuple[int, int] | None
) -> pd.DataFrame:
    """All shares of windows of `length` years in one release, with `low` and `high`; empty if no total is whole."""
    found = pd.concat([_one_direction(transfers, of, length, covered) for of in directions])
    order = ["of", "country", "last_year", "rank", "partner"]
    found = found.sort_values(order, ascending=[False, True, True, True, True]).reset_index(drop=True)
    found = as_own(found, transfers)
    return found[[*share_columns(found), "low", "high"]]


def as_own(found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Shares marked as our calculation from `rows`, with what only printed shares have left missing."""
    empty = pd.Series(np.nan, index=found.index, dtype="str")
    if "generated" in rows.columns and rows["generated"].notna().any():
        found = found.assign(generated=empty.fillna(rows["generated"].dropna().max()))
    return found.assign(
        source=empty.fillna(str(rows["source"].iloc[0])),
        basis=empty.fillna(tables.calculated(rows)),
        decimals=pd.Series(pd.NA, index=found.index, dtype="Int64"),
        read_at=empty,
        verification=empty.fillna("computed"),
        note=empty,
    )


def computed_by_release(
    transfers: pd.DataFrame, lengths: Iterable[int], covered: tuple[int, int] | None = None
) -> pd.DataFrame:
    """All shares of windows of these lengths, release by release; releases are never added together."""
    require_transfers(transfers)
    releases = [rows for _, rows in transfers.groupby("source", sort=False)]
    found = [computed(rows, length_of(n), tables.ENDS, covered) for rows in releases for n in sorted(set(lengths))]
    found = [frame for frame in found if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*COLUMNS, "low", "high"])


def _one_direction(transfers: pd.DataFrame, of: str, length: int, covered: tuple[int, int] | None) -> pd.DataFrame:
    country, partner = tables.ENDS[of]
    cells = pd.DataFrame(
        {
            "country": transfers[country].to_numpy(),
            "partner": transfers[partner].to_numpy(),
            "year": transfers["year"].to_numpy(dtype="int64"),
            "tiv": transfers["tiv_million"].to_numpy(dtype="float64"),
        }
    )
    cells["least"] = (cells["tiv"] - _HALF_CELL).clip(lower=0)
    cells["most"] = cells["tiv"] + _HALF_CELL
    sums = _rolled(cells, length).merge(whole_windows(transfers, of, length, covered), on=["country", "last_year"])
    group = sums.groupby(["country", "last_year"])
    total = {value: group[value].transform("sum") for value in ("tiv", "least", "most")}
    sums["percent"] = 100 * sums["tiv"] / total["tiv"]
    # The partner's own cells lean one way and all others the opposite way.
    sums["low"] = 100 * sums["least"] / (sums["least"] + total["most"] - sums["most"])
    sums["high"] = 100 * sums["most"] / (sums["most"] + total["least"] - sums["least"])
    sums = sums[total["tiv"] > 0]
    rank = sums["percent"].round(_TIE_DECIMALS).groupby([sums["country"], sums["last_year"]])
    return sums.assign(
        **{country: sums["country"], partner: sums["partner"]},
        of=of,
        first_year=sums["last_year"] - length + 1,
        rank=rank.rank(ascending=False, method="min").astype("Int64"),
    )


def _rolled(cells: pd.DataFrame, length: int) -> pd.DataFrame:
    """Sums per pair and window."""
    keys = ["country", "partner", "last_year"]
    return in_windows(cells, length).groupby(keys, as_index=False)[["tiv", "least", "most"]].sum()


def in_windows(rows: pd.DataFrame, length: int) -> pd.DataFrame:
    """Each row once for every window of `length` years that its `year` falls in, with the `last_year` of the window."""
    counted = rows.loc[rows.index.repeat(length)]
    return counted.assign(last_year=counted["year"] + np.tile(np.arange(length), len(rows)))


def whole_years(transfers: pd.DataFrame, of: str) -> pd.DataFrame:
    """One row per country and year with rows: what they sum to, the total, and whether they meet it."""
    country, partner = tables.ENDS[of]
    total = transfers[f"{of}_tiv"]
    rows = pd.DataFrame(
        {
            "country": transfers[country],
            "year": transfers["year"].astype("int64"),
            "tiv": transfers["tiv_million"],
            "least": total,
            "total": total,
            "known": total.notna() & transfers["tiv_million"].notna(),
        }
    )
    years = rows.groupby(["country", "year"], as_index=False).agg(
        {"tiv": "sum", "least": "min", "total": "max", "known": "all"}
    )
    met = np.isclose(years["tiv"], years["total"], rtol=_SAME) & np.isclose(years["tiv"], years["least"], rtol=_SAME)
    partners = transfers.groupby(country)[partner].nunique()
    return years.assign(whole=years["known"] & met, partners=years["country"].map(partners))


def whole_windows(transfers: pd.DataFrame, of: str, length: int, covered: tuple[int, int] | None) -> pd.DataFrame:
    """Country and last_year of every window all of whose years are covered and whole."""
    years = whole_years(transfers, of)
    whole = years[years["whole"]]
    spans = whole.groupby("country", as_index=False).agg(
        first=("year", "min"), last=("year", "max"), partners=("partners", "first")
    )
    if covered is not None:
        spans[["first", "last"]] = covered
    grid = spans.loc[spans.index.repeat(spans["last"] - spans["first"] + 1)]
    grid = grid.assign(year=grid["first"] + grid.groupby("country").cumcount())
    grid = grid.merge(years[["country", "year", "whole"]], how="left", on=["country", "year"])
    # A row set aside by a filter and a year without deliveries look alike once the whole year is gone.
    filtered = (years["known"] & ~years["whole"]).any()
    quiet = grid["whole"].isna() & ~filtered & (grid["partners"].gt(1) | (covered is not None))
    grid["good"] = grid["whole"].eq(True) | quiet
    run = grid.groupby("country")["good"].transform(lambda good: good.rolling(length).sum())
    return grid.loc[run == length, ["country", "year"]].rename(columns={"year": "last_year"})


def _covered_years(transfers: pd.DataFrame, of: str, country: str, covered: tuple[int, int] | None) -> pd.Series:
    found = whole_windows(transfers, of, 1, covered)
    return found.loc[found["country"] == country, "last_year"]


def _whole_number(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def length_of(window: object) -> int:
    if not _whole_number(window) or window < 1:
        raise ValueError(
            f"window={window!r}: a window is a whole number of years, at least 1. SIPRI uses 5; a window of 1 "
            "shows single years."
        )
    return int(window)


def period(years: object) -> tuple[int, int] | None:
    if years is None:
        return None
    pair = tuple(years) if isinstance(years, tuple | list) else ()
    if len(pair) != 2 or not all(map(_whole_number, pair)) or pair[0] > pair[1]:
        raise ValueError(f"years={years!r}: give the first and the last year covered, for example (1990, 2020).")
    return int(pair[0]), int(pair[1])


def _end(last_year: object, spans: dict[str, pd.Series], ends: dict[str, str]) -> int:
    if last_year is None:
        return int(min(span.max() for span in spans.values()))
    if not _whole_number(last_year) or not any((span == last_year).any() for span in spans.values()):
        raise ValueError(f"last_year={last_year!r} is not covered; {_listed_spans(spans, ends)}.")
    return int(last_year)


def _listed_spans(spans: dict[str, pd.Series], ends: dict[str, str]) -> str:
    found = [f"{of} of {ends[of]} {year_range(span.min(), span.max())}" for of, span in spans.items()]
    return "whole in these rows: " + ("; ".join(found) if found else "nothing")


def refusal(transfers: pd.DataFrame, length: int, wanted: dict[str, str | None]) -> str:
    """Why nothing can be computed, country by country, and what is whole in the rows all the same."""
    reasons = []
    for of, country in wanted.items():
        years = whole_years(transfers, of)
        years = years if country is None else years[years["country"] == country]
        # Countries whose total is known come first: theirs is the reason that a reader can act on.
        names = years.groupby("country")["known"].any().sort_values(ascending=False, kind="stable").index
        lines = [f"{of} of {name}: {_reason(years[years['country'] == name], of, length)}" for name in names]
        reasons += lines[:6] + ([f"{of} of {len(lines) - 6} more countries: likewise"] if len(lines) > 6 else [])
    whole = []
    for of in tables.ENDS:
        spans = whole_windows(transfers, of, 1, None).groupby("country")["last_year"].agg(["min", "max"])
        whole += [f"{of} of {name} {year_range(span['min'], span['max'])}" for name, span in spans.iterrows()]
    return (
        f"No share can be computed over a window of {length} year{'s' * (length > 1)} from these rows.\n"
        + "\n".join(reasons)
        + f"\nWhole in these rows: {'; '.join(whole[:8]) or 'nothing'}{'; …' if len(whole) > 8 else ''}. "
        "A share needs all suppliers of a recipient, or all recipients of a supplier: measure first, filter after."
    )


def _reason(years: pd.DataFrame, of: str, length: int) -> str:
    partners = tables.ENDS[of][1] + "s"
    short = years[years["known"] & ~years["whole"]]
    whole = years.loc[years["whole"], "year"]
    if not years["known"].any():
        return f"not whole, the source at hand does not hold all its {partners}"
    if len(short):
        row = short.iloc[-1]
        return (
            f"rows of other {partners} are missing, in {row['year']} these rows hold {row['tiv']:,.1f} of "
            f"{row['total']:,.1f} million TIV"
        )
    if not years.loc[years["whole"], "tiv"].any():
        return "nothing was delivered"
    if len(whole) < length:
        plural = "s" * (len(whole) > 1)
        return (
            f"whole in {len(whole)} year{plural} only ({year_range(whole.min(), whole.max())}), fewer than the window"
        )
    return (
        f"no {length} covered years in a row between {whole.min()} and {whole.max()}; if the source covers years "
        "without deliveries, say so with years=(first, last)"
    )
