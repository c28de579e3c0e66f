"""SIPRI's registers: one row per delivery year, or one row per deal, of the new site and the old one."""

from datetime import date
from itertools import repeat

import numpy as np
import pandas as pd

from . import asked, yearly
from .columns import DEALS, DELIVERIES, FLAGS, NUMBERS, VOLUMES, dtype, typed
from .grids import header as table_header
from .judged import Judged, judge
from .lines import Names, Span, cells, notes, runs, unwrapped
from .rows import Form, Records, header, records

EMPTY = "an empty export: the register has a header but no row under it. Choose another selection."
_UNREADABLE = "not one of the {} rows under the register's header can be read. The first: line {}, {}."
_NO_YEARS = (
    "this is SIPRI's register with one row per deal: it has no volume per year, so no yearly or five-year share can "
    "be computed from it exactly. There are two ways out. (1) Download the register again as delivery rows (SIPRI's "
    "export option; the header then has 'TIV delivery values'), or the import/export values table: both are exact. "
    "(2) Read it with allocate='even': each deal's volume is spread evenly over its delivery years. That is an "
    "estimate, and every row and figure made from it says so. It was more than 4 points off in one of twelve larger "
    "importers' shares over five years, once by 14; measure.interval(shares, deliveries=...) gives the bounds of each."
)
_NO_TIME = (
    "the register has no delivery years, so its volume cannot be placed in time: the deals were read, transfers is None"
)
_CUT = (
    "the lines before the header, which say what was selected, are missing: no total is given, so no share can be "
    "computed. country='all' says that it is the register of the whole world, country='Pakistan' that it is "
    "Pakistan's, with all its rows"
)
_UNDATED = "; generated='2026-05-18', the day of the download, says of which release it is"


def read(
    lines: list[str],
    head: int,
    *,
    country: str | None,
    allocate: str | None,
    generated: date | None,
    names: Names,
) -> dict:
    """Fields of an Export from the register whose header stands at `head` (counted from 0).

    Raises
    ------
    ValueError
        When it has no rows, when another table stands in the file, when its numbers can be read in two ways, when a
        delivery stands twice with different cells, or when it has one row per deal and `allocate` is None.
    """
    form = header(lines[head])
    _refuse_deals(form, allocate)
    if any(map(str.startswith, lines[head:], repeat('"'))):
        lines = [*lines[:head], *map(unwrapped, lines[head:])]
    selection = asked.asked(lines[:head])
    found = records(lines, head + 1, form)
    if not found.rows:
        _refuse_others(lines, head, [], found)
        raise ValueError(EMPTY)
    labels = _labels(lines[head], form)
    rows = typed(found.rows, found.first, form.sep, form.columns, labels)
    sides = rows.frame["recipient"].cat.categories, rows.frame["supplier"].cat.categories
    ours, unknown = names(sorted({*sides[0], *sides[1]} - {""}))
    possible = asked.possible(selection, generated)
    judged = judge(found, rows, labels, unknown=unknown, possible=possible)
    _refuse_others(lines, head, judged.remarked(), found)
    spans = _spans(lines, head, form, found, judged)
    _refuse_unreadable(judged, spans)
    placed = "year" in form.columns or "delivery_years" in form.columns
    cut = placed and selection is None and country is None
    reason = _CUT + ("" if generated else _UNDATED) if cut else ""
    header_span = Span(head + 1, head + 1, "header", 0, reason, cut)
    return {
        **_frames(
            _tidy(rows.frame, ours, form),
            judged,
            found,
            selection,
            placed=placed,
            country=country,
            generated=generated,
        ),
        "spans": [header_span, *spans],
        "estimate": "year" not in form.columns and placed,
        "warnings": [] if placed else [_NO_TIME],
    }


def _frames(
    frame: pd.DataFrame,
    judged: Judged,
    found: Records,
    selection: asked.Asked | None,
    *,
    placed: bool,
    country: str | None,
    generated: date | None,
) -> dict:
    """Kind, whose register it is, its years and its frames."""
    doubts = yearly.doubts(frame, judged.doubt, any(entry.warning for entry in found.broken))
    frame = frame[~judged.aside].reset_index(drop=True) if judged.aside.any() else frame
    if "year" in frame:
        frame["year"] = frame["year"].astype("int64")
    sides = asked.sides(selection, frame, country)
    dated = yearly.dated(frame) if placed else None
    result = {"country": sides.country, "of": sides.of, "years": asked.years(selection, dated, generated)}
    result |= {"kind": "delivery register" if "year" in frame else "deal register", "transfers": None}
    if dated is not None:
        result["transfers"], place = yearly.transfers(frame, dated, sides, doubts)
    if "year" in frame:
        totals = result["transfers"][["imports_tiv", "exports_tiv"]].to_numpy()
        frame[["imports_tiv", "exports_tiv"]] = np.append(totals, [[np.nan, np.nan]], axis=0)[place]
    return result | {"deliveries": frame}


def _refuse_deals(form: Form, allocate: str | None) -> None:
    if "year" not in form.columns and "delivery_years" in form.columns and allocate is None:
        raise ValueError(_NO_YEARS)


def _refuse_others(lines: list[str], head: int, remarked: list[int], found: Records) -> None:
    """Refuse a second table of the file; its lines are among those that are no good rows of the first."""
    strange = [*(at for at in range(head) if lines[at]), *(found.first[row] - 1 for row in remarked)]
    strange += [at for entry in found.broken for at in range(entry.first - 1, entry.last)]
    for at in strange:
        if header(lines[at]):
            what = "there are two registers in the file"
        elif table_header(lines[at]):
            what = "the file holds a register and a table of values"
        else:
            continue
        raise ValueError(
            f"{what}: their headers stand in lines {min(head, at) + 1} and {max(head, at) + 1}. Save each in a file "
            "of its own, and read them one by one."
        )


def _labels(line: str, form: Form) -> dict[str, str]:
    """Header cell of each column, as it stands; our name where it is blank."""
    texts = cells(unwrapped(line), form.sep)
    return {name: text.strip("; ") or name for name, text in zip(form.columns, texts, strict=False) if name}


def _spans(lines: list[str], head: int, form: Form, found: Records, judged: Judged) -> list[Span]:
    code, legend = judged.entries("deliveries" if "year" in form.columns else "deals")
    return [*notes(lines, 0, head), *runs(found.first, found.last, code, legend), *found.broken]


def _refuse_unreadable(judged: Judged, spans: list[Span]) -> None:
    if judged.aside.all():
        first = min((entry for entry in spans if entry.read_as == "set aside" and entry.warning), default=None)
        raise ValueError(_UNREADABLE.format(len(judged.aside), first.first, first.reason) if first else EMPTY)


def _tidy(frame: pd.DataFrame, ours: dict[str, str], form: Form) -> pd.DataFrame:
    """The columns of a register in their types, with our names of the countries."""
    columns = DELIVERIES if "year" in form.columns else DEALS
    found = {}
    for name in columns:
        if name not in frame:
            found[name] = pd.array([None], dtype=dtype(name)).take(np.zeros(len(frame), dtype=int))
        elif name in FLAGS:
            values = frame[name].to_numpy()
            said = name.endswith("_estimated") and columns is DEALS  # an empty cell beside a "?" says: not uncertain
            found[name] = pd.arrays.BooleanArray(values == 1, np.zeros(len(values), bool) if said else values < 0)
        elif name in NUMBERS:
            whole = (frame[name].isna() | (frame[name] % 1 == 0)).all()
            found[name] = frame[name].array if not whole else frame[name].astype("Int64").array
        elif name in VOLUMES:
            found[name] = frame[name].array
        else:
            found[name] = _text(frame[name].array, name, ours)
    return pd.DataFrame(found)


def _text(column: pd.Categorical, name: str, ours: dict[str, str]) -> pd.api.extensions.ExtensionArray:
    texts = [text or None for text in column.categories.tolist()]
    if name in {"recipient", "supplier"}:
        texts = [ours.get(text, text) for text in texts]
    if name == "category":  # spelled with a hyphen from 2026 on
        texts = [text and text.replace("Air-defence", "Air defence") for text in texts]
    return pd.array(texts, dtype="str").take(column.codes)
