"""The tables of data/: valid by their schema, complete, consistent, and broken copies are caught."""

import base64
import csv
import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pycountry
import pytest
from frictionless import Checklist, Package, checks

from analysis import load, measure, tables

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
SHARED = ROOT.parent / "shared"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table as the text that stands in the file."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults(folder: Path) -> list[str]:
    """Every fault of a data folder: table, row and message."""
    package = Package(str(folder / "datapackage.json"))
    tasks = list(package.validate().tasks)
    for resource in package.resources:
        if years := resource.custom.get("window_years"):
            window = checks.row_constraint(formula=f"last_year == first_year + {years - 1}")
            tasks += resource.validate(Checklist(checks=[window], pick_errors=["row-constraint"])).tasks
    return [
        f"{task.name}, row {getattr(error, 'row_number', '?')}: {error.message}"
        for task in tasks
        for error in task.errors
    ]


def test_data_is_valid():
    assert faults(DATA) == []


#: What is broken: the table, a text in it and what replaces it, and the words that the error must have.
BREAKS = {
    "a misspelt country": ("coverage", "2022,Pakistan", "2022,Pakstan", ["row 4", "Pakstan"]),
    "an unknown source": (
        "coverage",
        "sipri-atd-2022,India",
        "sipri-atd-1921,India",
        ["row 3", "sipri-atd-1921"],
    ),
    "a window of four years": (
        "totals",
        "importer,2006,2010",
        "importer,2007,2010",
        ["row ", "last_year == first_year + 4"],
    ),
    "a share of 101": ("shares", "sipri-factsheet-2026,95,", "sipri-factsheet-2026,101,", ["101", "maximum"]),
    "no such kind of event": ("events", ",diplomacy,", ",talks,", ["talks"]),
    "a key that occurs twice": ("coverage", "2022,India,imports", "2022,China,exports", ["row 3", "primary"]),
    "a title that is too long": ("events", ",Kargil conflict,", f",{'x' * 61},", ["x" * 61, "maxLength"]),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_a_broken_copy_is_caught_and_named(fault, tmp_path):
    table, old, new, named = BREAKS[fault]
    folder = shutil.copytree(DATA, tmp_path / "data")
    drop_transfers(folder)
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = faults(folder)
    assert found and all(line.startswith(table) for line in found)
    assert any(all(word in line for word in named) for line in found), found


def drop_transfers(folder: Path) -> None:
    """Leave out the long table, so that each broken copy is checked quickly."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] != "transfers"]
    path.write_text(json.dumps(package), encoding="utf-8")


@pytest.mark.parametrize("name", tables.names())
def test_files_are_plain_and_sorted(name):
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n")
    key = {"events": ["start", "event"], "claims": None}.get(name, tables.describe(name)["schema"]["primaryKey"])
    if key:
        keys = [[row[column] for column in key] for row in rows(name)]
        assert keys == sorted(keys)


def test_every_table_reads_and_keeps_its_rules():
    for name in tables.names():
        assert len(tables.check(tables.read(name), name)) == len(rows(name)) > 0


def test_percent_keeps_the_printed_decimals():
    printed = [row["percent"] for row in rows("shares")]
    assert {"7.0", "7", "4.0", "8.0", "0.9"} <= set(printed)
    assert all(re.fullmatch(r"100|\d{1,2}(\.\d{1,2})?", text) for text in printed)
    assert "3.0" in {row["percent_of_world"] for row in rows("totals")}


def test_the_file_holds_no_computed_share_and_every_share_says_where_it_was_read():
    for row in rows("shares") + rows("totals"):
        assert row["verification"] != "computed" and row["read_at"], row
        assert (row["verification"] == "primary") != bool(row["quoted_by"]), row


def test_what_two_reports_give_names_both():
    for row in rows("shares"):
        if row["verification"] == "two reports":
            assert " ; " in row["read_at"] or "Read in: " in row["note"], row


def test_a_second_hand_figure_is_said_to_be_so_wherever_it_stands():
    quoted = load.shares(source="sipri-factsheet-2022")
    assert quoted["quoted_by"].notna().all() and "Hindustan Times" in set(quoted["quoted_by"])
    assert load.shares(source="sipri-factsheet-2014").query("verification == 'primary'")["quoted_by"].isna().all()


def test_the_printed_tables_of_march_2026_are_whole():
    """Table 1 and 2: the three main partners of the 25 largest exporters and the 40 largest importers."""
    printed = load.shares(source="sipri-factsheet-2026", since=2025)
    for of, whose, most in (("imports", "recipient", 40), ("exports", "supplier", 25)):
        ranks = printed[printed["of"] == of].groupby(whose)["rank"].agg(list)
        assert all(sorted(found) == [1, 2, 3] for found in ranks)
        assert len(ranks) == most


def test_missing_is_empty_and_never_a_zero_or_a_word():
    for name in tables.names():
        for row in rows(name):
            assert not {"NA", "NaN", "nan", "None", "-", "n/a"} & set(row.values()), row
    assert any(row["tiv_million"] == "0" for row in rows("transfers"))


def test_every_foreign_key_resolves():
    known = {
        "countries": {r["country"] for r in rows("countries")},
        "sources": {r["source"] for r in rows("sources")},
    }
    for name in tables.names():
        for key in tables.describe(name)["schema"].get("foreignKeys", []):
            used = {row[key["fields"][0]] for row in rows(name)} - {""}
            assert used <= known[key["reference"]["resource"]], (name, key)


def test_every_source_is_used():
    """By a row, or as the release or series that a reader's own file may be of."""
    used = {row["source"] for name in tables.names() if name != "sources" for row in rows(name) if row.get("source")}
    known = {row["source"]: row["kind"] for row in rows("sources")}
    assert used <= set(known)
    assert {known[key] for key in set(known) - used} <= {"database release", "data series"}


def test_an_edition_has_its_year_and_what_was_taken_from_has_its_size():
    taken = {row["source"] for name in ("transfers", "equipment") for row in rows(name)}
    for row in rows("sources"):
        assert bool(row["year"]) == bool(row["edition"]) or row["kind"] == "document", row["source"]
        assert row["year"] in row["edition"] and row["published"].startswith(row["year"]), row["source"]
        assert bool(row["rows"]) == (row["source"] in taken), row["source"]


def test_claims_point_to_events_and_equipment():
    known = {
        name: {row[name] for row in rows(f"{name}s" if name == "event" else name)} for name in ("event", "equipment")
    }
    for row in rows("claims"):
        for name, keys in known.items():
            assert set(row[name].split(";")) - {""} <= keys, row["claim"]
        assert row["event"] or row["equipment"]
        if row["subject"] == "share":
            assert row["percent"] and row["of"] and int(row["last_year"]) - int(row["first_year"]) == 4


def test_all_that_the_article_names_is_claimed():
    claimed = ";".join(row["event"] + ";" + row["equipment"] for row in rows("claims")).split(";")
    named = [row["event"] for row in rows("events") if row["in_article"] == "true"]
    named += [row["equipment"] for row in rows("equipment") if row["in_article"] == "true"]
    assert set(named) <= set(claimed)


def field(table: str, column: str) -> dict:
    """What datapackage.json says of one column."""
    return next(field for field in tables.describe(table)["schema"]["fields"] if field["name"] == column)


def test_every_actor_that_is_a_state_is_a_country():
    actors = {actor for row in rows("events") for actor in row["actors"].split(";")}
    countries = {row["country"] for row in rows("countries")}
    assert actors - countries == set(field("events", "actors")["parties"])


def test_every_event_says_which_states_it_concerns():
    states = {row["country"] for row in rows("countries") if row["kind"] in {"state", "former state"}}
    for row in rows("events"):
        assert bool(row["concerns"]) == (row["kind"] != "report"), row["event"]
        named = row["concerns"].split(";") if row["concerns"] else []
        assert set(named) <= states and len(named) == len(set(named)), row["event"]


CONCERNS = {
    "us-sanctions-waived-2001": "Pakistan;India",
    "us-f16-deal-1981": "Pakistan",
    "india-s400-2018": "India",
    "jf17-azerbaijan-2024": "Azerbaijan",
    "us-supplier-sanctions-2023": "China;Pakistan",
    "us-iran-islamabad-2026": "United States;Iran",
    "sipri-report-2022": "",
}


def test_what_is_done_to_a_country_concerns_it_and_not_who_does_it():
    found = {row["event"]: row["concerns"] for row in rows("events")}
    assert {event: found[event] for event in CONCERNS} == CONCERNS
    american, pakistani = (set(load.events(concerning=name)["event"]) for name in ("US", "PAK"))
    assert not american & pakistani - {"seato-1954"} and len(pakistani) > len(american)
    assert pakistani < set(load.events(about="Pakistan")["event"])


def test_a_short_title_is_no_other_events():
    titles = [row["short_title"] for row in rows("events")]
    assert len(titles) == len(set(titles))


def test_the_kinds_of_events_stand_in_one_order_with_their_names():
    kind = field("events", "kind")
    names = {category["value"]: category["label"] for category in kind["categories"]}
    assert list(names) == kind["constraints"]["enum"]
    assert tables.categories("events", "kind") == names
    assert {row["kind"] for row in rows("events")} <= set(names)


def test_a_row_is_added_by_editing_the_data_alone(tmp_path):
    """An event of a new kind, a share, a release and its rows: the schema takes them as README says."""
    folder = shutil.copytree(DATA, tmp_path / "data")
    drop_transfers(folder)
    path = folder / "datapackage.json"
    text = path.read_text(encoding="utf-8").replace('"enum": ["conflict",', '"enum": ["exercise", "conflict",')
    path.write_text(text, encoding="utf-8")
    added = {
        "events": {
            **rows("events")[-1],
            "event": "joint-exercise-2027",
            "start": "2027-01-02",
            "kind": "exercise",
        },
        "sources": {**rows("sources")[-1], "source": "sipri-factsheet-2027", "kind": "fact sheet"},
        "shares": {**rows("shares")[-1], "source": "sipri-factsheet-2027"},
        "coverage": {**rows("coverage")[-1], "country": "Norway"},
    }
    for name, row in added.items():
        with open(folder / f"{name}.csv", "a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, list(row), lineterminator="\n").writerow(row)
    assert faults(folder) == []


def test_no_name_belongs_to_two_countries():
    owner = {}
    for row in rows("countries"):
        for name in {row["country"], row["iso3"], *row["aliases"].split(";"), *row["sipri_names"].split(";")} - {""}:
            folded = name.strip().rstrip("*").strip().casefold()
            assert owner.setdefault(folded, row["country"]) == row["country"], name
            assert tables.spelled(name) == row["country"], name


#: ISO 3166-1 has codes for them; they are territories of others or no members, and no name of SIPRI's.
TERRITORIES = set(
    [
        "AIA",
        "ALA",
        "ASM",
        "ATA",
        "ATF",
        "BES",
        "BLM",
        "BMU",
        "BVT",
        "CCK",
        "COK",
        "CUW",
        "CXR",
        "CYM",
        "FLK",
        "FRO",
        "GGY",
        "GIB",
        "GLP",
        "GRL",
        "GUF",
        "GUM",
        "HKG",
        "HMD",
        "IMN",
        "IOT",
        "JEY",
        "MAC",
        "MAF",
        "MNP",
        "MSR",
        "MTQ",
        "MYT",
        "NCL",
        "NFK",
        "NIU",
        "PCN",
        "PRI",
        "PYF",
        "REU",
        "SGS",
        "SHN",
        "SJM",
        "SPM",
        "SXM",
        "TCA",
        "TKL",
        "UMI",
        "VAT",
        "VGB",
        "VIR",
        "WLF",
    ]
)


def test_every_state_of_iso_is_known_by_its_names_and_its_code():
    """With all members of the United Nations, whether SIPRI's tables have them or not."""
    ours = {row["iso3"]: row["country"] for row in rows("countries")}
    for state in pycountry.countries:
        if state.alpha_3 in TERRITORIES:
            assert state.alpha_3 not in ours
            continue
        names = [state.name, getattr(state, "official_name", None), getattr(state, "common_name", None)]
        for name in [state.alpha_3, *filter(None, names)]:
            assert tables.country(name) == ours[state.alpha_3], name


@pytest.mark.parametrize(
    "name", ["China", "\ufeffChina", "Chi\u200bna", "\u202eChina\u202c", " China\u00a0", "CHINA", "Chi\u00adna"]
)
def test_what_nobody_sees_makes_no_other_name(name):
    assert tables.country(name) == "China"


@pytest.mark.parametrize("name", ["Saint  Lucia", "Co\u0302te d\u2019Ivoire", "the Netherlands", "St. Kitts & Nevis"])
def test_accents_spaces_and_small_words_make_no_other_name(name):
    assert tables.spelled(name)


def test_a_code_is_read_in_capitals_and_taken_in_any_letters_from_who_asks():
    """A file may have Per, And or Sun in a cell; who asks for pak means a country."""
    assert tables.spelled("PER") == "Peru" and tables.spelled("Per") is None
    assert tables.country("pak") == "Pakistan"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Untied States", "Did you mean 'United States'?"),
        ("UAS", "Did you mean 'United States'?"),
        ("Brtain", "Did you mean 'United Kingdom'?"),
        ("Korea", "'South Korea' or 'North Korea'"),
        ("Xyzzy", r"load.countries\(\)"),
    ],
)
def test_a_name_that_is_not_known_gets_the_nearest_of_all_names(name, told):
    with pytest.raises(ValueError, match=told):
        tables.country(name)


def test_kind_follows_the_mark_that_sipri_prints():
    for row in rows("countries"):
        marks = {len(name) - len(name.rstrip("*")) for name in (row["sipri_names"] or row["country"]).split(";")}
        assert row["kind"] == {1: "non-state", 2: "organisation"}.get(max(marks), row["kind"]), row
        if max(marks) == 0:
            assert row["kind"] in {"state", "former state", "unknown"}, row


SPELLINGS = {
    "Turkey": "Türkiye",
    "Turkiye": "Türkiye",
    "Türkiye": "Türkiye",
    "Unknown supplier(s)": "unknown supplier(s)",
    "unknown supplier(s)": "unknown supplier(s)",
    "Unknown recipient(s)": "unknown recipient(s)",
    "Yemen Arab Republic": "Yemen Arab Republic (North Yemen)",
    "Yemen Arab Republic (North Yemen)": "Yemen Arab Republic (North Yemen)",
    "North Yemen": "North Yemen",
    "South Yemen": "South Yemen",
    "Yemen": "Yemen",
    "UAE": "United Arab Emirates",
    "United Arab Emirates": "United Arab Emirates",
    "Libya HoR*": "House of Representatives (Libya)",
    "HoR (Libya)*": "House of Representatives (Libya)",
    "House of Representatives (Libya)*": "House of Representatives (Libya)",
    "PIJ (Israel/Palestine)*": "Palestinian Islamic Jihad (Israel/Palestine)",
    "Palestinian Islamic Jihad (Israel/Palestine)*": "Palestinian Islamic Jihad (Israel/Palestine)",
    "Libya GNC": "Libya GNC",
    "RSF (Sudan)*": "RSF (Sudan)",
    "Hezbollah (Lebanon)*": "Hezbollah (Lebanon)",
    "Syria rebels*": "Syria rebels",
    "unknown rebel group*": "unknown rebel group",
    "NATO**": "NATO",
    "African Union**": "African Union",
    "United Nations**": "United Nations",
    "PKK (Turkey)*": "PKK (Türkiye)",
    "Soviet Union": "Soviet Union",
    "Russia": "Russia",
    "Czechoslovakia": "Czechoslovakia",
    "Czechia": "Czechia",
    "East Germany (GDR)": "East Germany (GDR)",
    "Germany": "Germany",
    "Yugoslavia": "Yugoslavia",
    "Serbia": "Serbia",
    "South Vietnam": "South Vietnam",
    "Viet Nam": "Viet Nam",
    "Vietnam": "Viet Nam",
    "Congo": "Congo",
    "DR Congo": "DR Congo",
    "Cote d'Ivoire": "Cote d'Ivoire",
    "Bosnia-Herzegovina": "Bosnia-Herzegovina",
    "Cabo Verde": "Cabo Verde",
    "eSwatini": "eSwatini",
    "North Macedonia": "North Macedonia",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_all_generations_resolve(spelling):
    assert tables.spelled(spelling) == SPELLINGS[spelling]


def test_iso_codes():
    code = {row["country"]: row["iso3"] for row in rows("countries")}
    used = [iso for iso in code.values() if iso]
    assert len(used) == len(set(used))
    right = {
        "China": "CHN",
        "Chile": "CHL",
        "Congo": "COG",
        "DR Congo": "COD",
        "North Korea": "PRK",
        "South Korea": "KOR",
        "Niger": "NER",
        "Nigeria": "NGA",
        "Soviet Union": "SUN",
        "Czechoslovakia": "CSK",
        "East Germany (GDR)": "DDR",
        "Yugoslavia": "YUG",
        "South Yemen": "YMD",
        "Yemen": "YEM",
        "North Yemen": "",
        "Viet Nam": "VNM",
        "South Vietnam": "",
        "Türkiye": "TUR",
    }
    assert {name: code[name] for name in right} == right


def rounded(text: str) -> tuple[float, float]:
    """The interval of values that print as `text`."""
    half = 0.5 * 10 ** -len(text.partition(".")[2])
    return float(text) - half, float(text) + half


def product(one: str, other: str) -> tuple[float, float]:
    return rounded(one)[0] * rounded(other)[0], rounded(one)[1] * rounded(other)[1]


def test_both_sides_of_a_printed_pair_tell_of_the_same_volume():
    """Exporter's world share x its share to the partner = importer's world share x its share from the partner."""
    world = {(r["country"], r["role"], r["last_year"], r["source"]): r["percent_of_world"] for r in rows("totals")}
    share = {
        (r["recipient"], r["supplier"], r["last_year"], r["source"], r["of"]): r["percent"] for r in rows("shares")
    }
    checked = 0
    for (recipient, supplier, year, source, of), sent in share.items():
        received = share.get((recipient, supplier, year, source, "imports"))
        exported = world.get((supplier, "exporter", year, source))
        imported = world.get((recipient, "importer", year, source))
        if of == "exports" and received and exported and imported:
            (low, high), (least, most) = product(exported, sent), product(imported, received)
            assert low <= most and least <= high, (recipient, supplier, year, source)
            checked += 1
    assert checked >= 30


PRINTED = {
    ("sipri-atd-2022", 2021): (72.00, 46.74),
    ("sipri-atd-2024", 2023): (81.95, 61.12),
    ("sipri-atd-2025", 2024): (81.14, 63.02),
    ("sipri-atd-2026", 2025): (80.35, 60.70),
    ("sipri-atd-2026", 2021): (75.3, 45.7),
}


@pytest.mark.parametrize(("release", "last"), PRINTED)
def test_transfers_give_the_printed_pair(release, last):
    """China's share of Pakistan's imports and Pakistan's share of China's exports, from the release of that year."""
    all_rows = tables.read("transfers")
    window = all_rows[all_rows["source"].eq(release) & all_rows["year"].between(last - 4, last)]
    to_pakistan, from_china = window["recipient"].eq("Pakistan"), window["supplier"].eq("China")
    volume = window["tiv_million"]
    pair = volume[to_pakistan & from_china].sum()
    found = 100 * pair / volume[to_pakistan].sum(), 100 * pair / volume[from_china].sum()
    assert found == pytest.approx(PRINTED[release, last], abs=0.05)


def test_whole_totals_are_covered_by_rows():
    transfers = tables.read("transfers")
    side = {"imports": "recipient", "exports": "supplier"}
    for row in tables.read("coverage").itertuples():
        mine = transfers[transfers["source"].eq(row.source) & transfers[side[row.of]].eq(row.country)]
        assert mine["year"].between(row.first_year, row.last_year).any()
        assert mine["year"].max() <= row.last_year


def test_no_share_is_computed_outside_the_years_that_are_whole():
    coverage = load.coverage(source="sipri-atd-2026")
    shares = measure.shares(load.transfers(source="sipri-atd-2026"))
    for row in coverage.itertuples():
        whose = tables.ENDS[row.of][0]
        mine = shares[shares["of"].eq(row.of) & shares[whose].eq(row.country)]
        assert mine["first_year"].min() >= row.first_year and mine["last_year"].max() <= row.last_year, row
    early = load.transfers(recipient="Bangladesh", source="sipri-atd-2026", until=1999)
    assert early["imports_tiv"].isna().all()


def exact(transfers: pd.DataFrame, row) -> float:
    """The share that `row` of shares prints, from the yearly volumes of its release."""
    whose, partner = tables.ENDS[row.of]
    mine = transfers[transfers[whose].eq(getattr(row, whose))]
    window = mine[mine["year"].between(row.first_year, row.last_year)]
    pair = window.loc[window[partner].eq(getattr(row, partner)), "tiv_million"]
    return 100 * pair.sum() / window["tiv_million"].sum()


def test_printed_shares_meet_the_calculation_from_the_release_of_their_year():
    """Wherever that release holds the total whole; 0.6 allows for SIPRI's rounding from unrounded data."""
    transfers, year = tables.read("transfers"), tables.column("sources", "year")
    whole = {(year[r.source], r.country, r.of): r for r in tables.read("coverage").itertuples()}
    checked = 0
    for row in tables.read("shares").itertuples():
        total = whole.get((year[row.source], getattr(row, tables.ENDS[row.of][0]), row.of))
        if total and total.first_year <= row.first_year and row.last_year <= total.last_year:
            found = exact(transfers[transfers["source"].eq(total.source)], row)
            assert found == pytest.approx(row.percent, abs=0.6), row
            assert row.verification in {"recomputed", "primary"}, row
            checked += 1
    assert checked >= len(whole)


#: Partners of the nine countries whose imports are whole from 2000 on, as printed in March 2026 for 2021–25.
NEIGHBOURS = {
    "Ukraine": {"United States": 41, "Germany": 14, "Poland": 9.4},
    "Israel": {"United States": 68, "Germany": 31, "Italy": 1.3},
    "Taiwan": {"United States": 96, "Italy": 1.5, "Germany": 1.4},
}


@pytest.mark.parametrize("recipient", NEIGHBOURS)
def test_nine_printed_cells_are_met_closely(recipient):
    shares = measure.shares(load.transfers(recipient=recipient, source="sipri-atd-2026"))
    newest = shares[shares["of"].eq("imports") & shares["last_year"].eq(2025)].set_index("supplier")["percent"]
    for supplier, printed in NEIGHBOURS[recipient].items():
        assert newest[supplier] == pytest.approx(printed, abs=0.55 if printed > 10 else 0.06)


def test_ten_per_cent_of_no_release_is_reached():
    """SIPRI's terms: less than a tenth of a published data set."""
    size = tables.column("sources", "rows")
    for name in ("transfers", "equipment"):
        for source, found in tables.read(name)["source"].value_counts().items():
            assert found < size[source] / 10, source


def test_readme_states_how_much_of_each_release_is_here():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| (\d{4}) \| ([\d,]+) \|", text, re.MULTILINE))
    found = tables.read("transfers")["source"].map(tables.column("sources", "year")).value_counts()
    assert {int(year): int(cells.replace(",", "")) for year, cells in stated.items()} == found.to_dict()


def test_equipment_numbers_fit_the_status():
    for row in rows("equipment"):
        delivered, ordered = int(row["number_delivered"]), row["number_ordered"]
        if row["status"] in {"delivered", "returned"}:
            assert not ordered or delivered == int(ordered), row
        elif row["status"] == "on order":
            assert delivered == 0 and not row["delivered_from"] + row["delivered_to"], row
        else:
            assert not ordered or 0 < delivered < int(ordered), row


def test_texts_speak_of_the_article_and_name_no_local_path():
    for path in DATA.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bseed\b|/(work|tmp|home|root)/", text), path


needs_facts = pytest.mark.skipif(
    not (SHARED / "facts").is_dir(), reason="the facts gathered are not beside this checkout"
)
needs_exports = pytest.mark.skipif(
    not (SHARED / "sipri-exports").is_dir(), reason="no folder of SIPRI exports beside this checkout"
)


#: For each file of facts the column that must be here as it was gathered, beside the key of the row.
GATHERED = {
    "shares": "percent",
    "shares_more": "percent",
    "shares_2026_tables": "percent",
    "totals": "percent_of_world",
    "transfers": "tiv_million",
    "transfers_2026_neighbours": "tiv_million",
    "equipment": "designation",
    "equipment_more": "designation",
    "events": "event",
    "events_more": "event",
    "claims_more": "claim",
}


@needs_facts
@pytest.mark.parametrize("name", GATHERED)
def test_every_fact_is_here_as_it_was_gathered(name):
    facts = pd.read_csv(SHARED / "facts" / f"{name}.csv", dtype="str", keep_default_na=False)
    table, value = name.partition("_")[0], GATHERED[name]
    facts = facts.rename(columns={"id": "event"}) if name == "events" else facts
    parties = [column for column in ("recipient", "supplier", "country") if column in facts]
    facts[parties] = facts[parties].map(lambda party: tables.spelled(party) or party)
    keys = [*(column for column in tables.describe(table)["schema"]["primaryKey"] if column in facts), value]
    here = {tuple(row[key] for key in keys) for row in rows(table)}
    assert {tuple(row) for row in facts[keys].to_numpy()} <= here


@needs_facts
def test_every_membership_that_was_gathered_is_here():
    facts = pd.read_csv(SHARED / "facts" / "groups.csv", dtype="str", keep_default_na=False)
    names = facts["group"].str.replace(r"^SIPRI (sub-)?region: ", "", regex=True)
    gathered = set(zip(names, facts["country"].map(tables.spelled), facts["to_year"], strict=True))
    assert gathered <= {(row["group"], row["country"], row["to_year"]) for row in rows("groups")}


def test_a_place_without_a_source_is_called_inferred():
    for row in rows("groups"):
        assert bool(row["source"]) == (row["status"] != "inferred"), row
        assert not row["to_year"] or row["from_year"] <= row["to_year"], row


def test_a_group_has_the_members_of_the_year():
    def members(group, year, **options):
        return set(load.groups(group=group, year=year, **options)["country"])

    assert len(members("NATO", 1990)) == 16 and len(members("NATO", 2026)) == 32
    assert members("EU", 2020) - members("EU", 2021) == {"United Kingdom"}
    assert not set(load.groups(group="Quad")["country"]) - members("Quad", 2008)
    with pytest.raises(ValueError, match="Nothing left of groups with year=2012"):
        load.groups(group="Quad", year=2012)
    assert members("BRICS", 2025, doubtful=True) - members("BRICS", 2025) == {"Saudi Arabia"}
    regions = load.groups(kind="region", doubtful=True)
    assert regions["country"].is_unique
    assert {"Egypt", "Türkiye"} <= members("Middle East", 2025)


#: Labels in SIPRI's exports that name no partner.
NO_PARTNER = re.compile(
    r"total.*|.*total|others?|all|=+|unknown/not applicable|africa|americas|asia and oceania|europe|middle east|"
    r"international organi[sz]ations|aircraft|armoured vehicles|artillery|engines|missiles|naval weapons|"
    r"satellites|sensors|ships|air.defence systems|anti-submarine warfare weapons",
    re.IGNORECASE,
)
PARTY = {"recipient", "recipients", "supplier", "buyer", "seller"}


def partners(text: str) -> set[str]:
    """Every name of a recipient or supplier in a SIPRI export, of whatever generation."""
    if text.startswith("{\\rtf"):
        recipients = re.findall(r"\\b R:\} *([^\\\n]+?)\\tab", text)
        return {name.strip() for name in recipients + re.findall(r"\{\\b ([A-Z][a-z][^}:]*)\}", text)}
    if text.startswith("{"):
        return partners(base64.b64decode(json.loads(text)["bytes"]).decode("cp1252"))
    found = set(re.findall(r"Total (?:imports from|exports to) ([^,\n]+)", text))
    columns: list[int] = []
    for row in csv.reader(io.StringIO(text), delimiter=";" if "Deal ID;" in text[:3000] else ","):
        cells = [cell.strip().strip(";").lower() for cell in row]
        years = [place for place, cell in enumerate(cells) if re.fullmatch(r"\d{4}", cell)]
        if len(PARTY & set(cells)) == 2:
            columns = [place for place, cell in enumerate(cells) if cell in PARTY]
        elif years and cells[years[0]] in {"1950", "1990", "2000", "2021"} and len(years) > 3:
            columns = list(range(years[0]))
        elif columns and len(row) > max(columns):
            found |= {row[place].strip() for place in columns}
    return {name for name in found if re.search("[A-Za-z]", name) and not NO_PARTNER.fullmatch(name)}


@needs_exports
def test_every_partner_in_real_exports_is_known():
    unknown, seen = {}, set()
    for path in sorted((SHARED / "sipri-exports").iterdir()):
        if "MPRT.KD" in path.name:  # World Bank: countries beside aggregates, see the next test
            continue
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252")
        names = partners(text.replace("\r\n", "\n").replace("\r", "\n"))
        seen |= names
        unknown |= {name: path.name for name in names if tables.spelled(name) is None}
    assert not unknown
    assert len(seen) > 250


@needs_exports
def test_world_bank_names_resolve_to_the_country_of_their_code():
    (path,) = (SHARED / "sipri-exports").glob("*MS.MIL.MPRT.KD*")
    ours = {row["iso3"]: row["country"] for row in rows("countries") if row["iso3"]}
    with open(path, encoding="utf-8-sig", newline="") as file:
        filled = [row[:2] for row in csv.reader(file) if len(row) > 4 and any(row[4:]) and row[1] in ours]
    assert len(filled) > 150
    assert {name: ours[code] for name, code in filled} == {name: tables.spelled(name) for name, _ in filled}
