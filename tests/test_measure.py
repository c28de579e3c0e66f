"""Measures: by hand on tiny tables of invented numbers, and against what SIPRI printed for the bundled data."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import load, measure, tables

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def deliveries(cells, *, source="invented", whole=("imports", "exports")):
    """Invented deliveries (recipient, supplier, year, TIV) with the totals that these rows add up to."""
    frame = pd.DataFrame(cells, columns=["recipient", "supplier", "year", "tiv_million"])
    frame = frame.astype({"tiv_million": "float64"}).assign(source=source)
    for of, end in (("imports", "recipient"), ("exports", "supplier")):
        total = frame.groupby([end, "year"])["tiv_million"].transform("sum")
        frame[f"{of}_tiv"] = total if of in whole else np.nan
    return frame


def listed(percents, *, ranks=None, source="invented", of="imports", first=2017, last=2021, decimals=0):
    """Invented shares of the imports of A (or, for exports, of the exports of A)."""
    names = [chr(ord("B") + n) for n in range(len(percents))]
    ends = ("recipient", "supplier") if of == "imports" else ("supplier", "recipient")
    return pd.DataFrame(
        {
            ends[0]: "A",
            ends[1]: names,
            "of": of,
            "first_year": first,
            "last_year": last,
            "source": source,
            "percent": np.array(percents, dtype="float64"),
            "decimals": pd.array([decimals] * len(names), dtype="Int64"),
            "rank": pd.array(ranks or range(1, len(names) + 1), dtype="Int64"),
            "read_at": "",
            "verification": "primary",
            "note": "",
        }
    )


SMALL = [("A", "B", 2000, 6), ("A", "C", 2000, 2), ("A", "B", 2001, 1), ("A", "D", 2002, 1)]
#: The recipients whose imports the newest release has whole, and one of whose imports it has a part.
WHOLE = sorted(load.coverage(source="sipri-atd-2026", of="imports")["country"])
PART = min({*load.transfers(supplier="China", edition=2026, since=2000)["recipient"]} - {*WHOLE})


@pytest.fixture(scope="module")
def release():
    """The bundled transfers of one release, by its year, and their five-year shares."""
    found = {}

    def get(year):
        if year not in found:
            rows = load.transfers(edition=year)
            found[year] = rows, measure.shares(rows)
        return found[year]

    return get


def one(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column].eq(value)]
    return frame.squeeze(axis=0)


# --- shares


def test_a_share_is_a_ratio_of_sums_not_a_mean_of_ratios():
    found = measure.shares(deliveries(SMALL), window=3, of="imports")
    assert found["supplier"].tolist() == ["B", "C", "D"]
    assert found["percent"].tolist() == [70.0, 20.0, 10.0]
    assert found["rank"].tolist() == [1, 2, 3]


def test_computed_shares_have_the_columns_and_types_of_printed_ones(release):
    printed, computed = load.shares().drop(columns="quoted_by"), release(2026)[1]
    assert computed.columns.tolist() == printed.columns.tolist()
    assert computed.dtypes.drop("rank").astype(str).tolist() == printed.dtypes.drop("rank").astype(str).tolist()
    assert computed["source"].unique().tolist() == ["sipri-atd-2026"]
    assert computed["basis"].unique().tolist() == ["computed"] and printed["basis"].unique().tolist() == ["printed"]
    assert computed["verification"].eq("computed").all() and computed["decimals"].isna().all()


def test_a_partner_without_deliveries_has_no_row_and_a_cell_of_zero_has_zero():
    found = measure.shares(deliveries([*SMALL, ("A", "E", 2002, 0)]), window=1, of="imports")
    last = found[found["last_year"] == 2002].set_index("supplier")["percent"]
    assert last.to_dict() == {"D": 100.0, "E": 0.0}


def test_a_window_with_a_total_of_zero_has_no_rows():
    found = measure.shares(deliveries([*SMALL, ("A", "E", 2003, 0)]), window=1, of="imports")
    assert found["last_year"].unique().tolist() == [2000, 2001, 2002]


def test_ties_share_the_smaller_rank():
    found = measure.shares(deliveries([("A", "B", 2000, 1), ("A", "C", 2000, 1), ("A", "D", 2000, 0.5)]), window=1)
    assert found[found["of"] == "imports"]["rank"].tolist() == [1, 1, 3]


def test_both_directions_unless_one_is_asked_for():
    rows = deliveries([("A", "B", 2000, 3), ("C", "B", 2000, 1)])
    found = measure.shares(rows, window=1)
    assert one(found, of="exports", recipient="A")["percent"] == 75.0
    assert one(found, of="imports", recipient="A")["percent"] == 100.0
    assert measure.shares(rows, window=1, of="exports")["of"].unique().tolist() == ["exports"]
    with pytest.raises(ValueError, match=r"Unknown direction.*'exports'"):
        measure.shares(rows, of="export")


def test_a_year_without_rows_is_a_year_without_deliveries():
    rows = deliveries([("A", "B", 2000, 3), ("A", "C", 2002, 1)])
    found = measure.shares(rows, window=3, of="imports")
    assert found["percent"].tolist() == [75.0, 25.0]


def test_a_year_whose_total_is_not_known_breaks_the_window():
    rows = deliveries([("A", "B", 2000, 3), ("A", "C", 2001, 1), ("A", "B", 2002, 1)])
    rows.loc[rows["year"] == 2001, "imports_tiv"] = np.nan
    assert measure.shares(rows, window=1, of="imports")["last_year"].tolist() == [2000, 2002]
    with pytest.raises(ValueError, match=r"no 2 covered years in a row between 2000 and 2002|fewer than"):
        measure.shares(rows, window=2, of="imports")


def test_years_extend_the_coverage_and_bound_it():
    rows = deliveries(SMALL)
    found = measure.shares(rows, window=5, of="imports", years=(1999, 2003))
    assert found[["first_year", "last_year"]].drop_duplicates().to_numpy().tolist() == [[1999, 2003]]
    assert found["percent"].tolist() == [70.0, 20.0, 10.0]
    assert measure.shares(rows, window=1, years=(2001, 2002))["last_year"].min() == 2001


def test_a_single_partner_with_quiet_years_may_be_a_filtered_file_unless_years_are_given():
    rows = deliveries([("A", "B", 2000, 3), ("A", "B", 2002, 1)], whole=["imports"])
    with pytest.raises(ValueError, match=r"years=\(first, last\)"):
        measure.shares(rows, window=2)
    assert measure.shares(rows, window=2, years=(2000, 2002))["percent"].tolist() == [100.0, 100.0]


@pytest.mark.parametrize("window", [0, -5, 2.5, 5.0, True, "5", None])
def test_a_window_is_a_whole_number_of_years(window):
    with pytest.raises(ValueError, match="whole number of years, at least 1"):
        measure.shares(deliveries(SMALL), window=window)


@pytest.mark.parametrize("years", [(2003, 2000), (2000,), 2000, (2000.5, 2003), "2000-2003"])
def test_years_are_a_pair(years):
    with pytest.raises(ValueError, match="first and the last year"):
        measure.shares(deliveries(SMALL), window=1, years=years)


def test_a_country_that_was_asked_for_and_is_not_whole_is_named():
    both = load.transfers(recipient=["Pakistan", "Algeria"])
    with pytest.warns(measure.CoverageWarning, match="arms imports of Algeria"):
        assert set(measure.shares(both)["recipient"]) == {"Pakistan"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(measure.shares(load.transfers(recipient=["Pakistan", "India"]))["recipient"]) == {
            "India",
            "Pakistan",
        }


def test_measures_take_any_spelling_of_a_country():
    rows = load.transfers(recipient="PAK")
    shares = measure.shares(rows, of="imports")
    assert set(measure.mutual(shares, recipient="pakistan", supplier="CHN")["supplier"]) == {"China"}
    assert set(measure.without(shares, partner="Turkey")["without"]) == {"Türkiye"}
    assert set(measure.windows(rows, recipient="pak", supplier="US")["supplier"]) == {"United States"}
    assert measure.coverage(rows, recipient="Pakistan", supplier="prc")["country"].tolist() == ["Pakistan", "China"]
    with pytest.raises(ValueError, match=r"Unknown recipient in these shares 'Pakstan'\. Did you mean 'Pakistan'"):
        measure.mutual(shares, recipient="Pakstan", supplier="China")


def zeros():
    """Invented: Angola buys of Brazil alone, of Brazil and Cuba, of nobody, of Cuba alone, year by year."""
    cells = [("Angola", "Brazil", 2001, 10.0), ("Angola", "Brazil", 2002, 6.0), ("Angola", "Cuba", 2002, 4.0)]
    cells += [("Angola", "Cuba", 2004, 5.0)]
    return deliveries(cells)


def test_a_partner_without_deliveries_in_a_whole_window_has_zero_and_a_window_without_any_has_nothing():
    shares = measure.shares(zeros(), window=1, of="imports", years=(2001, 2004))
    both = measure.mutual(shares, recipient="Angola", supplier="Brazil").set_index("last_year")
    assert both["import_percent"].to_dict() == {2001: 100.0, 2002: 60.0, 2004: 0.0}
    assert both["export_percent"].isna().all() and both["gap"].isna().all()
    moved = measure.change(shares).set_index(["supplier", "last_year"])["earlier_percent"]
    assert moved["Cuba", 2002] == 0 and moved["Brazil", 2002] == 100
    assert np.isnan(moved["Cuba", 2004]) and np.isnan(moved["Brazil", 2001])


def test_what_a_printed_list_leaves_out_is_not_zero():
    printed = listed([80, 7.0, 4.6]).assign(last_year=2021)
    later = printed.head(2).assign(first_year=2022, last_year=2026)
    moved = measure.change(pd.concat([printed, later]))
    assert moved["earlier_percent"].notna().sum() == 2
    gone = measure.mutual(
        pd.concat([printed, later]), recipient=printed["recipient"].iloc[0], supplier=printed["supplier"].iloc[2]
    )
    assert gone["last_year"].tolist() == [2021]


def test_mixing_releases_says_how_to_choose():
    with pytest.raises(ValueError, match=r"load\.transfers\(source='sipri-atd-2026'\)"):
        measure.shares(load.transfers(edition="all"))


def test_missing_columns_are_all_named():
    with pytest.raises(ValueError, match=r"imports_tiv, exports_tiv; load\.transfers"):
        measure.shares(deliveries(SMALL).drop(columns=["imports_tiv", "exports_tiv"]))


def test_no_rows_is_an_error():
    with pytest.raises(ValueError, match="No rows"):
        measure.shares(deliveries(SMALL).head(0))


def test_fewer_years_than_the_window_says_so():
    with pytest.raises(ValueError, match=r"imports of A: whole in 3 years only \(2000–02\), fewer than the window"):
        measure.shares(deliveries(SMALL), window=9)


def test_the_input_is_not_modified():
    rows = deliveries(SMALL).set_index(pd.Index([3, 3, 1, 0]))
    before = rows.copy(deep=True)
    measure.shares(rows, window=2)
    pd.testing.assert_frame_equal(rows, before)


def test_only_whole_totals_of_the_2026_release(release):
    found = release(2026)[1]
    imports, exports = (found[found["of"] == of] for of in ("imports", "exports"))
    assert sorted(imports["recipient"].unique()) == WHOLE
    assert exports["supplier"].unique().tolist() == ["China"]


def test_no_window_starts_before_or_ends_after_the_coverage(release):
    covered = load.tables.read("coverage")
    for year in (2022, 2024, 2025, 2026):
        found = measure.concentration(release(year)[1])
        spans = found.groupby(["country", "of"]).agg({"first_year": "min", "last_year": "max"}).reset_index()
        wanted = covered[covered["source"] == f"sipri-atd-{year}"]
        both = spans.merge(wanted, on=["country", "of"], suffixes=("", "_covered"))
        assert len(both) == len(spans) == len(wanted)
        assert both["first_year"].ge(both["first_year_covered"]).all()
        assert both["last_year"].le(both["last_year_covered"]).all()


def test_a_country_of_which_a_part_is_here_is_refused_with_the_reason():
    with pytest.raises(ValueError) as fault:
        measure.shares(load.transfers(recipient=PART, edition=2026))
    text = str(fault.value)
    assert f"imports of {PART}: not whole, the source at hand does not hold all its suppliers" in text
    assert "exports of China: rows of other recipients are missing" in text
    assert "Whole in these rows: nothing" in text


def test_what_is_whole_is_named_when_the_other_direction_is_asked_for():
    with pytest.raises(ValueError, match=r"Whole in these rows: imports of Pakistan 1950–2025"):
        measure.shares(load.transfers(recipient="Pakistan", edition=2026), of="exports")


@pytest.mark.parametrize("supplier", ["China", "Germany", "France"])
def test_suppliers_set_aside_before_measuring_are_noticed(supplier):
    with pytest.raises(ValueError, match="rows of other suppliers are missing"):
        measure.shares(load.transfers(supplier=supplier, edition=2026), of="imports")


@pytest.mark.parametrize("supplier", ["United States", "Russia"])
def test_a_sole_supplier_has_all_even_in_rows_of_one_supplier(release, supplier):
    """The United States alone delivered to Pakistan in some early years: only those windows remain, and are true."""
    found = measure.shares(load.transfers(supplier=supplier, edition=2026), of="imports", window=1)
    truth = release(2026)[0].query("supplier == @supplier and tiv_million == imports_tiv")
    assert sorted(found["last_year"]) == sorted(truth["year"]) and found["percent"].eq(100).all()


@pytest.mark.parametrize(
    ("year", "imports", "exports", "printed"),
    [
        (2022, 72.00, 46.74, (72, 47)),
        (2024, 81.95, 61.12, (82, 61)),
        (2025, 81.14, 63.02, (81, 63)),
        (2026, 80.35, 60.70, (80, 61)),
    ],
)
def test_each_release_meets_the_pair_printed_that_year(release, year, imports, exports, printed):
    pair = dict(recipient="Pakistan", supplier="China", last_year=year - 1)
    computed = [one(release(year)[1], of=of, **pair)["percent"] for of in ("imports", "exports")]
    assert computed == pytest.approx([imports, exports], abs=0.005)
    sheet = load.shares(edition=year, recipient="Pakistan", supplier="China")
    assert tuple(one(sheet, of=of, **pair)["percent"] for of in ("imports", "exports")) == printed


def test_the_2026_release_revises_2017_21(release):
    pair = dict(recipient="Pakistan", supplier="China", last_year=2021)
    found = [one(release(2026)[1], of=of, **pair)["percent"] for of in ("imports", "exports")]
    assert found == pytest.approx([75.3, 45.7], abs=0.05)


def test_india(release):
    rows = release(2026)[1]
    top = rows[(rows["recipient"] == "India") & (rows["last_year"] == 2025) & (rows["of"] == "imports")].head(3)
    assert top["supplier"].tolist() == ["Russia", "France", "Israel"]
    assert top["percent"].tolist() == pytest.approx([39.59, 28.75, 15.45], abs=0.005)
    first = release(2022)[1]
    russia = one(first, recipient="India", supplier="Russia", of="imports", last_year=2021)
    assert russia["percent"] == pytest.approx(46.03, abs=0.005)


# --- properties

CELLS = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("CDEF"), st.integers(2000, 2007)),
    st.floats(0.01, 1000),
    min_size=1,
    max_size=40,
).map(lambda cells: [(*key, tiv) for key, tiv in cells.items()])


@QUICK
@given(CELLS, st.integers(1, 8))
def test_the_shares_of_a_whole_group_sum_to_100_and_concentration_is_bounded(cells, window):
    found = measure.shares(deliveries(cells), window=window, years=(2000, 2007))
    group = found.groupby([found["recipient"].where(found["of"] == "imports", found["supplier"]), "of", "last_year"])
    assert np.allclose(group["percent"].sum(), 100)
    read = measure.concentration(found)
    assert np.allclose(read["hhi_low"], read["hhi_high"])
    assert (read["hhi_low"] >= 1 / read["suppliers"] - 1e-9).all() and (read["hhi_low"] <= 1 + 1e-9).all()
    assert (read["effective_entropy"] >= read["effective_high"] - 1e-6).all()


@QUICK
@given(CELLS, st.floats(0.001, 1000))
def test_scaling_tiv_changes_no_share(cells, scale):
    rows = deliveries(cells)
    columns = ["tiv_million", "imports_tiv", "exports_tiv"]
    scaled = rows.assign(**(rows[columns] * scale))
    first, second = (measure.shares(frame, window=3, years=(2000, 2007)) for frame in (rows, scaled))
    pd.testing.assert_frame_equal(first, second)


@QUICK
@given(CELLS, st.sampled_from("CDEF"), st.integers(1, 4))
def test_keeping_one_supplier_never_yields_a_share_of_less_than_the_whole(cells, supplier, window):
    rows = deliveries(cells, whole=["imports"])
    kept = rows[rows["supplier"] == supplier]
    try:
        found = measure.shares(kept, window=window, of="imports")
    except ValueError:
        return
    truth = measure.shares(rows, window=window, of="imports", years=(2000, 2007))
    both = found.merge(truth, on=["recipient", "supplier", "last_year"], suffixes=("", "_true"))
    assert len(both) == len(found)
    assert np.allclose(both["percent"], both["percent_true"])


@QUICK
@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=6))
def test_bounds_are_ordered_and_hold_the_truth(sizes):
    percents = np.sort(np.array(sizes))[::-1] / sum(sizes) * 100
    truth = measure.concentration(listed(percents)).iloc[0]
    top = measure.concentration(listed(percents[:3])).iloc[0]
    assert top["hhi_low"] <= truth["hhi_low"] + 1e-9
    assert top["hhi_high"] >= truth["hhi_high"] - 1e-9
    assert top["effective_low"] <= top["effective_high"] + 1e-9


# --- dependence


@pytest.mark.parametrize(
    ("percents", "hhi", "effective"), [([80, 10, 10], 0.66, 1 / 0.66), ([100], 1, 1), ([25] * 4, 0.25, 4)]
)
def test_concentration_by_hand(percents, hhi, effective):
    found = measure.concentration(listed(percents)).iloc[0]
    assert [found["hhi_low"], found["hhi_high"]] == pytest.approx([hhi, hhi])
    assert [found["effective_low"], found["effective_high"]] == pytest.approx([effective, effective])
    assert found["suppliers"] == len(percents)


def test_equal_partners_have_as_many_effective_ones_by_entropy():
    assert measure.concentration(listed([25] * 4))["effective_entropy"].item() == pytest.approx(4)


@pytest.mark.parametrize("percents", [[np.nan], [0.0]])
def test_nothing_is_missing_never_zero(percents):
    found = measure.concentration(listed(percents)).iloc[0]
    assert found[["hhi_low", "hhi_high", "effective_low", "effective_high", "effective_entropy"]].isna().all()


def test_bounds_where_partners_are_unlisted():
    found = measure.concentration(listed([50, 20, 10])).iloc[0]
    # 20 per cent is not listed: nothing at the least, two pieces of 10 at the most.
    assert [found["hhi_low"], found["hhi_high"]] == pytest.approx([0.30, 0.32])
    assert found["listed_percent"] == 80 and found["cr3_percent"] == 80 and np.isnan(found["effective_entropy"])


def test_a_rank_that_is_skipped_leaves_the_largest_open():
    third = measure.concentration(listed([11], ranks=[3])).iloc[0]
    assert pd.isna(third["largest"]) and np.isnan(third["largest_percent"]) and np.isnan(third["cr3_percent"])
    assert third["hhi_high"] == pytest.approx(0.11**2 + 0.89**2)
    # The second is not listed: it may be as large as the first, not only as the third.
    gap = measure.concentration(listed([40, 20], ranks=[1, 3])).iloc[0]
    assert gap["largest"] == "B" and gap["hhi_high"] == pytest.approx(0.4**2 + 0.2**2 + 0.4**2)


def test_a_restated_share_without_rank_is_the_largest_only_beyond_doubt():
    found = measure.concentration(pd.concat([listed([45], ranks=[None]), listed([51], ranks=[None], last=2022)]))
    assert found["largest"].isna().tolist() == [True, False]


def test_printed_shares_a_little_over_100_do_not_break():
    found = measure.concentration(listed([60.4, 30.3, 9.8], decimals=1)).iloc[0]
    assert found["hhi_low"] == found["hhi_high"] <= 1 and found["listed_percent"] == pytest.approx(100.5)


def test_a_share_given_twice_is_refused():
    with pytest.raises(ValueError, match="2 rows give the same share more than once"):
        measure.concentration(pd.concat([listed([50]), listed([50])]))


@pytest.mark.parametrize(
    ("country", "suppliers", "largest", "cr3", "hhi", "effective", "entropy", "total"),
    [
        ("Pakistan", 13, 72.00, 84.01, 0.5302, 1.886, 3.257, 4071),
        ("India", 14, 46.03, 85.50, 0.3091, 3.236, 4.243, 15356),
    ],
)
def test_2017_21_in_the_2022_release(release, country, suppliers, largest, cr3, hhi, effective, entropy, total):
    transfers, shares = release(2022)
    window = transfers[transfers["recipient"].eq(country) & transfers["year"].between(2017, 2021)]
    assert window["tiv_million"].sum() == total
    found = one(measure.concentration(shares), country=country, of="imports", last_year=2021)
    assert found["suppliers"] == suppliers
    assert [found["largest_percent"], found["cr3_percent"]] == pytest.approx([largest, cr3], abs=0.005)
    assert found["hhi_low"] == pytest.approx(hhi, abs=5e-5) and found["hhi_high"] == pytest.approx(hhi, abs=5e-5)
    assert [found["effective_low"], found["effective_entropy"]] == pytest.approx([effective, entropy], abs=5e-4)


# --- mutual, change, revisions


def test_mutual_of_china_and_pakistan(release):
    found = one(measure.mutual(release(2022)[1], recipient="Pakistan", supplier="China"), last_year=2021)
    assert [found["import_percent"], found["export_percent"]] == pytest.approx([72.00, 46.74], abs=0.005)
    assert [found["salience"], found["symmetry"]] == pytest.approx([0.580, 0.747], abs=5e-4)
    assert found["gap"] == pytest.approx(25.3, abs=0.05)


def test_mutual_keeps_editions_apart_and_a_missing_side_missing():
    rows = pd.concat([listed([70]), listed([40], of="exports", source="other").assign(supplier="B", recipient="A")])
    found = measure.mutual(rows, recipient="A", supplier="B")
    assert found["source"].tolist() == ["invented", "other"]
    assert found["export_percent"].isna().tolist() == [True, False] and found["gap"].isna().all()


def test_mutual_of_an_unknown_pair_names_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'Pakistan'"):
        measure.mutual(load.shares(), recipient="Pakstan", supplier="China")


def test_change_compares_windows_that_do_not_overlap_in_one_source():
    rows = pd.concat(
        [
            listed([72]),
            listed([67], first=2012, last=2016),
            listed([74], first=2016, last=2020),
            listed([68], first=2012, last=2016, source="other"),
        ]
    )
    found = measure.change(rows)
    assert found["earlier_percent"].fillna(-1).tolist() == [67, -1, -1, -1]
    assert found["change_points"].iloc[0] == 5


def test_revisions_of_2017_21():
    shares = load.shares(recipient="Pakistan", supplier="China", of="imports")
    found = measure.revisions(shares, load.transfers(edition="all"))
    found = found[found["last_year"] == 2021]
    assert found["role"].tolist() == ["printed"] + ["computed"] * 4
    assert found["first_printed"].unique().tolist() == [72.0]
    assert found["revision_points"].round(1).tolist() == [0.0, 0.0, 0.8, 3.3, 3.3]


def test_a_later_edition_restates():
    found = measure.revisions(load.shares(recipient="Pakistan", supplier="China", of="imports"))
    window = found[found["last_year"] == 2019]
    assert window["role"].tolist() == ["printed", "restated"]
    assert window["revision_points"].tolist() == [0.0, 1.0]
    assert one(found, last_year=2012)["role"] == "restated" and np.isnan(one(found, last_year=2012)["first_printed"])


# --- windows, without, around, interval


def test_window_strip(release):
    found = measure.windows(release(2022)[0], recipient="Pakistan", supplier="China")
    imports = found[found["of"] == "imports"]
    assert imports["window_years"].tolist() == [1, 3, 5, 7, 10]
    assert imports["percent"].round(1).tolist() == [85.2, 75.6, 72.0, 73.8, 69.4]
    assert found["last_year"].unique().tolist() == [2021]
    assert len(found[found["of"] == "exports"]) == 5


def test_window_strip_of_russia_and_india(release):
    found = measure.windows(release(2022)[0], recipient="India", supplier="Russia")["percent"]
    assert [found.min(), found.max()] == pytest.approx([31.5, 58.7], abs=0.05)


def test_windows_of_a_pair_that_is_not_whole_are_refused():
    rows = load.transfers(recipient=PART, edition=2026)
    with pytest.raises(ValueError, match=f"imports of {PART}: not whole"):
        measure.windows(rows, recipient=PART, supplier="China")
    with pytest.raises(ValueError, match="2030 is not covered; whole in these rows: imports of Pakistan 1950–2025"):
        measure.windows(load.transfers(edition=2026), recipient="Pakistan", supplier="China", last_year=2030)


@pytest.mark.parametrize("lengths", [0, "5", (), (1, 2.5)])
def test_lengths_are_whole_numbers_of_years(release, lengths):
    with pytest.raises(ValueError, match=r"length" if lengths == () else "whole number of years"):
        measure.windows(release(2026)[0], recipient="Pakistan", supplier="China", lengths=lengths)


def test_windows_give_the_side_that_is_whole(release):
    found = measure.windows(release(2026)[0], recipient=PART, supplier="China")
    assert found["of"].unique().tolist() == ["exports"]


def test_without_the_largest_partner_the_rest_sums_to_100(release):
    rows = release(2022)[1]
    found = measure.without(rows)
    group = found.groupby(["of", "without", "recipient", "last_year"])
    pakistan = found[(found["recipient"] == "Pakistan") & (found["of"] == "imports") & (found["last_year"] == 2021)]
    assert pakistan["without"].unique().tolist() == ["China"] and "China" not in set(pakistan["supplier"])
    assert pakistan["percent"].sum() == pytest.approx(100) and pakistan["rank"].min() == 1
    assert len(group)


def test_without_on_a_printed_table():
    found = measure.without(listed([80, 7.0, 4.6], decimals=1))
    assert found["percent"].tolist() == pytest.approx([35, 23])
    assert found["source"].unique().tolist() == ["invented"] and found["basis"].unique().tolist() == ["computed"]
    assert found["rank"].tolist() == [1, 2] and found["decimals"].isna().all()
    assert measure.without(found.drop(columns="without"))["basis"].unique().tolist() == ["computed"]


def test_without_a_partner_that_is_not_listed():
    rows = pd.concat([listed([60, 40]), listed([50], last=2022), listed([10, 5], last=2023)]).reset_index()
    found = measure.without(rows, partner="C").set_index("last_year")["percent"]
    assert found[2021] == pytest.approx(100) and found[2023] == pytest.approx(100 * 10 / 95)
    assert np.isnan(found[2022])
    with pytest.raises(ValueError, match="Unknown partner"):
        measure.without(rows, partner="Z")


EVENTS = pd.DataFrame(
    {"event": ["y", "d", "war"], "start": ["2020", "2020-05-02", "2019-12"], "end": [None, None, "2021"]}
)


def test_a_five_year_window_contains_an_event_under_five_labels():
    rows = pd.concat([listed([50 + n], first=2010 + n, last=2014 + n) for n in range(16)])
    found = measure.around(rows, EVENTS).set_index("event")
    assert found[["containing_first", "containing_last"]].to_numpy().tolist() == [
        [2020, 2024],
        [2020, 2024],
        [2019, 2025],
    ]
    assert found["before_last_year"].tolist() == [2019, 2019, 2018]
    assert found["after_first_year"].tolist() == [2021, 2021, 2022]
    assert found["change_points"].tolist() == [6, 6, 8]
    early = measure.around(rows, EVENTS.assign(start="2011", end=None)).iloc[0]
    assert pd.isna(early["before_last_year"]) and np.isnan(early["change_points"]) and early["after_first_year"] == 2012


def test_around_takes_one_source_and_one_length():
    with pytest.raises(ValueError, match="2 editions"):
        measure.around(pd.concat([listed([50]), listed([50], source="other")]), EVENTS)
    with pytest.raises(ValueError, match="one length"):
        measure.around(pd.concat([listed([50]), listed([50], first=2020)]), EVENTS)
    with pytest.raises(ValueError, match="No events"):
        measure.around(listed([50]), EVENTS.head(0))


def test_intervals_follow_the_printed_decimals():
    found = measure.interval(
        pd.concat([listed([72]), listed([7.0], decimals=1, last=2022), listed([0.3, 99.8], last=2023)])
    )
    assert found["low"].tolist() == pytest.approx([71.5, 6.95, 0, 99.3])
    assert found["high"].tolist() == pytest.approx([72.5, 7.05, 0.8, 100])


def test_intervals_of_a_release_in_whole_numbers_by_hand():
    rows = deliveries([("A", "B", 2000, 3), ("A", "C", 2000, 1), ("A", "D", 2000, 0)], whole=["imports"])
    shares = measure.shares(rows, window=1)
    found = measure.interval(shares, rows).set_index("supplier")
    # B between 2.5 of 2.5 + 1.5 + 0.5 and 3.5 of 3.5 + 0.5 + 0.
    assert found.loc["B", ["low", "high"]].tolist() == pytest.approx([100 * 2.5 / 4.5, 100 * 3.5 / 4])
    assert found.loc["D", ["low", "high"]].tolist() == pytest.approx([0, 100 * 0.5 / 3.5])
    assert measure.interval(shares)["low"].isna().all()
    assert measure.interval(measure.without(shares).drop(columns="without"), rows)["low"].isna().all()


def test_intervals_of_releases(release):
    transfers, shares = release(2022)
    found = measure.interval(shares, transfers)
    assert (found["low"] <= found["percent"]).all() and (found["percent"] <= found["high"]).all()
    transfers, shares = release(2026)
    assert measure.interval(shares, transfers)["low"].isna().all()


# --- claims


@pytest.fixture(scope="module")
def evidence():
    return {
        "shares": load.shares(),
        "transfers": load.transfers(edition="all"),
        "equipment": load.equipment(),
        "events": load.events(),
        "sources": load.sources(),
    }


@pytest.fixture(scope="module")
def verdicts(evidence):
    return measure.claims(load.claims(), **evidence).set_index("claim")


def said(**changes):
    row = dict(claim="x", subject="share", statement="s", recipient="Pakistan", supplier="China", of="imports")
    row |= dict(first_year=2017, last_year=2021, percent=72.0, claimed_on="2023-04-26")
    return pd.DataFrame([row | changes])


def test_the_shares_of_the_article_hold_in_its_edition(verdicts):
    found = verdicts[verdicts["subject"] == "share"]
    assert found["verdict"].tolist() == ["holds in the edition quoted, revised since"] * 2
    assert found["printed"].tolist() == ["72 (March 2022 edition)", "47 (March 2022 edition)"]
    assert "72.0 (March 2022 release)" in found["releases"].iloc[0]
    assert [text.rpartition(", ")[2] for text in found["releases"]] == [
        "75.3 (March 2026 release)",
        "45.7 (March 2026 release)",
    ]


def test_every_claim_has_a_verdict_and_evidence(verdicts):
    assert len(verdicts) == len(load.claims()) >= 12
    assert verdicts[["verdict", "evidence"]].notna().all(axis=None)


def test_equipment_of_the_article(verdicts):
    found = verdicts[verdicts["subject"] == "equipment"]
    submarine = found["equipment"] == "hangor"
    assert found.loc[submarine, "verdict"].tolist() == ["not supported"]
    assert found.loc[submarine, "slip"].item() == "ordered in 2015, none delivered by the end of the register"
    assert found.loc[~submarine, "verdict"].eq("holds").all()


def test_events_of_the_article(verdicts):
    found = verdicts[verdicts["subject"].isin(["event", "context"])]
    differs = found["event"] == "samarkand-meeting-2023"
    assert found.loc[differs, "verdict"].tolist() == ["differs"]
    assert "minister of state" in found.loc[differs, "evidence"].item()
    assert found.loc[~differs, "verdict"].eq("holds").all()


@pytest.mark.parametrize(
    ("changes", "slip"),
    [
        ({"percent": 47}, "the other direction: arms exports of China in 2017–21, share to Pakistan, 47"),
        ({"first_year": 2018, "last_year": 2022}, "another window: 2017–21, 72 (March 2022 edition)"),
        ({"first_year": 2012, "last_year": 2017, "percent": 70}, "another window: 2013–17, 70 (March 2018 edition); 6"),
        ({"supplier": "United States"}, "another supplier: China, 72"),
        ({"percent": 75.3}, "another edition: 75.3 (March 2025 release)"),
        ({"percent": 735}, "not a share"),
    ],
)
def test_a_share_that_differs_names_the_slip(evidence, changes, slip):
    found = measure.claims(said(**changes), **evidence).iloc[0]
    assert found["verdict"] == "differs"
    assert found["slip"].startswith(slip)


def test_a_share_that_nothing_at_hand_covers(evidence):
    found = measure.claims(said(recipient="Norway"), **evidence).iloc[0]
    assert found["verdict"] == "no evidence at hand"


def test_a_claim_is_read_at_its_own_rounding_and_date(evidence):
    assert measure.claims(said(percent=75.3, claimed_on="2026-06"), **evidence)["verdict"].item() == "holds"
    assert measure.claims(said(percent=71.9), **evidence)["verdict"].item() != "holds"
    largest = measure.claims(said(percent=None), **evidence)["verdict"].item()
    assert largest == "holds"


def test_equipment_delivered_after_the_claim_or_returned(evidence):
    rows = said(subject="equipment", equipment="jf-17-block-3", claimed_on="2020-01-01")
    found = measure.claims(rows, **evidence).iloc[0]
    assert (found["verdict"], found["slip"]) == ("not supported", "first delivered in 2023, after the claim")
    back = measure.claims(said(subject="equipment", equipment="wz-10-trial"), **evidence).iloc[0]
    assert (back["verdict"], back["slip"]) == ("not supported", "delivered and returned")


def test_an_event_of_another_month_differs(evidence):
    row = said(subject="event", event="taliban-kabul-2021", claimed_on="2021-09")
    assert measure.claims(row, **evidence)["verdict"].item() == "differs"
    row = said(subject="context", event="taliban-kabul-2021", claimed_on="2021-09")
    assert measure.claims(row, **evidence)["verdict"].item() == "holds"


def test_all_that_is_unknown_in_claims_is_named_at_once(evidence):
    rows = pd.concat([said(claim="a", recipient="Pakstan"), said(claim="b", subject="event", event="taliban-kabul")])
    with pytest.raises(ValueError, match=r"(?s)claim a: .*'Pakistan'.*claim b: .*'taliban-kabul-2021'"):
        measure.claims(rows, **evidence)
    with pytest.raises(ValueError, match="columns missing: recipient, supplier"):
        measure.claims(said()[["claim", "subject", "statement"]], **evidence)
    with pytest.raises(ValueError, match="one of share, equipment, event, context"):
        measure.claims(said(subject="money"), **evidence)


def test_a_readers_claims_without_dates(evidence):
    found = measure.claims(said().drop(columns="claimed_on"), **evidence)
    assert found["verdict"].tolist() == ["holds in the edition quoted, revised since"]


def test_computed_rows_are_never_attributed_to_sipri(release):
    assert tables.is_own(release(2026)[1]).all()
