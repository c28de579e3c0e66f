"""What each row of a register is worth: read, read with a remark, set aside; and which totals it makes doubtful."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from enum import IntEnum

import numpy as np
import pandas as pd

from .columns import FLAGS, Typed, unequal
from .lines import Span, listed, shown
from .rows import Records

# SIPRI's registers of deals hold rows that are alike, and real: 9 of 29,916 in May 2026, 16 of 1,587 elsewhere.
_SAME_DEALS = 0.02
_LIKELY = ["recipient", "supplier", "designation", "tiv_million"]


class Doubt(IntEnum):
    """How far a row makes totals doubtful: those of its two countries in its years, in all years, or every total."""

    NONE = 0
    YEARS = 1
    COUNTRIES = 2
    ALL = 3


class Judged:
    """Remarks on the rows of a register.

    Attributes
    ----------
    aside
        Which rows are set aside.
    doubt
        Per row, how far it makes totals doubtful (`Doubt`).
    """

    def __init__(self, count: int) -> None:
        self.aside = np.zeros(count, dtype=bool)
        self.doubt = np.zeros(count, dtype=np.int8)
        self._warned = np.zeros(count, dtype=bool)
        self._said: dict[int, list[str]] = defaultdict(list)

    def add(
        self,
        remarks: dict[int, str] | tuple[Iterable[int], str],
        *,
        aside: bool = False,
        doubt: Doubt = Doubt.NONE,
        warn: bool = True,
    ) -> None:
        """Say something of rows: of each its own (row: remark), or of all the same."""
        if isinstance(remarks, tuple):
            remarks = dict.fromkeys(remarks[0], remarks[1])
        rows = list(remarks)
        for row, remark in remarks.items():
            self._said[row].append(remark)
        self.aside[rows] |= aside
        self.doubt[rows] = np.maximum(self.doubt[rows], doubt)
        self._warned[rows] |= warn

    def remarked(self) -> list[int]:
        """Rows of which there is something to say."""
        return sorted(self._said)

    def entries(self, read_as: str) -> tuple[np.ndarray, list[Span]]:
        """Code per row and, per code, its entry in the account."""
        codes: dict[Span, int] = {Span(0, 0, read_as, 1): 0}
        code = np.zeros(len(self.aside), dtype=np.int64)
        for row, said in self._said.items():
            kind, count = ("set aside", 0) if self.aside[row] else (read_as, 1)
            entry = Span(0, 0, kind, count, "; ".join(said), bool(self._warned[row]))
            code[row] = codes.setdefault(entry, len(codes))
        return code, list(codes)


def judge(
    records: Records, typed: Typed, labels: dict[str, str], *, unknown: set[str], possible: tuple[int, int]
) -> Judged:
    """Remarks on the rows of a register; `possible` has the first and the last year that it can speak of.

    Raises
    ------
    ValueError
        When one delivery stands twice with different numbers.
    """
    frame = typed.frame
    found = Judged(len(frame))
    _judge_names(found, frame, unknown)
    _judge_cells(found, typed, labels)
    _judge_years(found, frame, possible)
    _judge_volumes(found, frame)
    _judge_repeats(found, frame, records)
    found.add(records.mended, warn=False)
    return found


def _judge_names(found: Judged, frame: pd.DataFrame, unknown: set[str]) -> None:
    none = {side: np.asarray(frame[side] == "") for side in ("recipient", "supplier")}
    bare = none["recipient"] & none["supplier"] & np.isnan(frame["tiv_million"].to_numpy())
    found.add((_rows(bare), "no recipient and no supplier: an empty row or a bare sum"), aside=True, warn=False)
    for side, missing in none.items():
        found.add((_rows(missing & ~bare), f"the {side} is missing"), aside=True, doubt=Doubt.ALL)
        names = frame[side].cat
        strange = [name in unknown for name in names.categories]
        rows = _rows(np.array(strange, dtype=bool)[names.codes]) if any(strange) else []
        found.add({row: f"unknown name {frame[side].iat[row]!r}, kept as it is" for row in rows})


def _judge_cells(found: Judged, typed: Typed, labels: dict[str, str]) -> None:
    """Cells that are not what they should be: such a cell is lost, and its row where it has no place without it."""
    for name, texts in typed.faults.items():
        placed = name in {"year", "delivery_years"}
        what = "is neither Yes nor No" if name in FLAGS else "is not a number"
        what = {"year": "is not a year", "ordered": "is not a year", "delivery_years": _NO_YEARS}.get(name, what)
        doubt = Doubt.COUNTRIES if placed else Doubt.YEARS if name == "tiv_million" else Doubt.NONE
        remarks = {row: f"{text[:60]!r} under {labels[name]!r} {what}" for row, text in texts.items()}
        found.add(remarks, aside=placed, doubt=doubt)


_NO_YEARS = "is no list of years from the first to the last, each once"


def _judge_years(found: Judged, frame: pd.DataFrame, possible: tuple[int, int]) -> None:
    first, last = possible
    where = f"outside {first}–{last}, the years that the file can speak of"
    if "year" in frame:
        year = frame["year"].to_numpy()
        rows = _rows(np.isnan(year) & ~found.aside)
        found.add((rows, "no delivery year"), aside=True, doubt=Doubt.COUNTRIES)
        rows = _rows((year < first) | (year > last))
        found.add({row: f"{year[row]:.0f} lies {where}" for row in rows}, aside=True, doubt=Doubt.COUNTRIES)
    elif "delivery_years" in frame:
        years = frame["delivery_years"].cat
        outside = [bool(text) and (int(text[:4]) < first or int(text[-4:]) > last) for text in years.categories]
        rows = _rows(np.array(outside, dtype=bool)[years.codes])
        remarks = {row: f"{frame['delivery_years'].iat[row]!r} lies {where}" for row in rows}
        found.add(remarks, aside=True, doubt=Doubt.COUNTRIES)


def _judge_volumes(found: Judged, frame: pd.DataFrame) -> None:
    volume = frame["tiv_million"].to_numpy()
    dated = "year" in frame or "delivery_years" in frame
    silent = np.isnan(volume) & ~found.aside & (found.doubt == Doubt.NONE)
    if dated:
        found.add((_rows(silent), "no TIV: in no total"), doubt=Doubt.YEARS)
    if "delivery_years" in frame and "year" not in frame:
        lost = np.asarray(frame["delivery_years"] == "") & (volume > 0) & ~found.aside
        found.add((_rows(lost), "a volume without a delivery year: in no year's total"), doubt=Doubt.COUNTRIES)
    if {"number", "tiv_unit"} <= set(frame):
        number, unit = frame["number"].to_numpy(), frame["tiv_unit"].to_numpy()
        remarks = {
            row: f"{shown(number[row])} × {shown(unit[row])} TIV is not the row's TIV, {shown(volume[row])}: one of "
            "the three is damaged"
            for row in _rows(unequal(number, unit, volume))
        }
        found.add(remarks, doubt=Doubt.YEARS)


def _judge_repeats(found: Judged, frame: pd.DataFrame, records: Records) -> None:
    """Rows that stand twice, as where two downloads were put into one file: they are counted once."""
    if {"deal", "year"} <= set(frame):
        known = (frame["deal"] * 10_000 + frame["year"]).dropna()
        again = {} if known.is_unique else _again(known.index, known)
        if again:
            _refuse_contradicting(frame, again, records.first)
    else:
        alike = frame[
            frame[[name for name in _LIKELY if name in frame]].duplicated(keep=False)
        ]  # few rows: faster than to compare all cells of all
        again = _again(alike.index, alike.astype(object).fillna("").itertuples(index=False, name=None))
        if len(again) <= _SAME_DEALS * len(frame):  # a deal may be like another one: they stand together
            again = {row: one for row, one in again.items() if _apart(frame, one, row)}
    remarks = {row: f"the same row as line {records.first[one]}, counted once" for row, one in again.items()}
    found.add(remarks, aside=True)


def _apart(frame: pd.DataFrame, one: int, other: int) -> bool:
    """Whether rows of other recipients and of other suppliers stand between two rows; SIPRI sorts by one of them."""
    between = frame.iloc[one:other]
    return all((between[side] != frame[side].iat[one]).any() for side in ("recipient", "supplier"))


def _again(rows: Iterable[int], keys: Iterable[Hashable]) -> dict[int, int]:
    """Rows whose key is that of an earlier row, and that one."""
    seen: dict[Hashable, int] = {}
    earliest = {row: seen.setdefault(key, row) for row, key in zip(rows, keys, strict=True)}
    return {row: one for row, one in earliest.items() if row != one}


def _refuse_contradicting(frame: pd.DataFrame, again: dict[int, int], lines: np.ndarray) -> None:
    later, first = (frame.loc[list(rows)].reset_index(drop=True) for rows in (again, again.values()))
    unlike = ~np.logical_and.reduce([_equal(later[name], first[name]) for name in frame])
    if unlike.any():
        pairs = [pair for pair, differs in zip(again.items(), unlike, strict=True) if differs]
        told = [f"deal {frame['deal'].at[row]:.0f} in lines {lines[one]} and {lines[row]}" for row, one in pairs]
        raise ValueError(
            f"the same delivery stands twice with different cells: {listed(told)}. Two versions of the register were "
            "put together, or a row is damaged; read one version."
        )


def _equal(one: pd.Series, other: pd.Series) -> np.ndarray:
    one, other = (column.astype(object) for column in (one, other))
    return (one.eq(other) | (one.isna() & other.isna())).to_numpy()


def _rows(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()
