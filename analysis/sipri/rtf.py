"""The RTF register of the old site: deals, brackets for estimates, no TIV."""

import re

import pandas as pd

from .lines import Names, listed, span
from .rows import DEALS, EMPTY, dtype

# A number; in brackets where SIPRI is not sure of it.
_NUMBER = re.compile(r"\(?(\d{1,9})\)?", re.ASCII)


def read(lines: list[str], *, names: Names) -> dict:
    """Fields of an Export from the text of the old site's RTF register: deals, brackets for estimates, no TIV.

    Raises
    ------
    ValueError
        When no row of the register is found.
    """
    spans, deals = [], []
    supplier = recipient = ""
    body = next((i for i, line in enumerate(lines) if "recipient (R)" in line), None)
    if body is None:
        raise ValueError("the RTF file is not SIPRI's register: its header 'recipient (R)' is missing.")
    spans = [span(i + 1, i + 1, "header" if i == body else "notes") for i in range(body + 1) if lines[i].strip()]
    for at, line in enumerate(lines[body + 1 :], body + 2):
        if not line.strip():
            continue
        row = [cell.strip() for cell in line.split("\t")]
        if len(row) == 1:
            supplier, recipient = row[0], ""
            spans.append(span(at, at, "header", 0, "the supplier of the rows below"))
            continue
        side, _, name = row[0].rpartition(":")
        row = row[:1] + row[2:] if len(row) == 9 and not row[1] else row  # one tab more where the name is repeated
        recipient = name.strip() or recipient
        if len(row) != 8 or not supplier or not recipient:
            spans.append(span(at, at, "set aside", 0, f"a broken row: {len(row)} cells instead of 8", True))
            continue
        deals.append([recipient, supplier, *row[1:], side.strip()])
        odd = [cell for cell in (row[1], row[4], row[6]) if cell and not _NUMBER.fullmatch(cell)]
        spans.append(span(at, at, "deals", 1, f"not a number, left empty: {listed(odd)}" if odd else "", bool(odd)))
    if not deals:
        raise ValueError(EMPTY)
    frame = _from_rtf(deals)
    ours, unknown = names(sorted({*frame["recipient"], *frame["supplier"]}))
    frame["recipient"], frame["supplier"] = frame["recipient"].map(ours), frame["supplier"].map(ours)
    return {
        "kind": "deal register", "country": None, "of": None, "years": None, "deliveries": frame, "transfers": None,
        "spans": spans, "estimate": False,
        "warnings": ["SIPRI's RTF register has no TIV: the deals were read, transfers is None"]
        + [f"unknown name {name!r}, kept as it is" for name in sorted(unknown)],
    }  # fmt: skip


def _from_rtf(deals: list[list[str]]) -> pd.DataFrame:
    names = ["recipient", "supplier", "number_ordered", "designation", "description", "ordered", "delivery_years"]
    frame = pd.DataFrame(deals, columns=[*names, "number", "comments", "side"], dtype="str")
    found = {name: frame[name].replace("", None) for name in frame if name in DEALS}
    for name in ("number_ordered", "ordered", "number"):
        found[name] = pd.to_numeric(frame[name].str.extract(rf"^{_NUMBER.pattern}$")[0]).astype("Int64")
        found[f"{name}_estimated"] = frame[name].str.startswith("(").astype("boolean")
    found["local_production"] = frame["side"].eq("L").astype("boolean")
    blank = {name: pd.array([None] * len(frame), dtype=dtype(name)) for name in DEALS if name not in found}
    return pd.DataFrame(found | blank)[DEALS]
