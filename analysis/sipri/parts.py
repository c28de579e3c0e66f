"""One file on its own: what kind it is, what it holds, and of which release it is."""

import re
from datetime import date, datetime
from numbers import Integral
from typing import NamedTuple

from analysis import tables

from . import contents, grids, lines, longs, owner, registers, rtf
from .archives import File
from .lines import Span

_PREAMBLE = 100  # lines; the longest seen has 11, an RTF file 25
#: How a file says in its first lines that it is an example.
_INVENTED = re.compile(r"\binvented numbers\b", re.I)
_NOT_OURS = (
    "is not a file that SIPRI's Arms Transfers Database gives: no header of a values table, a top list, a regional "
    "table or a register was found in it. Its first line is {first!r}. Files of other SIPRI databases (military "
    "expenditure, arms industry) are not read."
)
_RELEASE = re.compile(r"(?:march |sipri-atd-)?((?:19|20)\d\d)(?: release)?", re.I | re.ASCII)


class Options(NamedTuple):
    """What the reader says of a file that its own lines may have lost."""

    country: str | None = None
    of: str | None = None
    allocate: str | None = None
    release: int | None = None
    generated: date | None = None


class Part(NamedTuple):
    """What one file holds: the fields of its record, the account of its lines, and what it is of."""

    name: str
    found: dict
    entries: list[Span]
    generated: date | None
    release: int | None
    source: str
    basis: str

    @property
    def day(self) -> str:
        """When the file was made, for messages."""
        return f"generated {self.generated.isoformat()}" if self.generated else "without a date"

    @property
    def by_deal(self) -> bool:
        """Whether the file has one row per deal, without a volume per year."""
        return self.found["kind"] == "deal register"

    @property
    def exact(self) -> bool:
        """Whether its volumes are exact and not printed as whole millions."""
        return self.found["kind"].endswith("register")


class Contradiction(ValueError):
    """The reader's word of a release or a day is not what the file says."""


class EmptyTable(ValueError):
    """A file without rows; `country` and `of` say whose table it is, where its lines do."""

    def __init__(self, message: str, country: str | None, of: str | None):
        super().__init__(message)
        self.country, self.of = country, of


def options(
    country: str | None, of: str | None, allocate: str | None, release: int | str | None, generated: date | str | None
) -> Options:
    """What a reader says, checked.

    Raises
    ------
    ValueError
        When a name is unknown, or a release or a day cannot be read.
    """
    if country is not None and country != "all":
        country = tables.country(country)
    if of is not None:
        tables.known(of, ["imports", "exports"], "side")
    if allocate is not None:
        tables.known(allocate, ["even"], "way to allocate")
    return Options(country, of, allocate, _year(release), _day(generated))


def _year(release: int | str | None) -> int | None:
    if release is None:
        return None
    found = _RELEASE.fullmatch(str(release).strip())
    if isinstance(release, bool) or not isinstance(release, Integral | str) or not found:
        raise ValueError(f"release={release!r}: write the year of the release, for example release=2026.")
    return int(found[1])


def _day(generated: date | str | None) -> date | None:
    if isinstance(generated, datetime):
        return generated.date()
    if generated is None or isinstance(generated, date):
        return generated
    try:
        return date.fromisoformat(str(generated))
    except ValueError:
        raise ValueError(
            f"generated={generated!r}: write the day on which the file was made, for example generated='2026-02-12'."
        ) from None


def read(file: File, given: Options) -> Part:
    """One file as fields of a record, with the account of its lines.

    Raises
    ------
    EmptyTable
        When it is a table of SIPRI's without rows.
    ValueError
        When it is none of SIPRI's, is damaged, or contradicts what the reader says of it.
    """
    rows, form = contents.lines(file.content, file.name)
    try:
        generated = _agreed_day(lines.generated("\n".join(rows[:_PREAMBLE])), given.generated)
        found = _parsed(rows, form, given, generated)
        if found is not None:
            release = _release(found, generated, given.release)
    except ValueError as error:
        message = f"{file.name}: {error}"
        if str(error).startswith(lines.EMPTY):
            country, of = owner.named(rows)
            raise EmptyTable(message, tables.spelled(country or "") or country, of) from None
        raise (Contradiction if isinstance(error, Contradiction) else ValueError)(message) from None
    if found is None:
        first = next((row.strip(' ,;"') for row in rows if row.strip(' ,;"')), "")
        raise ValueError(f"{file.name} {_NOT_OURS.format(first=first[:60])}")
    head = min((entry.first for entry in found["spans"] if entry.read_as == "header"), default=1)
    invented = _INVENTED.search("\n".join(rows[: head - 1]))
    return Part(
        name=file.name,
        found=found,
        entries=lines.account(found["spans"], rows),
        generated=generated,
        release=release,
        source=_source(found["kind"], generated, release),
        basis="example" if invented else "estimate" if found.get("estimate") else "tabulated",
    )


def _parsed(rows: list[str], form: str, given: Options, generated: date | None) -> dict | None:
    """Fields of the record from the reader of the file's kind; None if the file has no header that we know."""
    if form == "RTF":
        return rtf.read(rows, names=_names)
    head = next((at for at, row in enumerate(rows) if registers.header(row)), None)
    if head is not None:
        return registers.read(
            rows, head, country=given.country, allocate=given.allocate, generated=generated, names=_names
        )
    heads = [at for at, row in enumerate(rows) if grids.header(row)]
    if heads:
        return grids.read(rows, heads, country=given.country, of=given.of, generated=generated, names=_names)
    if any(re.match(r"\s*No data found", row, re.I) for row in rows[:5]):
        raise ValueError("an empty export: SIPRI found nothing for this selection. Choose another on its site.")
    if any(map(grids.TITLE.match, rows)):
        raise ValueError(
            "the title is SIPRI's, but no header with years or with the columns of a register stands below it: an "
            "empty export, or a header that was cut off or changed. Download the file again."
        )
    longs.refuse(rows)
    return None


def _names(names: list[str]) -> tuple[dict[str, str], set[str]]:
    """Our names for SIPRI's spellings; a name that we do not know stays as it is and is reported."""
    ours = {name: tables.spelled(name) for name in names}
    return {name: our or name for name, our in ours.items()}, {name for name, our in ours.items() if our is None}


def _agreed_day(said: date | None, given: date | None) -> date | None:
    if said and given and said != given:
        raise Contradiction(
            f"generated={given.isoformat()!r} was given, but the file says {said}. Leave the option out."
        )
    return said or given


def _release(found: dict, generated: date | None, given: int | None) -> int | None:
    """The year of the release: that of March Y covers the years to Y - 1; in March itself only the data tell."""
    if found["kind"] == "World Bank series":
        return None
    last = found["years"][1] if found["years"] else 0
    if given and last > given - 1:
        raise Contradiction(
            f"release={given} was given, which ends with {given - 1}, but the file has deliveries of {last}. Choose a "
            "later release."
        )
    if generated is None or (generated.month == 3 and last < generated.year - 1 and generated.day > 7):
        return given
    said = max(lines.covered(generated), min(last, generated.year - 1)) + 1
    if given and given != said:
        raise Contradiction(
            f"release={given} was given, but the file was generated on {lines.written(generated)}, from the "
            f"March {said} "
            "release. Leave the option out."
        )
    return said


def _source(kind: str, generated: date | None, release: int | None) -> str:
    """The key of the release that a file is of; without one a description of the file."""
    if kind == "World Bank series":
        return "World Bank, World Development Indicators (from the SIPRI Arms Transfers Database)"
    if release:
        return tables.release_of(release) or f"SIPRI Arms Transfers Database, March {release} release"
    return f"SIPRI Arms Transfers Database, {'release not known' if generated else 'file without a date'}"
