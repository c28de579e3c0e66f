"""The columns of a register: their names through the years, and their cells as numbers, flags and texts."""

import io
import re
from collections.abc import Iterator
from operator import lt
from typing import NamedTuple

import numpy as np
import pandas as pd

from .lines import SEPARATORS
from .numbers import LARGEST, Cell, decimal_mark, value

# Header cells of all generations in small letters, and our names for them.
_COLUMNS = {
    "sipri at database id": "deal", "deal id": "deal", "tidn": "deal",
    "recipient": "recipient", "buyer": "recipient", "supplier": "supplier", "seller": "supplier",
    "designation": "designation", "weapon designation": "designation", "desig2": "designation",
    "description": "description", "weapon description": "description", "desc": "description",
    "armament category": "category", "wcat": "category",
    "order date": "ordered", "year of order": "ordered", "odat": "ordered",
    "order date is estimate": "ordered_estimated", "odai": "ordered_estimated",
    "number ordered": "number_ordered", "onum": "number_ordered", "onai": "number_ordered_estimated",
    "numbers delivered": "number", "number delivered": "number", "deliveries in the year range": "number",
    "nrdel": "number", "numbers delivered is estimate": "number_estimated", "nrdelai": "number_estimated",
    "delivery year": "year", "delivery year is estimate": "year_estimated",
    "year(s) of delivery": "delivery_years", "delyears": "delivery_years",
    "status": "status", "comments": "comments",
    "tiv deal unit": "tiv_unit", "sipri tiv per unit": "tiv_unit", "tivunit": "tiv_unit",
    "sipri tiv for total order": "tiv_order", "tivorder": "tiv_order",
    "tiv delivery values": "tiv_million", "sipri tiv of delivered weapons": "tiv_million", "tivdel": "tiv_million",
    "local production": "local_production", "coprod": "local_production",
}  # fmt: skip
# In the deal register the "?" columns have no name of their own; spreadsheets and readers invent one.
_NAMELESS = re.compile(r"(\.\d+|\.\.\.\d+|unnamed: \d+)?")
DELIVERIES = [
    "recipient", "supplier", "designation", "description", "category", "ordered", "ordered_estimated", "number",
    "number_estimated", "year", "year_estimated", "status", "tiv_unit", "tiv_million", "local_production", "deal",
]  # fmt: skip
DEALS = [
    "recipient", "supplier", "designation", "description", "category", "ordered", "ordered_estimated",
    "number_ordered", "number_ordered_estimated", "number", "number_estimated", "delivery_years", "status",
    "tiv_unit", "tiv_order", "tiv_million", "local_production", "comments", "deal",
]  # fmt: skip
NUMBERS = {"number", "number_ordered", "ordered", "year", "deal"}
VOLUMES = {"tiv_unit", "tiv_order", "tiv_million"}
FLAGS = {"ordered_estimated", "number_estimated", "number_ordered_estimated", "year_estimated", "local_production"}
#: Columns without which a row has no place.
NUMERIC = VOLUMES | {"year"}
_YES_NO = {"yes": 1, "true": 1, "?": 1, "x": 1, "no": 0, "false": 0, "": -1}
# As the present site writes it.
_LIST = re.compile(r"(?:19|20)\d\d(?:; (?:19|20)\d\d)*", re.ASCII)
# 2017 or (2017), 2017-2019 or (2017)-(2019).
_RANGE = re.compile(r"\(?((?:19|20)\d\d)\)?(?:\s*[-–]\s*\(?((?:19|20)\d\d)\)?)?", re.ASCII)
# The end of a cell with three decimals, or with its thousands set apart by a point; by separator.
_THREE_DECIMALS = {sep: re.compile(rf"\.\d{{3}}\"? ?(?:{sep}|;*\n|;*\Z)", re.ASCII) for sep in SEPARATORS}
# SIPRI rounds the TIV of one weapon and the TIV of all of them to two decimals.
_HALF_CENT = 0.005001


class Typed(NamedTuple):
    """Rows of a register with typed columns; per column the rows (row: text) whose cell is not what it should be."""

    frame: pd.DataFrame
    faults: dict[str, dict[int, str]]


def named(header: list[str]) -> list[str | None]:
    """Our names of the columns of a header in small letters; None for a column that is not read."""
    columns: list[str | None] = []
    while header and not header[-1]:  # cells that a spreadsheet appended
        header = header[:-1]
    for cell in header:
        name = _COLUMNS.get(cell)
        if name is None and columns and columns[-1] and _NAMELESS.fullmatch(cell):
            name = f"{columns[-1]}_estimated"
        columns.append(None if name in columns else name)
    return columns


def typed(rows: list[str], first: np.ndarray, sep: str, columns: list[str | None], labels: dict[str, str]) -> Typed:
    """Rows of a register as typed columns; `first` has the line of each row, `labels` the header cell of each column.

    Raises
    ------
    ValueError
        When the numbers are written in two ways, or may be read in two.
    """
    wanted = {i: name for i, name in enumerate(columns) if name in {*DELIVERIES, *DEALS}}
    raw = _parsed(rows, sep, len(columns), wanted)
    cells = {i: _texts(raw.pop(i), i == len(columns) - 1) for i in wanted if raw[i].dtype != "float64"}
    numeric = {name: cells[i] for i, name in wanted.items() if i in cells and name in NUMBERS | VOLUMES}
    mark = _mark(numeric, labels, first, sep)
    found, faults = {}, {}
    for i, name in wanted.items():
        if i in cells:
            found[name], bad = _column(name, *cells[i], mark)
        else:
            found[name], bad = _year_only(name, raw.pop(i).to_numpy())
        if bad:
            faults[name] = bad
    return Typed(pd.DataFrame(found), faults)


def _parsed(rows: list[str], sep: str, width: int, wanted: dict[int, str]) -> pd.DataFrame:
    """The cells: as numbers where whole columns are plain numbers (most files; much the faster way), else as text."""
    body = "\n".join(rows)
    numeric = [i for i, name in wanted.items() if name in NUMBERS | VOLUMES]
    tries = [[]] if _THREE_DECIMALS[sep].search(body) else [numeric, []]
    for floats in tries:
        try:
            raw = pd.read_csv(
                io.BytesIO(body.encode()),
                sep=sep,
                header=None,
                names=range(width),
                usecols=list(wanted),
                index_col=False,
                dtype={i: "float64" if i in floats else "str" for i in wanted},
                na_values={i: [""] for i in floats},
                keep_default_na=False,
                skip_blank_lines=False,
                low_memory=False,
            )
        except ValueError:
            if not floats:
                raise
            continue
        if all(_possible(raw[i].to_numpy()) for i in floats):
            break
    return raw


def _possible(values: np.ndarray) -> bool:
    """Whether all numbers are such as a cell may hold; a blank is NaN and beyond no bound."""
    return not ((values < 0) | (values > LARGEST)).any()


def _texts(column: pd.Series, last: bool) -> tuple[np.ndarray, np.ndarray]:
    """Distinct texts of a column and the code of each row; the last may end with stray semicolons."""
    codes, texts = pd.factorize(column.to_numpy(dtype=object))
    stripped = [text.strip("; ") if last else text.strip() for text in texts]
    if stripped != texts.tolist():  # two cells may now be the same
        place, texts = pd.factorize(np.array(stripped, dtype=object))
        codes = place[codes]
    return texts, codes


def _mark(
    columns: dict[str, tuple[np.ndarray, np.ndarray]], labels: dict[str, str], first: np.ndarray, sep: str
) -> str:
    """The decimal mark of a register; units times TIV per unit is the TIV of all of them."""

    def cells() -> Iterator[Cell]:
        for name, (texts, codes) in columns.items():
            _, rows = np.unique(codes, return_index=True)
            yield from (Cell(text, int(first[row]), labels[name]) for text, row in zip(texts, rows, strict=True))

    def fits(mark: str) -> tuple[int, int]:
        if not {"number", "tiv_unit", "tiv_million"} <= set(columns):
            return 0, 0
        number, unit, volume = (_values(*columns[name], mark) for name in ("number", "tiv_unit", "tiv_million"))
        unlike = unequal(number, unit, volume)
        known = ~np.isnan(number * unit * volume)
        return int((known & ~unlike).sum()), int((known & unlike).sum())

    return decimal_mark(cells(), in_comma_file=sep == ",", fits=fits)


def unequal(number: np.ndarray, unit: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Rows whose units times TIV per unit are not their TIV; both are rounded. A row without one of them is none."""
    with np.errstate(invalid="ignore"):
        return np.abs(number * unit - volume) > (number + 1) * _HALF_CENT


def _values(texts: np.ndarray, codes: np.ndarray, mark: str) -> np.ndarray:
    found = [value(text, mark) for text in texts]
    return np.array([np.nan if number is None else number for number in found], dtype=float)[codes]


def _year_only(name: str, values: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
    """Numbers, and the rows whose number cannot be; a year has four digits."""
    if name not in {"year", "ordered"}:
        return values, {}
    bad = ~(np.isnan(values) | ((values >= 1900) & (values < 2100) & (values % 1 == 0)))
    return np.where(bad, np.nan, values), {row: f"{values[row]:.15g}" for row in np.flatnonzero(bad).tolist()}


def _column(name: str, texts: np.ndarray, codes: np.ndarray, mark: str) -> tuple[object, dict[int, str]]:
    """A column from its distinct texts and the code of each row, and the cells that are not what it should hold."""
    if name in NUMBERS | VOLUMES:
        values, bad = _year_only(name, _values(texts, codes, mark))
        none = np.array([value(text, mark) is None for text in texts], dtype=bool)
        return values, bad | _shown(none, texts, codes)
    if name in FLAGS:
        values = np.array([_YES_NO.get(text.casefold(), -2) for text in texts], dtype=np.int8)
        return np.maximum(values, -1)[codes], _shown(values == -2, texts, codes)
    if name == "delivery_years":
        years = [years_of(text) for text in texts]
        none = np.array([found is None for found in years], dtype=bool)
        spelled = ["; ".join(map(str, found or ())) for found in years]
        place, spellings = pd.factorize(np.array(spelled, dtype=object))
        return pd.Categorical.from_codes(place[codes], spellings), _shown(none, texts, codes)
    return pd.Categorical.from_codes(codes, texts), {}


def _shown(bad: np.ndarray, texts: np.ndarray, codes: np.ndarray) -> dict[int, str]:
    return {row: texts[codes[row]] for row in np.flatnonzero(bad[codes]).tolist()} if bad.any() else {}


def years_of(text: str) -> tuple[int, ...] | None:
    """Years of "2017; 2018" or "2017-2019"; none of an empty cell, None of a text that is no list of years.

    SIPRI lists each year once, from the first to the last.

    >>> years_of("2017-2019"), years_of("2019-2017"), years_of("2017; 2017")
    ((2017, 2018, 2019), None, None)
    """
    if _LIST.fullmatch(text):
        years = list(map(int, text.split("; ")))
        return tuple(years) if all(map(lt, years, years[1:])) else None
    years = []
    for part in re.split(r"[;,]", text) if text else ():
        found = _RANGE.fullmatch(part.strip())
        if not found:
            return None
        years += range(int(found[1]), int(found[2] or found[1]) + 1) or [0]
    return tuple(years) if all(map(lt, years, years[1:])) and 0 not in years else None


def dtype(name: str) -> str:
    kinds = {"boolean": FLAGS, "float64": VOLUMES, "Int64": NUMBERS}
    return next((dtype for dtype, names in kinds.items() if name in names), "str")
