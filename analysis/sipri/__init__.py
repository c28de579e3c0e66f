"""Read whatever a reader downloads from SIPRI's Arms Transfers Database, lose nothing, say everything.

The kind of a file is recognised by what stands in it, never by its name or its number of lines: tables of one
country, of all countries, of categories and regions, top lists, registers by delivery and by deal, of the present
site and of the one before 2024, the site's JSON answers, and the World Bank's re-issue of country totals.
"""

import warnings
from dataclasses import dataclass
from datetime import date

import pandas as pd

from . import archives, lines, parts, several


class ExportWarning(UserWarning):
    """Something in a file does not add up or could not be read; the same sentence stands in the report."""


@dataclass(frozen=True, eq=False)
class Export:
    """What one file of SIPRI's Arms Transfers Database holds, or several of one release together.

    Attributes
    ----------
    kind
        country table, all-countries table, category table, regional table, top list, delivery register,
        deal register, World Bank series, several tables (of one file), or several files (of more than one kind).
    country, of
        Whose table it is, and which side ("imports" or "exports"); None for the whole world or where several.
    generated
        Day on which the file was made, None if the file does not say; the last of them where there are several. Each
        row of a frame has the day of its own file.
    release
        "March 2025 release", or None where the day and the last year do not settle it.
    source
        The key of the release ("sipri-atd-2025"), as in `load.sources`; a description of the file where no release is
        known.
    basis
        ``tabulated``; ``estimate`` where deals were spread over their years; ``example`` where the first lines of the
        file say that its numbers are invented. Every row has it, and every sentence and figure made from it says so.
    years
        First and last year covered (by every file), None for a register without delivery years.
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
        exporter), region, category, year, tiv_million, world_tiv (the total of all countries in that year, with those
        below the end of a list; NaN where the file does not hold it), source. In a regional table with countries,
        `country` is the other side of the region. None otherwise.
    report
        One row per span of lines: file, first_line, last_line, read_as (notes, header, transfers, totals, deliveries,
        deals, check, set aside), rows (of the frame that it gave), reason, warning. Every line of a file is in
        exactly one row. Lines of a JSON answer or an RTF file are those of the text inside. Of several files each has
        one row more, before its lines (read_as ``file``): what it is, and in `rows` how many rows of the frames are
        its own.
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
    given: archives.Given,
    *,
    country: str | None = None,
    of: str | None = None,
    allocate: str | None = None,
    release: int | str | None = None,
    generated: date | str | None = None,
) -> Export:
    """Files of SIPRI's Arms Transfers Database, as frames, with an account of every line.

    Parameters
    ----------
    given
        A file by its path, its bytes, its text (with line breaks), or opened; a folder, an archive (.zip, .gz), a
        workbook (.xlsx, whose sheets are then the files); or a list of these.
    country
        Whose table or register it is, "all" for all countries. Needed only where the first lines or the last row
        were cut off: your word then stands for theirs, that it is this country's and that all its rows are there.
    of
        "imports" or "exports"; needed only where the direction was cut off too.
    allocate
        "even" spreads the volume of each deal of a deal register evenly over its delivery years. An estimate, and
        `source` says so in every row: measured on a register that has both, one in twelve of the larger importers'
        shares over five years is more than 4 points off, the worst 14. `measure.interval(shares,
        deliveries=export.deliveries)` gives the bounds of each share. Exact files
        do not need it.
    release, generated
        The year of the release (2026) and the day on which the file was made ("2026-02-12"), where the line that says
        it was cut off.

    Raises
    ------
    ValueError
        When the file is not text, is empty, is no export of this database, holds a git conflict, does not say whose
        table it is, or is a deal register and `allocate` is None; when several files are of two releases, contradict
        each other or do not fit into one frame; when an archive or a workbook is not to be trusted or too large. The
        message says what to do.

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

    Several files of one release become one record. A cell that two of them hold is checked and counted once; exact
    volumes go before printed whole millions, a register's rows before a table's. Where the tables are those of all
    importers (every state of the table `countries`, or every name of a table of all countries among the files, or by
    your word ``country="all"``), the totals of every exporter are whole too, and the other way round. `years` are those
    that all files cover. Files that a folder or an archive holds besides are named in the report.

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
    options = parts.options(country, of, allocate, release, generated)
    files = archives.files(given)
    if len(files) == 1 and not files[0].aside:
        one = parts.read(files[0], options)
        notes = [*one.found.get("warnings", []), *lines.flagged(one.entries)]
        account = [(one.name, *entry) for entry in one.entries]
    else:
        one, account, notes = several.read(files, options)
    if notes:
        warnings.warn(lines.listed(notes), ExportWarning, stacklevel=2)
    return _export(one, lines.report(account))


def _export(part: parts.Part, report: pd.DataFrame) -> Export:
    found, day = part.found, part.generated.isoformat() if part.generated else None
    exact = "tabulated" if part.basis == "estimate" else part.basis
    return Export(
        kind=found["kind"],
        country=found["country"],
        of=found["of"],
        generated=part.generated,
        release=f"March {part.release} release" if part.release else None,
        source=part.source,
        basis=part.basis,
        years=found["years"],
        transfers=_sourced(found.get("transfers"), part.source, part.basis, day, 4),
        deliveries=_sourced(found.get("deliveries"), part.source, exact, day),
        totals=_sourced(found.get("totals"), part.source, part.basis, day),
        report=report,
    )


def _sourced(
    frame: pd.DataFrame | None, source: str, basis: str, generated: str | None, place: int | None = None
) -> pd.DataFrame | None:
    """The frame with its source, how its rows stand to it, and the day of the file that each row is from."""
    if frame is None:
        return None
    columns = dict(frame.items())
    days = columns.pop("generated", None)
    names = list(columns)
    place = len(names) if place is None else place
    columns |= {"source": _same(source, len(frame)), "basis": _same(basis, len(frame))}
    columns["generated"] = _same(generated, len(frame)) if days is None else days
    names[place:place] = ["source", "basis", "generated"]
    return pd.DataFrame({name: columns[name] for name in names}, copy=False)  # a copy would double a large frame


def _same(value: str | None, count: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([value], dtype="str").repeat(count)
