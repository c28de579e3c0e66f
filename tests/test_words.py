"""Numbers in sentences: nothing that a share needs can be left out."""

import re

import pandas as pd
import pytest

from analysis import load, measure, words


def printed(of):
    shares = load.shares(recipient="Pakistan", supplier="China", of=of, edition=2022)
    return shares[shares["first_year"] == 2017].iloc[0]


def test_printed_sentences_in_both_directions():
    assert words.sentence(printed("imports")) == (
        "China supplied 72 per cent of Pakistan's arms imports in 2017–21 (SIPRI, March 2022 edition)"
    )
    assert words.sentence(printed("exports")) == (
        "Pakistan received 47 per cent of China's arms exports in 2017–21 (SIPRI, March 2022 edition)"
    )


def test_computed_sentences_are_not_attributed_to_sipri():
    shares = measure.shares(load.transfers(edition=2026))
    row = shares.query("recipient == 'Pakistan' and supplier == 'China' and of == 'imports' and last_year == 2021")
    assert words.sentence(row.iloc[0]) == (
        "China supplied 75 per cent of Pakistan's arms imports in 2017–21 "
        "(own calculation from the SIPRI Arms Transfers Database, March 2026 release)"
    )


def test_names_read_as_english():
    shares = load.shares(supplier="United States", of="imports", edition=2026)
    assert words.sentence(shares.iloc[0]).startswith("The United States supplied ")


@pytest.mark.parametrize("column", ["recipient", "supplier", "of", "first_year", "last_year", "percent", "source"])
def test_a_share_without_its_parts_is_no_number(column):
    with pytest.raises(ValueError, match=column):
        words.sentence(printed("imports").drop(column))


@pytest.mark.parametrize(
    "text", ["$735 million of TIV", "5.28 billion dollars", "TIV in USD", "€ 3", "Pakistan spent 3 billion US Dollars"]
)
def test_tiv_is_never_money(text):
    with pytest.raises(ValueError, match="volume of arms"):
        words.refuse_money(text)


def test_a_reader_s_own_file_is_its_own_source():
    own = {"source": "sipri-atd-2025", "basis": "computed", "generated": "2026-02-12"}
    told = "own calculation from the SIPRI Arms Transfers Database, March 2025 release, file generated 12 February 2026"
    assert words.cited(pd.Series(own)) == told
    assert words.source_line(pd.DataFrame([own])) == f"Source: {told}."


def test_source_lines_name_every_source_once():
    line = words.source_line(
        load.shares(recipient="Pakistan"), load.events(importance=1), load.transfers(edition="all")
    )
    assert line.count("March 2026 release") == 1
    assert "SIPRI Fact Sheets, " in line
    assert "events: " in line


def test_a_figure_without_source_is_refused():
    with pytest.raises(ValueError, match="needs a source"):
        words.source_line(pd.DataFrame({"source": []}))


def test_alt_texts_stay_short_and_say_something():
    told = words.alt("Line chart", "shares", "x " * 300)
    assert len(told) <= 300
    with pytest.raises(ValueError, match="finding"):
        words.alt("Line chart", "shares", " ")


def test_a_table_without_rows_says_so():
    assert "No such rows." in words.table(load.equipment().head(0)).to_html()


def test_a_table_for_reading_fits_a_narrow_page():
    """Names of columns break behind underscores, long texts anywhere, and large counts have their thousands."""
    frame = pd.DataFrame({"number_ordered": [8, 1100], "year": [2015, 2016], "note": ["x" * 80, "<b>"]})
    html = words.table(frame).to_html()
    assert "number_<wbr>ordered" in html
    assert ">1,100<" in html
    assert ">2015<" in html
    assert re.search(r"\.col2 \{\s*overflow-wrap: anywhere", html)
    assert "<b>" not in html
