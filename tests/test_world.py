"""Shares of the world: by hand on tiny tables, as properties, and beside what SIPRI printed from the same release.

All fixtures are written by hand; their numbers are invented.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import load, measure
from analysis.words.world import standing

SHARED = Path(__file__).resolve().parents[2] / "shared" / "sipri-exports"
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason=f"SIPRI's own files are not at hand ({SHARED})")
pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")

#: By year 2020 to 2023; the world has 10 more a year than these.
VOLUMES = {"China": (10, 20, 30, 60), "France": (40, 20, 30, 15), "Italy": (0, 0, 20, 5)}


def yearly(volumes=VOLUMES, rest=10, first=2020, **more):
    rows = [
        {"country": name, "role": "exporter", "year": first + at, "tiv_million": float(volume)}
        for name, found in volumes.items()
        for at, volume in enumerate(found)
        if volume
    ]
    frame = pd.DataFrame(rows).assign(source="invented", **more)
    total = frame.groupby("year")["tiv_million"].transform("sum")
    return frame.assign(world_tiv=total + rest)


def one(found, country, last_year):
    return found[(found["country"] == country) & (found["last_year"] == last_year)].iloc[0]


def test_shares_changes_and_ranks_by_hand():
    found = measure.world(yearly(), window=2)
    assert found["first_year"].unique().tolist() == [2020, 2021, 2022]
    row = one(found, "China", 2023)  # 90 of 10 + 10 + 160; 30 two years before
    assert row["percent_of_world"] == pytest.approx(50) and row["tiv_million"] == 90
    assert row["change_percent"] == pytest.approx(200) and row["rank"] == 1
    assert one(found, "France", 2023)["change_percent"] == pytest.approx(-25)
    assert one(found, "France", 2023)["rank"] == 2
    italy = one(found, "Italy", 2023)
    assert np.isnan(italy["change_percent"])  # nothing before: a change from nothing has no number
    assert italy["rank"] == 3
    assert found[(found["country"] == "Italy") & (found["last_year"] == 2021)].empty
    assert np.isnan(one(found, "China", 2022)["change_percent"])  # 2018 to 2020 is not covered


def test_a_rank_that_a_country_below_the_list_could_hold_is_missing():
    found = measure.world(yearly(rest=50), window=2)
    ranks = found[found["last_year"] == 2023].set_index("country")["rank"]
    assert ranks["China"] is pd.NA or ranks.isna()["China"]
    found = measure.world(yearly(rest=45), window=2)  # exactly as much as China has: still the first
    assert one(found, "China", 2023)["rank"] == 1
    assert pd.isna(one(found, "France", 2023)["rank"])


TOP = b"""Volume of exports of major arms by the top suppliers  2024-2025;
Data generated: 14 Jul 2026 2:57:40 AM

,Rank 2024-2025,,Supplier,2024,2025,2024-2025
,1,,United States,50,60,110
,2,,France,20,5,25
,,,Others,30,35,65
,,,Total,100,100,200
"""


def test_a_top_list_knows_the_world_with_those_below_its_end():
    found = measure.world(load.sipri(TOP).totals, window=2).set_index("country")
    assert found["percent_of_world"].to_dict() == {"United States": 55.0, "France": 12.5}
    assert found["rank"].isna().to_dict() == {"United States": False, "France": True}


def test_a_total_that_its_cells_do_not_meet_is_no_total_of_the_world():
    with pytest.raises(ValueError, match=r"known only in 1 years \(2024 to 2024\)"):
        measure.world(load.sipri(TOP.replace(b"Total,100,100", b"Total,100,140")).totals, window=2)


def test_a_change_from_less_than_half_a_million_has_no_number():
    frame = yearly({"China": (5, 5), "France": (1, 1)})
    frame.loc[(frame["country"] == "France") & (frame["year"] == 2020), "tiv_million"] = 0.0
    found = measure.world(frame, window=1)
    assert np.isnan(one(found, "France", 2021)["change_percent"]) and one(found, "China", 2021)["change_percent"] == 0


def test_columns_are_those_of_the_printed_totals_and_the_volume():
    found = measure.world(yearly(basis="tabulated", generated="2026-07-14"), window=2)
    assert set(load.totals().columns) - {"quoted_by"} <= set(found.columns)
    assert found["basis"].unique().tolist() == ["computed"] and found["verification"].unique().tolist() == ["computed"]
    assert found["generated"].unique().tolist() == ["2026-07-14"]
    assert measure.world(yearly(basis="example"), window=2)["basis"].unique().tolist() == ["example"]


def test_a_year_without_a_world_total_is_in_no_window():
    frame = yearly()
    frame.loc[frame["year"] == 2021, "world_tiv"] = np.nan
    assert measure.world(frame, window=2)["last_year"].unique().tolist() == [2023]
    with pytest.raises(ValueError, match=r"known only in 3 years \(2020 to 2023\)"):
        measure.world(frame, window=3)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (yearly().assign(country=None, region="Africa"), "regions or of weapon categories"),
        (yearly().assign(category="Ships"), "regions or of weapon categories"),
        (pd.concat([yearly(), yearly()]), "China stands twice as exporter of 2020"),
        (pd.concat([yearly(), yearly().assign(source="other")]), "across 2 editions"),
        (yearly().drop(columns="world_tiv"), "columns missing: world_tiv"),
        (load.totals(), "columns missing"),
        (load.transfers(source="sipri-atd-2026"), "not those of the whole world"),
        (None, "There are no totals"),
        (load, "a table is needed, not module"),
    ],
)
def test_tables_that_are_not_the_world_get_a_sentence(frame, words):
    with pytest.raises(ValueError, match=words):
        measure.world(frame)
    with pytest.raises(ValueError, match="window=0"):
        measure.world(yearly(), window=0)


def transfers(volumes):
    """Rows of a whole world from (recipient, supplier, year): volume."""
    frame = pd.DataFrame([(*key, float(value)) for key, value in volumes.items()])
    frame.columns = ["recipient", "supplier", "year", "tiv_million"]
    for of, end in (("imports", "recipient"), ("exports", "supplier")):
        frame[f"{of}_tiv"] = frame.groupby([end, "year"])["tiv_million"].transform("sum")
    return frame.assign(source="invented", basis="tabulated")


WORLD = {("India", "Russia", 2020): 30, ("India", "China", 2020): 10, ("Pakistan", "China", 2021): 60}


def test_a_world_register_gives_both_roles():
    found = measure.world(transfers(WORLD), window=2).set_index(["role", "country"])["percent_of_world"]
    assert found.to_dict() == {
        ("exporter", "China"): 70.0,
        ("exporter", "Russia"): 30.0,
        ("importer", "Pakistan"): 60.0,
        ("importer", "India"): 40.0,
    }


def test_part_of_a_world_register_is_refused_and_a_damaged_year_left_out():
    frame = transfers(WORLD)
    with pytest.raises(ValueError, match="not those of the whole world"):
        measure.world(frame[frame["recipient"] == "India"][lambda rows: rows["supplier"] == "China"], window=1)
    frame.loc[frame["year"] == 2020, "imports_tiv"] = np.nan
    assert measure.world(frame, window=1)["last_year"].unique().tolist() == [2021]


names = st.sampled_from(["India", "Pakistan", "China", "Russia", "unknown supplier(s)"])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.tuples(names, names, st.integers(2018, 2024)), st.integers(1, 500), min_size=1),
    st.integers(1, 3),
    st.randoms(),
)
def test_shares_of_a_whole_world_add_up_and_do_not_depend_on_order_or_scale(volumes, window, random):
    frame = transfers(volumes)
    try:
        found = measure.world(frame, window=window)
    except ValueError:
        return  # no window of years in a row with deliveries
    assert found.groupby(["role", "last_year"])["percent_of_world"].sum().to_numpy() == pytest.approx(100)
    order = list(range(len(frame)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(measure.world(frame.iloc[order], window=window), found)
    scaled = frame.assign(**{name: frame[name] * 4 for name in ("tiv_million", "imports_tiv", "exports_tiv")})
    columns = ["country", "role", "last_year", "percent_of_world", "change_percent", "rank"]
    pd.testing.assert_frame_equal(measure.world(scaled, window=window)[columns], found[columns])


# ------------------------------------------------------------------------------------------------ what SIPRI printed
def read(part, **options):
    (path,) = [path for path in SHARED.iterdir() if part in path.name]
    return load.sipri(path, **options)


def beside_printed(found, edition):
    printed = load.totals(edition=edition).dropna(subset="percent_of_world")
    keys = ["country", "role", "first_year", "last_year"]
    both = printed.merge(found, on=keys, suffixes=("_printed", ""))
    return both.assign(unit=np.where(both["percent_of_world_printed"] % 1 == 0, 1.0, 0.1))


@real_files
@pytest.mark.parametrize(
    ("part", "edition", "least"),
    [("nagehanrdogan", 2025, 12), ("MJHofmann", 2024, 5), ("supplier_1950-2023", 2024, 5), ("TIV-Import-All", 2022, 1)],
)
def test_shares_of_the_world_meet_those_that_sipri_printed_from_the_same_release(part, edition, least):
    export = read(part)
    found = measure.world(export.transfers if export.transfers is not None else export.totals)
    both = beside_printed(found, edition)
    assert len(both) >= least
    off = (both["percent_of_world"] - both["percent_of_world_printed"]).abs()
    assert (off <= 0.6 * both["unit"]).all(), both[off > 0.6 * both["unit"]]
    changed = both.dropna(subset=["change_percent_printed", "change_percent"])
    # Tables in whole millions cannot say a change from next to nothing better than to a percent of itself.
    apart = (changed["change_percent"] - changed["change_percent_printed"]).abs()
    assert (apart <= 0.6 + 0.01 * changed["change_percent_printed"].abs()).all()
    ranked = both.dropna(subset=["rank_printed", "rank"])
    assert (ranked["rank_printed"] == ranked["rank"]).all()


@real_files
def test_all_recipients_of_a_world_register_are_measured_in_one_call():
    export = read("nagehanrdogan")
    found = measure.concentration(measure.shares(export.transfers, of="imports", years=export.years))
    latest = found[found["last_year"] == 2024].set_index("country")
    assert len(latest) > 150 and latest.loc["Pakistan", "largest"] == "China"
    assert latest.loc["Pakistan", "largest_percent"] == pytest.approx(81.1, abs=0.1)
    assert np.allclose(latest["hhi_low"], latest["hhi_high"])


@real_files
def test_the_world_bank_and_sipri_agree_on_the_largest_importer():
    found = measure.world(read("MPRT.KD").totals)
    latest = found[found["last_year"] == 2019]
    assert latest.sort_values("tiv_million")["country"].iloc[-2:].tolist() == ["India", "Saudi Arabia"]


# ----------------------------------------------------------------------------------------------------------- words
ROW = pd.Series(
    {"country": "China", "role": "exporter", "first_year": 2021, "last_year": 2025, "source": "sipri-atd-2026",
     "basis": "computed", "percent_of_world": 5.58, "rank": 4}
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {},
            "China was the fourth largest exporter, with 5.6 per cent of the world's arms exports in 2021–25 (own calc",
        ),
        ({"rank": 1, "country": "United States"}, "The United States was the largest exporter, with"),
        ({"rank": 11}, "China was the 11th largest exporter"),
        ({"rank": 21}, "China was the 21st largest exporter"),
        (
            {"rank": 112, "role": "importer"},
            "China was the 112th largest importer, with 5.6 per cent of the world's arms im",
        ),
        ({"rank": pd.NA}, "China's share of the world's arms exports was 5.6 per cent in 2021–25 ("),
    ],
)
def test_a_place_in_the_world_as_a_sentence(change, words):
    assert standing(pd.Series({**ROW, **change})).startswith(words)


def test_a_sentence_without_its_figure_is_refused():
    with pytest.raises(ValueError, match="without its percent_of_world"):
        standing(ROW.drop("percent_of_world"))
