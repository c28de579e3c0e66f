"""Loading and filtering: what is asked for, or an answer that helps."""

import pytest

from analysis import load, tables


def test_catalog_has_every_table_and_its_call():
    catalog = load.catalog()
    assert catalog["table"].tolist() == tables.names()
    assert (catalog["rows"] > 0).all()
    for name, call in catalog[["table", "call"]].itertuples(index=False):
        assert len(getattr(load, call.removeprefix("load.").removesuffix("()"))()), name


def test_filters_combine():
    shares = load.shares(recipient="Pakistan", supplier="China", of="exports", edition=2022)
    assert shares["source"].unique().tolist() == ["sipri-factsheet-2022"]
    assert 47.0 in shares["percent"].tolist()
    several = load.shares(recipient=["India", "Pakistan"], since=2024)
    assert set(several["recipient"]) == {"India", "Pakistan"}
    assert several["last_year"].min() >= 2024


def test_transfers_carry_the_totals_that_are_whole():
    transfers = load.transfers(source="sipri-atd-2026")
    imports = transfers.dropna(subset="imports_tiv")
    exports = transfers.dropna(subset="exports_tiv")
    assert set(imports["recipient"]) == set(load.coverage(source="sipri-atd-2026", of="imports")["country"])
    assert {"India", "Pakistan", "Ukraine"} <= set(imports["recipient"])
    assert set(exports["supplier"]) == {"China"}
    assert exports["year"].min() == 1990
    cut = load.transfers(recipient="Pakistan", supplier="China", edition=2022, since=2021)
    assert cut["imports_tiv"].item() > cut["tiv_million"].item()


def test_events_know_their_actors_in_any_spelling():
    assert load.events(about="Turkey").equals(load.events(about="Türkiye"))
    assert "ETIM" in load.events(about="ETIM")["actors"].iloc[0]


def test_a_country_is_found_by_any_name_of_it_and_what_is_not_whole_is_said():
    assert load.coverage(country="UKR")["of"].tolist() == ["imports"]
    assert load.transfers(recipient="Burma", edition=2026)["recipient"].unique().tolist() == ["Myanmar"]
    with pytest.raises(ValueError, match="No rows in coverage with country 'Norway'"):
        load.coverage(country="Norway")


def test_events_about_a_country_are_those_it_takes_part_in_or_is_concerned_by():
    bought, sold = load.events(concerning="PAK"), load.events(about="Russia")
    assert "russia-mi35-2015" in set(bought["event"]) & set(sold["event"])
    assert "russia-mi35-2015" not in set(load.events(concerning="Soviet Union")["event"])
    both = load.events(about="China", concerning="Pakistan")
    assert set(both["event"]) < set(bought["event"])
    assert not set(bought["kind"]) & {"report"}
    with pytest.raises(ValueError, match=r"concerning=\['Norway'\].*events with Afghanistan, Australia"):
        load.events(concerning="Norway")


def test_importance_is_a_threshold():
    counts = [len(load.events(importance=level)) for level in (1, 2, 3)]
    assert counts == sorted(counts)
    assert counts[-1] == len(load.events())


def test_an_event_is_kept_by_every_year_that_it_touches():
    assert "type054ap-contracts-2017" in load.events(since=2018, until=2018)["event"].tolist()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: load.shares(recipient="Pakstan"), "Did you mean 'Pakistan'"),
        (lambda: load.shares(recipient="Ruritania"), "Unknown country 'Ruritania'"),
        (lambda: load.transfers(recipient="Norway"), "No rows in transfers with recipient 'Norway'"),
        (lambda: load.transfers(since=1940), "begins in 1950"),
        (lambda: load.shares(since="2010"), "since='2010': write a year as a number"),
        (lambda: load.events(until="2010-05"), "until='2010-05': write a year as a number"),
        (lambda: load.events(since=2020, until=2010), "since=2020 is after until=2010"),
        (lambda: load.transfers(since=2020, until=2010), "since=2020 is after until=2010"),
        (lambda: load.transfers(edition=2023), "No 2023 edition in transfers. There are: 2022, 2024, 2025, 2026"),
        (lambda: load.shares(source="sipri-factsheet-2022", edition=2022), "not both"),
        (lambda: load.events(kind="war"), "Unknown kind 'war'"),
        (lambda: load.events(importance=4), "importance=4"),
        (lambda: load.events(about="Pakistan", until=1940), "Nothing left of events"),
        (lambda: load.events(about="Brazil"), "actor 'Brazil'|about="),
        (lambda: load.equipment(category="submarines"), "Did you mean 'submarine'"),
        (lambda: load.claims(claim="none"), "Unknown claim 'none'"),
        (lambda: load.shares(of="import"), "Did you mean 'imports'"),
        (
            lambda: load.shares(recipient="Pakistan", supplier="China", of="imports", until=1990),
            "Nothing left of shares",
        ),
    ],
)
def test_wrong_input_gets_an_answer_a_stranger_understands(call, told):
    with pytest.raises(ValueError, match=told):
        call()
