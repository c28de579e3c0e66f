"""Headlines and readings: short, right, and true for any pair."""

import pandas as pd
import pytest

from analysis import load, measure, words

PAIRS = [("Pakistan", "China"), ("India", "Russia")]


def word_count(text):
    """Words of a headline; a number and its unit are one."""
    return len(text.replace(" %", "%").split())


def everything(recipient, supplier):
    """Every table that has a finding, for one pair."""
    transfers = load.transfers(source="sipri-atd-2026")
    shares = measure.shares(transfers)
    imports = shares.query("recipient == @recipient and of == 'imports'")
    printed = load.shares(recipient=recipient, supplier=supplier)
    return {
        "transfers": load.transfers(recipient=recipient, source="sipri-atd-2026"),
        "pair": load.transfers(recipient=recipient, supplier=supplier, source="sipri-atd-2026"),
        "shares": imports,
        "printed": printed,
        "mutual": measure.mutual(shares, recipient=recipient, supplier=supplier),
        "mutual printed": measure.mutual(load.shares(), recipient=recipient, supplier=supplier),
        "dependence": measure.concentration(imports),
        "without": measure.without(imports),
        "windows": measure.windows(transfers, recipient=recipient, supplier=supplier),
        "revisions": measure.revisions(printed.query("of == 'imports'"), load.transfers(edition="all")),
        "equipment": load.equipment(),
        "claims": checked(),
    }


def checked():
    return measure.claims(
        load.claims(),
        shares=load.shares(),
        transfers=load.transfers(edition="all"),
        equipment=load.equipment(),
        events=load.events(),
        sources=load.sources(),
    )


@pytest.mark.parametrize(("recipient", "supplier"), PAIRS)
def test_findings_are_short_and_readings_are_sentences(recipient, supplier):
    for kind, table in everything(recipient, supplier).items():
        found, read = words.finding(table), words.reading(table)
        assert 2 < word_count(found) <= 10, (kind, found)
        assert not found.endswith("."), kind
        assert read.endswith("."), (kind, read)
        assert "nan" not in (found + read).lower().split(), kind
        assert words.refuse_money(found + read)


def test_findings_of_the_article_s_pair():
    found = {kind: words.finding(table) for kind, table in everything("Pakistan", "China").items()}
    assert found["shares"] == "China supplied 80 % of Pakistan's arms imports in 2021–25"
    assert found["mutual"] == "80 % of Pakistan's imports, 61 % of China's exports in 2021–25"
    assert found["dependence"] == "Pakistan's arms imports: as concentrated as 1.5 equal suppliers"
    assert found["without"] == "Without China, 36 % of the rest came from Türkiye"
    assert found["revisions"] == "China's share in 2017–21: first 72 %, now 75.3 %"
    every = len(load.claims())
    assert found["claims"] == f"{every - 2} of {every} statements hold; not supported: 1; differs: 1"


def test_every_printed_leader_has_a_headline_of_ten_words():
    for _, row in load.shares().query("rank == 1").iterrows():
        assert word_count(words.finding(row.to_frame().T)) <= 10


def test_a_side_that_is_not_whole_is_said_and_not_filled():
    shares = measure.shares(load.transfers(source="sipri-atd-2026"))
    computed = measure.mutual(shares, recipient="India", supplier="Russia")
    assert words.finding(computed) == "40 % of India's imports in 2021–25"
    assert "only a part of Russia's arms exports" in words.reading(computed)
    printed = measure.mutual(load.shares(), recipient="India", supplier="Russia")
    both = words.reading(pd.concat([computed, printed]))
    assert "India received 48 per cent of Russia's arms exports" in both
    assert "the larger share is Russia's" in both


def test_revisions_are_read_in_both_directions_to_a_tenth():
    printed = load.shares(recipient="Pakistan", supplier="China")
    window = measure.revisions(printed, load.transfers(edition="all")).query("last_year == 2021")
    read = words.reading(window)
    assert "72 per cent at first (SIPRI, March 2022 edition), 75.3 per cent in the newest reading" in read
    assert "47 per cent at first (SIPRI, March 2022 edition), 45.7 per cent in the newest reading" in read
    assert "3.3 percentage points more" in read
    assert "1.3 percentage points less" in read


def test_since_when_a_supplier_leads():
    table = measure.concentration(measure.shares(load.transfers(recipient="India", source="sipri-atd-2026")))
    assert words.reading(table).endswith("as in every window since 1991–95; before that it was the Soviet Union.")


def test_a_ranking_names_the_highest_and_reads_all():
    ranked = measure.concentration(load.shares(of="imports", edition=2026, since=2025))
    assert words.finding(ranked) == "Belarus got 100 % from one supplier, the highest of 40"
    assert "Pakistan 80 (China)" in words.reading(ranked)


def test_a_share_of_what_is_left_says_so():
    rest = measure.without(measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026")))
    assert "in 2021–25, without China, (own calculation" in words.sentence(rest.query("last_year == 2025").iloc[0])


def test_around_and_interval_are_read():
    shares = measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026"))
    events = load.events(event=["taliban-kabul-2021", "cpec-launch-2015"])
    read = words.reading(measure.around(shares.query("supplier == 'China'"), events))
    assert "1 of 2 events have both" in read
    assert "moves by +23 percentage points" in read
    printed = measure.interval(load.shares(recipient="Pakistan", supplier="China", of="imports", edition=2022))
    assert "72 per cent stands for anything from 71.5 to 72.5 per cent" in words.reading(printed)
    assert "not known" in words.reading(measure.interval(shares))


def test_what_has_no_finding_is_refused():
    with pytest.raises(ValueError, match="needs rows"):
        words.finding(load.shares().head(0))
    with pytest.raises(ValueError, match="No finding for this table"):
        words.finding(load.countries())


def test_a_table_is_set_for_reading():
    shares = load.shares(recipient="Pakistan", of="imports", edition=2026)
    html = words.table(shares, columns=["supplier", "percent", "rank"]).to_html()
    assert "Source: SIPRI Fact Sheet, March 2026 edition." in html
    assert "80</td>" in html and "7.0</td>" in html and "–</td>" in html
    assert "read_at" not in html
    with pytest.raises(ValueError, match=r"suplier.*supplier"):
        words.table(shares, columns=["suplier"])
