"""Reading the exports of SIPRI's database: the real files where they are at hand, every trap, and mutations.

All fixtures in this file are written by hand in the exact shape of the real files; their numbers are invented.
The real files are SIPRI's and are not part of the repository: they are read from ../shared/sipri-exports if present.

    SIPRI_FUZZ=10000 python -m pytest -q tests/test_sipri.py -k fuzz
"""

import base64
import json
import os
import re
import time
import tracemalloc
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import sipri, tables

SHARED = Path(__file__).resolve().parents[2] / "shared" / "sipri-exports"
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason=f"SIPRI's own files are not at hand ({SHARED})")
pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")


def real(part: str) -> Path:
    """The one real file whose name contains `part`."""
    (found,) = [path for path in SHARED.iterdir() if part in path.name]
    return found


# ------------------------------------------------------------------------------------------------- the real files
# file, options, kind, country, side, generated, release, years, total. Totals are those that the files print; for the
# registers, which print none, the sum of their TIV column by another program (awk).
REAL = [
    ("TIV-Import-PAK", {}, "country table", "Pakistan", "imports", (2022, 4, 22), 2022, (1950, 2021), 39879),
    ("TIV-Import-IND", {}, "country table", "India", "imports", (2022, 4, 22), 2022, (1950, 2021), 132646),
    ("TIV-Import-CHI", {}, "country table", "China", "imports", (2022, 4, 22), 2022, (1950, 2021), 81826),
    ("TIV-Import-BAN", {}, "country table", "Bangladesh", "imports", (2022, 4, 22), 2022, (1950, 2021), 6748),
    ("TIV-Import-All", {}, "all-countries table", None, "imports", (2022, 4, 22), 2022, (1950, 2021), 2001957),
    ("TIV-Export-CHI", {}, "country table", "China", "exports", (2022, 7, 28), 2022, (1950, 2021), 58480),
    ("TIV-Export-PAK", {}, "country table", "Pakistan", "exports", (2022, 7, 28), 2022, (1950, 2021), 289),
    ("TIV-Export-RUS", {}, "country table", "Russia", "exports", (2022, 7, 28), 2022, (1950, 2021), 152936),
    ("justin-2028", {"country": "all"}, "all-countries table", None, "imports", None, None, (1950, 2020), 1976320),
    ("sipri_tiv_table_2000", {}, "country table", "China", "exports", (2026, 7, 14), 2026, (2000, 2025), 31795),
    ("MJHofmann", {}, "all-countries table", None, "imports", (2024, 10, 13), 2024, (1950, 2023), 2065055),
    ("china_import-export", {}, "country table", "China", "exports", None, None, (1950, 2023), None),
    ("koala73", {}, "country table", "Ukraine", "imports", (2026, 8, 12), 2026, (2021, 2025), None),
    ("supplier_1950-2023", {}, "top list", None, "exports", (2024, 11, 2), 2024, (1950, 2023), 2065055),
    ("regional_transfers", {}, "regional table", None, "imports", (2024, 11, 2), 2024, (1950, 2023), 2065055),
    ("alexarui", {"allocate": "even"}, "deal register", None, None, (2026, 5, 18), 2026, (1950, 2025), 2133347.71),
    (
        "trade_register_china",
        {"allocate": "even"},
        "deal register",
        "China",
        "exports",
        (2026, 7, 14),
        2026,
        (2000, 2025),
        31794.58,
    ),
    ("kume", {"allocate": "even"}, "deal register", None, None, None, None, (1950, 2024), 568667.67),
    ("nagehanrdogan", {}, "delivery register", None, None, (2026, 2, 12), 2025, (1995, 2024), 769810.94),
    ("2001_decoded", {}, "delivery register", None, None, (2025, 2, 10), 2024, (2000, 2001), 38157.77),
    ("2001_response", {}, "delivery register", None, None, (2025, 2, 10), 2024, (2000, 2001), 38157.77),
    (
        "DealsAndTIVs",
        {},
        "delivery register",
        "United States",
        "exports",
        (2022, 9, 17),
        2022,
        (2016, 2021),
        62296.67,
    ),
    ("satellites.rtf", {}, "deal register", None, None, (2024, 2, 18), 2023, None, None),
    ("sipri-arms-by-seller", {}, "deal register", None, None, None, None, None, None),
    ("MPRT.KD", {}, "World Bank series", None, "imports", None, None, (1960, 2019), None),
]
REFUSED = [
    ("weapon_transfer_by_category", "line 13: '=======' is a mark of an unresolved git conflict"),
    ("justin-2028", "does not say whose table it is"),
    ("alexarui", "allocate='even'"),
    ("trade_register_china", "one row per deal"),
    ("kume", "'TIV delivery values'"),
]


@real_files
@pytest.mark.parametrize("row", REAL, ids=[row[0] for row in REAL])
def test_real_file_is_read_for_what_it_is(row):
    name, options, kind, country, of, generated, release, years, total = row
    export = sipri.read(real(name), **options)
    assert (export.kind, export.country, export.of, export.years) == (kind, country, of, years)
    assert export.generated == (date(*generated) if generated else None)
    assert export.release == (f"March {release} release" if release else None)
    account(export)
    frame = export.transfers if export.transfers is not None else export.totals
    if total is not None:
        rounding = 0.005 if kind.endswith("register") else 0.0015 * total
        assert frame["tiv_million"].sum() == pytest.approx(total, abs=rounding)
    wrong = export.report[export.report["warning"]]["reason"].tolist()
    assert bool(wrong) == (name in {"koala73", "china_import-export", "kume"}), wrong


@real_files
def test_every_real_file_is_expected_above():
    parts = {row[0] for row in [*REAL, *REFUSED]}
    assert [path.name for path in SHARED.iterdir() if not any(part in path.name for part in parts)] == []


@real_files
@pytest.mark.parametrize(("name", "words"), REFUSED)
def test_real_file_is_refused_with_its_reason(name, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")) as refusal:
        sipri.read(real(name))
    assert real(name).name in str(refusal.value)


@real_files
def test_shares_from_the_delivery_register_meet_the_printed_ones():
    transfers = sipri.read(real("nagehanrdogan")).transfers
    rows = transfers.query("2020 <= year <= 2024 and recipient == 'Pakistan'")
    assert share(rows, "China", "imports_tiv") == pytest.approx(81.14, abs=0.05)
    rows = transfers.query("2020 <= year <= 2024 and supplier == 'China'")
    assert 100 * rows.query("recipient == 'Pakistan'")["tiv_million"].sum() / whole(rows, "exports_tiv") == (
        pytest.approx(63.02, abs=0.05)
    )


def share(rows: pd.DataFrame, supplier: str, column: str) -> float:
    return 100 * rows.loc[rows["supplier"] == supplier, "tiv_million"].sum() / whole(rows, column)


def whole(rows: pd.DataFrame, column: str) -> float:
    return rows.drop_duplicates("year")[column].sum()


@real_files
def test_categories_of_pakistan_from_deliveries():
    """China's share of Pakistan's imports of 2017–21 per category, release of 2025."""
    rows = sipri.read(real("nagehanrdogan")).deliveries.query("recipient == 'Pakistan' and 2017 <= year <= 2021")
    parts = rows.pivot_table(index="category", columns="supplier", values="tiv_million", aggfunc="sum")
    percent = parts.div(parts.sum(axis=1), axis=0).mul(100).fillna(0).round()
    expected = {
        "Missiles": 95, "Air defence systems": 97, "Armoured vehicles": 92, "Ships": 75, "Aircraft": 73,
        "Artillery": 51, "Engines": 0,
    }  # fmt: skip
    assert {name: percent.loc[name, "China"] for name in expected} == expected
    assert (percent.loc["Engines", "Russia"], percent.loc["Engines", "Ukraine"]) == (70, 21)


@real_files
@pytest.mark.parametrize(
    ("name", "source", "own"),
    [
        ("TIV-Import-PAK", "sipri-atd-2022", "recipient"),
        ("TIV-Import-IND", "sipri-atd-2022", "recipient"),
        ("TIV-Export-CHI", "sipri-atd-2022", "supplier"),
        ("sipri_tiv_table_2000", "sipri-atd-2026", "supplier"),
        ("nagehanrdogan", "sipri-atd-2025", "recipient"),
    ],
)
def test_files_meet_the_bundled_transfers_of_their_release(name, source, own):
    export = sipri.read(real(name))
    key = ["recipient", "supplier", "year"]
    country = export.country or "Pakistan"
    of = "imports" if own == "recipient" else "exports"
    covered = tables.read("coverage").set_index(["source", "country", "of"]).loc[(source, country, of)]
    first = max(export.years[0], covered["first_year"])
    read, bundled = (
        frame[(frame[own] == country) & (frame["year"] >= first)].set_index(key)["tiv_million"]
        for frame in (export.transfers, tables.read("transfers").query(f"source == {source!r}"))
    )
    assert len(read) > 100
    together = pd.concat([read, bundled], axis=1, keys=["read", "bundled"]).fillna(0)
    assert (together["read"] - together["bundled"]).abs().max() <= 0.51


# ---------------------------------------------------------------------------------------- fixtures, invented numbers
NOTES = """Figures are in millions of SIPRI trend-indicator values (TIVs).
A '0' indicates that the volume of deliveries is between 0 and 0.5 million SIPRI TIV.

Source: SIPRI Arms Transfers Database (c) SIPRI.
Data generated: 14 Jul 2026 2:57:40 AM
"""
EXPORTS = f"""Volume of transfers of major arms
{NOTES}
Recipient,2023,2024,2025,2023-2025,Percentage,Sum total years,Percentage of total
Pakistan,30,,20,50,83%,50,83%
Turkiye,0 ,9,,9,15%,9,15%
unknown recipient(s),,,1,1,2%,1,2%
Total imports from China,30,9,21,60,100%,60,

"""
IMPORTS = f"""Volume of transfers of major arms
{NOTES}
Supplier,2023,2024,2025,2023-2025,Percentage,Sum total years,Percentage of total
China,30,,20,50,83%,50,83%
Russia,5,5,,10,17%,10,17%
Total exports to Pakistan,35,5,20,60,100%,60,
"""
WORLD = f"""Volume of transfers of major arms
{NOTES}
Recipient,2024,2025,2026,2024-2026,Percentage
India,10,12,,22,69%
NATO**,4,6,,10,31%
Total world import,14,18,,32,100%
"""
OLD = """"TIV of arms exports to Pakistan, 2019-2021",,,,
Figures are SIPRI Trend Indicator Values (TIVs) expressed in millions.,,,,
,,,,
Source: SIPRI Arms Transfers Database,,,,
Generated: 22 April 2022,,,,
,,,,
,2019,2020,2021,Total
China,12,,7,19
Turkey,,0,,0
Unknown supplier(s),1,,,1
,,,,
Total,13,0,7,20
"""
TOP = f"""Volume of exports of major arms by the top suppliers  2024-2025;
{NOTES}
,,,,,,
,Rank 2024-2025,,Supplier,2024,2025,2024-2025
,1,,United States,50,60,110
,2,,Soviet Union,,1,1
,,,Others,5,5,10
,,,Total,55,66,121
"""
REGIONS = f"""Volume of imports of major arms by region 2024-2025
{NOTES}
Imports by Regions,2024,2025,2024-2025
Africa,3,4,7
Europe,5,6,11

World total,8,10,18
"""
REGION_PAIRS = f"""Volume of imports of major arms by region 2024-2025
{NOTES}
,,2024,2025,2024-2025,% of regional total
Africa,Regional total,7,4,11,100%
,China,5,,5,45%
,Russia,2,4,6,55%
Europe,Regional total,1,,1,100%
,Israel,1,,1,100%
"""
CATEGORY = f"""Volume of transfers of major arms
{NOTES}
,2024,2025,2024-2025
Aircraft,3,4,7
Air-defence systems,,6,6
Total imports from China,3,10,13
"""
REGISTER_NOTES = (
    """Transfers of major conventional arms from All countries  to All countries . Deals with deliveries made for """
    """the year range '2020' to '2026'
A '?' in a column indicates uncertain data. The 'Number delivered' refers to deliveries in the selected year(s).

Source: SIPRI Arms Transfers Database (c) SIPRI.
Data generated: 12 Feb 2026 12:26:12 PM
"""
)
DELIVERY_HEAD = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,Order date is "
    "estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,Delivery year is estimate,Status,SIPRI "
    "estimate,TIV deal unit,TIV delivery values,Local production"
)
DELIVERIES = (
    REGISTER_NOTES
    + DELIVERY_HEAD
    + """
1,China,Pakistan,Model-1,frigate,Ships,2018,No,1,No,2021,No,New,50,50,50,No
1,China,Pakistan,Model-1,frigate,Ships,2018,No,1,No,2022,Yes,New,50,50,50,No
2,Turkiye,Pakistan,Model-2 ,SAM,Missiles,2019,Yes,10,,2021,,New,0.5,0.5,5,Yes
3,Russia,India,Model-3,tank,Armoured vehicles,2019,Yes,4,Yes,2021,Yes,New,2,2,8,Yes
6,Russia,India,Model-3,tank,Armoured vehicles,2019,Yes,4,Yes,2021,Yes,New,2,2,8,Yes
4,unknown supplier(s),India,Model-4,light aircraft,Aircraft,,,1,No,2023,No,Second hand,1,0.4,0.4,No
5,France,India,Model-5,SAM system,Air-defence systems,2019,No,1,No,2024,No,New,7,7,7,No
"""
)
DEAL_HEAD = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Number delivered, ,"
    "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons"
)
DEALS = (
    REGISTER_NOTES
    + DEAL_HEAD
    + """
Pakistan,China,2019,?,4,?,Model-1,frigate,4,?,2021; 2022,New,Local name; first of class,10,40,40
Pakistan,China,2020,?,4,?,Model-1,frigate,4,?,2021; 2022,New,Local name; first of class,10,40,40
Pakistan,Türkiye,2021,,3,,Model-2,UAV,0,,,New,On order,1,3,0
India,Russia,2018,,8,?,Model-3,tank,8,,2023,Second hand but modernized,,2,16,16
"""
)
OLD_TEXT = (
    """SIPRI Transfers Database \n\n
 Database search results for buyer 'All Countries' and seller  'China' and the years from 2019 to 2021 - """
    """(created: 17-09-2022)

Deal ID;Seller;Buyer;Designation;Description;Armament category;Order date;Order date is estimate;Numbers delivered;"""
    """Numbers delivered is estimate;Delivery year;Delivery year is estimate;Status;SIPRI estimate;TIV deal unit;"""
    """TIV delivery values;Local production
7;China;Pakistan;Model-1;frigate;Ships;2018;Yes;1;No;2020;No;New;25.0000;25.0000;25;No
8;China;Myanmar;Model;2;SAM;Missiles;2018;Yes;10;No;2021;No;New;0.5000;0.5000;5.0000;No

© Stockholm International Peace Research Institute, 2022.
"""
)
OLD_REGISTER = (
    "tidn,buyercod,sellercod,odat,odai,onum,onai,ldat,term,desig2,wcat,desc,coprod,nrdel,nrdelai,delyears,buyer,seller,"
    "status,tivunit,tivorder,tivdel\n"
    "9,PAK,CHI,2010,X,4,,0,,Model-1,SH,Frigate,,4,X,2013-2014,Pakistan,China,N,10,40,40\n"
    ",,,,,,,,,,,,,4,,,,,,,,\n"
)
RTF = (
    r"""{\rtf1\mac\deff2 {\fonttbl{\f20\froman Times;}}
{\b Note: \b0 The \'d4No. delivered\'d5 column \par \b Information generated:\b0  18 February 2024\par }
{\b Supplier/\tab \tab No.\tab Weapon\line \tab recipient (R)\tab ordered\tab designation\tab description\par }
{\b China}\par{\b R:} Pakistan\tab (4)\tab Model-1\tab frigate\tab (2018)\tab 2021-2022\tab 4\tab a comment\par"""
    r"""{\b     } \tab\tab 2\tab Model-2\tab SAM\tab 2019\tab \tab \tab \par}
"""
)
BANK = """"Data Source","World Development Indicators",

"Last Updated Date","2026-04-08",

"Country Name","Country Code","Indicator Name","Indicator Code","2022","2023","2024",
"Pakistan","PAK","Arms imports (SIPRI trend indicator values)","MS.MIL.MPRT.KD","7000000","","1500000000",
"Iran, Islamic Rep.","IRN","Arms imports (SIPRI trend indicator values)","MS.MIL.MPRT.KD","","0","",
"World","WLD","Arms imports (SIPRI trend indicator values)","MS.MIL.MPRT.KD","7000000","0","1500000000",
"""
SAMPLES = {
    "exports": EXPORTS, "imports": IMPORTS, "world": WORLD, "old": OLD, "top": TOP, "regions": REGIONS,
    "region pairs": REGION_PAIRS, "category": CATEGORY, "deliveries": DELIVERIES, "deals": DEALS,
    "old text": OLD_TEXT, "old register": OLD_REGISTER, "rtf": RTF, "bank": BANK,
}  # fmt: skip


def read(text: str, **options) -> sipri.Export:
    export = sipri.read(text.encode(), **options)
    account(export)
    return export


def account(export: sipri.Export) -> None:
    """Every line of the file is in exactly one row of the report, and every row of a frame in its `rows`."""
    report = export.report
    assert report["first_line"].iloc[0] == 1
    assert (report["first_line"].iloc[1:].to_numpy() == report["last_line"].iloc[:-1].to_numpy() + 1).all()
    assert (report["last_line"] >= report["first_line"]).all()
    assert (report.loc[report["read_as"] == "set aside", "reason"] != "").all()
    assert (report.loc[report["rows"] > 0, "read_as"].isin(["transfers", "totals", "deliveries", "deals"])).all()
    if export.deliveries is not None:
        assert report["rows"].sum() == len(export.deliveries)
    elif export.kind != "several tables":
        assert report["rows"].sum() >= len(export.transfers if export.transfers is not None else export.totals)


def warned(text: str, **options) -> tuple[sipri.Export, str]:
    with pytest.warns(sipri.ExportWarning) as found:
        export = read(text, **options)
    return export, str(found[0].message)


# ----------------------------------------------------------------------------------------------------- tables
def test_words_are_crossed_and_the_last_row_names_the_country():
    exports, imports = read(EXPORTS), read(IMPORTS)
    assert (exports.country, exports.of, imports.country, imports.of) == ("China", "exports", "Pakistan", "imports")
    assert set(exports.transfers["supplier"]) == {"China"}
    assert set(imports.transfers["recipient"]) == {"Pakistan"}
    assert list(imports.transfers) == [
        "recipient", "supplier", "year", "tiv_million", "source", "basis", "generated", "imports_tiv", "exports_tiv",
    ]  # fmt: skip
    assert imports.transfers["imports_tiv"].tolist() == [35, 20, 35, 5]
    assert imports.transfers["exports_tiv"].isna().all()
    assert exports.source == "sipri-atd-2026" and set(exports.transfers["generated"]) == {"2026-07-14"}
    assert set(exports.transfers["source"]) == {exports.source}
    assert exports.release == "March 2026 release"


def test_zero_is_a_small_delivery_and_blank_is_none():
    frame = read(EXPORTS).transfers.set_index(["recipient", "year"])["tiv_million"]
    assert frame["Türkiye", 2023] == 0
    assert ("Pakistan", 2024) not in frame.index


def test_old_table_of_exports_to_a_country_holds_its_imports():
    export = read(OLD)
    assert (export.kind, export.country, export.of, export.years) == (
        "country table", "Pakistan", "imports", (2019, 2021),
    )  # fmt: skip
    assert set(export.transfers["supplier"]) == {"China", "Türkiye", "unknown supplier(s)"}
    assert export.transfers.query("year == 2019")["imports_tiv"].tolist() == [13, 13]


def test_unpublished_year_is_not_covered():
    export = read(WORLD)
    assert (export.kind, export.of, export.years) == ("all-countries table", "imports", (2024, 2025))
    assert export.transfers is None
    assert export.totals.loc[0, ["country", "role", "year", "tiv_million"]].tolist() == ["India", "importer", 2024, 10]
    assert set(export.totals["country"]) == {"India", "NATO"}


def test_year_without_deliveries_is_covered_where_the_release_covers_it():
    text = OLD.replace("China,12,,7,19", "China,12,,,12").replace("13,0,7,20", "13,0,,13")
    assert read(text).years == (2019, 2021)
    undated = text.replace("Generated: 22 April 2022", "")
    assert read(undated).years == (2019, 2020)


def test_totals_are_a_check_and_never_data():
    export, message = warned(IMPORTS.replace("Russia,5,5,,10", "Russia,5,2,,7"))
    assert "the printed total of 2024 is 5, its cells add up to 2" in message
    frame = export.transfers.set_index("year")
    assert frame.loc[2024, "imports_tiv"] is not None
    assert frame["imports_tiv"].isna().tolist() == [False, False, False, True]
    assert frame.loc[2023, "imports_tiv"].tolist() == [35, 35]


def test_rounding_is_no_difference():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(IMPORTS.replace("Pakistan,35,5,20,60", "Pakistan,36,4,20,61"))


def test_a_row_that_does_not_meet_its_own_total_is_named():
    assert "the printed total of the row is 19" in warned(OLD.replace("China,12,,7,19", "China,12,,5,19"))[1]


def test_cut_last_row_asks_whose_table_it_is():
    cut = "\n".join(line for line in EXPORTS.splitlines() if not line.startswith("Total"))
    with pytest.raises(ValueError, match="country='Pakistan'"):
        read(cut)
    export = read(cut, country="China")
    assert (export.country, export.of) == ("China", "exports")
    assert export.transfers["exports_tiv"].notna().all()


def test_cut_last_row_leaves_no_total_without_the_readers_word():
    cut = OLD[: OLD.index("Total,")]
    export, message = warned(cut)
    assert "no Total row" in message
    assert export.transfers["imports_tiv"].isna().all()
    assert read(cut, country="Pakistan").transfers["imports_tiv"].notna().all()


def test_cut_title_asks_for_the_direction_too():
    cut = OLD[OLD.index(",2019") :].replace("Unknown supplier(s)", "France")
    with pytest.raises(ValueError, match="of='imports'"):
        read(cut, country="Pakistan")
    assert read(cut, country="Pakistan", of="imports").transfers["imports_tiv"].notna().all()


def test_name_that_stands_on_one_side_only_tells_the_direction():
    cut = OLD[OLD.index(",2019") :]
    assert read(cut, country="Pakistan").of == "imports"
    assert read(cut, country="all").of == "exports"


def test_option_that_contradicts_the_file_is_refused():
    with pytest.raises(ValueError, match="the file itself says 'China'"):
        read(EXPORTS, country="India")
    assert read(EXPORTS, country="China").country == "China"
    with pytest.raises(ValueError, match="Did you mean 'Pakistan'"):
        read(EXPORTS, country="Pakstan")
    with pytest.raises(ValueError, match="the file itself says 'exports'"):
        read(EXPORTS, of="imports")


def test_several_tables_in_one_file_share_their_pairs():
    export = read(IMPORTS + EXPORTS)
    assert (export.kind, export.country, export.of) == ("country table", None, None)
    both = export.transfers.query("recipient == 'Pakistan' and supplier == 'China' and year == 2023")
    assert both[["tiv_million", "imports_tiv", "exports_tiv"]].to_numpy().tolist() == [[30, 35, 30]]
    assert not export.transfers.duplicated(["recipient", "supplier", "year"]).any()


def test_tables_that_disagree_are_refused():
    with pytest.raises(ValueError, match="Pakistan from China in 2023"):
        read(IMPORTS + EXPORTS.replace("Pakistan,30", "Pakistan,31").replace("China,30", "China,31"))
    with pytest.raises(ValueError, match="different years"):
        read(IMPORTS + EXPORTS.replace("2023", "2022").replace(",2024,2025", ",2023,2024"))
    with pytest.raises(ValueError, match="different releases"):
        read(IMPORTS + OLD)


def test_doubled_row_is_counted_once_and_a_second_version_is_refused():
    doubled = IMPORTS.replace("Russia,5,5,,10,17%,10,17%\n", "Russia,5,5,,10,17%,10,17%\n" * 2)
    export, message = warned(doubled)
    assert "the same row as line" in message
    assert export.transfers["imports_tiv"].tolist() == [35, 20, 35, 5]
    with pytest.raises(ValueError, match="twice with different numbers"):
        read(IMPORTS.replace("Russia,5,5,,10", "China,5,5,,10"))


def test_damaged_row_leaves_no_total():
    export, message = warned(IMPORTS.replace("Russia,5,5,,10", "Russia,5,five,,10"))
    assert "'five' under 2024 is not a number" in message
    assert export.transfers["imports_tiv"].isna().all()  # no other row could mark 2024 as not known
    export, message = warned(IMPORTS.replace("Russia,5,5,,10,17%,10,17%", "Russia,5,5"))
    assert "a broken row: 3 cells" in message
    assert export.transfers["imports_tiv"].isna().all()


def test_unknown_name_is_kept_reported_and_counted():
    export, message = warned(IMPORTS.replace("Russia,", "Atlantis,"))
    assert "unknown name 'Atlantis'" in message
    assert export.transfers.query("supplier == 'Atlantis'")["imports_tiv"].tolist() == [35, 5]


def test_two_label_columns_with_the_supplier_on_the_first_row():
    text = "supplier,recipients,2023,2024,2023-2024\nChina,Pakistan,3,,3\n,India,,4,4\n,,,,\n,,,,\n"
    export, _ = warned(text)
    assert (export.country, export.of) == ("China", "exports")
    assert export.transfers["recipient"].tolist() == ["India", "Pakistan"]
    assert export.transfers["exports_tiv"].isna().all()
    assert read(text, country="China").transfers["exports_tiv"].tolist() == [4, 3]


def test_top_list_sets_the_others_aside():
    export = read(TOP)
    assert (export.kind, export.of) == ("top list", "exports")
    assert export.totals["country"].tolist() == ["United States", "United States", "Soviet Union"]
    assert "below the list" in " ".join(export.report["reason"])


def test_regions_and_their_suppliers():
    assert read(REGIONS).totals["region"].tolist() == ["Africa", "Africa", "Europe", "Europe"]
    export = read(REGION_PAIRS)
    assert export.totals[["region", "country", "tiv_million"]].to_numpy().tolist() == [
        ["Africa", "China", 5], ["Africa", "Russia", 2], ["Africa", "Russia", 4], ["Europe", "Israel", 1],
    ]  # fmt: skip
    assert "total of 2024 is 7" in warned(REGION_PAIRS.replace("China,5,,5", "China,3,,3"))[1]


def test_categories():
    export = read(CATEGORY)
    assert (export.kind, export.country, export.of) == ("category table", "China", "exports")
    assert export.totals["category"].tolist() == ["Aircraft", "Aircraft", "Air defence systems"]


def test_world_bank_is_scaled_and_its_groups_set_aside():
    export = read(BANK)
    assert (export.kind, export.of, export.generated) == ("World Bank series", "imports", date(2026, 4, 8))
    assert export.totals[["country", "year", "tiv_million"]].to_numpy().tolist() == [
        ["Pakistan", 2022, 7], ["Pakistan", 2024, 1500], ["Iran", 2023, 0],
    ]  # fmt: skip
    assert export.source.startswith("World Bank")
    with pytest.raises(ValueError, match=r"MS\.MIL\.XPND\.CD"):
        read(BANK.replace("MS.MIL.MPRT.KD", "MS.MIL.XPND.CD"))


# -------------------------------------------------------------------------------------------------- registers
def test_delivery_register():
    export = read(DELIVERIES)
    assert (export.kind, export.release, export.years) == ("delivery register", "March 2025 release", (2020, 2024))
    assert len(export.deliveries) == 7  # two rows differ in nothing but their deal
    row = export.deliveries.iloc[2]
    assert (row["supplier"], row["designation"], row["number"], row["ordered"]) == ("Türkiye", "Model-2", 10, 2019)
    assert pd.isna(row["number_estimated"])
    assert row["local_production"] and row["ordered_estimated"]
    assert pd.isna(export.deliveries.iloc[5]["ordered"])
    frame = export.transfers.set_index(["recipient", "supplier", "year"])
    assert frame.loc[("India", "Russia", 2021), "tiv_million"] == 16
    assert frame.loc[("Pakistan", "China", 2021), ["imports_tiv", "exports_tiv"]].tolist() == [55, 50]


def test_every_spelling_of_one_register_gives_the_same():
    expected = read(DELIVERIES).transfers
    for variant in (
        DELIVERIES.replace("\n", ";\r\n").encode(),
        DELIVERIES.replace("\n", "\r").encode(),
        DELIVERIES.encode("utf-8-sig"),
        json.dumps({"bytes": base64.b64encode(DELIVERIES.encode()).decode()}).encode(),
        json.dumps({"result": DELIVERIES}).encode(),
        DELIVERIES.replace("No\n", "No;;;;;;;;\n").encode(),
    ):
        pd.testing.assert_frame_equal(sipri.read(variant).transfers, expected)


def test_filtered_register_has_the_total_of_the_selected_side_only():
    china = DELIVERIES.replace("from All countries  to", "from China   to")
    china = "\n".join(line for line in china.splitlines() if ",China," in line or line[:2].strip("123456,"))
    export = read(china)
    assert (export.country, export.of) == ("China", "exports")
    assert export.transfers["exports_tiv"].notna().all()
    assert export.transfers["imports_tiv"].isna().all()


def test_register_between_two_selected_countries_has_no_totals():
    text = DELIVERIES.replace("from All countries  to All countries", "from China   to Pakistan")
    assert read(text).transfers[["imports_tiv", "exports_tiv"]].isna().all(axis=None)


def test_register_without_its_first_lines_has_no_totals():
    cut = DELIVERIES[DELIVERIES.index("SIPRI AT") :]
    assert read(cut).transfers[["imports_tiv", "exports_tiv"]].isna().all(axis=None)
    assert read(cut, country="all").transfers[["imports_tiv", "exports_tiv"]].notna().all(axis=None)
    with pytest.raises(ValueError, match="other recipients and other suppliers"):
        read(cut, country="China")


def test_world_register_without_ships_was_filtered_by_category():
    text = DELIVERIES.replace("Ships", "Sensors")
    assert read(text).transfers[["imports_tiv", "exports_tiv"]].isna().all(axis=None)


def test_latin_letters_in_windows_1252():
    export = sipri.read(DEALS.encode("cp1252"), allocate="even")
    assert "Türkiye" in set(export.deliveries["supplier"])


def test_line_break_and_stray_comma_in_a_comment_are_mended():
    broken = DEALS.replace("first of class,10", "first of\nclass,10", 1).replace("On order,1", "On order, for sale,1")
    export = read(broken, allocate="even")
    assert len(export.deliveries) == 4
    assert export.deliveries["comments"].tolist()[:3] == [
        "Local name; first of class", "Local name; first of class", "On order, for sale",
    ]  # fmt: skip
    reasons = " ".join(export.report["reason"])
    assert "a line break in a cell" in reasons and "a stray ','" in reasons
    pd.testing.assert_frame_equal(export.transfers, read(DEALS, allocate="even").transfers)


@pytest.mark.parametrize("name", ['Model-1 5"', '"Model" 1', '"Model-1', '"Model-1, late"', '"Model\n1"'])
def test_quotation_marks_in_a_name(name):
    export = read(DEALS.replace("Model-1", name), allocate="even")
    assert len(export.deliveries) == 4
    assert export.transfers["imports_tiv"].notna().all()
    pd.testing.assert_frame_equal(export.transfers, read(DEALS, allocate="even").transfers)


def test_spreadsheet_in_another_locale():
    rows = [line.split(",") for line in DEALS.splitlines()[5:]]
    resaved = "\n".join(
        ";".join(f'"{cell}"' if ";" in cell else cell.replace(".", ",") for cell in row) + ";;;" for row in rows
    )
    export = read(resaved, allocate="even")
    assert export.transfers["tiv_million"].tolist() == [16, 40, 40]
    assert export.deliveries["comments"].iloc[0] == "Local name; first of class"


def test_deal_register_is_refused_or_spread_and_says_so():
    with pytest.raises(ValueError, match="two ways out") as refusal:
        read(DEALS)
    assert "TIV delivery values" in str(refusal.value) and "allocate='even'" in str(refusal.value)
    export = read(DEALS, allocate="even")
    assert export.transfers["basis"].eq("estimate").all() and export.basis == "estimate"
    assert export.deliveries["basis"].eq("tabulated").all()
    assert export.transfers.query("recipient == 'Pakistan'")["tiv_million"].tolist() == [40, 40]
    assert export.deliveries["number_ordered"].tolist() == [4, 4, 3, 8]
    assert export.deliveries["ordered_estimated"].tolist() == [True, True, False, False]
    with pytest.raises(ValueError, match="'even'"):
        read(DEALS, allocate="evenly")


def test_renamed_column_and_2024_wording():
    text = DEALS.replace("Number delivered, ", "Deliveries in the Year Range, ").replace(
        "Deals with deliveries made for the year range", "Deals with deliveries or orders made for year range"
    )
    assert read(text, allocate="even").transfers["imports_tiv"].notna().all()


def test_broken_row_is_reported_and_leaves_no_total():
    export, message = warned(DELIVERIES + "5,France,Ind")
    assert "a broken row: 3 cells" in message
    assert export.transfers[["imports_tiv", "exports_tiv"]].isna().all(axis=None)
    export, message = warned(DELIVERIES.replace("2024,No,New", "20x4,No,New"))
    assert "'20x4' under 'Delivery year' is not a year" in message and len(export.deliveries) == 6
    export, message = warned(DELIVERIES.replace(",7,7,7,No", ",7,7,,No"))
    assert "no TIV" in message and len(export.deliveries) == 7


def test_parted_list_of_years_is_not_taken_for_a_comment():
    parted = DEALS.replace(",", ";").replace("Deals with deliveries made;", "Deals with deliveries made,")
    export, message = warned(parted, allocate="even")
    assert "a broken row" in message
    assert len(export.deliveries) == 2
    assert export.transfers[["imports_tiv", "exports_tiv"]].isna().all(axis=None)


def test_two_registers_in_one_file_are_refused():
    with pytest.raises(ValueError, match="two registers"):
        read(DELIVERIES + DELIVERIES)


def test_old_text_form_with_a_stray_semicolon():
    export = read(OLD_TEXT)
    assert (export.kind, export.country, export.of, export.years) == (
        "delivery register", "China", "exports", (2019, 2021),
    )  # fmt: skip
    assert export.generated == date(2022, 9, 17)
    assert export.transfers["tiv_million"].tolist() == [5, 25]
    assert export.transfers["exports_tiv"].tolist() == [5, 25]
    assert "note of the file" in set(export.report["reason"])


def test_old_register_with_and_without_delivery_years():
    export = read(OLD_REGISTER, allocate="even")
    assert export.transfers[["year", "tiv_million"]].to_numpy().tolist() == [[2013, 20], [2014, 20]]
    assert "a bare sum" in " ".join(export.report["reason"])
    export, message = warned(OLD_REGISTER.replace("delyears", "other"))
    assert export.transfers is None and "no delivery years" in message


def test_rtf_is_read_for_deals_and_says_that_it_has_no_tiv():
    export, message = warned(RTF)
    assert "no TIV" in message
    assert export.transfers is None and export.generated == date(2024, 2, 18)
    assert export.deliveries["number_ordered"].tolist() == [4, 2]
    assert export.deliveries["number_ordered_estimated"].tolist() == [True, False]
    assert set(export.deliveries["recipient"]) == {"Pakistan"}
    assert export.deliveries["delivery_years"].iloc[0] == "2021-2022"


# --------------------------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"PK\x03\x04....[Content_Types].xml", "Excel workbook"),
        (b"PK\x03\x04....data.csv", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        ("Supplier,2024".encode("utf-16"), "UTF-16"),
        (b"a,b\0c", "not text"),
        (b"a,\x81\n", "neither UTF-8 nor Windows-1252"),
        (b"{\"message\": \"error\"}", "JSON without a table"),
        (b"{\"bytes\": \"%%%\"}", "cannot be read"),
        (b"{" * 100_000, "cannot be read"),
        (b"No data found\n", "empty export"),
        (b"{\\rtf1 nothing}", "not SIPRI's register"),
        (b"Country,Amount\nIndia,5\n", "is not a file that SIPRI's Arms Transfers Database gives"),
        (EXPORTS.split("Recipient")[0].encode(), "no header with years"),
        (EXPORTS.split("Pakistan")[0].encode(), "empty export"),
        (DELIVERIES.split("1,China")[0].encode(), "empty export"),
        (("<<<<<<< HEAD\n" + EXPORTS).encode(), "git conflict"),
        (EXPORTS.replace("Turkiye", "=======,,,\nTurkiye").encode(), "git conflict"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_own_sentence(content, words):
    with pytest.raises(ValueError, match=words):
        sipri.read(content)


def test_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "trade-register.csv").write_text(DELIVERIES)
    with pytest.raises(ValueError, match=r"Did you mean 'trade-register.csv'"):
        sipri.read(tmp_path / "trade-registers.csv")
    assert sipri.read(tmp_path / "trade-register.csv").kind == "delivery register"


def test_memory_stays_within_ten_times_the_file():
    head, body = DELIVERIES[: DELIVERIES.index("1,China")], DELIVERIES[DELIVERIES.index("1,China") :]
    numbered = (f"{at}{row[1:]}\n" for at, row in enumerate(body.splitlines() * 1500))  # no delivery stands twice
    content = (head + "".join(numbered)).encode()
    sipri.read(content)
    tracemalloc.start()
    kept = sipri.read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(kept.deliveries) == 10_500
    assert peak < 10 * len(content)


# ------------------------------------------------------------------------------------------------------- fuzz
CASES = int(os.environ.get("SIPRI_FUZZ", "300"))
OPTIONS = [{}, {"allocate": "even"}, {"country": "China"}, {"country": "all", "of": "imports"}]


def _seeds() -> list[bytes]:
    """The samples, and the beginning and end of every real file that is at hand."""
    seeds = [text.encode() for text in SAMPLES.values()]
    for path in sorted(SHARED.iterdir()) if SHARED.is_dir() else []:
        lines = path.read_bytes().splitlines(keepends=True)
        seeds.append(b"".join(lines[:60] + lines[-20:]) if len(lines) > 80 else b"".join(lines)[:50_000])
    return seeds


SEEDS = _seeds()


def _mutated(content: bytes, how: str, a: int, b: int, noise: bytes) -> bytes:
    """One damage to a file; `a` and `b` choose the places."""
    lines = content.splitlines(keepends=True) or [b""]
    i, j, at = a % len(lines), b % len(lines), a % (len(content) + 1)
    if how == "cut":
        return content[:at] if b % 2 else content[at:]
    if how == "double":
        return b"".join(lines[: i + 1] + lines[i:])
    if how == "swap":
        lines[i], lines[j] = lines[j], lines[i]
        return b"".join(lines)
    if how == "drop":
        return b"".join(lines[:i] + lines[i + 1 + b % 3 :])
    if how == "noise":
        return content[:at] + noise + content[at + b % 4 :]
    if how == "huge":
        return content[:at] + (noise or b"x")[:1] * 200_000 + content[at:]
    if how == "encoding":
        text = content.decode("cp1252", "replace")
        return text.encode(["utf-8-sig", "utf-16", "cp1252", "latin-1", "mac_roman", "utf-7"][b % 6], "replace")
    if how == "ends":
        return b"\n".join(content.splitlines()).replace(b"\n", [b"\r", b"\r\n", b"\n\n", b";;;;\r\n"][b % 4])
    if how == "separator":
        return content.replace(b",", [b";", b"\t", b'","', b",,"][b % 4])
    if how == "cell":
        cells = lines[i].split(b",")
        cells[b % len(cells)] = noise
        lines[i] = b",".join(cells)
        return b"".join(lines)
    if how == "break":
        return content[:at] + b"\n" + content[at:]
    if how == "pad":
        return b"\n".join(line.rstrip(b"\r\n") + b"," * (a % 30) for line in lines)
    if how == "wrap":
        return b"\n".join(b'"' + line.rstrip(b"\r\n").replace(b'"', b'""') + b'"' + b"," * (a % 3) for line in lines)
    if how == "repeat":
        return b"".join(lines[: j + 1] + lines[min(i, j) : j + 1] + lines[j + 1 :])
    if how == "format":
        return re.sub(
            rb"(?<=[,;\t])(\d+)[.](\d+)(?=[,;\t\r\n])", [rb'"\1,\2"', rb"\1'\2", rb"\1.000.\2"][b % 3], content
        )
    return content + SEEDS[b % len(SEEDS)]


KINDS = ["cut", "double", "swap", "drop", "noise", "huge", "encoding", "ends", "separator", "cell", "break", "join",
         "pad", "wrap", "repeat", "format"]  # fmt: skip
damages = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 1_000_000),
        st.integers(0, 1_000_000),
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [b'"', b'"\n', b"2024", b"1e309", b"nan", b"-5", b"9" * 30, b"total", b"\\u55555", b"{\\rtf", b"0 "]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=CASES,
    deadline=None,
    derandomize="SIPRI_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, len(SEEDS) - 1), damages, st.sampled_from(OPTIONS))
def test_fuzz_only_valueerror_in_time_and_every_line_accounted_for(seed, damage, options):
    content = SEEDS[seed]
    for one in damage:
        content = _mutated(content, *one)
    start = time.perf_counter()
    try:
        export = sipri.read(content, **options)
    except ValueError as refusal:
        assert str(refusal)
    else:
        account(export)
        if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            assert export.report["last_line"].iloc[-1] == _count_lines(content)
        for frame in (export.transfers, export.totals):
            assert frame is None or (np.isfinite(frame["tiv_million"]) & (frame["tiv_million"] >= 0)).all()
    assert time.perf_counter() - start < 2


def _count_lines(content: bytes) -> int:
    ends = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return max(ends.count(b"\n") + (not ends.endswith(b"\n")), 1)
