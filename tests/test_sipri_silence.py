"""No share moves in silence: registers and tables with known numbers, written and damaged as people's programs do it.

Each case invents the deliveries of a small world, writes them as a register by delivery, a register by deal or a table,
in some way of writing numbers and cells, and may damage the file. What is read must be what was invented; else it is
refused, or a warning is given and every total that is left is still the true one.

    SIPRI_FUZZ=10000 python -m pytest -q tests/test_sipri_silence.py -k fuzz
"""

import csv
import io
import os
import random
import warnings
from collections import Counter
from typing import NamedTuple

import pytest
from test_sipri import DEAL_HEAD, DELIVERY_HEAD

from analysis import sipri

CASES = int(os.environ.get("SIPRI_FUZZ", "400"))
COUNTRIES = ["China", "Russia", "France", "Italy"]
RECIPIENTS = ["Pakistan", "India", "Egypt"]
CATEGORIES = ["Aircraft", "Armoured vehicles", "Missiles", "Ships"]
YEARS = range(2018, 2023)


class Delivery(NamedTuple):
    deal: int
    supplier: str
    recipient: str
    years: tuple[int, ...]
    number: int
    unit: float

    @property
    def tiv(self) -> float:
        return round(self.number * self.unit, 2)


class Style(NamedTuple):
    """How a program writes: separator, decimal mark, thousands mark (or none), and its line ends."""

    sep: str
    decimal: str
    group: str
    end: str

    def number(self, value: float) -> str:
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        whole, _, decimals = text.partition(".")
        if self.group == "lakh" and len(whole) > 3:
            head = whole[:-3][::-1]
            whole = ",".join(head[at : at + 2] for at in range(0, len(head), 2))[::-1] + "," + whole[-3:]
        elif self.group and self.group != "lakh":
            whole = f"{int(whole):,}".replace(",", self.group)
        return whole + (self.decimal + decimals if decimals else "")


STYLES = [
    Style(sep, decimal, group, end)
    for sep in ",;\t"
    for decimal, groups in ((".", ["", ",", "'", "’", " ", "\u202f", "lakh"]), (",", ["", ".", " ", "\u00a0", "'"]))
    for group in groups
    for end in ("\n", "\r\n")
]


def invented(chance: random.Random, kind: str) -> list[Delivery]:
    """Deliveries of a small world; every category stands in it, so that it is whole."""
    count = chance.randint(5, 14)
    return [
        Delivery(
            deal,
            chance.choice(COUNTRIES),
            chance.choice(RECIPIENTS),
            tuple(sorted(chance.sample(YEARS, chance.randint(1, 3) if kind == "deals" else 1))),
            chance.choice([1, 2, 3, 10, 40, 1200]),
            chance.choice([0.4, 1.25, 12.5, 50, 650.5, 1301, 2450]),
        )
        for deal in range(1, count + 1)
    ]


def totals(deliveries: list[Delivery]) -> dict[tuple[str, str, int], float]:
    """True total per side, country and year, the deals spread evenly."""
    found: Counter = Counter()
    for row in deliveries:
        for year in row.years:
            found["imports_tiv", row.recipient, year] += row.tiv / len(row.years)
            found["exports_tiv", row.supplier, year] += row.tiv / len(row.years)
    return found


def notes(first: int = YEARS[0], last: int = YEARS[-1]) -> list[str]:
    return [
        "Transfers of major conventional arms from All countries  to All countries . Deals with deliveries made for "
        f"the year range '{first}' to '{last}'",
        "Source: SIPRI Arms Transfers Database (c) SIPRI.",
        "Data generated: 14 Jul 2026 2:57:40 AM",
    ]


def cells(kind: str, deliveries: list[Delivery], style: Style) -> list[list[str]]:
    """Header and rows of a register."""
    write = style.number
    if kind == "deliveries":
        rows = [DELIVERY_HEAD.split(",")]
        for at, d in enumerate(deliveries):
            row = [str(d.deal), d.supplier, d.recipient, f"Model-{at}", "tank", CATEGORIES[at % 4], "2016", "No"]
            row += [write(d.number), "No", str(d.years[0]), "No", "New", write(d.unit), write(d.unit), write(d.tiv)]
            rows.append([*row, "No"])
        return rows
    rows = [DEAL_HEAD.split(",")]
    for at, d in enumerate(deliveries):
        row = [d.recipient, d.supplier, "2016", "?", write(d.number), "", f"Model-{at}", "tank", write(d.number), ""]
        row += ["; ".join(map(str, d.years)), "New", f"remark {at}", write(d.unit), write(d.tiv), write(d.tiv)]
        rows.append(row)
    return rows


def table(chance: random.Random, style: Style) -> tuple[list[list[str]], dict[tuple[str, str, int], float]]:
    """A table of Pakistan's imports in whole millions, with its printed totals."""
    grid = {s: [chance.choice([None, 4, 40, 999, 1300, 1301, 12045]) for _ in YEARS] for s in COUNTRIES}
    sums = [sum(grid[s][i] or 0 for s in COUNTRIES) for i in range(len(YEARS))]
    rows = [["Supplier", *map(str, YEARS), f"{YEARS[0]}-{YEARS[-1]}"]]
    rows += [[s, *("" if v is None else style.number(v) for v in row), style.number(sum(v or 0 for v in row))]
             for s, row in grid.items()]  # fmt: skip
    rows.append(["Total exports to Pakistan", *map(style.number, sums), style.number(sum(sums))])
    return rows, {("imports_tiv", "Pakistan", year): total for year, total in zip(YEARS, sums, strict=True)}


# ---------------------------------------------------------------------------------------------------- damages
def line(row: list[str], style: Style) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=style.sep, lineterminator="").writerow(row)
    return out.getvalue()


def repeated(chance, rows, style):
    at = chance.randrange(1, len(rows))
    end = chance.randint(at + 1, len(rows))
    return rows + rows[at:end]


def changed(chance, rows, style):
    """One number becomes another one, or no number."""
    at = chance.randrange(1, len(rows))
    places = [i for i, cell in enumerate(rows[at]) if cell[:1].isdigit() and "; " not in cell and i > 3]
    place = chance.choice(places or [len(rows[at]) - 1])
    old = rows[at][place]
    new = chance.choice(
        ["#REF!", "#N/A", "$1,200,300", "999999999999999", "9" + old, f"{old}7", "-5", "1.301", "1,301"]
    )
    rows[at] = [*rows[at][:place], new, *rows[at][place + 1 :]]
    return rows


def misdated(chance, rows, style):
    """A year of delivery becomes what none can be."""
    at = chance.randrange(1, len(rows))
    columns = {"Delivery year", "Year(s) of delivery"} & set(rows[0])
    if columns:
        new = chance.choice(
            ["2021-2019", "1917", "2071", "2019; 2019", "2022; 2031", "20199", "2020-", "2020-2020-2021"]
        )
        place = rows[0].index(columns.pop())
        rows[at] = [*rows[at][:place], new, *rows[at][place + 1 :]]
    return rows


def dropped(chance, rows, style):
    """A table tells by its totals that a row is missing; a register cannot, so there it is none."""
    if rows[0][0] == "Supplier":
        del rows[chance.randrange(1, len(rows) - 1)]
    return rows


def untouched(chance, rows, style):
    return rows


def broken(chance, lines, style):
    """A line break in a remark."""
    at = chance.randrange(len(lines))
    lines[at] = lines[at].replace("remark ", "remark\n", 1)
    return "\n".join(lines).split("\n")


def padded(chance, lines, style):
    width = max(text.count(style.sep) for text in lines) + chance.choice([0, 1, 4])
    return [text + style.sep * (width - text.count(style.sep)) for text in lines]


def wrapped(chance, lines, style):
    some = chance.random() < 0.5
    inside = [f'"{text.replace(chr(34), chr(34) * 2)}"' + style.sep * chance.choice([0, 3]) for text in lines]
    return [new if not some or chance.random() < 0.5 else old for old, new in zip(lines, inside, strict=True)]


def quoted(chance, lines, style):
    return [
        ",".join(f'"{cell}"' for cell in next(csv.reader([text]))) if style.sep == "," and '"' not in text else text
        for text in lines
    ]


ROWS = [untouched, untouched, untouched, repeated, changed, misdated, dropped]
LINES = [[], [], [padded], [wrapped], [quoted], [broken], [broken, padded]]


def case(seed: int) -> tuple[str, dict, dict[tuple[str, str, int], float]]:
    """Text of a file, how to read it, and the true totals."""
    chance = random.Random(seed)
    kind = chance.choice(["deliveries", "deals", "table"])
    style = chance.choice(STYLES)
    if kind == "table":
        rows, truth = table(chance, style)
    else:
        deliveries = invented(chance, kind)
        rows, truth = cells(kind, deliveries, style), totals(deliveries)
    # Rows are repeated as they are; which of two unlike rows is the true one, nobody can say.
    for damage in sorted((chance.choice(ROWS) for _ in range(chance.randint(1, 2))), key=lambda one: one is repeated):
        rows = damage(chance, rows, style)
    if kind != "table" and chance.random() < 0.1:  # a program that writes one row in another way
        other = chance.choice(STYLES)
        at = chance.randrange(1, len(rows))
        rows[at] = cells(kind, deliveries, other)[at] if at <= len(deliveries) else rows[at]
    lines = [line(row, style) for row in rows]
    for damage in chance.choice(LINES):
        lines = damage(chance, lines, style)
    options = {"allocate": "even"} if kind == "deals" else {}
    return style.end.join([*(notes() if kind != "table" else []), *lines]) + style.end, options, truth


def check(seed: int) -> str:
    """What came of one case: equal, warned or refused."""
    text, options, truth = case(seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            export = sipri.read(text.encode(), **options)
        except ValueError as refusal:
            assert str(refusal)
            return "refused"
    near = 0.02 if export.deliveries is not None else 3  # what the rounding of a table of six numbers leaves open
    for column, side in (("imports_tiv", "recipient"), ("exports_tiv", "supplier")):
        frame = export.transfers
        given = frame.dropna(subset=column).groupby([side, "year"])
        for (country, year), total in given[column].max().items():
            assert total == pytest.approx(truth[column, country, year], abs=near), (seed, column, country, year)
        added = frame.groupby([side, "year"])["tiv_million"].sum()
        for (country, year), total in given["tiv_million"].sum().items():
            assert total == pytest.approx(added[country, year]), seed
    if caught:
        return "warned"
    for (column, country, year), total in truth.items():
        side = "recipient" if column == "imports_tiv" else "supplier"
        rows = export.transfers[export.transfers[side].eq(country) & export.transfers["year"].eq(year)]
        assert rows["tiv_million"].sum() == pytest.approx(total, abs=near), (seed, country, year)
        assert total == 0 or rows[column].notna().all(), (seed, country, year)
    return "equal"


def test_fuzz_no_share_moves_in_silence():
    came_of = Counter(check(seed) for seed in range(CASES))
    # Most files are only written in another way, and are read; not all are refused to be safe.
    assert came_of["equal"] > 0.35 * CASES, came_of
    assert min(came_of["warned"], came_of["refused"]) > 0.03 * CASES, came_of
