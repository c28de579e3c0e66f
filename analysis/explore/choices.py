"""What can be chosen in the explorer, and how the choices are kept in step with each other and with the tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from analysis import load, measure, tables, words
from analysis.page.timeline import KINDS

if TYPE_CHECKING:
    from analysis.sipri import Export

#: The key of SIPRI's printed shares among the sources.
PRINTED = "printed"

#: Lengths of window on offer; printed shares are of five years only.
LENGTHS = (1, 3, 5, 7, 10)
PRINTED_LENGTH = 5

#: The country whose trade is shared out, its partner, and how the direction is asked for.
DIRECTIONS = {
    "imports": "the recipient's imports",
    "exports": "the supplier's exports",
    "both": "both, mirrored",
}

Shares = Callable[[str, int], pd.DataFrame]


@dataclass(frozen=True)
class Choice:
    """One setting of all controls. `importance` 0 is no events; `preset` is the size of the figure."""

    recipient: str
    supplier: str
    of: str = "imports"
    source: str = ""
    window: int = 5
    since: int = 0
    until: int = 9999
    importance: int = 1
    kinds: tuple[str, ...] = ()
    preset: str = "web"

    def ends(self, of: str) -> tuple[str, str]:
        """The country whose trade is shared out in a direction, and its partner."""
        country, partner = tables.ENDS[of]
        return getattr(self, country), getattr(self, partner)


@dataclass(frozen=True)
class Options:
    """What each linked control offers, as (label, value), and a word to the reader where a choice gave way."""

    recipients: tuple[tuple[str, str], ...]
    suppliers: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    lengths: tuple[int, ...]
    note: str = ""


def bundled() -> dict[str, pd.DataFrame]:
    """The releases at hand, the newest first, by their key."""
    every = load.transfers(edition="all")
    return {source: every[every["source"] == source] for source in sorted(every["source"].unique(), reverse=True)}


@dataclass
class Desk:
    """The sources on the reader's desk: releases by key, the years each covers, and the name of each."""

    releases: dict[str, pd.DataFrame]
    names: dict[str, str]
    covered: dict[str, tuple[int, int] | None] = field(default_factory=dict)


def desk(data: "Export | pd.DataFrame | None") -> Desk:
    """The bundled releases and SIPRI's printed shares, and before them the reader's own deliveries, if any."""
    releases = bundled()
    names = {key: source_name(key) for key in releases}
    made = Desk(releases, {**names, PRINTED: source_name(PRINTED)})
    if data is not None:
        add(made, data, "your own data")
    return made


def add(desk: Desk, data: "Export | pd.DataFrame", name: str) -> str:
    """Put deliveries of the reader's own in the first place on the desk; their key.

    Raises
    ------
    ValueError
        If they are no deliveries between countries, or no share can be computed from them; nothing is added.
    """
    transfers = data if isinstance(data, pd.DataFrame) else data.transfers
    covered = None if isinstance(data, pd.DataFrame) else data.years
    if transfers is None:
        raise ValueError(
            f"{words.capital(name)} is a {data.kind}: it holds totals, and not what each supplier delivered to each "
            "recipient. Download the table of one country, of all its suppliers or recipients, or a register by "
            "delivery."
        )
    key = f"own-{len(desk.releases)}"
    shares_of(Desk({key: transfers}, {key: name}, {key: covered}))(key, 5)
    desk.releases[key] = transfers
    desk.covered[key] = covered
    desk.names = {key: name, **desk.names}
    return key


def shares_of(desk: Desk) -> Shares:
    """A function that measures the shares of a source over windows of a length, each once."""

    @cache
    def shares(source: str, window: int) -> pd.DataFrame:
        if source == PRINTED:
            return load.shares()
        return measure.shares(desk.releases[source], window=window, years=desk.covered.get(source))

    return shares


def pair_rows(rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The shares of the chosen pair in the chosen direction, the oldest window first."""
    found = rows[rows["recipient"].eq(choice.recipient) & rows["supplier"].eq(choice.supplier)]
    return in_direction(found, choice.of).sort_values(["last_year", "source"], kind="stable")


def in_direction(rows: pd.DataFrame, of: str) -> pd.DataFrame:
    """The shares of one direction, or of both."""
    return rows if of == "both" else rows[rows["of"] == of]


def country_rows(rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The shares of all partners of the country whose trade is shared out; for both directions, of the pair."""
    if choice.of == "both":
        return pair_rows(rows, choice)
    whose, _ = tables.ENDS[choice.of]
    return rows[rows["of"].eq(choice.of) & rows[whose].eq(getattr(choice, whose))]


def within(rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The windows that lie wholly in the chosen years."""
    return rows[rows["first_year"].ge(choice.since) & rows["last_year"].le(choice.until)]


def settle(
    choice: Choice, changed: str, sources: Mapping[str, str], shares: Shares, whole: bool
) -> tuple[Choice, Options]:
    """A choice that the tables can answer, nearest to the one wished, and what may be chosen next.

    Parameters
    ----------
    choice
        What the controls say.
    changed
        The control moved last: it stands, the others give way.
    sources
        The sources at hand by key, with the names that a reader sees; the first is the one to begin with.
    shares
        The shares of a source over windows of a length.
    whole
        Whether all years were shown before: then all are shown again.
    """
    asked = choice
    choice = _with_source(choice, changed, sources, shares)
    rows = in_direction(shares(choice.source, choice.window), choice.of)
    recipients = sorted(rows["recipient"].unique())
    if choice.recipient not in recipients:
        choice = replace(choice, recipient=_likely(rows))
    suppliers = _suppliers(rows, choice)
    if choice.supplier not in dict(suppliers).values():
        choice = replace(choice, supplier=suppliers[0][1])
    choice, years = _with_years(choice, changed, rows, whole)
    return choice, Options(
        _recipients(choice, sources, shares, recipients),
        tuple(suppliers),
        years,
        (PRINTED_LENGTH,) if choice.source == PRINTED else LENGTHS,
        _told(asked, choice, sources),
    )


def _with_source(choice: Choice, changed: str, sources: Mapping[str, str], shares: Shares) -> Choice:
    """The source wished for, or, when the recipient was chosen and is not in it, the first that has it."""
    keys = [choice.source, *sources] if choice.source in sources else list(sources)
    if changed != "source":
        has = (key for key in keys if choice.recipient in _recipients_in(key, choice, shares))
        keys = [next(has, keys[0])]
    window = PRINTED_LENGTH if keys[0] == PRINTED else choice.window
    return replace(choice, source=keys[0], window=window)


def _recipients_in(source: str, choice: Choice, shares: Shares) -> set[str]:
    """The recipients that a source has shares of, in the chosen direction and length of window."""
    rows = shares(source, PRINTED_LENGTH if source == PRINTED else choice.window)
    names = rows["recipient"] if choice.of == "both" else rows.loc[rows["of"] == choice.of, "recipient"]
    return set(names.unique())


def _likely(rows: pd.DataFrame) -> str:
    """The recipient with the most rows: the one that a source is about."""
    return rows["recipient"].value_counts().index[0]


def _suppliers(rows: pd.DataFrame, choice: Choice) -> list[tuple[str, str]]:
    """The suppliers that occur for the recipient, by their share in the last window, each with it."""
    found = rows[rows["recipient"] == choice.recipient].sort_values(["last_year", "source", "of"], kind="stable")
    last_year, newest = found["last_year"].max(), found.groupby("supplier").tail(1)
    order = newest.sort_values(["last_year", "percent", "supplier"], ascending=[False, False, True])
    return [(_with_share(row, last_year), row["supplier"]) for _, row in order.iterrows()]


def _with_share(row: pd.Series, last_year: int) -> str:
    """A supplier with its share, or with the window in which it last had one."""
    share = f"{words.percent(row['percent'], row['decimals'])} %"
    share = f"{share} of its exports" if row["of"] == "exports" else share
    when = "" if row["last_year"] == last_year else f" in {words.window(row['first_year'], row['last_year'])}"
    return f"{row['supplier']}: {share}{when}"


def _recipients(
    choice: Choice, sources: Mapping[str, str], shares: Shares, here: list[str]
) -> tuple[tuple[str, str], ...]:
    """Every recipient at hand; those that another source has, with its name."""
    found = {name: name for name in here}
    for key, told in sources.items():
        for name in _recipients_in(key, choice, shares):
            found.setdefault(name, f"{name} (only in {told})")
    return tuple((found[name], name) for name in sorted(found))


def _with_years(choice: Choice, changed: str, rows: pd.DataFrame, whole: bool) -> tuple[Choice, tuple[int, ...]]:
    """Years that lie in what the source covers and hold one window at least."""
    country = country_rows(rows, choice)
    first, last = int(country["first_year"].min()), int(country["last_year"].max())
    since, until = min(max(choice.since, first), last), max(min(choice.until, last), first)
    if whole and changed not in ("since", "until"):
        since, until = first, last
    if until - since + 1 < choice.window:
        if changed == "until":
            since = max(until - choice.window + 1, first)
        until = min(max(until, since + choice.window - 1), last)
        since = min(since, until - choice.window + 1)
    return replace(choice, since=since, until=until), tuple(range(first, last + 1))


def _told(asked: Choice, given: Choice, sources: Mapping[str, str]) -> str:
    """What gave way to the control moved last, for the reader."""
    told = []
    if asked.source in sources and asked.source != given.source:
        lacking = _without(asked.of, sources[asked.source], given.recipient)
        told.append(f"{lacking}: shown from {sources[given.source]}.")
    if asked.recipient != given.recipient:
        lacking = _without(asked.of, sources[given.source], asked.recipient)
        told.append(f"{lacking}: this is {words.name(given.recipient)}.")
    return " ".join(told)


def _without(of: str, source: str, recipient: str) -> str:
    """The beginning of a sentence on what a source does not have."""
    share = {
        "imports": f"share of {words.possessive(recipient)} arms imports",
        "exports": f"share of arms exports to {words.name(recipient)}",
        "both": f"shares for {words.name(recipient)}",
    }
    return f"No {share[of]} in {source}"


def first(desk: Desk, recipient: str, supplier: str) -> Choice:
    """The choice to begin with: the pair, in the first source on the desk, with all kinds of events.

    Raises
    ------
    ValueError
        If a name is neither a country's nor in the data; the nearest is given.
    """
    source = next(iter(desk.names))
    rows = desk.releases[source]
    names = {*rows["recipient"], *rows["supplier"]}
    pair = [name if name in names else tables.country(name) for name in (recipient, supplier)]
    return Choice(*pair, source=source, kinds=tuple(KINDS))


def source_name(key: str) -> str:
    """A source as it is named within a sentence."""
    return "SIPRI's printed figures" if key == PRINTED else f"SIPRI's {words.short_edition(key)}"
