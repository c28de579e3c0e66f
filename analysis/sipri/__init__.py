"""Read whatever a reader downloads from SIPRI's Arms Transfers Database, lose nothing, say everything.

The kind of a file is recognised by what stands in it, never by its name or its number of lines: tables of one
country, of all countries, of categories and regions, top lists, registers by delivery and by deal, of the present
site and of the one before 2024, the site's JSON answers, and the World Bank's re-issue of country totals.
"""

import os
import re
import warnings
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis import tables

from . import contents, grids, lines, longs, registers, rtf

_PREAMBLE = 100  # lines; the longest seen has 11, an RTF file 25
#: How a file says in its first lines that it is an example.
_INVENTED = re.compile(r"\binvented numbers\b", re.I)
_NOT_OURS = (
    "is not a file that SIPRI's Arms Transfers Database gives: no header of a values table, a top list, a regional "
    "table or a register was found in it. Its first line is {first!r}. Files of other SIPRI databases (military "
    "expenditure, arms industry) are not read."
)


class ExportWarning(UserWarning):
    """Something in a file does not add up or could not be read; the same sentence stands in the report."""


@dataclass(frozen=True, eq=False)
class Export:
    """What one file of SIPRI's Arms Transfers Database holds.

    Attributes
    ----------
    kind
        country table, all-countries table, category table, regional table, top list, delivery register,
        deal register, World Bank series, or several tables.
    country, of
        Whose table it is, and which side ("imports" or "exports"); None for the whole world or where several.
    generated
        Day on which the file was made, None if the file does not say.
    release
        "March 2025 release", or None where the day and the last year do not settle it.
    source
        The key of the release ("sipri-atd-2025"), as in `load.sources`; a description of the file where no release is
        known.
    basis
        ``tabulated``; ``estimate`` where deals were spread over their years; ``example`` where the first lines of the
        file say that its numbers are invented. Every row has it, and every sentence and figure made from it says so.
    years
        First and last year covered, None for a register without delivery years.
    transfers
        One row per recipient, supplier and year: recipient, supplier, year, tiv_million (SIPRI trend-indicator
        value: volume, not money), source, imports_tiv and exports_tiv (the total of all suppliers of this recipient,
        of all recipients of this supplier, in that year; NaN where the file does not hold them all). None where the
        file has no pairs of countries.
    deliveries
        One row per delivery row of a delivery register (recipient, supplier, designation, description, category,
        ordered, ordered_estimated, number, number_estimated, year, year_estimated, status, tiv_unit, tiv_million,
        local_production, deal, imports_tiv and exports_tiv as in `transfers`, source), or per deal of a deal
        register (number_ordered, delivery_years, tiv_order and comments instead of year, and no totals). `category`
        is in SIPRI's words, one spelling for all years ("Air defence systems"). Local production is part of every
        total, as in SIPRI's own. None for tables.
    totals
        One row per country, region or category and year, for files without pairs: country, role (importer or
        exporter), region, category, year, tiv_million, source. In a regional table with countries, `country` is the
        other side of the region. None otherwise.
    report
        One row per span of lines: first_line, last_line, read_as (notes, header, transfers, totals, deliveries,
        deals, check, set aside), rows (of the frame that it gave), reason, warning. Every line of the file is in
        exactly one row. Lines of a JSON answer or an RTF file are those of the text inside.
    """

    kind: str
    country: str | None
    of: str | None
    generated: date | None
    release: str | None
    source: str
    basis: str
    years: tuple[int, int] | None
    transfers: pd.DataFrame | None
    deliveries: pd.DataFrame | None
    totals: pd.DataFrame | None
    report: pd.DataFrame


def read(
    path_or_bytes: str | os.PathLike | bytes,
    *,
    country: str | None = None,
    of: str | None = None,
    allocate: str | None = None,
) -> Export:
    """One file of SIPRI's Arms Transfers Database, as frames, with an account of every line.

    Parameters
    ----------
    path_or_bytes
        The file, or its content.
    country
        Whose table or register it is, "all" for all countries. Needed only where the first lines or the last row
        were cut off: your word then stands for theirs, that it is this country's and that all its rows are there.
    of
        "imports" or "exports"; needed only where the direction was cut off too.
    allocate
        "even" spreads the volume of each deal of a deal register evenly over its delivery years. An estimate:
        measured on China and Pakistan it is up to 4 points off, and `source` says so in every row. Exact files
        do not need it.

    Raises
    ------
    ValueError
        When the file is not text, is empty, is no export of this database, holds a git conflict, does not say whose
        table it is, or is a deal register and `allocate` is None. The message says what to do.

    Warns
    -----
    ExportWarning
        When printed totals and rows differ by more than rounding, when rows are damaged, when names are unknown.
        Totals of the years concerned are then missing (NaN), since a share needs its whole denominator.

    Notes
    -----
    Printed totals are a check, never data. A cell "0" is a delivery between 0 and 0.5 million and is kept as 0; an
    empty cell gives no row. Years not yet published at the time are not covered. A filter by weapon category leaves
    no trace in a deal register or in the register of one country: its totals are then those of the category. Country
    names become those of the table `countries`; an unknown name is kept and stays in every total.

    Examples
    --------
    A table in the site's shape, with invented numbers:

    >>> table = (b"Supplier,2023,2024,2023-2024,Percentage\\n"
    ...          b"China,30,0 ,30,75%\\nTurkiye,,10,10,25%\\nTotal exports to Pakistan,30,10,40,100%\\n")
    >>> export = read(table)
    >>> export.kind, export.country, export.of, export.years
    ('country table', 'Pakistan', 'imports', (2023, 2024))
    >>> export.transfers[["supplier", "year", "tiv_million", "imports_tiv"]]
      supplier  year  tiv_million  imports_tiv
    0    China  2023         30.0         30.0
    1    China  2024          0.0         10.0
    2  Türkiye  2024         10.0         10.0
    """
    country, of, allocate = _options(country, of, allocate)
    content, name = contents.data(path_or_bytes)
    rows, form = contents.lines(content, name)
    generated = lines.generated("\n".join(rows[:_PREAMBLE]))
    try:
        found = _parsed(rows, form, country=country, of=of, allocate=allocate, generated=generated)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if found is None:
        first = next((row.strip(' ,;"') for row in rows if row.strip(' ,;"')), "")
        raise ValueError(f"{name} {_NOT_OURS.format(first=first[:60])}")
    return _export(found, rows, generated)


def _options(country: str | None, of: str | None, allocate: str | None) -> tuple[str | None, str | None, str | None]:
    if country is not None and country != "all":
        country = tables.country(country)
    if of is not None:
        tables.known(of, ["imports", "exports"], "side")
    if allocate is not None:
        tables.known(allocate, ["even"], "way to allocate")
    return country, of, allocate


def _parsed(
    rows: list[str],
    form: str,
    *,
    country: str | None,
    of: str | None,
    allocate: str | None,
    generated: date | None,
) -> dict | None:
    """Fields of the Export from the reader of the file's kind; None if the file has no header that we know."""
    if form == "RTF":
        return rtf.read(rows, names=_names)
    head = next((at for at, row in enumerate(rows) if registers.header(row)), None)
    if head is not None:
        return registers.read(rows, head, country=country, allocate=allocate, generated=generated, names=_names)
    heads = [at for at, row in enumerate(rows) if grids.header(row)]
    if heads:
        return grids.read(rows, heads, country=country, of=of, generated=generated, names=_names)
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


def _export(found: dict, rows: list[str], generated: date | None) -> Export:
    report = lines.report(found["spans"], rows)
    release = _release(found, generated)
    source = _source(found["kind"], generated, release)
    head = min((entry[0] for entry in found["spans"] if entry[2] == "header"), default=1)
    invented = _INVENTED.search("\n".join(rows[: head - 1]))
    basis = "example" if invented else "estimate" if found.get("estimate") else "tabulated"
    day = generated.isoformat() if generated else None
    _warn(report, found.get("warnings", []))
    return Export(
        kind=found["kind"],
        country=found["country"],
        of=found["of"],
        generated=generated,
        release=f"March {release} release" if release else None,
        source=source,
        basis=basis,
        years=found["years"],
        transfers=_sourced(found.get("transfers"), source, basis, day, 4),
        deliveries=_sourced(found.get("deliveries"), source, "example" if invented else "tabulated", day),
        totals=_sourced(found.get("totals"), source, basis, day),
        report=report,
    )


def _source(kind: str, generated: date | None, release: int | None) -> str:
    """The key of the release that a file is of; without one a description of the file."""
    if kind == "World Bank series":
        return "World Bank, World Development Indicators (from the SIPRI Arms Transfers Database)"
    known = release and tables.release_of(release)
    return known or f"SIPRI Arms Transfers Database, {'release not known' if generated else 'file without a date'}"


def _release(found: dict, generated: date | None) -> int | None:
    """The year of the release: that of March Y covers the years to Y - 1; in March itself only the data tell."""
    if generated is None or found["kind"] == "World Bank series":
        return None
    last = found["years"][1] if found["years"] else 0
    if generated.month == 3 and last < generated.year - 1 and generated.day > 7:
        return None
    return max(lines.covered(generated), min(last, generated.year - 1)) + 1


def _sourced(
    frame: pd.DataFrame | None, source: str, basis: str, generated: str | None, place: int | None = None
) -> pd.DataFrame | None:
    """The frame with its source, how its rows stand to it, and the day of the file."""
    if frame is not None:
        place = len(frame.columns) if place is None else place
        told = {"source": source, "basis": basis, "generated": generated}
        for at, (name, value) in enumerate(told.items(), place):
            frame.insert(at, name, pd.array([value], dtype="str").take([0] * len(frame)))
    return frame


def _warn(report: pd.DataFrame, notes: list[str]) -> None:
    flagged = report[report["warning"]]
    notes = notes + [f"line {row.first_line}: {row.reason}" for row in flagged.itertuples()]
    if notes:
        warnings.warn(lines.listed(notes), ExportWarning, stacklevel=4)
