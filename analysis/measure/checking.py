"""The fact checker: each claim beside what was printed, what each release gives, and the slip if there is one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measure.rolling import COLUMNS, GIVEN, computed_by_release, require, year_range

HOLDS = "holds"
REVISED = "holds in the edition quoted, revised since"
DIFFERS = "differs"
UNSUPPORTED = "not supported"
NO_EVIDENCE = "no evidence at hand"

_SUBJECTS = ("share", "equipment", "event", "context")
_NEEDED = {
    "share": ["recipient", "supplier", "of", "first_year", "last_year", "percent"],
    "equipment": ["equipment"],
    "event": ["event"],
    "context": ["event"],
}
_EQUIPMENT = ["equipment", "designation", "ordered", "delivered_from", "number_delivered", "status"]
#: SIPRI's windows; a claim about another length is also compared with these.
_FIVE = 5
#: A slip is last year's window or the one a fact sheet compares with; further away figures agree by chance.
_FAR_YEARS = 5
#: A document without a date is taken as the newest.
_UNDATED = "9999"


class _Finding(NamedTuple):
    verdict: str
    evidence: str
    slip: str | None = None
    printed: str | None = None
    releases: str | None = None


def claims(
    claims: pd.DataFrame,
    *,
    shares: pd.DataFrame,
    transfers: pd.DataFrame,
    equipment: pd.DataFrame,
    events: pd.DataFrame,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """One row is one claim with its verdict and the evidence for it.

    Parameters
    ----------
    claims
        One statement per row: claim (a key), subject (share, equipment, event or context), statement; for a share
        recipient, supplier, of, first_year, last_year, percent; for the others the keys of equipment or of events,
        separated by semicolons. claimed_on (when it was said, or the date it speaks of, as precise as known) and
        differs (what the document says instead) where there is any.
    shares, transfers
        Printed shares of all editions; deliveries of all releases. Each release is computed on its own.
    equipment, events, sources
        As `load` gives them.

    Returns
    -------
    DataFrame
        claim, subject, statement; verdict (``holds`` | ``holds in the edition quoted, revised since`` |
        ``differs`` | ``not supported`` | ``no evidence at hand``); printed and releases (per cent, with the
        edition that printed it or the release it is computed from); slip (what would explain a figure that does
        not hold); evidence (one sentence); recipient, supplier, of, first_year, last_year, percent, event,
        equipment, claimed_on, differs. Missing where there is nothing to say.

    Raises
    ------
    ValueError
        If columns are missing, or a subject, direction, country, or key of equipment or of events is unknown; all
        of them at once, with the nearest valid name.

    Notes
    -----
    A share is compared at the claim's own rounding (72 stands for 71.5–72.5) with every printed and computed
    reading of the same window. If one known by the date of the claim agrees the claim holds; if the newest reading
    no longer does, SIPRI has revised since. If none agrees, the same figure is looked for in the other direction,
    in windows and with partners nearby; two figures can agree by chance, so a slip is a suggestion, never a
    verdict. A share claim without a percent is read as naming the largest partner.

    Equipment is in use if part of an order was delivered by the year of the claim and none was given back. The
    register knows deliveries by year and does not follow equipment afterwards. Event and context claims are as
    good as the documents behind the events.

    Examples
    --------
    >>> said = pd.DataFrame({"claim": ["a"], "subject": ["share"], "statement": ["72 per cent of imports"],
    ...     "recipient": ["Pakistan"], "supplier": ["China"], "of": ["imports"], "first_year": [2017],
    ...     "last_year": [2021], "percent": [72.0]})
    >>> printed = pd.DataFrame({"recipient": ["Pakistan"], "supplier": ["China"], "of": ["imports"],
    ...     "first_year": [2017], "last_year": [2021], "source": ["sheet"], "percent": [72.0], "decimals": [0],
    ...     "rank": [1], "read_at": [""], "verification": [""], "note": [""]})
    >>> none = pd.DataFrame(columns=["recipient", "supplier", "year", "tiv_million", "source", "imports_tiv",
    ...     "exports_tiv"])
    >>> orders = pd.DataFrame(columns=["equipment", "designation", "ordered", "delivered_from",
    ...     "number_delivered", "status"])
    >>> dates = pd.DataFrame(columns=["event", "start", "end", "title"])
    >>> documents = pd.DataFrame({"source": ["sheet"], "published": ["2022-03"], "edition": ["March 2022 edition"]})
    >>> found = claims(said, shares=printed, transfers=none, equipment=orders, events=dates, sources=documents)
    >>> found[["verdict", "printed"]]
      verdict                  printed
    0   holds  72 (March 2022 edition)
    """
    rows = _complete(claims)
    require(shares, GIVEN, "shares")
    shares = shares.assign(basis=tables.basis(shares))
    require(equipment, _EQUIPMENT, "equipment")
    require(events, ["event", "start", "end", "title"], "events")
    require(sources, ["source", "published", "edition"], "sources")
    readings = _readings(rows, shares, transfers, sources)
    rows = _named(rows, readings, equipment, events)
    dated = events.assign(**tables.span(events).add_prefix("day_")) if len(events) else events
    check: dict[str, Callable[[pd.Series], _Finding]] = {
        "share": lambda claim: _share(claim, readings),
        "equipment": lambda claim: _equipment(claim, equipment),
        "event": lambda claim: _event(claim, dated, dates_matter=True),
        "context": lambda claim: _event(claim, dated, dates_matter=False),
    }
    findings = [check[claim["subject"]](claim) for _, claim in rows.iterrows()]
    found = pd.DataFrame(findings, columns=list(_Finding._fields), index=rows.index).astype("str")
    order = ["claim", "subject", "statement", "verdict", "printed", "releases", "slip", "evidence"]
    rest = [column for column in rows.columns if column not in order]
    return pd.concat([rows, found], axis=1)[[*order, *rest]].reset_index(drop=True)


def _complete(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims with every column that a check may ask for, missing where they do not apply."""
    require(claims, ["claim", "subject", "statement"], "claims")
    unknown = claims.loc[~claims["subject"].isin(_SUBJECTS), ["claim", "subject"]]
    if len(unknown):
        raise ValueError(
            f"Unknown subject of a claim; it is one of {', '.join(_SUBJECTS)}:\n{unknown.head().to_string(index=False)}"
        )
    for subject in claims["subject"].unique():
        require(claims, _NEEDED[subject], f"claims about {subject}")
    columns = ["claim", "subject", "statement", *_NEEDED["share"], "event", "equipment", "claimed_on", "differs"]
    rows = claims.reindex(columns=columns).reset_index(drop=True)
    for column in set(columns) - {"first_year", "last_year", "percent"}:
        rows[column] = rows[column].astype("str")
    years = {"first_year": "Int64", "last_year": "Int64", "percent": "float64"}
    return rows.astype(years)


def _named(rows: pd.DataFrame, readings: pd.DataFrame, equipment: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The claims with country names as we write them; everything unknown is one error."""
    faults, names = [], {*readings["recipient"], *readings["supplier"]}

    def look_up(claim: str, find: Callable, *what: object) -> str | None:
        try:
            return find(*what)
        except ValueError as fault:
            faults.append(f"claim {claim}: {fault}")
            return None

    about_shares = rows["subject"].eq("share")
    for column in ("recipient", "supplier"):
        rows[column] = [
            name if not share or name in names or pd.isna(name) else look_up(claim, tables.country, name)
            for claim, name, share in zip(rows["claim"], rows[column], about_shares, strict=True)
        ]
    for claim, of in rows.loc[about_shares & rows["of"].notna(), ["claim", "of"]].itertuples(index=False):
        look_up(claim, tables.known, of, tables.ENDS, "direction (of)")
    for column, table in (("equipment", equipment), ("event", events)):
        for claim, keys in zip(rows["claim"], rows[column], strict=True):
            for key in _keys(keys):
                look_up(claim, tables.known, key, table[column], column)
    for claim, date in rows.loc[rows["claimed_on"].notna(), ["claim", "claimed_on"]].itertuples(index=False):
        look_up(claim, tables.span, pd.DataFrame({"start": [date]}))
    if faults:
        raise ValueError("\n".join(faults))
    return rows


def _keys(text: str | float) -> list[str]:
    return [key.strip() for key in text.split(";") if key.strip()] if isinstance(text, str) else []


def _readings(rows: pd.DataFrame, shares: pd.DataFrame, transfers: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Every printed and computed share at hand, with `own`, `decimals`, `shown` and `published`."""
    asked = (rows["last_year"] - rows["first_year"] + 1).dropna()
    lengths = sorted({_FIVE, *(int(length) for length in asked if length > 0)})
    again = computed_by_release(transfers, lengths)[list(COLUMNS)]
    parts = [part for part in (shares[list(COLUMNS)], again) if len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else shares[list(COLUMNS)].reset_index(drop=True)
    found = found.dropna(subset="percent").reset_index(drop=True)
    document = sources.drop_duplicates("source").set_index("source")
    key = found["source"]
    label = key.map(document["edition"]).fillna(key)
    # Computed values are given with one decimal: enough to tell releases apart, and no more than TIV can bear.
    digits = found["decimals"].fillna(1).astype("int64")
    shown = [f"{p:.{d}f} ({e})" for p, d, e in zip(found["percent"], digits, label, strict=True)]
    return found.assign(
        own=tables.is_own(found),
        printed_decimals=found["decimals"].astype("float64"),
        label=label,
        shown=pd.Series(shown, index=found.index, dtype="str"),
        published=key.map(document["published"]).fillna(_UNDATED).astype("str"),
    )


def _share(claim: pd.Series, readings: pd.DataFrame) -> _Finding:
    if pd.notna(claim["percent"]) and not 0 <= claim["percent"] <= 100:
        slip = "not a share: a share lies between 0 and 100 per cent; neither TIV nor a sum of money is one"
        return _Finding(DIFFERS, f"{claim['percent']:g} cannot be a percentage of a whole.", slip)
    pair = readings["recipient"].eq(claim["recipient"]) & readings["supplier"].eq(claim["supplier"])
    window = readings["first_year"].eq(claim["first_year"]) & readings["last_year"].eq(claim["last_year"])
    direction = readings["of"].eq(claim["of"])
    here = readings[(pair & window & direction).fillna(False).astype(bool)]
    here = here.sort_values(["published", "own"], kind="stable")
    printed, releases = (_listed(here.loc[here["own"].eq(own), "shown"]) for own in (False, True))
    agrees = _agrees(here, claim["percent"])
    date = claim["claimed_on"] if isinstance(claim["claimed_on"], str) else _UNDATED
    # A document dated to the day can be as old as a claim dated to the month.
    in_time = here["published"].str[: len(date)].le(date)
    if here.empty:
        verdict = NO_EVIDENCE
    elif not (agrees & in_time).any():
        verdict = DIFFERS
    else:
        verdict = HOLDS if agrees.iloc[-1] else REVISED
    slip = None
    if verdict == DIFFERS and agrees.any():
        slip = f"another edition: {_listed(here.loc[agrees, 'shown'])}, which came out after the claim"
    elif verdict in (DIFFERS, NO_EVIDENCE) and pd.notna(claim["percent"]):
        slip = _slip(claim, readings[_agrees(readings, claim["percent"])])
    return _Finding(verdict, _share_evidence(here), slip, printed, releases)


def _agrees(readings: pd.DataFrame, percent: float) -> pd.Series:
    """Whether each reading is the claimed figure, at the coarser rounding of the two."""
    if pd.isna(percent):
        return readings["rank"].eq(1).fillna(False).astype(bool)
    decimals = len(f"{percent:.6f}".rstrip("0").partition(".")[2])
    coarser = readings["printed_decimals"].fillna(decimals).clip(upper=decimals)
    return (readings["percent"] - percent).abs() <= 0.5 * 10.0**-coarser + 1e-9


def _slip(claim: pd.Series, same: pd.DataFrame) -> str | None:
    """The nearest reading that has the claimed figure, and what it is the figure of."""
    whole, partner = tables.ENDS.get(claim["of"], tables.ENDS["imports"])
    one_pair = same["recipient"].eq(claim["recipient"]) & same["supplier"].eq(claim["supplier"])
    straight = same["of"].eq(claim["of"])
    length, ends = _FIVE, pd.Series(0.0, index=same.index)
    if pd.notna(claim["last_year"]) and pd.notna(claim["first_year"]):
        length = int(claim["last_year"] - claim["first_year"] + 1)
        shifts = [(same[year] - int(claim[year])).abs() for year in ("first_year", "last_year")]
        ends = shifts[0] + shifts[1]
    elsewhere = same[partner].ne(claim[partner]) & same[whole].eq(claim[whole]) & straight & ends.eq(0)
    # Another partner counts as further off than last year's window, nearer than the window before that.
    distance = ends.where(one_pair & straight & ends.le(2 * _FAR_YEARS)).astype("float64")
    distance = distance.mask(one_pair & ~straight & ends.eq(0), 0.5).mask(elsewhere, 3.0)
    ranked = same.assign(distance=distance).dropna(subset="distance")
    if ranked.empty:
        return None
    best = ranked.sort_values(["distance", "own", "published"], kind="stable").iloc[0]
    if best["of"] != claim["of"]:
        return f"the other direction: {_whose(best)}, {best['shown']}"
    if best[partner] != claim[partner]:
        return f"another {partner}: {best[partner]}, {best['shown']}"
    odd = f"; {length} years, while SIPRI's windows are five" if length != _FIVE else ""
    return f"another window: {year_range(best['first_year'], best['last_year'])}, {best['shown']}{odd}"


def _share_evidence(here: pd.DataFrame) -> str:
    if here.empty:
        return "No printed share of this window is at hand, and no release at hand has the whole total."
    parts = [
        f"{text} {_listed(rows['shown'])}"
        for text, rows in (("SIPRI printed", here[~here["own"]]), ("our calculation gives", here[here["own"]]))
        if len(rows)
    ]
    ranks = here["rank"].dropna().unique()
    rank = f"; rank {ranks[0]} among the {tables.ENDS[here.iloc[0]['of']][1]}s" if len(ranks) == 1 else ""
    whose = _whose(here.iloc[0])
    return f"{whose[0].upper()}{whose[1:]}, per cent: {'; '.join(parts)}{rank}."


def _whose(row: pd.Series) -> str:
    whole, partner = tables.ENDS[row["of"]]
    way = "from" if row["of"] == "imports" else "to"
    years = year_range(row["first_year"], row["last_year"])
    return f"arms {row['of']} of {row[whole]} in {years}, share {way} {row[partner]}"


def _listed(shown: pd.Series) -> str | None:
    return ", ".join(shown) or None


def _equipment(claim: pd.Series, equipment: pd.DataFrame) -> _Finding:
    keys = _keys(claim["equipment"])
    orders = equipment.set_index("equipment").loc[keys]
    if orders.empty:
        return _Finding(NO_EVIDENCE, "The claim names no order in the equipment table.")
    year = int(claim["claimed_on"][:4]) if isinstance(claim["claimed_on"], str) else np.inf
    delivered = orders["number_delivered"].astype("float64").gt(0) & orders["status"].ne("returned").fillna(True)
    in_use = delivered & orders["delivered_from"].astype("float64").le(year)
    evidence = "; ".join(_order(order) for _, order in orders.iterrows()) + "."
    if in_use.any():
        return _Finding(HOLDS, evidence)
    slips = [_not_in_use(order, found) for (_, order), found in zip(orders.iterrows(), delivered, strict=True)]
    return _Finding(UNSUPPORTED, evidence, "; ".join(dict.fromkeys(slips)))


def _order(order: pd.Series) -> str:
    ordered = "order year unknown" if pd.isna(order["ordered"]) else f"ordered in {order['ordered']:.0f}"
    if pd.isna(order["number_delivered"]) or not order["number_delivered"]:
        return f"{order['designation']}: {ordered}, none delivered by the end of the register"
    since = "" if pd.isna(order["delivered_from"]) else f", delivered from {order['delivered_from']:.0f}"
    back = ", returned" if order["status"] == "returned" else ""
    number = f"{order['number_delivered']:.0f} by the end of the register"
    return f"{order['designation']}: {ordered}{since} ({number}){back}"


def _not_in_use(order: pd.Series, delivered: bool) -> str:
    if order["status"] == "returned":
        return "delivered and returned"
    if delivered:
        return f"first delivered in {order['delivered_from']:.0f}, after the claim"
    when = "" if pd.isna(order["ordered"]) else f"ordered in {order['ordered']:.0f}, "
    return f"{when}none delivered by the end of the register"


def _event(claim: pd.Series, events: pd.DataFrame, *, dates_matter: bool) -> _Finding:
    found = events[events["event"].isin(_keys(claim["event"]))]
    if found.empty:
        return _Finding(NO_EVIDENCE, "The claim names no event in the table.")
    evidence = "; ".join(f"{date}: {title}" for date, title in zip(found["start"], found["title"], strict=True)) + "."
    if isinstance(claim["differs"], str) and claim["differs"].strip():
        return _Finding(DIFFERS, f"{evidence} {claim['differs'].strip()}")
    if dates_matter and isinstance(claim["claimed_on"], str):
        # A statement may be off by days; the month is what a reader would call the same date.
        month = tables.span(pd.DataFrame({"start": [claim["claimed_on"][:7]]})).iloc[0]
        if not (found["day_start"].le(month["end"]) & found["day_end"].ge(month["start"])).any():
            return _Finding(DIFFERS, evidence, f"another date: {', '.join(found['start'].astype('str'))}")
    return _Finding(HOLDS, evidence)
