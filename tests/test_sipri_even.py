"""Deals spread evenly over their years: bounds that hold whatever the true years were, on invented and real deals.

The numbers of all rows written here are invented. The real registers are read from ../shared/sipri-exports if present.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sipri import DEAL_HEAD, REGISTER_NOTES, real, real_files

from analysis import load, measure, sipri

pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")
spec = importlib.util.spec_from_file_location("even_split", Path(__file__).parent / "bench" / "even_split.py")
even_split = importlib.util.module_from_spec(spec)
spec.loader.exec_module(even_split)


def register(*deals: tuple[str, str, str, float]) -> sipri.Export:
    """A register of all countries: recipient, supplier, years and volume of each deal."""
    rows = [f"{r},{s},2019,,,,Model-{i},tank,,,{years},New,,,,{tiv}" for i, (r, s, years, tiv) in enumerate(deals)]
    return sipri.read("\n".join([REGISTER_NOTES + DEAL_HEAD, *rows]).encode(), allocate="even")


def bounded(export: sipri.Export, window: int) -> pd.DataFrame:
    shares = measure.shares(export.transfers, window=window, years=export.years)
    return measure.interval(shares, deliveries=export.deliveries)


DEALS = [
    ("Pakistan", "China", "2020; 2021", 40.0),
    ("Pakistan", "China", "2021", 10.0),
    ("Pakistan", "Russia", "2021; 2022; 2023", 30.0),
    ("Pakistan", "Italy", "2020", 20.0),
]


def test_bounds_by_hand():
    """2020–21: China has 50 for certain; Italy 20; of Russia's 30, spread as 10, between none and all."""
    found = bounded(register(*DEALS), 2).query("of == 'imports' and last_year == 2021").set_index("supplier")
    assert found["percent"].round(6).to_dict() == {"China": 62.5, "Italy": 25.0, "Russia": 12.5}
    assert found.loc["China", ["low", "high"]].tolist() == pytest.approx([50, 100 * 50 / 70])
    assert found.loc["Italy", ["low", "high"]].tolist() == pytest.approx([20, 100 * 20 / 70])
    assert found.loc["Russia", ["low", "high"]].tolist() == pytest.approx([0, 30])
    assert found["note"].isna().all()


def test_a_window_that_no_deal_crosses_is_exact_and_says_so():
    found = bounded(register(*DEALS), 4).query("of == 'imports' and last_year == 2023")
    assert found["note"].str.startswith("exact").all()
    assert (found["low"] == found["percent"]).all() and (found["high"] == found["percent"]).all()
    assert (
        bounded(register(*DEALS), 2)
        .query("last_year == 2021 and of == 'exports' and supplier == 'China'")["note"]
        .notna()
        .all()
    )  # China's own deals lie inside; Russia's do not matter to its exports


def test_rows_that_were_changed_since_have_no_bounds():
    export = register(*DEALS)
    shares = measure.shares(export.transfers, window=2, years=export.years)
    found = measure.interval(shares, deliveries=export.deliveries.iloc[1:])
    assert found.query("of == 'imports' and last_year == 2021")["low"].isna().all()


def test_years_of_an_old_register_are_all_listed():
    rows = [DEALS[0], ("Pakistan", "Russia", "2021-2023", 30.0)]
    assert register(*rows).deliveries["delivery_years"].tolist() == ["2020; 2021", "2021; 2022; 2023"]


YEARS = range(2020, 2026)
deal = st.tuples(
    st.sampled_from(["Pakistan", "India"]),
    st.sampled_from(["China", "Russia", "France"]),
    st.sets(st.sampled_from(YEARS), min_size=1, max_size=3),
    st.integers(1, 50),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(deal, min_size=2, max_size=6), st.integers(1, 4), st.randoms(use_true_random=False))
def test_whatever_the_years_of_delivery_were_the_share_lies_within(deals, window, random):
    texts = [(r, s, "; ".join(map(str, sorted(years))), float(tiv)) for r, s, years, tiv in deals]
    found = bounded(register(*texts), window)
    true = []
    for recipient, supplier, years, tiv in deals:
        weights = [random.choice([0, 0, 1, 3]) for _ in years]
        weights[random.randrange(len(weights))] += 1
        parts = [tiv * weight / sum(weights) for weight in weights]
        true += [(recipient, supplier, year, part) for year, part in zip(sorted(years), parts, strict=True)]
    true = pd.DataFrame(true, columns=["recipient", "supplier", "year", "tiv"])
    for row in found.itertuples():
        inside = true[true["year"].between(row.first_year, row.last_year)]
        side, country = ("recipient", row.recipient) if row.of == "imports" else ("supplier", row.supplier)
        whole = inside[inside[side] == country]
        part = whole[(whole["recipient"] == row.recipient) & (whole["supplier"] == row.supplier)]["tiv"].sum()
        if whole["tiv"].sum() > 0:
            assert row.low - 1e-6 <= 100 * part / whole["tiv"].sum() <= row.high + 1e-6, row
        assert row.low - 1e-6 <= row.percent <= row.high + 1e-6


# ------------------------------------------------------------------------------------------------- the real registers
@real_files
def test_the_exact_register_gives_what_was_printed_of_its_release():
    export = sipri.read(real("nagehanrdogan"))
    printed = load.shares(source="sipri-factsheet-2025").query("first_year >= 1995")
    own = measure.shares(export.transfers, years=export.years)
    key = ["recipient", "supplier", "of", "first_year", "last_year"]
    both = printed[[*key, "percent"]].merge(own[[*key, "percent"]], how="left", on=key, suffixes=("", "_own"))
    assert len(both) >= 29
    assert (both["percent"] - both["percent_own"]).abs().max() <= 0.6


@real_files
def test_every_printed_share_lies_within_the_bounds_of_the_even_split():
    rows = even_split.beside_printed(even_split.read(real("alexarui")))
    half = 0.5 * 10.0 ** -rows["decimals"].astype(float)
    assert len(rows) >= 65 and rows["low"].notna().all()
    assert even_split.within(rows, rows["percent"], half).all()
    assert 0.3 < ((rows["even"] - rows["percent"]).abs() <= half).mean() < 0.7  # an estimate: half of them are met


@real_files
def test_the_even_split_is_as_far_off_as_the_docstrings_say():
    exact = even_split.read(real("nagehanrdogan"))
    both = even_split.compared(exact, even_split.read_text(even_split.by_deal(exact.deliveries)))
    assert even_split.within(both, both["exact"], 1e-9).all()
    off = (both["even"] - both["exact"]).abs()
    pair = both["recipient"].eq("Pakistan") & both["supplier"].eq("China")
    assert (pair.sum(), (off[pair] > 4).sum(), round(off[pair].max(), 1)) == (52, 7, 9.5)
    larger = both["of"].eq("imports") & both["total"].ge(1000) & both["exact"].ge(10)
    assert (round(100 * (off[larger] > 4).mean(), 1), round(off[larger].max(), 1)) == (8.4, 13.9)
    assert "7 of 52 windows, 9.5 at most" in " ".join(measure.interval.__doc__.split())
    assert np.isclose(both.loc[off[pair].idxmax(), ["exact", "even"]].astype(float), [24.0, 33.5], atol=0.05).all()
