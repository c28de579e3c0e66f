"""The contract: types, units, names, one source, one clock."""

import pandas as pd
import pytest

from analysis import tables


def test_reading_keeps_types_and_missing_values():
    shares = tables.read("shares")
    assert shares["first_year"].dtype == "int64"
    assert shares["percent"].dtype == "float64"
    assert shares["rank"].isna().any()


def test_printed_decimals_survive():
    shares = tables.read("shares")
    assert (shares.loc[shares["percent"] % 1 != 0, "decimals"] >= 1).all()
    assert shares.loc[shares["percent"] % 1 == 0, "decimals"].isin([0, 1]).all()
    assert {0, 1} <= set(shares["decimals"])


def test_reading_gives_a_copy_each_time():
    shares = tables.read("shares")
    shares.loc[0, "percent"] = -1
    assert tables.read("shares").loc[0, "percent"] >= 0


def test_every_table_passes_its_own_check():
    for name in tables.names():
        tables.check(tables.read(name), name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"percent": 101.0}, "percent is over 100"),
        ({"of": "sales"}, "of is not one of"),
        ({"last_year": 2030}, "window is not 5 years"),
        ({"source": None}, "source is empty"),
    ],
)
def test_check_names_what_is_wrong(change, told):
    shares = tables.read("shares")
    shares = shares.astype({column: "object" for column in change})
    for column, value in change.items():
        shares.loc[3, column] = value
    with pytest.raises(ValueError, match=told):
        tables.check(shares, "shares")


def test_check_names_missing_columns_and_repeated_keys():
    shares = tables.read("shares")
    with pytest.raises(ValueError, match="columns missing: percent"):
        tables.check(shares.drop(columns="percent"), "shares")
    with pytest.raises(ValueError, match="repeated in rows"):
        tables.check(pd.concat([shares, shares.head(1)], ignore_index=True), "shares")


def test_unknown_names_answer_with_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown country 'Pakstan'\. Did you mean 'Pakistan'"):
        tables.country("Pakstan")
    with pytest.raises(ValueError, match="Did you mean 'shares'"):
        tables.read("share")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Turkiye", "Türkiye"),
        ("UAE", "United Arab Emirates"),
        ("Libya HoR*", "House of Representatives (Libya)"),
        ("NATO**", "NATO"),
        ("UNITED STATES", "United States"),
    ],
)
def test_every_spelling_finds_its_country(spelling, name):
    assert tables.country(spelling) == name


def test_one_source_tells_how_to_choose():
    mixed = pd.DataFrame({"source": ["sipri-atd-2022", "sipri-atd-2026"]})
    with pytest.raises(ValueError, match=r"across 2 editions.*load\.transfers\(source='sipri-atd-2026'\)"):
        tables.one_source(mixed, "shares")
    with pytest.raises(ValueError, match="No rows"):
        tables.one_source(mixed.head(0), "shares")


@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        ({"year": 2020}, "2020-01-01", "2020-12-31"),
        ({"first_year": 2017, "last_year": 2021}, "2017-01-01", "2021-12-31"),
        ({"start": "2015", "end": None}, "2015-01-01", "2015-12-31"),
        ({"start": "2024-02", "end": None}, "2024-02-01", "2024-02-29"),
        ({"start": "2015-04-20", "end": None}, "2015-04-20", "2015-04-20"),
        ({"start": "2017-06", "end": "2018-06-01"}, "2017-06-01", "2018-06-01"),
    ],
)
def test_one_clock(row, start, end):
    days = tables.span(pd.DataFrame([row])).iloc[0]
    assert (str(days["start"].date()), str(days["end"].date())) == (start, end)


def test_a_date_that_is_none_is_refused_with_its_row():
    with pytest.raises(ValueError, match=r"start dates \['20-04-2015'\] in rows \[1\]"):
        tables.span(pd.DataFrame({"start": ["2015", "20-04-2015"], "end": [None, None]}))
    with pytest.raises(ValueError, match="No time in this table"):
        tables.span(pd.DataFrame({"name": ["x"]}))
