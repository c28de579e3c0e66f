"""Whose table it is, and which side of the trade: what titles, headers and last rows say, in crossed words."""

import re
from typing import NamedTuple

from .body import Layout, Row
from .lines import Names, listed

# SIPRI's armament categories as its tables spell them, over the years.
CATEGORIES = {
    "aircraft", "air defence systems", "air-defence systems", "anti-submarine warfare weapons", "armoured vehicles",
    "artillery", "engines", "missiles", "naval weapons", "other", "satellites", "sensors", "ships",
}  # fmt: skip
# "exports TO Pakistan" is Pakistan's import table.
_OLD_TITLE = re.compile(r'TIV of arms exports (to|from) ([^"\n]+?),\s*\d{4}\s*-\s*\d{4}', re.I)
# "Total imports FROM China" closes China's export table.
_NEW_TOTAL = re.compile(r"total (imports from|exports to) (.+)", re.I)
_WORLD_TOTAL = re.compile(r"total world (import|export)s?", re.I)


class Owner(NamedTuple):
    """Kind of a table, whose it is ("all" while it is sought, None for the whole world), and which side."""

    kind: str
    country: str | None = None
    of: str | None = None


def owner(preamble: str, form: Layout, rows: list[Row], country: str | None, of: str | None, names: Names) -> Owner:
    """Kind of a table, whose it is and which of its sides (imports or exports).

    SIPRI's own words are crossed: "exports to Pakistan" heads or closes Pakistan's imports.
    """
    said, side = _stated(preamble, form, [name for row in rows if row.role == "total" for name in row.names])
    data = [row.names for row in rows if row.role == "data"]
    if form.bank:
        return Owner("World Bank series", None, _indicator(data))
    if form.rank:
        return Owner("top list", None, side)
    if form.region:
        return Owner("regional table", None, side)
    labels = {found[0].lower() for found in data}
    if labels <= CATEGORIES:
        return Owner("category table", None if said == "all" else said, side)
    if form.rows_are == "pair":
        return _one_side(data)
    rows_are = form.rows_are or next((side for side in _UNKNOWN if f"unknown {side}(s)" in labels), None)
    return _of_one_country(said and names([said])[0][said], side, rows_are, country, of)


_UNKNOWN = ("supplier", "recipient")


def _of_one_country(
    said: str | None, side: str | None, rows_are: str | None, country: str | None, of: str | None
) -> Owner:
    """A table whose rows are the partners of one country, or all countries; the reader's word fills what is missing."""
    said = _agreed(said, country, "country")
    if side is None and said and rows_are:
        side = "exports" if (rows_are == "supplier") == (said == "all") else "imports"
    side = _agreed(side, of, "of")
    _refuse_unsaid(said, side or rows_are)
    return Owner("all-countries table", None, side) if said == "all" else Owner("country table", said, side)


def named(lines: list[str]) -> tuple[str | None, str | None]:
    """Whose table it is, and which side, where the title or the last line of a table without rows say it."""
    for line in lines:
        old = _OLD_TITLE.search(line)
        if old:
            return old[2].strip(), "imports" if old[1].lower() == "to" else "exports"
        new = _NEW_TOTAL.match(line.partition(",")[0].strip(' ;"'))
        if new:
            return new[2].strip(), "exports" if new[1].lower() == "imports from" else "imports"
    return None, None


def _stated(preamble: str, form: Layout, totals: list[str]) -> tuple[str | None, str | None]:
    """Country ("all" for a table of all) and side that the title, the header or the last row state."""
    old = _OLD_TITLE.search(preamble)
    if old:
        everyone = old[2].strip().lower() in {"all", "all countries"}
        return "all" if everyone else old[2].strip(), "imports" if old[1].lower() == "to" else "exports"
    new = next(filter(None, map(_NEW_TOTAL.fullmatch, totals)), None)
    if new:
        return new[2].strip(), "exports" if new[1].lower() == "imports from" else "imports"
    world = next(filter(None, map(_WORLD_TOTAL.fullmatch, totals)), None)
    if world or form.by:
        return "all", f"{world[1].lower()}s" if world else form.by
    if form.rank and form.rows_are:
        return "all", "exports" if form.rows_are == "supplier" else "imports"
    title = re.search(r"volume of (imports|exports) of", preamble, re.I)
    return None, title[1].lower() if title else None


def _one_side(pairs: list[list[str]]) -> Owner:
    """Whose table a list of pairs is: the country that stands on one side of all of them."""
    recipients, suppliers = ({pair[i] for pair in pairs} for i in (0, 1))
    if len(suppliers) == 1:
        return Owner("country table", suppliers.pop(), "exports")
    if len(recipients) == 1:
        return Owner("country table", recipients.pop(), "imports")
    raise ValueError("the table has several recipients and several suppliers: SIPRI makes no such table.")


def _indicator(data: list[list[str]]) -> str:
    """Side of a World Bank series, from its code."""
    codes = {names[2] for names in data}
    side = {"MS.MIL.MPRT.KD": "imports", "MS.MIL.XPRT.KD": "exports"}.get(min(codes))
    if len(codes) > 1 or side is None:
        raise ValueError(
            f"a World Bank file of {listed(sorted(codes), 3)}; read are MS.MIL.MPRT.KD (arms imports) and "
            "MS.MIL.XPRT.KD (arms exports), one per file."
        )
    return side


def _agreed(found: str | None, given: str | None, option: str) -> str | None:
    if found and given and found.lower() != given.lower():
        raise ValueError(f"{option}={given!r} was given, but the file itself says {found!r}. Leave the option out.")
    return found or given


def _refuse_unsaid(country: str | None, of: str | None) -> None:
    missing = [] if country else ["country='Pakistan' (or country='all' for a table of all countries)"]
    missing += [] if of else ["of='imports' or of='exports'"]
    if missing:
        raise ValueError(
            "the file does not say whose table it is: its title or its last row was cut off. "
            f"Say it: {' and '.join(missing)}."
        )
