"""The RTF register of the old site: deals, brackets for estimates, no TIV."""

import re
from typing import NamedTuple

import pandas as pd

from .columns import DEALS, dtype
from .lines import Names, Span, listed

# A number; in brackets where SIPRI is not sure of it.
_NUMBER = re.compile(r"\(?(\d{1,9})\)?", re.ASCII)
_CELLS = 8


class _Deal(NamedTuple):
    """One deal as the text has it; `side` is L for local production."""

    recipient: str
    supplier: str
    number_ordered: str
    designation: str
    description: str
    ordered: str
    delivery_years: str
    number: str
    comments: str
    side: str


def read(lines: list[str], *, names: Names) -> dict:
    """Fields of an Export from the text of the old site's RTF register: deals, brackets for estimates, no TIV.

    Raises
    ------
    ValueError
        When no row of the register is found.
    """
    body = next((i for i, line in enumerate(lines) if "recipient (R)" in line), None)
    if body is None:
        raise ValueError("the RTF file is not SIPRI's register: its header 'recipient (R)' is missing.")
    spans = [Span(i + 1, i + 1, "header" if i == body else "notes") for i in range(body + 1) if lines[i].strip()]
    deals, account = _deals(lines, body + 1)
    if not deals:
        raise ValueError("an empty export: the register has a header but no deal under it. Choose another selection.")
    frame = _typed(pd.DataFrame(deals, dtype="str"))
    ours, unknown = names(sorted({*frame["recipient"], *frame["supplier"]}))
    frame["recipient"], frame["supplier"] = frame["recipient"].map(ours), frame["supplier"].map(ours)
    return {
        "kind": "deal register", "country": None, "of": None, "years": None, "deliveries": frame, "transfers": None,
        "spans": spans + account, "estimate": False,
        "warnings": ["SIPRI's RTF register has no TIV: the deals were read, transfers is None"]
        + [f"unknown name {name!r}, kept as it is" for name in sorted(unknown)],
    }  # fmt: skip


def _deals(lines: list[str], start: int) -> tuple[list[_Deal], list[Span]]:
    """The deals below the header, from line `start` on, counted from 0; a name stands on the first of its rows only."""
    deals: list[_Deal] = []
    spans: list[Span] = []
    supplier = recipient = ""
    for at, line in enumerate(lines[start:], start + 1):
        row = [cell.strip() for cell in line.split("\t")]
        if not any(row):
            continue
        if len(row) == 1:
            supplier, recipient = row[0], ""
            spans.append(Span(at, at, "header", 0, "the supplier of the rows below"))
            continue
        side, _, name = row[0].rpartition(":")
        row = row[:1] + row[2:] if len(row) == _CELLS + 1 and not row[1] else row  # a tab more for a repeated name
        recipient = name.strip() or recipient
        if len(row) != _CELLS or not supplier or not recipient:
            reason = f"a broken row: {len(row)} cells instead of {_CELLS}"
            spans.append(Span(at, at, "set aside", 0, reason, True))
            continue
        deals.append(_Deal(recipient, supplier, *row[1:], side.strip()))
        odd = [cell for cell in (row[1], row[4], row[6]) if cell and not _NUMBER.fullmatch(cell)]
        spans.append(Span(at, at, "deals", 1, f"not a number, left empty: {listed(odd)}" if odd else "", bool(odd)))
    return deals, spans


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    found = {name: frame[name].replace("", None) for name in frame if name in DEALS}
    for name in ("number_ordered", "ordered", "number"):
        found[name] = pd.to_numeric(frame[name].str.extract(rf"^{_NUMBER.pattern}$")[0]).astype("Int64")
        found[f"{name}_estimated"] = frame[name].str.startswith("(").astype("boolean")
    found["local_production"] = frame["side"].eq("L").astype("boolean")
    blank = {name: pd.array([None] * len(frame), dtype=dtype(name)) for name in DEALS if name not in found}
    return pd.DataFrame(found | blank)[DEALS]
