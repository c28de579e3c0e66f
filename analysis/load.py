"""Load one table, whole or filtered. A filter that leaves nothing is an error that says what exists.

Every function takes its filters by name; a filter is one value or a list of values. `since` and `until` are years.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from numbers import Integral
from typing import TYPE_CHECKING

import pandas as pd

from analysis import tables

if TYPE_CHECKING:
    from analysis.sipri import Export
    from analysis.sipri.archives import Given

Names = str | Iterable[str] | None
Edition = int | str | None

#: SIPRI's Arms Transfers Database begins with deliveries of this year.
FIRST_YEAR = 1950


def catalog() -> pd.DataFrame:
    """One row is one table that can be loaded: its name, what one of its rows is, its key and its size.

    Examples
    --------
    >>> catalog()["table"].tolist()[:3]
    ['sources', 'countries', 'shares']
    """
    rows = []
    for name in tables.names():
        resource = tables.describe(name)
        key = ", ".join(resource["schema"]["primaryKey"])
        rows.append((name, resource["title"], key, len(tables.read(name)), f"load.{name}()"))
    return pd.DataFrame(rows, columns=["table", "one_row_is", "key", "rows", "call"])


def sources(*, source: Names = None, publisher: Names = None) -> pd.DataFrame:
    """One row is one document or data release that the tables quote.

    Columns: source (the key used in every other table), kind, publisher, title, published, year and edition (of
    yearly publications and releases), url, accessed, licence, citation, rows (of the whole that rows were taken
    from), note. `published` is as precise as is known and missing where the document bears no date.

    Raises
    ------
    ValueError
        If a name is unknown; the nearest is given.

    Examples
    --------
    >>> sources(source="sipri-atd-2026")["edition"].item()
    'March 2026 release'
    """
    return _filter("sources", tables.read("sources"), {"source": source, "publisher": publisher})


def countries(*, country: Names = None, kind: Names = None) -> pd.DataFrame:
    """One row is one name that we allow: a state, former state, organisation, non-state actor or unknown party.

    Columns: country, iso3, kind, in_text (how it reads inside a sentence, where that differs), aliases (other names
    by which it is found), sipri_names (every spelling that SIPRI has used, with its ``*`` for non-state and ``**`` for
    organisation); both lists are separated by semicolons.

    Raises
    ------
    ValueError
        If a name is unknown; the nearest is given.

    Examples
    --------
    >>> countries(country="Turkey")["country"].item()
    'Türkiye'
    """
    return _filter("countries", tables.read("countries"), {"country": _countries(country), "kind": kind})


def shares(
    *,
    recipient: Names = None,
    supplier: Names = None,
    of: str | None = None,
    source: Names = None,
    edition: Edition = None,
    since: int | None = None,
    until: int | None = None,
) -> pd.DataFrame:
    """One row is one share that SIPRI printed, for one pair, one direction, one five-year window, in one edition.

    Parameters
    ----------
    recipient, supplier
        Countries, in any spelling SIPRI has used.
    of
        ``imports``: the supplier's share of the recipient's arms imports. ``exports``: the recipient's share of
        the supplier's arms exports.
    source, edition
        The document, by its key, or all of SIPRI's printed in one year: ``edition=2022``, or the newest:
        ``edition="newest"``. Without either all editions: what each printed stands beside the others.
    since, until
        Windows that end in these years or between them.

    Returns
    -------
    DataFrame
        recipient, supplier, of, first_year, last_year, source, percent (per cent of the volume of transfers in TIV,
        as printed), decimals (how many were printed), rank (of the partner; missing where SIPRI gave none),
        read_at, verification (primary, recomputed, two reports or secondary), note, quoted_by (who quotes SIPRI at
        read_at; missing where SIPRI's own text was read). SIPRI prints three partners per country: what is not listed
        is not zero.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Notes
    -----
    SIPRI revises its past every year, so two editions may give one window two values. Both are here.

    Examples
    --------
    >>> shares(recipient="Pakistan", supplier="China", of="imports", edition=2022)["percent"].tolist()[-1]
    72.0
    """
    frame = _filter(
        "shares",
        tables.read("shares"),
        {
            "recipient": _countries(recipient),
            "supplier": _countries(supplier),
            "of": of,
            "source": _edition("shares", source, edition),
        },
    )
    return _years("shares", frame, "last_year", since, until)


def totals(
    *,
    country: Names = None,
    role: str | None = None,
    source: Names = None,
    edition: Edition = None,
    since: int | None = None,
    until: int | None = None,
) -> pd.DataFrame:
    """One row is one country's share of world arms exports or imports in a five-year window, as SIPRI printed it.

    Columns: country, role (exporter or importer), first_year, last_year, source, percent_of_world (per cent of the
    world volume in TIV), change_percent (against the five years before), rank, read_at, verification, quoted_by. The
    filters are those of `shares`.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Examples
    --------
    >>> totals(country="China", role="exporter", edition=2022)["percent_of_world"].tolist()[-1]
    4.6
    """
    frame = _filter(
        "totals",
        tables.read("totals"),
        {"country": _countries(country), "role": role, "source": _edition("totals", source, edition)},
    )
    return _years("totals", frame, "last_year", since, until)


def transfers(
    *,
    recipient: Names = None,
    supplier: Names = None,
    source: Names = None,
    edition: Edition = None,
    since: int | None = None,
    until: int | None = None,
) -> pd.DataFrame:
    """One row is what one supplier delivered to one recipient in one year, in one release of SIPRI's database.

    Parameters
    ----------
    recipient, supplier
        Countries, in any spelling SIPRI has used.
    source, edition
        The release, by its key or by its year: ``source="sipri-atd-2026"`` or ``edition=2026``. Without either the
        newest; ``edition="all"`` gives all four, which no measure mixes.
    since, until
        Years of delivery.

    Returns
    -------
    DataFrame
        recipient, supplier, year, source, tiv_million (SIPRI trend-indicator value, millions: the volume of
        transfers, not money), imports_tiv and exports_tiv: what all suppliers delivered to this recipient, and this
        supplier to all recipients, in that year (same unit); missing where the release at hand does not hold
        them all. `measure.shares` divides by nothing else.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Notes
    -----
    No row means that no delivery is known in that release; 0 means more than nothing and less than 0.5 million.

    Examples
    --------
    >>> transfers(recipient="Pakistan", supplier="China", edition=2022, since=2021)["tiv_million"].tolist()
    [753.0]
    """
    frame = _filter(
        "transfers",
        _with_totals(tables.read("transfers")),
        {
            "recipient": _countries(recipient),
            "supplier": _countries(supplier),
            "source": _edition("transfers", source, edition, "newest"),
        },
    )
    return _years("transfers", frame, "year", since, until)


def _with_totals(transfers: pd.DataFrame) -> pd.DataFrame:
    """Beside each row the year's totals of its two countries, where `coverage` says that they are whole."""
    coverage = tables.read("coverage")
    for of, end in (("imports", "recipient"), ("exports", "supplier")):
        total = transfers.groupby([end, "year", "source"])["tiv_million"].transform("sum")
        whole = coverage[coverage["of"] == of].rename(columns={"country": end})
        years = transfers[[end, "source", "year"]].merge(whole, how="left", on=[end, "source"])
        covered = years["year"].between(years["first_year"], years["last_year"]).to_numpy()
        transfers[f"{of}_tiv"] = total.where(covered)
    return transfers


def coverage(*, country: Names = None, of: str | None = None, source: Names = None) -> pd.DataFrame:
    """One row is one total that `transfers` holds whole, so that a share of it can be computed.

    Columns: source (the release), country, of (imports: all its suppliers are there; exports: all its recipients),
    first_year, last_year.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left: that country's total is not whole.

    Examples
    --------
    >>> coverage(country="Ukraine")[["of", "first_year", "last_year"]].values.tolist()
    [['imports', 2000, 2025]]
    """
    return _filter("coverage", tables.read("coverage"), {"country": _countries(country), "of": of, "source": source})


def groups(
    *,
    group: Names = None,
    country: Names = None,
    kind: Names = None,
    year: int | None = None,
    doubtful: bool = False,
) -> pd.DataFrame:
    """One row is one membership of a country in a group of states, or its place in one of SIPRI's regions.

    Parameters
    ----------
    group, country
        Such as ``group="NATO"``; all groups of one country with ``country="India"``.
    kind
        organisation (forums too), region or sub-region.
    year
        Keeps who was a member in any part of that year. SIPRI's regions are not dated and stay.
    doubtful
        True adds memberships on which sources differ and parties whose region is inferred from geography alone.

    Returns
    -------
    DataFrame
        group, country, from_year, to_year (missing where the membership goes on), kind, status (member, doubtful,
        inferred), source, note.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Examples
    --------
    >>> len(groups(group="NATO", year=2022)), len(groups(group="NATO", year=2024))
    (30, 32)
    """
    frame = tables.read("groups")
    known = frame["group"].unique().tolist()
    if group is not None:
        group = [name if name in known else tables.spelled(name) or name for name in _listed(group)]
    if not doubtful:
        frame = frame[frame["status"] == "member"]
    frame = _filter("groups", frame, {"group": group, "country": _countries(country), "kind": kind})
    if year is None:
        return frame
    _check_years(year, None)
    kept = frame[(frame["from_year"] <= year) & (frame["to_year"].fillna(9999) >= year)]
    _some("groups", kept, f"year={year}", f"memberships from {frame['from_year'].min()} on")
    return kept.reset_index(drop=True)


def equipment(
    *,
    recipient: Names = None,
    supplier: Names = None,
    category: Names = None,
    service: Names = None,
    status: Names = None,
    in_article: bool | None = None,
) -> pd.DataFrame:
    """One row is one order of one weapon type.

    Columns: equipment, recipient, supplier, designation, local_name, category, service, ordered (year),
    number_ordered, delivered_from, delivered_to (years), number_delivered, local_production, status, in_article,
    source, verification, note (says which numbers are SIPRI's estimates and where other sources differ).

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Examples
    --------
    >>> equipment(recipient="Pakistan", supplier="China", category="submarine")["number_delivered"].tolist()
    [0]
    """
    return _filter(
        "equipment",
        tables.read("equipment"),
        {
            "recipient": _countries(recipient),
            "supplier": _countries(supplier),
            "category": category,
            "service": service,
            "status": status,
            "in_article": in_article,
        },
    )


def events(
    *,
    about: Names = None,
    concerning: Names = None,
    kind: Names = None,
    importance: int | None = None,
    in_article: bool | None = None,
    event: Names = None,
    since: int | None = None,
    until: int | None = None,
) -> pd.DataFrame:
    """One row is one dated event in the region.

    Parameters
    ----------
    about
        An event is kept if at least one of these took part in it or is concerned by it.
    concerning
        An event is kept only if it is about the arms supply, security or territory of at least one of these: a sale
        by the United States to Pakistan concerns Pakistan alone. What SIPRI publishes concerns nobody.
    kind
        conflict, security, diplomacy, economic, sanctions, report, arms-deal, launch or delivery.
    importance
        1 keeps the most important, 2 those and the important, 3 all.
    in_article
        True keeps what the article of April 2023 states.
    event
        Events by their key.
    since, until
        Years that the event touches.

    Returns
    -------
    DataFrame
        event, start, end (as precise as the source: 2015, 2015-04 or 2015-04-20), title, short_title, summary, kind,
        actors, concerns (both separated by semicolons), place, importance, in_article, source, verification, note.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Examples
    --------
    >>> events(about="Afghanistan", since=2021, until=2021, importance=1)["title"].tolist()
    ['Taliban take Kabul']
    >>> events(about="United States", since=2001, until=2001)["short_title"].tolist()
    ['11 Sept. attacks on the US', 'US waives Pakistan sanctions']
    >>> events(concerning="United States", since=2001, until=2001)["short_title"].tolist()
    ['11 Sept. attacks on the US']
    """
    if importance is not None and importance not in (1, 2, 3):
        raise ValueError(f"importance={importance!r}: write 1 (the most important), 2 (those and the important) or 3.")
    frame = _filter("events", tables.read("events"), {"event": event, "kind": kind, "in_article": in_article})
    concerned = frame["concerns"].fillna("")
    if about is not None:
        frame = _with_any(frame, frame["actors"] + ";" + concerned, {_actor(name) for name in _listed(about)}, "about")
    if concerning is not None:
        frame = _with_any(frame, concerned, set(_countries(concerning)), "concerning")
    if importance is not None:
        frame = frame[frame["importance"] <= importance]
        _some("events", frame, f"importance={importance}")
    return _touching(frame, since, until).reset_index(drop=True)


def _with_any(events: pd.DataFrame, listed: pd.Series, wanted: set[str], name: str) -> pd.DataFrame:
    """The events in whose list, separated by semicolons, at least one of the names stands."""
    names = listed[events.index].str.split(";")
    kept = events[[not wanted.isdisjoint(row) for row in names]]
    _some("events", kept, f"{name}={sorted(wanted)}", "events with " + _shortlist(set().union(*names) - {""}))
    return kept


def _touching(events: pd.DataFrame, since: int | None, until: int | None) -> pd.DataFrame:
    """The events that touch the years asked for."""
    if since is None and until is None:
        return events
    _check_years(since, until)
    days = tables.span(events)
    kept = (days["end"].dt.year >= (since or 0)) & (days["start"].dt.year <= (until or 9999))
    there = f"{events['start'].min()} to {events['start'].max()}"
    _some("events", events[kept], f"since={since}, until={until}", there)
    return events[kept]


def claims(*, claim: Names = None, subject: Names = None, source: Names = None) -> pd.DataFrame:
    """One row is one checkable statement of the article that the project began with, in our words.

    Columns: claim, subject (share, equipment, event or context), statement, recipient, supplier, of, first_year,
    last_year, percent, event, equipment (keys, separated by semicolons), claimed_on, differs (what the document we
    read says instead), source, note.

    Raises
    ------
    ValueError
        If a name is unknown, or nothing is left.

    Examples
    --------
    >>> claims(subject="share")["percent"].tolist()
    [72.0, 47.0]
    """
    return _filter("claims", tables.read("claims"), {"claim": claim, "subject": subject, "source": source})


def sipri(
    given: Given,
    *,
    country: str | None = None,
    of: str | None = None,
    allocate: str | None = None,
    release: int | str | None = None,
    generated: date | str | None = None,
) -> Export:
    """Whatever a reader downloads from SIPRI: the record of what the files hold; see `analysis.sipri.read`.

    Parameters
    ----------
    given
        A file by its path, its bytes, its text (with line breaks), or opened; a folder, an archive (.zip, .gz), a
        workbook (.xlsx); or a list of these. Files stay where they are: nothing is copied, unpacked or kept. Many files
        become one record, of one release, in which every cell counts once; the report says what was used of each.
    country, of
        Whose table it is, and of which direction, where a cut title or last row took that away. ``country="all"`` says
        of many tables that they are those of all countries.
    allocate
        ``"even"`` spreads the deals of a register without yearly values over their years of delivery: an estimate,
        and every row says so.
    release, generated
        The year of the release and the day on which the file was made, where the line that says it was cut off:
        ``release=2026``, ``generated="2026-07-14"``.

    Returns
    -------
    Export
        kind, country, of, generated, release, source, basis, years, transfers, deliveries, totals and report.

    Raises
    ------
    ValueError
        If a file is none of SIPRI's, is damaged, or does not say whose it is; if files contradict each other or are of
        two releases; the message says what to do.

    Examples
    --------
    >>> sipri(b"<!DOCTYPE html><html>")
    Traceback (most recent call last):
    ...
    ValueError: ...
    """
    from analysis.sipri import read

    return read(given, country=country, of=of, allocate=allocate, release=release, generated=generated)


def tidy(frame: pd.DataFrame, *, source: str, whole: str | dict[str, Names] | None) -> pd.DataFrame:
    """One row is what one supplier delivered to one recipient in one year, from a reader's own frame, checked.

    Parameters
    ----------
    frame
        One row per recipient, supplier and year, with the columns recipient, supplier, year and tiv_million
        (SIPRI trend-indicator value, millions: a volume, not money). Other columns are left out.
    source
        Where the numbers are from, in words that can stand under a figure ("SIPRI Arms Transfers Database, own copy of
        May 2026"), or a key of `load.sources` if they are those of a release.
    whole
        Whose totals the rows hold whole, by your word: ``"imports"`` (all suppliers of every recipient in the frame),
        ``"exports"`` (all recipients of every supplier), ``"world"`` (both), names for each direction
        (``{"imports": ["Pakistan", "India"], "exports": "China"}``), or None, where nothing is known to be whole and no
        share can be computed.

    Returns
    -------
    DataFrame
        The columns of `load.transfers`, and basis (``tabulated``).

    Raises
    ------
    ValueError
        If columns are missing, a cell stands twice, or a name, a year or a volume is missing or cannot be; the rows
        are named.

    Warns
    -----
    UserWarning
        When names are unknown; they are kept as they are and stay in every total.

    Examples
    --------
    >>> rows = pd.DataFrame({"recipient": "Pakistan", "supplier": ["China", "Turkey"], "year": 2021,
    ...     "tiv_million": [30.0, 10.0]})
    >>> tidy(rows, source="invented", whole="imports")[["supplier", "tiv_million", "imports_tiv"]]
      supplier  tiv_million  imports_tiv
    0    China         30.0         40.0
    1  Türkiye         10.0         40.0
    """
    from analysis.sipri.tidy import read

    return read(frame, source=source, whole=whole)


def download(*, recipient: str | None = None, supplier: str | None = None, refresh: bool = False) -> Export:
    """Your own copy of SIPRI's register of deliveries: one country's, or without a country the whole world's.

    Parameters
    ----------
    recipient
        The country whose imports are fetched, from all of its suppliers.
    supplier
        The country whose exports are fetched, to all of its recipients.
    refresh
        True asks SIPRI again, although there is a copy already.

    Returns
    -------
    Export
        The record that `load.sipri` gives for a register of deliveries.

    Raises
    ------
    ValueError
        If a name is unknown, or both countries are given. If the register cannot be fetched, a `DownloadError` (which
        is a ValueError too): it says what happened, and how to download the file by hand instead.

    Notes
    -----
    The only function that opens a connection, and only to SIPRI's own site (``atbackend.sipri.org``). It takes 10 to 40
    seconds, is tried three times, and ends after five minutes or 50 million bytes. The answer is kept as received in
    your cache folder, named by what was asked and the day; the next call reads that file, says from which day it is,
    and needs no connection. SIPRI revises its data every March: fetch again then.

    It has not been run against the live site, whose form is not documented: it is written after what other public
    programs send and get, and tested on a server that replays such answers. It needs the extra ``online``.

    Examples
    --------
    >>> download(recipient="Ukrain")
    Traceback (most recent call last):
    ...
    ValueError: Unknown country 'Ukrain'. Did you mean 'Ukraine'...
    """
    from analysis.sipri import copies

    return copies.fetched(copies.question(recipient, supplier), refresh)


def _listed(value: Names | bool) -> list:
    return [value] if isinstance(value, str | bool | int) else list(value)


def _countries(value: Names) -> list[str] | None:
    return None if value is None else [tables.country(name) for name in _listed(value)]


def _actor(name: str) -> str:
    """An actor of an event as the table writes it: a party by its name, a country in any spelling."""
    actors = tables.read("events")["actors"].str.split(";").explode().unique().tolist()
    return name if name in actors else tables.spelled(name) or tables.known(name, actors, "actor")


def _edition(name: str, source: Names, edition: Edition, default: Edition = "all") -> Names:
    """`source` itself, or the keys of the table's sources of one year, of the newest year, or of all."""
    if source is not None and edition is not None:
        raise ValueError(f"Give source={source!r} or edition={edition!r}, not both.")
    wanted = edition if edition is not None else None if source is not None else default
    if wanted is None or wanted == "all":
        return source
    years = {key: tables.record(key).year for key in tables.read(name)["source"].unique()}
    known = sorted({year for year in years.values() if year})
    if wanted == "newest":
        wanted = known[-1]
    if wanted not in known:
        raise ValueError(f"No {edition!r} edition in {name}. There are: {', '.join(map(str, known))}, newest and all.")
    return [key for key, year in years.items() if year == wanted]


def _filter(table: str, frame: pd.DataFrame, wanted: dict[str, Names | bool]) -> pd.DataFrame:
    """The rows that match every filter; unknown values and an empty result are errors."""
    whole = frame
    for column, value in wanted.items():
        if value is None:
            continue
        choices = whole[column].dropna().unique().tolist()
        if column in ("recipient", "supplier", "country"):
            values = [_occurring(name, choices, table, column) for name in _listed(value)]
        else:
            values = [tables.known(name, choices, column) for name in _listed(value)]
        kept = frame[frame[column].isin(values)]
        _some(table, kept, f"{column}={values}", _shortlist(frame[column].dropna().astype(str).unique()))
        frame = kept
    return frame.reset_index(drop=True)


def _occurring(name: str, choices: list[str], table: str, column: str) -> str:
    if name in choices:
        return name
    raise ValueError(f"No rows in {table} with {column} {name!r}. It has {column}s: {_shortlist(choices)}.")


def _years(table: str, frame: pd.DataFrame, column: str, since: int | None, until: int | None) -> pd.DataFrame:
    if since is None and until is None:
        return frame
    _check_years(since, until)
    for name, year in (("since", since), ("until", until)):
        if year is not None and year < FIRST_YEAR:
            raise ValueError(f"{name}={year}: SIPRI's Arms Transfers Database begins in {FIRST_YEAR}.")
    kept = frame[frame[column].between(since or 0, until or 9999)]
    _some(
        table,
        kept,
        f"since={since}, until={until}",
        f"{column} {frame[column].min()} to {frame[column].max()}",
    )
    return kept.reset_index(drop=True)


def _check_years(since: int | None, until: int | None) -> None:
    for name, year in (("since", since), ("until", until)):
        if year is not None and not (isinstance(year, Integral) and 1000 <= year <= 9999):
            raise ValueError(f"{name}={year!r}: write a year as a number, for example {name}=2010.")
    if since is not None and until is not None and since > until:
        raise ValueError(f"since={since} is after until={until}.")


def _shortlist(found: Iterable[str]) -> str:
    """What exists, in order, and from the sixteenth on only how many more."""
    names = sorted(found)
    return ", ".join(names[:15]) + (f" and {len(names) - 15} more" if len(names) > 15 else "")


def _some(table: str, frame: pd.DataFrame, filters: str, exists: str = "") -> None:
    if frame.empty:
        there = f" Before this filter there are: {exists}." if exists else ""
        raise ValueError(f"Nothing left of {table} with {filters}.{there}")
