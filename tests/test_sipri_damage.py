"""Files as people's programs leave them: other numbers, rows twice, cells that are no numbers, years that cannot be.

All fixtures are written by hand in the shape of SIPRI's files, or are those of test_sipri; their numbers are invented.
"""

import io
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sipri import DEALS, DELIVERIES, EXPORTS, IMPORTS, OLD, OLD_REGISTER, account, read, real, real_files, warned

from analysis import measure, sipri
from analysis.sipri.columns import years_of
from analysis.sipri.numbers import value

pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")
LOCALE = """Transfers of major conventional arms from All countries  to Pakistan . Deals with deliveries made for the year range '2018' to '2022'
Source: SIPRI Arms Transfers Database (c) SIPRI.
Data generated: 14 Jul 2026 2:57:40 AM
SIPRI AT Database ID;Supplier;Recipient;Designation;Description;Armament category;Order date;Order date is estimate;Numbers delivered;Numbers delivered is estimate;Delivery year;Delivery year is estimate;Status;SIPRI estimate;TIV deal unit;TIV delivery values;Local production
70001;China;Pakistan;Type-X;frigate;Ships;2015;No;2;Yes;2019;No;New;650,5;650,5;1.301;No
70002;France;Pakistan;Boat-Y;corvette;Ships;2018;No;2;No;2020;No;New;120;120;240;No
"""  # noqa: E501
DEALS_BODY, DELIVERIES_BODY = (
    text.split(last)[1] for text, last in ((DEALS, "weapons\n"), (DELIVERIES, "production\n"))
)


def volumes(export: sipri.Export) -> list[float]:
    return export.transfers["tiv_million"].tolist()


# ------------------------------------------------------------------------------------------------ number formats
@pytest.mark.parametrize(
    ("unit", "volume"),
    [
        ("650,5", "1.301"), ("650,5", "1301"), ("650,5", "1 301"), ("650,5", "1\u202f301"), ("650,5", "1'301"),
        ("650.5", "1,301"), ("650.5", "1'301"), ("650.5", "1’301"), ("650.5", "1301"), ("650.50", "1,301.00"),
        ("650,50", "1.301,00"), ("6.505e2", "1.3010e3"),
    ],
)  # fmt: skip
def test_thousands_and_decimals_of_any_country(unit, volume):
    export = read(LOCALE.replace("650,5", unit).replace("1.301", volume))
    assert volumes(export) == [1301, 240]
    shares = measure.shares(export.transfers, years=export.years)
    assert shares["percent"].round(1).tolist() == [84.4, 15.6]


def test_units_times_tiv_per_unit_tell_which_mark_is_which():
    assert volumes(read(LOCALE.replace("650,5", "650").replace("1.301", "1.300"))) == [1300, 240]
    assert volumes(read(LOCALE.replace("650,5", "650").replace("1.301", "1,300"))) == [1300, 240]
    assert volumes(read(LOCALE.replace(";2;Yes", ";2.000;Yes").replace("650,5", "1,5").replace("1.301", "3.000"))) == [
        3000, 240,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (
            LOCALE.replace("650,5;650,5", "1.301;1.301").replace(";2;Yes", ";1;Yes"),
            "line 5: '1.301' under 'TIV deal unit'",
        ),
        (LOCALE.replace("650,5", "650.5"), "line 5: '1.301' under 'TIV delivery values'"),
        ("Supplier;2023;2024\nChina;1.300;1.200\nTotal exports to Pakistan;1.300;1.200\n",
         "line 2: '1.300' under '2023'"),
        ("Supplier;2023;2024\nChina;1,300;1,200\nTotal exports to Pakistan;1,300;1,200\n",
         "line 2: '1,300' under '2023'"),
        (OLD_REGISTER.replace(",10,40,40", ",,,1.040"), "line 2: '1.040' under 'tivdel'"),
    ],
)  # fmt: skip
def test_a_number_that_may_be_two_is_refused_by_its_cell(text, cell):
    with pytest.raises(ValueError, match="the file leaves open whether") as refusal:
        sipri.read(text.encode(), allocate="even")
    assert cell in str(refusal.value)


def test_numbers_written_in_two_ways_are_refused_by_their_cells():
    with pytest.raises(ValueError, match="written in two ways") as refusal:
        sipri.read(LOCALE.replace("120;120;240", "120.5;120.5;241").encode())
    assert "line 6: '120.5'" in str(refusal.value) and "line 5: '650,5'" in str(refusal.value)


def test_tables_with_thousands_set_apart_are_told_by_their_totals():
    table = (
        "Supplier{0}2023{0}2024{0}2023-2024\nChina{0}{1}{0}20{0}{2}\nIndia{0}5{0}6{0}11\n"
        "Total exports to Pakistan{0}{3}{0}26{0}{4}\n"
    )
    for sep, mark in ((";", "."), (";", ","), ("\t", "."), (";", "'"), (";", " "), (",", " ")):
        text = table.format(sep, *(n.replace(".", mark) for n in ("1.300", "1.320", "1.305", "1.331")))
        assert volumes(read(text)) == [1300, 20, 5, 6], (sep, mark)
    english = 'Supplier,2023,2024\nChina,"1,300","1,200"\nTotal exports to Pakistan,"1,300","1,200"\n'
    assert volumes(read(english)) == [1300, 1200]  # commas part the cells, so they part no decimals


def test_a_deal_register_in_another_locale():
    text = DEALS.replace(",10,40,40", ",1250,5000,5000").replace("2,16,16", "2.5,20,20")
    rows = [line.split(",") for line in text.splitlines()[5:]]
    assert len({len(row) for row in rows}) == 1
    for thousands, mark in ((".", ","), (" ", ","), ("'", "."), (",", ".")):
        again = [
            [f"{cell[0]}{thousands}{cell[1:]}" if cell in {"1250", "5000"} else cell.replace(".", mark) for cell in row]
            for row in rows
        ]
        out = "\n".join(";".join(f'"{c}"' if ";" in c else c for c in row) for row in again)
        export = read(out, allocate="even", country="all")
        assert volumes(export) == [20, 5000, 5000], thousands


@given(st.text("0123456789.eE+- ,", max_size=9))
def test_a_cell_is_read_the_same_by_itself_and_in_a_column(text):
    """Whole columns of plain numbers go through pandas, others cell by cell."""
    try:
        column = pd.read_csv(io.StringIO(f'"{text}"\n'), header=None, dtype="float64", na_values=[""],
                             keep_default_na=False, skip_blank_lines=False)[0].item()  # fmt: skip
    except ValueError:
        return
    if 0 <= column <= 1e15 or np.isnan(column):
        assert value(text) == pytest.approx(column, nan_ok=True)


@pytest.mark.parametrize("cell", [".5", "5e-1", "0.50", "+0.5", "1e2", "5."])
def test_a_damaged_row_does_not_change_how_another_is_read(cell):
    text = DELIVERIES.replace("0.5,0.5,5,Yes", f"0.5,,{cell},Yes")
    alone, beside = read(text), read(text.replace("7,7,7,No", "7,7,#REF!,No"))
    assert alone.deliveries["tiv_million"].iloc[2] == beside.deliveries["tiv_million"].iloc[2] == float(cell)


# ------------------------------------------------------------------------------------------- the same row twice
def test_a_delivery_that_stands_twice_is_counted_once():
    export, message = warned(DELIVERIES + DELIVERIES_BODY)
    assert "line 14: the same row as line 7, counted once" in message
    pd.testing.assert_frame_equal(export.transfers, read(DELIVERIES).transfers)
    assert len(export.deliveries) == 7
    export, _ = warned(DELIVERIES + DELIVERIES_BODY.replace("0.5,0.5,5,Yes", "0.50,0.50,5.0,Yes"))
    pd.testing.assert_frame_equal(export.transfers, read(DELIVERIES).transfers)


@pytest.mark.parametrize(("old", "new"), [(",50,50,50,", ",50,50,500,"), ("Pakistan", "India"), ("Ships", "Sensors")])
def test_two_versions_of_a_delivery_are_refused(old, new):
    again = DELIVERIES_BODY.splitlines()[0].replace(old, new)
    with pytest.raises(ValueError, match="deal 1 in lines 7 and 14"):
        read(f"{DELIVERIES}{again}\n")


def test_deals_that_stand_twice_are_counted_once_but_a_few_equal_ones_are_real():
    export, message = warned(DEALS + DEALS_BODY, allocate="even")
    assert "line 11: the same row as line 7, counted once" in message
    pd.testing.assert_frame_equal(export.transfers, read(DEALS, allocate="even").transfers)
    row = "Pakistan,China,2019,,4,,Model-{},frigate,4,,2021,New,,10,40,40\n"
    many = DEALS + "".join(map(row.format, range(100)))
    twins = many + row.format(99)
    assert read(twins, allocate="even").report["warning"].sum() == 0
    assert sum(volumes(read(twins, allocate="even"))) == sum(volumes(read(many, allocate="even"))) + 40
    apart = many + "India,Russia,2019,,4,,Model-9,tank,4,,2021,New,,10,40,40\n" + row.format(0)
    assert "counted once" in warned(apart, allocate="even")[1]


@real_files
def test_real_registers_repeat_no_delivery_and_few_deals():
    rows = sipri.read(real("nagehanrdogan")).deliveries
    assert not rows.duplicated(["deal", "year"]).any()
    export = sipri.read(real("alexarui"), allocate="even")
    assert export.deliveries.duplicated().sum() == 9 and not export.report["warning"].any()


# --------------------------------------------------------------------------------------- what else stands in a file
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (IMPORTS + DELIVERIES, "a register and a table of values: their headers stand in lines 8 and 17"),
        (DELIVERIES + IMPORTS, "a register and a table of values: their headers stand in lines 6 and 21"),
        (DELIVERIES + DELIVERIES, "two registers in the file: their headers stand in lines 6 and 19"),
        (DELIVERIES + DEALS, "two registers in the file"),
        (
            DELIVERIES + "\n".join(line + "," * (16 - line.count(",")) for line in EXPORTS.splitlines()),
            "a table of values",
        ),
    ],
)  # fmt: skip
def test_two_tables_of_two_kinds_in_one_file_are_refused(text, words):
    with pytest.raises(ValueError, match=words):
        sipri.read(text.encode(), allocate="even")


@pytest.mark.parametrize(
    "text",
    [
        "Country,Year,TIV\nIndia,1981,1500\nIndia,1982,1600\nPakistan,1981,1982\nPakistan,1982,300\n",
        "Country,Year,TIV\nIndia,1981,1982\n",
        "supplier;recipient;year;tiv\nChina;Pakistan;2019;20\nChina;Pakistan;2020;2021\nChina;Pakistan;2021;21\n",
        ",Entity,Code,Period,Arms imports\n0,India,IND,1981,1500\n1,India,IND,1982,1600\n2,India,IND,1983,1984\n",
        "year,India,Pakistan\n1981,1500,300\n1982,1600,200\n1983,1984,1985\n",
        '"country";"t";"tiv"\n' + "".join(f'"India";"{y}";"{y + 1}"\n' for y in range(1980, 1990)),
    ],
)
def test_a_long_table_is_refused_as_one(text):
    with pytest.raises(ValueError, match="a long table, one row per year") as refusal:
        sipri.read(text.encode())
    assert "tiv_million" in str(refusal.value)


def test_a_list_of_deals_without_volumes_is_refused_as_one():
    rows = "".join(f"China\tSyria\t4\tTransport\taircraft\t({year})\t{year + 1}\t4\tx\n" for year in range(1980, 1986))
    head = (
        "Supplier\tRecipient\tOrdered\tWeapon designation\tDescription\tYear ordered\tDeliveries\tNo. delivered"
        "\tComments\n"
    )
    with pytest.raises(ValueError, match="a list of deals without their volume"):
        sipri.read((head + rows).encode())


# ------------------------------------------------------------------------------------------------- years that are none
def test_years_of_a_list_ascend():
    assert years_of("2017; 2018;2020") == (2017, 2018, 2020)
    assert years_of("(2017)") == years_of("2017-2017") == (2017,)
    assert years_of("2013-2014") == years_of("(2013)–2014") == (2013, 2014)
    for text in (
        "2019-2017",
        "2017; 2017",
        "2018; 2017",
        "2017-2019-2021",
        "2017-2019; 2018",
        "20178",
        "201",
        "2017-",
        "17",
    ):
        assert years_of(text) is None, text


@pytest.mark.parametrize("years", ["2023-2021", "2023; 2023", "2023; 2071", "1917", "2019; 2023", "20233", "2023 2024"])
def test_a_range_of_years_that_is_none_leaves_no_total(years):
    export, message = warned(DEALS.replace(",2023,Second", f",{years},Second"), allocate="even")
    assert f"line 10: '{years}'" in message
    assert "India" not in set(export.transfers["recipient"])
    more = DEALS.replace(",2023,Second", f",{years},Second") + "India,China,2019,,1,,Model-9,tank,1,,2021,New,,7,7,7\n"
    export = read(more, allocate="even")
    assert export.transfers.query("recipient == 'India'")["imports_tiv"].isna().all()
    assert export.transfers.query("recipient == 'Pakistan'")["imports_tiv"].notna().all()
    assert export.years == (2020, 2024)


@pytest.mark.parametrize("year", ["1917", "2019", "2027", "2071"])
def test_a_year_outside_those_that_the_file_states_is_set_aside(year):
    export, message = warned(DELIVERIES.replace("No,2024,No,New", f"No,{year},No,New"))
    assert f"line 13: {year} lies outside 2020–2026" in message
    assert export.years == (2020, 2024)
    india = export.transfers.query("recipient == 'India'")
    assert india["imports_tiv"].isna().all() and india["exports_tiv"].notna().all()
    with pytest.raises(ValueError, match="not whole"):
        measure.shares(india, window=1, of="imports")


def test_no_delivery_is_later_than_its_file():
    cut = DELIVERIES.replace("No,2024,No,New", "No,2026,No,New").replace("12 Feb 2026", "12 Feb 2025")
    assert "2026 lies outside 2020–2025" in warned(cut)[1]


@pytest.mark.parametrize(("first", "last"), [("2026", "2020"), ("2020", "20266"), ("x", "2026")])
def test_a_stated_range_that_is_none_is_refused(first, last):
    with pytest.raises(ValueError, match="its first lines state"):
        read(DELIVERIES.replace("'2020' to '2026'", f"'{first}' to '{last}'"))


# ------------------------------------------------------------------------------------- the arithmetic of the file
@pytest.mark.parametrize(
    ("old", "new"),
    [("2019,No,1,No,2024", "2019,No,7,No,2024"), ("7,7,7,No", "7,9,7,No"), ("7,7,7,No", "7,7,70,No"),
     ("7,7,7,No", "7,7,999999999999999,No")],
)  # fmt: skip
def test_units_times_tiv_per_unit_is_the_tiv_of_a_row(old, new):
    export, message = warned(DELIVERIES.replace(old, new))
    assert "line 13:" in message and "is not the row's TIV" in message
    frame = export.transfers.set_index(["recipient", "supplier", "year"])
    assert frame.query("recipient == 'India'")["imports_tiv"].notna().tolist() == [False, True, True]
    assert frame.query("recipient == 'Pakistan'")["imports_tiv"].notna().all()
    assert len(export.deliveries) == 7


def test_the_same_holds_for_deals_and_rounding_is_no_difference():
    assert "line 10: 8 × 2 TIV" in warned(DEALS.replace("2,16,16", "2,16,61"), allocate="even")[1]
    rounded = DEALS.replace(",10,40,40", ",0,40,0.02").replace("2,16,16", "1.99,16,15.96")
    assert not read(rounded, allocate="even").report["warning"].any()


@real_files
@pytest.mark.parametrize("name", ["nagehanrdogan", "alexarui", "trade_register_china", "DealsAndTIVs", "kume"])
def test_no_row_of_a_real_register_breaks_it(name):
    assert not sipri.read(real(name), allocate="even").report["reason"].str.contains("row's TIV").any()


# --------------------------------------------------------------------------------------- cells that are no numbers
BAD = ["#REF!", "#N/A", '"$1,200,300"', "n.a.", "-5", "1e99", "nan", "inf"]


@pytest.mark.parametrize("cell", BAD)
def test_a_cell_of_a_register_is_lost_alone(cell):
    shown = repr(cell.strip('"'))
    volume, message = warned(DELIVERIES.replace("7,7,7,No", f"7,7,{cell},No"))
    assert f"line 13: {shown} under 'TIV delivery values' is not a number" in message
    assert len(volume.deliveries) == 7 and np.isnan(volume.deliveries["tiv_million"].iloc[6])
    for part, column in (("7,7,7,No", "TIV deal unit"), ("2019,No,1,No,2024", "Numbers delivered")):
        damaged = part.replace("7,7,7", f"7,{cell},7").replace("No,1,No", f"No,{cell},No")
        export, message = warned(DELIVERIES.replace(part, damaged))
        assert f"line 13: {shown} under {column!r} is not a number" in message
        pd.testing.assert_frame_equal(export.transfers, read(DELIVERIES).transfers)


@pytest.mark.parametrize("cell", BAD)
def test_a_cell_of_a_table_is_lost_alone(cell):
    more = IMPORTS.replace("Russia,5,5,,10", "Russia,5,5,4,14").replace("Pakistan,35,5,20", "Pakistan,35,5,24")
    export, message = warned(more.replace("China,30,,20", f"China,{cell},,20"))
    assert f"line 9: {cell.strip(chr(34))!r} under 2023 is not a number" in message
    frame = export.transfers.set_index(["supplier", "year"])
    assert frame["tiv_million"].to_dict() == {
        ("China", 2025): 20, ("Russia", 2023): 5, ("Russia", 2024): 5, ("Russia", 2025): 4,
    }  # fmt: skip
    assert frame["imports_tiv"].isna().to_dict() == {
        ("China", 2025): False, ("Russia", 2023): True, ("Russia", 2024): False, ("Russia", 2025): False,
    }  # fmt: skip
    account(export)
    total = warned(more.replace("Pakistan,35", f"Pakistan,{cell}"))[0].transfers
    assert total.groupby("year")["imports_tiv"].first().isna().tolist() == [True, False, False]


def test_a_table_or_register_of_nothing_but_such_cells_is_not_an_empty_export():
    with pytest.raises(ValueError, match="line 7, '#REF!' under 'Delivery year' is not a year"):
        read(DELIVERIES.split("1,China")[0] + "1,China,Pakistan,M,x,Ships,2018,No,1,No,#REF!,No,New,50,50,50,No\n")
    export, message = warned(
        OLD.replace("12,,7,19", "#REF!,#REF!,#REF!,19").replace(",,0,,0", "").replace("1,,,1", "1")
    )
    assert "'#REF!' under 2019 is not a number" in message
    assert export.transfers["imports_tiv"].isna().all()


def test_thousands_in_the_swiss_way_are_no_damage():
    table = IMPORTS.replace("China,30,,20,50", "China,1'400,,20,1'420").replace("35,5,20,60", "1'405,5,20,1'430")
    assert volumes(read(table)) == [1400, 20, 5, 5]


# ---------------------------------------------------------------------------- rows as spreadsheets leave them
BROKEN = DEALS.replace("first of class,10", "first of\nclass,10", 1).replace("On order,1", "On\n\norder,1")


@pytest.mark.parametrize("more", [0, 1, 5])
@pytest.mark.parametrize("end", ["", ";", " "])
def test_rows_broken_in_a_remark_and_padded_are_joined(more, end):
    padded = "\n".join(line + "," * (15 + more - line.count(",")) + end for line in BROKEN.splitlines())
    export = read(padded, allocate="even")
    assert not export.report["warning"].any()
    pd.testing.assert_frame_equal(export.transfers, read(DEALS, allocate="even").transfers)
    assert export.deliveries["comments"].iloc[0] == "Local name; first of class"


def test_a_remark_that_begins_with_a_line_break_is_joined_too():
    broken = DEALS.replace("New,On order", "New,\nOn order")
    for text in (broken, "\n".join(line + "," * (15 - line.count(",")) for line in broken.splitlines())):
        pd.testing.assert_frame_equal(read(text, allocate="even").transfers, read(DEALS, allocate="even").transfers)


def test_rows_without_a_volume_are_not_joined():
    text = DEALS.replace("1,3,0\n", "1,3,\n")
    assert len(read(text, allocate="even").deliveries) == 4


@pytest.mark.parametrize("after", ["", ",,,", ";;;;", "\t"])
@pytest.mark.parametrize("which", ["all", "with semicolons", "all but the header"])
@pytest.mark.parametrize("text", [DELIVERIES, DEALS, IMPORTS, OLD], ids=["deliveries", "deals", "imports", "old"])
def test_whole_rows_in_the_first_cell_are_taken_out_of_it(text, which, after):
    def wrapped(line: str) -> str:
        if (which == "with semicolons" and ";" not in line) or (which == "all but the header" and "ecipient" in line):
            return line
        return '"' + line.replace('"', '""') + '"' + after

    export = read("\n".join(map(wrapped, text.splitlines())), allocate="even")
    pd.testing.assert_frame_equal(export.transfers, read(text, allocate="even").transfers)
    assert not export.report["warning"].any()


# ------------------------------------------------------------------------------- a register without its first lines
def test_a_register_without_first_lines_says_at_loading_what_settles_it():
    cut = DELIVERIES[DELIVERIES.index("SIPRI AT") :]
    _, message = warned(cut)
    assert "country='all'" in message and "country='Pakistan'" in message and "generated=" in message
    assert not read(cut, country="all").report["warning"].any()


# ----------------------------------------------------------------------------------------------------------- size
def test_a_wide_table_takes_no_more_than_twenty_times_its_size():
    years = range(1950, 2025)
    full = ",".join(str(100 + year % 800) for year in years)
    text = f"recipient,supplier,{','.join(map(str, years))}\n" + "".join(f"R{i},China,{full}\n" for i in range(3000))
    content = text.encode()
    sipri.read(content)
    tracemalloc.start()
    kept = sipri.read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(kept.transfers) == 3000 * len(years)
    assert peak < 20 * len(content)


def test_every_strange_name_is_named_once_per_row():
    head, row = DELIVERIES.split("1,China")[0], "{0},Atlantis{0},Pakistan,M,x,Ships,2018,No,1,No,2021,No,New,5,5,5,No\n"
    export = read(head + "".join(row.format(i) for i in range(2000)))
    assert export.report["reason"].str.contains("unknown name 'Atlantis").sum() == 2000
