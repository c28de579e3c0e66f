"""The sheets of an Excel workbook as the text that a spreadsheet would save: one CSV each."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime

#: Cells of all sheets together; the largest register has two million.
MOST_CELLS = 4_000_000
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([^"']{1,40})["']""")


def sheets(content: bytes, parts: dict[str, bytes], name: str) -> list[tuple[str, bytes]]:
    """Name and text of each sheet that has cells, from the bytes of a workbook and of the parts inside it.

    Raises
    ------
    ValueError
        When the file is another kind of document, holds XML that a workbook never needs, is damaged or too large,
        has formulas without values, or the library that reads workbooks is not installed.
    """
    if "xl/workbook.xml" not in parts:
        what = "an Excel workbook in binary form (.xlsb)" if "xl/workbook.bin" in parts else "an Office document"
        raise ValueError(f"{name} is {what}, which is not read. Save its table as CSV (UTF-8) or .xlsx.")
    _refuse_tricks(parts, name)
    try:
        import openpyxl
    except ImportError:
        raise ValueError(
            f"{name} is an Excel workbook, and openpyxl, which reads it, is not installed: install "
            "'arms-dependence[files]', or save the sheet as CSV (UTF-8)."
        ) from None
    formulas = any(path.startswith("xl/worksheets/") and _FORMULA.search(part) for path, part in parts.items())
    try:
        found = [(sheet, list(rows)) for sheet, rows in _rows(openpyxl, content, name, values=True)]
        written = [list(rows) for _, rows in _rows(openpyxl, content, name, values=False)] if formulas else []
    except _TooLarge as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # openpyxl lets whatever goes wrong inside it through
        raise ValueError(
            f"{name} is an Excel workbook that cannot be read ({error}). Save its sheet as CSV."
        ) from error
    for (sheet, rows), formula_rows in zip(found, written, strict=False):
        _refuse_uncounted(rows, formula_rows, f"{name}, sheet {sheet}")
    return [(sheet, _csv(rows)) for sheet, rows in found if any(map(any, rows))]


class _TooLarge(ValueError):
    pass


def _refuse_tricks(parts: dict[str, bytes], name: str) -> None:
    """Refuse entities and other encodings, by which a small file can become a large one or reach for others."""
    for path, part in parts.items():
        if not path.endswith((".xml", ".rels", ".vml")):
            continue
        encoding = _ENCODING.search(part[:300])
        plain = not encoding or encoding[1].lower() in {b"utf-8", b"us-ascii"}
        if b"\0" in part or not plain or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise ValueError(
                f"{name}: {path!r} in it has entities or an encoding that no spreadsheet writes; it is not read. Save "
                "the sheet as CSV (UTF-8)."
            )


def _rows(openpyxl, content: bytes, name: str, *, values: bool) -> Iterator[tuple[str, list[tuple]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    cells = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a sheet says of its size may be wrong
        rows = []
        for row in sheet.iter_rows(values_only=True):
            cells += len(row) + 1
            if cells > MOST_CELLS:
                raise _TooLarge(f"{name} has more than {MOST_CELLS:,} cells, which no export of SIPRI's has.")
            rows.append(row)
        yield sheet.title, rows
    book.close()


def _refuse_uncounted(rows: list[tuple], written: list[tuple], name: str) -> None:
    """Refuse a formula whose value was never saved: it would read as an empty cell."""
    for at, (row, cells) in enumerate(zip(rows, written, strict=False), 1):
        for value, cell in zip(row, cells, strict=False):
            if value is None and cell is not None:
                raise ValueError(
                    f"{name}, row {at}: the formula {str(cell)[:40]!r} has no value in the file. Open the "
                    f"workbook in a "
                    "spreadsheet, save it, and read it again."
                )


def _csv(rows: list[tuple]) -> bytes:
    """The rows as a spreadsheet saves them: all of one width, so that a missing cell cannot be taken for a break."""
    texts = [[_text(value) for value in row] for row in rows]
    width = max((at + 1 for row in texts for at, text in enumerate(row) if text), default=0)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows((row + [""] * width)[:width] for row in texts)
    return out.getvalue().encode()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return " ".join(str(value).splitlines())
