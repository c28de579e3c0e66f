"""What was asked of SIPRI for a register: which countries and years, and so which totals it holds whole."""

import re
from datetime import date
from typing import NamedTuple

import pandas as pd

from .lines import BLANK, covered

_ASKED = re.compile(
    r"Transfers of major conventional arms from (?P<supplier>.+?)\s+to (?P<recipient>.+?)\s*\. Deals with deliveries "
    r"(?:or orders )?made for (?:the )?year range '(?P<first>[^']*)' to '(?P<last>[^']*)'"
)
_ASKED_OLD = re.compile(
    r"Database search results for buyer '(?P<recipient>[^']*)' and seller\s+'(?P<supplier>[^']*)' and the years "
    r"from (?P<first>\d+) to (?P<last>\d+)(?: - \(created: [\d-]+\))?"
)
_LONGEST_TITLE = 2000  # characters; a longer line is damaged
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_FIRST_YEAR = 1950  # of the database
# A register of the whole world without one of these was filtered by category, which its first lines do not say.
_ALWAYS_THERE = {"Aircraft", "Armoured vehicles", "Missiles", "Ships"}


class Asked(NamedTuple):
    """What the reader selected on SIPRI's site: the countries, and the first and last year (None: all)."""

    supplier: str
    recipient: str
    first: int | None
    last: int | None

    @property
    def all_suppliers(self) -> bool:
        return _all(self.supplier)

    @property
    def all_recipients(self) -> bool:
        return _all(self.recipient)


class Sides(NamedTuple):
    """Whether a register holds all suppliers of its recipients, and all recipients of its suppliers; whose it is."""

    imports: bool
    exports: bool
    country: str | None = None
    of: str | None = None


def asked(preamble: list[str]) -> Asked | None:
    """The selection as the first lines of a register say it; None where they were cut off.

    Raises
    ------
    ValueError
        When the years that they state are no range of years.
    """
    for line in preamble:
        line = line[:_LONGEST_TITLE].strip(BLANK)
        found = _ASKED.fullmatch(line) or _ASKED_OLD.fullmatch(line)
        if found:
            first, last = (_stated(found[name]) for name in ("first", "last"))
            if first and last and first > last:
                raise ValueError(f"its first lines state the years {first} to {last}, which is no range. {_AGAIN}")
            return Asked(found["supplier"].strip(), found["recipient"].strip(), first, last)
    return None


_AGAIN = "Restore the line, or download the file again."


def _stated(text: str) -> int | None:
    if text.casefold() == "not specified":
        return None
    if not _YEAR.fullmatch(text):
        raise ValueError(f"its first lines state the year {text!r}, which is none. {_AGAIN}")
    return int(text)


def possible(selection: Asked | None, generated: date | None) -> tuple[int, int]:
    """First and last year in which a delivery of the file may lie: nothing is delivered after the file was made."""
    made = (generated or date.today()).year
    first, last = (selection.first, selection.last) if selection else (None, None)
    return first or _FIRST_YEAR, min(last or made, made)


def years(selection: Asked | None, dated: pd.DataFrame | None, generated: date | None) -> tuple[int, int] | None:
    """First and last year covered: what was asked for, as far as it had been published."""
    if dated is None or not len(dated):
        return None
    first, last = int(dated["year"].min()), int(dated["year"].max())
    if selection is None:
        return first, last
    published = covered(generated) if generated else last
    return min(first, selection.first or _FIRST_YEAR), max(last, min(selection.last or published, published))


def sides(selection: Asked | None, frame: pd.DataFrame, country: str | None) -> Sides:
    """Of which side a register holds every partner, by its first lines or by the reader's word.

    Everything sent to the selected recipients is here if no supplier was selected, and the other way round.

    Raises
    ------
    ValueError
        When the reader's word and the file do not agree.
    """
    if selection is None:
        imports, exports, single = _by_word(frame, country)
    else:
        imports, exports = selection.all_suppliers, selection.all_recipients
        single = {} if imports and exports else _single(frame)
        _refuse_other(country, imports and exports, single)
    if imports and exports:
        return Sides(*[not _filtered(frame)] * 2)
    if imports:
        return Sides(True, False, single.get("recipient"), "imports")
    if exports:
        return Sides(False, True, single.get("supplier"), "exports")
    return Sides(False, False)


def _by_word(frame: pd.DataFrame, country: str | None) -> tuple[bool, bool, dict[str, str]]:
    """The sides of a register whose first lines were cut off: what was selected, only the reader knows."""
    single = _single(frame)
    if country is None:
        return False, False, single
    imports, exports = (country in {"all", single.get(side)} for side in ("recipient", "supplier"))
    if not (imports or exports):
        raise ValueError(
            f"country={country!r} was given, but the register has other recipients and other suppliers too. "
            "Write country='all' if it holds the whole world's transfers, else leave it out."
        )
    return imports, exports, single


def _single(frame: pd.DataFrame) -> dict[str, str]:
    """The recipient, or the supplier, where there is only one."""
    return {side: frame[side].iloc[0] for side in ("recipient", "supplier") if frame[side].nunique() == 1}


def _filtered(frame: pd.DataFrame) -> bool:
    categories = set(frame["category"].dropna().unique())
    return bool(categories) and not categories >= _ALWAYS_THERE


def _refuse_other(country: str | None, world: bool, single: dict[str, str]) -> None:
    if world or country in {None, *single.values()}:
        return
    raise ValueError(
        f"country={country!r} was given, but the file itself says whose register it is: "
        f"{' and '.join(sorted(single.values())) or 'several countries'}. Leave the option out."
    )


def _all(name: str) -> bool:
    return name.casefold() in {"all", "all countries"}
