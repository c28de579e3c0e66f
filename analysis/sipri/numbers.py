"""Numbers as people's programs write them: one decimal mark per file, thousands set apart in any country's way."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

#: Beyond any volume or number of weapons: a damaged cell.
LARGEST = 1e15
#: The marks that may stand before decimals.
MARKS = (".", ",")
_OTHER = {".": ",", ",": "."}
_NAN = float("nan")
_PLAIN = {
    mark: re.compile(rf"\+?(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)(?:[eE][+-]?\d{{1,9}})?", re.ASCII)
    for mark in MARKS
}
# 1 301, 1'301, 1,301.5 and 1.301,5; in India 12,34,567. The same mark stands between all groups.
_GROUPED = {
    mark: re.compile(
        rf"[1-9]\d{{0,2}}(?=([ \u00a0\u2009\u202f'’{re.escape(_OTHER[mark])}]))(?:\1\d{{3}})+({re.escape(mark)}\d+)?"
        + (r"|[1-9]\d?(?:,\d\d)+,\d{3}(\.\d+)?" if mark == "." else ""),
        re.ASCII,
    )
    for mark in MARKS
}
_GROUPS = re.compile(r"[ \u00a0\u2009\u202f'’.,]")
# Thousands in one place, three decimals in another.
_OPEN = re.compile(r"[1-9]\d{0,2}([.,])\d{3}", re.ASCII)
_THREE_DECIMALS = re.compile(r"\d+([.,])\d{3,}", re.ASCII)


class Cell(NamedTuple):
    """One cell of a file and where it stands."""

    text: str
    line: int
    column: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text!r}" + (f" under {self.column!r}" if self.column else "")


def value(text: str, mark: str = ".") -> float | None:
    """Value of a cell: NaN when blank, None when it is not a number. "0 " is 0: between 0 and 0.5.

    >>> value("1,301.5"), value("1.301,5", ","), value("1'400"), value("#REF!")
    (1301.5, 1301.5, 1400.0, None)
    """
    text = text.strip()
    if not text:
        return _NAN
    if not text.isdecimal() or not text.isascii():
        if _PLAIN[mark].fullmatch(text):
            text = text.replace(",", ".")
        elif _GROUPED[mark].fullmatch(text):
            whole, _, decimals = text.partition(mark)
            text = f"{_GROUPS.sub('', whole)}.{decimals}"
        else:
            return None
    found = float(text)
    return found if found <= LARGEST else None


def decimal_mark(
    cells: Iterable[Cell], *, in_comma_file: bool, fits: Callable[[str], tuple[int, int]] = lambda mark: (0, 0)
) -> str:
    """The mark that stands before the decimals in all numbers of one file.

    SIPRI's volumes have no more than two decimals, or four in the old text form, so "1.301" is one thousand three
    hundred and one where the file's other numbers or its own arithmetic say so, and else left open, unless the file
    writes three decimals or more elsewhere.

    Parameters
    ----------
    cells
        Every cell with a number in it, at least one for each text.
    in_comma_file
        Whether commas part the cells: a comma within a quoted cell then parts thousands.
    fits
        For a mark, how many sums of the file come out if it stands before decimals, and how many do not: units times
        TIV per unit, or the cells of a row beside its printed total.

    Raises
    ------
    ValueError
        When the file writes its numbers in two ways, or leaves open which way it is; the cell is named.
    """
    proof: dict[str, Cell] = {}
    undecided: dict[str, Cell] = {}
    fine: set[str] = set()
    for cell in cells:
        text = cell.text.strip()
        if text.isdecimal():
            continue
        if found := _OPEN.fullmatch(text):
            undecided.setdefault(found[1], cell)
            continue
        read = [mark for mark in MARKS if value(text, mark) is not None]
        if len(read) == 1:
            proof.setdefault(read[0], cell)
            if (deep := _THREE_DECIMALS.fullmatch(text)) and deep[1] == read[0]:
                fine.add(read[0])
    if len(proof) == 2:
        raise ValueError(
            f"its numbers are written in two ways: {proof['.']} has a decimal point, {proof[',']} a decimal comma. "
            f"{_SAVE}"
        )
    mark = next(iter(proof), None)
    if mark:
        if mark in undecided and (mark not in fine or fits(mark)[0] < fits(_OTHER[mark])[0]):
            raise ValueError(_open(undecided[mark], proof[mark]))
        return mark
    if not undecided:
        return "."
    by_sums = _by_sums(fits)
    if by_sums:
        return by_sums
    if in_comma_file and list(undecided) == [","]:
        return "."
    raise ValueError(_open(next(iter(undecided.values()))))


_SAVE = "Save the file again with one way for all numbers, best without marks between thousands: 1301.5."


def _by_sums(fits: Callable[[str], tuple[int, int]]) -> str | None:
    """The mark with which the sums of the file come out, where they do not with the other."""
    right = {mark: fits(mark) for mark in MARKS}
    for mark in MARKS:
        good, bad = right[mark]
        if good > right[_OTHER[mark]][0] and not bad:
            return mark
    return None


def _open(cell: Cell, proof: Cell | None = None) -> str:
    """What to say of a cell that may be read in two ways."""
    mark = _OPEN.fullmatch(cell.text.strip())[1]
    readings = f"{cell.text.replace(mark, '')} or {cell.text.replace(mark, '.')}"
    why = f" ({proof} says that {mark!r} stands before decimals, but SIPRI's volumes have two at most)" if proof else ""
    return (
        f"{cell} may be {readings}: the file leaves open whether {mark!r} sets thousands apart or decimals{why}. "
        f"{_SAVE}"
    )
