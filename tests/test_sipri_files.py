"""Files as people have them: in archives, workbooks, folders and lists, opened or as text, and joined to one record.

All fixtures are written by hand in the shape of SIPRI's files; their numbers are invented.
"""

import gzip
import io
import json
import stat
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import load, measure, sipri, tables
from analysis.sipri import archives, workbooks

SHARED = Path(__file__).resolve().parents[2] / "shared" / "sipri-exports"
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason=f"SIPRI's own files are not at hand ({SHARED})")
pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")

DAY = "14 Jul 2026 2:57:40 AM"


def table(country, rows, *, of="imports", years=(2023, 2024, 2025), day=DAY):
    """A table of one country as the present site writes it, with its totals."""
    label, total = ("Supplier", "exports to") if of == "imports" else ("Recipient", "imports from")
    sums = [sum(int(row[at] or 0) for row in rows.values()) for at in range(len(years))]
    lines = ["Volume of transfers of major arms", "", "Source: SIPRI Arms Transfers Database (c) SIPRI."]
    lines += [f"Data generated: {day}"] if day else []
    lines += ["", ",".join([label, *map(str, years)])]
    lines += [",".join([name, *map(str, row)]) for name, row in rows.items()]
    lines += [",".join([f"Total {total} {country}", *map(str, sums)])]
    return ("\n".join(lines) + "\n").encode()


def world_table(rows, *, role="import", years=(2023, 2024, 2025)):
    label = "Recipient" if role == "import" else "Exports by"
    sums = [sum(int(row[at] or 0) for row in rows.values()) for at in range(len(years))]
    body = [",".join([name, *map(str, row)]) for name, row in rows.items()]
    head = ["Volume of transfers of major arms", f"Data generated: {DAY}", "", ",".join([label, *map(str, years)])]
    return "\n".join([*head, *body, ",".join([f"Total world {role}", *map(str, sums)])]).encode()


HEAD = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,Order date is "
    "estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,Delivery year is estimate,Status,SIPRI "
    "estimate,TIV deal unit,TIV delivery values,Local production\n"
)


def register(rows, *, supplier="All countries ", recipient="All countries ", day=DAY):
    """A register by delivery; a row is (deal, supplier, recipient, year, number, TIV per unit)."""
    head = (
        f"Transfers of major conventional arms from {supplier} to {recipient}. Deals with deliveries made for the year "
        f"range '2023' to '2025'\n\nData generated: {day}\n{HEAD}"
    )
    lines = [
        f"{deal},{seller},{buyer},Model-{deal},ship,{'Ships' if deal % 2 else 'Aircraft'},2020,No,{number},No,{year},"
        f"No,New,{unit},{unit},{number * unit:g},No\n"
        for deal, seller, buyer, year, number, unit in rows
    ]
    return (head + "".join(lines)).encode()


PAKISTAN = table("Pakistan", {"China": (30, 5, 20), "Turkiye": (5, "", 9)})
INDIA = table("India", {"Russia": (40, 10, 2), "China": ("", 1, "")})
CHINA = table("China", {"Pakistan": (30, 5, 20), "India": ("", 1, ""), "Myanmar": (7, "", "")}, of="exports")
CELL = ["recipient", "supplier", "year"]


def read(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sipri.ExportWarning)
        return load.sipri(*args, **options)


def cells(export):
    return export.transfers.set_index(CELL)["tiv_million"].to_dict()


def zipped(files, **of_each):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(*sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {at}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_sheet(content):
    """The cells of a CSV as a spreadsheet holds them: numbers as numbers, blanks as nothing."""
    rows = [line.split(",") for line in content.decode().splitlines()]
    return [[float(cell) if cell.isdigit() else cell or None for cell in row] for row in rows]


# ------------------------------------------------------------------------------------------ one file, however given
@pytest.fixture
def ways(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(PAKISTAN)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "table.csv").write_bytes(PAKISTAN)
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(PAKISTAN))
    text = PAKISTAN.decode()
    return {
        "path": path,
        "name": str(path),
        "bytes": PAKISTAN,
        "bytearray": bytearray(PAKISTAN),
        "memoryview": memoryview(PAKISTAN),
        "text": text,
        "text with CRLF": text.replace("\n", "\r\n"),
        "text with a mark": "\ufeff" + text,
        "json": json.dumps({"result": text}),
        "open binary": path.open("rb"),
        "open text": path.open(encoding="utf-8"),
        "BytesIO": io.BytesIO(PAKISTAN),
        "StringIO": io.StringIO(text),
        "gz": tmp_path / "table.csv.gz",
        "gz bytes": gzip.compress(PAKISTAN),
        "zip": zipped({"download/table.csv": PAKISTAN}),
        "xlsx": workbook(as_sheet(PAKISTAN)),
        "zipped xlsx": zipped({"table.xlsx": workbook(as_sheet(PAKISTAN))}),
        "folder": folder,
        "list": [path],
        "generator": (path for _ in range(1)),
    }


def test_a_file_reads_the_same_however_it_is_given(ways):
    expected = read(PAKISTAN).transfers
    for way, given_ in ways.items():
        found = read(given_)
        assert (found.kind, found.country, found.release) == ("country table", "Pakistan", "March 2026 release"), way
        pd.testing.assert_frame_equal(found.transfers, expected)
    assert not ways["BytesIO"].closed  # what the reader opened, the reader closes


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ("", "name of the file is empty"),
        ("x" * 5000, "not the name of one"),
        ("Supplier,2023,2024,2025 and more", "not the name of one"),
        ("no\0name.csv", "Cannot open"),
        ([], "no file to read"),
        ({"a": b"b"}, "from dict"),
        (5, "from int"),
        (None, "from NoneType"),
        (pd.DataFrame({"recipient": ["India"]}), "load.tidy"),
        ("/dev/zero", "not a file"),
        ("<html><body>", "web page"),
        ("https://example.org/table.csv", "is an address"),
        ("half a letter \ud800\n", "half a letter"),
    ],
)
def test_what_is_no_file_gets_a_sentence(given_, words):
    with pytest.raises(ValueError, match=words):
        read(given_)


def test_open_files_that_cannot_be_read_get_a_sentence(tmp_path):
    used = io.BytesIO(PAKISTAN)
    used.read()
    with pytest.raises(ValueError, match=r"seek\(0\)"):
        read(used)
    used.close()
    with pytest.raises(ValueError, match="closed file"):
        read(used)
    path = tmp_path / "latin.csv"
    path.write_bytes(PAKISTAN.replace(b"Turkiye", "Türkiye".encode("cp1252")))
    with path.open(encoding="utf-8") as file, pytest.raises(ValueError, match=r"latin.csv was opened as text"):
        read(file)
    with path.open("ab") as file, pytest.raises(ValueError, match=r"Cannot read latin.csv"):
        read(file)
    assert "Türkiye" in set(read(path).transfers["supplier"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PAKISTAN.decode().encode("utf-16-le"), "UTF-16"),
        (PAKISTAN.decode().encode("utf-16-be"), "UTF-16"),
        (gzip.compress(b"RDX3\nX\n\0\0\0\3"), "R data file"),
        (gzip.compress(b"X\n\0\0\0\3\0\4\1\0"), "R data file"),
        (b"PAR1....", "read_parquet"),
        (b"BZh91AY", "bzip2"),
        (b"7z\xbc\xaf'\x1c", "7z archive"),
        (b"x" * 257 + b"ustar\0" + b"\0" * 250, "tar archive"),
        (gzip.compress(b"x" * 257 + b"ustar\0" + b"\0" * 250), "tar archive"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (json.dumps([{"id": 1, "tradeId": 5, "buyer": "A", "seller": "B"}]).encode(), "search page"),
        (json.dumps({"rows": [{"tradeId": 5, "buyer": "A"}]}, indent=1).encode(), "search page"),
        (b'[{"a": 1}]', "JSON without a table"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": ""}), ".ods"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "Office document"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
    ],
)
def test_files_of_other_programs_are_told_what_they_are(content, words):
    with pytest.raises(ValueError, match=words):
        read(content)


# ------------------------------------------------------------------------------- archives and workbooks not to trust
def link(name="table.csv"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def locked():
    content = bytearray(zipped({"table.csv": PAKISTAN}))
    content[content.rindex(b"PK\1\2") + 8] |= 1
    return bytes(content)


def tricked(path, part):
    """A workbook one part of which holds something else."""
    source = zipfile.ZipFile(io.BytesIO(workbook(as_sheet(PAKISTAN))))
    return zipped({name: source.read(name) for name in source.namelist()} | {path: part})


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"a.zip": zipped({"table.csv": PAKISTAN})}), "archive in an archive"),
        (zipped({"table.csv": gzip.compress(PAKISTAN)}), "archive in an archive"),
        (gzip.compress(gzip.compress(PAKISTAN)), "another archive"),
        (gzip.compress(zipped({"table.csv": PAKISTAN})), "another archive"),
        (zipped({"table.csv": b"0" * (archives.LARGEST + 1)}), "million bytes when unpacked"),
        (gzip.compress(b"0" * (archives.LARGEST + 1)), "million bytes when unpacked"),
        (zipped({"../table.csv": PAKISTAN}), "odd name"),
        (zipped({"/etc/table.csv": PAKISTAN}), "odd name"),
        (zipped({"C:\\table.csv": PAKISTAN}), "odd name"),
        (zipped({"a\u202egnp.csv": PAKISTAN}), "odd name"),
        (link(), "link"),
        (locked(), "password"),
        (zipped({"table.csv": PAKISTAN})[:-40], "damaged"),
        (gzip.compress(PAKISTAN)[:-9], "damaged"),
        (zipped({}), "no file to read"),
        (zipped({"readme.md": "hello"}), "None of the 1 files"),
    ],
)
def test_archives_that_are_not_to_be_trusted_are_refused(content, words):
    with pytest.raises(ValueError, match=words):
        read(content)


@pytest.mark.parametrize("path", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_workbooks_with_entities_are_refused(path):
    other = b'<?xml version="1.0" encoding="cp037"?><a/>'
    for part in (ENTITY, ENTITY.decode().encode("utf-16"), other, "<a/>".encode("utf-16")):
        with pytest.raises(ValueError, match="entities or an encoding"):
            read(tricked(path, part))


def test_a_workbook_that_claims_a_million_rows_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 20_000)
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (at, at) for at in (1, 2, 3))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + rows
    with pytest.raises(ValueError, match="more than 20,000 cells"):
        read(tricked("xl/worksheets/sheet1.xml", sheet + b"</sheetData></worksheet>"))


def test_a_damaged_workbook_gets_a_sentence():
    with pytest.raises(ValueError, match="cannot be read"):
        read(tricked("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"))


def test_a_formula_whose_value_was_never_saved_is_refused():
    rows = as_sheet(PAKISTAN)
    rows[-2][1] = "=2+3"
    with pytest.raises(ValueError, match=r"row 8: the formula '=2\+3' has no value"):
        read(workbook(rows))


def test_sheets_of_a_workbook_are_files_and_notes_beside_them_are_named():
    export = read(workbook(as_sheet(PAKISTAN), [["my", "notes"]], [], as_sheet(INDIA)))
    assert set(export.transfers["recipient"]) == {"Pakistan", "India"}
    aside = export.report[export.report["read_as"].eq("set aside") & export.report["warning"]]
    assert aside["file"].str.endswith("sheet Sheet 1").all() and len(aside) == 1


def test_without_openpyxl_a_workbook_gets_a_sentence(monkeypatch):
    content = workbook(as_sheet(PAKISTAN))
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(ValueError, match=r"arms-dependence\[files\]"):
        read(content)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["zip", "gz", "xlsx"]), st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=4))))
def test_damaged_archives_raise_nothing_but_valueerror(form, damages):
    content = {"zip": zipped({"table.csv": PAKISTAN}), "gz": gzip.compress(PAKISTAN), "xlsx": _BOOK}[form]
    for at, noise in damages:
        at %= len(content)
        content = content[:at] + noise + content[at + len(noise) :]
    try:
        read(content)
    except ValueError as refusal:
        assert str(refusal)


_BOOK = workbook(as_sheet(PAKISTAN))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped({"register.csv": content})])
def test_memory_stays_within_ten_times_the_file_from_whatever_it_is_read(tmp_path, pack):
    rows = [(at, "China", "Pakistan", 2023 + at % 3, 1 + at % 7, 1.5) for at in range(10_000)]
    content = register(rows)
    path = tmp_path / "file"
    path.write_bytes(pack(content))
    read(path)
    tracemalloc.start()
    kept = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(kept.deliveries) == 10_000 and peak < 10 * len(content)


def test_one_call_reads_no_more_than_its_limit(monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "LARGEST", len(PAKISTAN) + len(INDIA) - 1)
    assert read(PAKISTAN).country == "Pakistan"
    path = tmp_path / "india.csv"
    path.write_bytes(INDIA * 3)
    for given_ in ([PAKISTAN, INDIA], path, path.open("rb"), io.StringIO((INDIA * 3).decode())):
        with pytest.raises(ValueError, match=r"more than .* million bytes or 5,000 files"):
            read(given_)


def test_nothing_is_written_beside_an_archive(tmp_path):
    (tmp_path / "tables.zip").write_bytes(zipped({"pakistan.csv": PAKISTAN, "india.csv": INDIA}))
    read(tmp_path / "tables.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["tables.zip"]


# --------------------------------------------------------------------------------------------- many files, one record
def test_tables_of_both_sides_become_one_record_with_every_cell_once():
    export = read([PAKISTAN, INDIA, CHINA])
    assert (export.kind, export.country, export.of, export.years) == ("country table", None, None, (2023, 2025))
    assert len(cells(export)) == len(export.transfers) == 10
    rows = export.transfers.set_index(CELL)
    assert rows.loc[("Pakistan", "China", 2023), ["imports_tiv", "exports_tiv"]].tolist() == [35, 37]
    assert np.isnan(rows.loc[("Pakistan", "Türkiye", 2023), "exports_tiv"])
    assert np.isnan(rows.loc[("Myanmar", "China", 2023), "imports_tiv"])
    of_each = export.report[export.report["read_as"] == "file"]
    assert of_each["rows"].tolist() == [5, 3 + 1, 1]
    assert "1 of its 5 cells used" in of_each["reason"].iloc[2]
    shares = measure.shares(export.transfers, window=3, years=export.years)
    pair = shares.query("recipient == 'Pakistan' and supplier == 'China'").set_index("of")["percent"]
    assert pair["imports"] == pytest.approx(100 * 55 / 69) and pair["exports"] == pytest.approx(100 * 55 / 63)


def test_the_report_accounts_for_every_line_of_every_file(tmp_path):
    for name, content in {"b.csv": PAKISTAN, "a.csv": INDIA}.items():
        (tmp_path / name).write_bytes(content)
    report = read(tmp_path).report
    assert report["file"].drop_duplicates().tolist() == ["a.csv", "b.csv"]
    for name, lines in report[report["read_as"] != "file"].groupby("file"):
        assert lines["first_line"].iloc[0] == 1
        assert (lines["first_line"].iloc[1:].to_numpy() == lines["last_line"].iloc[:-1].to_numpy() + 1).all()
        assert lines["last_line"].iloc[-1] == (tmp_path / name).read_bytes().count(b"\n")


def test_two_days_of_one_release_are_one_edition_and_the_day_is_kept_beside():
    later = table("India", {"Russia": (40, 10, 2), "China": ("", 1, "")}, day="2 Sep 2026 1:00:00 PM")
    export = read([PAKISTAN, later])
    assert export.transfers["source"].unique().tolist() == [read(PAKISTAN).source]
    assert export.transfers.groupby("recipient")["generated"].unique().map(list).to_dict() == {
        "India": ["2026-09-02"],
        "Pakistan": ["2026-07-14"],
    }
    assert (export.release, export.generated.isoformat()) == ("March 2026 release", "2026-09-02")
    assert len(measure.shares(export.transfers, window=3))


def test_files_of_two_releases_are_refused_by_name(tmp_path):
    older = table("India", {"Russia": (40, 10)}, years=(2023, 2024), day="2 Sep 2025 1:00:00 PM")
    (tmp_path / "new.csv").write_bytes(PAKISTAN)
    (tmp_path / "old.csv").write_bytes(older)
    with pytest.raises(ValueError, match=r"new\.csv \(.*2026.*and old\.csv \(.*2025.*not of one release"):
        read(tmp_path)
    with pytest.raises(ValueError, match="not of one release"):
        read([PAKISTAN, table("India", {"Russia": (40, 10, 2)}, day=None)])
    undated = table("India", {"Russia": (40, 10, 2)}, day=None)
    assert set(read([PAKISTAN, undated], release=2026).transfers["recipient"]) == {"India", "Pakistan"}
    with pytest.warns(sipri.ExportWarning, match="no file says of which release"):
        load.sipri([undated, table("Pakistan", {"China": (30, 5, 20)}, day=None)])


def test_invented_numbers_do_not_join_real_ones():
    invented = b"Invented numbers.\n" + INDIA
    with pytest.raises(ValueError, match="says that its numbers are invented"):
        read([PAKISTAN, invented])
    assert read([invented, b"Invented numbers.\n" + PAKISTAN]).basis == "example"


def test_cells_that_contradict_each_other_are_refused_with_both_files(tmp_path):
    (tmp_path / "pakistan.csv").write_bytes(PAKISTAN)
    other = table("China", {"Pakistan": (31, 5, 20)}, of="exports")
    (tmp_path / "china.csv").write_bytes(other)
    with pytest.raises(
        ValueError, match=r"china.csv .*pakistan.csv .*China to Pakistan in 2023; in the first 31 and 30"
    ):
        read(tmp_path)


def test_a_row_that_a_whole_table_lacks_is_a_contradiction():
    """Russia's exports know a delivery to Pakistan that Pakistan's imports do not."""
    russia = table("Russia", {"Pakistan": (4, "", ""), "India": (40, 10, 2)}, of="exports")
    with pytest.raises(ValueError, match=r"imports of Pakistan in 2023 are 35 in .* and 39 with the rows of the other"):
        read([PAKISTAN, INDIA, russia])
    nothing = table("Russia", {"Pakistan": ("0 ", "", ""), "India": (40, 10, 2)}, of="exports")
    assert read([PAKISTAN, INDIA, nothing]).transfers["tiv_million"].sum() == 69 + 53


def test_frames_put_together_by_hand_are_told_how_files_are_joined():
    by_hand = pd.concat([read(PAKISTAN).transfers, read(CHINA).transfers])
    for verb in (measure.shares, measure.coverage, measure.world):
        with pytest.raises(
            ValueError, match=r"3 deliveries stand twice, as China to Pakistan in 2023.*load\.sipri\(\["
        ):
            verb(by_hand)
    assert len(measure.shares(read([PAKISTAN, CHINA]).transfers, window=3))
    registers = [register(EXACT, recipient="Pakistan"), register(EXACT[:3], supplier="China")]
    deliveries = pd.concat([read(content).deliveries for content in registers])
    with pytest.raises(ValueError, match=r"3 deliveries stand twice"):
        measure.categories(deliveries, window=3)
    assert len(measure.categories(read(registers).deliveries, window=3))


def test_a_small_delivery_that_only_one_file_has_is_not_taken_for_rounding():
    russia = register([(7, "Russia", "Pakistan", 2023, 1, 0.6)], supplier="Russia")
    china = register([*EXACT[:3], (8, "China", "India", 2024, 1, 1)], supplier="China")
    with pytest.raises(ValueError, match=r"imports of Pakistan in 2023 are 35 in .* and 36 with"):
        read([PAKISTAN, china, russia])
    tiny = register([(7, "Russia", "Pakistan", 2023, 1, 0.3)], supplier="Russia")
    with pytest.raises(ValueError, match=r"imports of Pakistan in 2023 are 35.2 in .* and 35.5 with"):
        read([register(EXACT, recipient="Pakistan"), tiny])


EXACT = [
    (1, "China", "Pakistan", 2023, 2, 15.2),
    (2, "China", "Pakistan", 2024, 1, 4.75),
    (3, "China", "Pakistan", 2025, 4, 5.01),
    (4, "Turkiye", "Pakistan", 2023, 1, 4.8),
    (5, "Turkiye", "Pakistan", 2025, 2, 4.5),
]


def test_exact_goes_before_rounded_and_the_register_before_the_table():
    of_pakistan = register(EXACT, recipient="Pakistan")
    for order in ([PAKISTAN, of_pakistan], [of_pakistan, PAKISTAN]):
        export = read(order)
        assert cells(export)["Pakistan", "China", 2023] == pytest.approx(30.4)
        assert export.transfers["imports_tiv"].unique().tolist() == pytest.approx([35.2, 4.75, 29.04])
        used = export.report[export.report["read_as"] == "file"].set_index("file")["rows"]
        assert sorted(used) == [0, 5 + 5]
        assert export.kind == "several files" and len(export.deliveries) == 5
    wrong = register([*EXACT[:4], (5, "Turkiye", "Pakistan", 2025, 2, 5)], recipient="Pakistan")
    with pytest.raises(ValueError, match=r"different numbers in 1 cell: Turk.*9 and 10|10 and 9"):
        read([PAKISTAN, wrong])


def test_the_same_delivery_in_two_registers_counts_once():
    china = register([*EXACT[:3], (9, "China", "India", 2024, 1, 1.25)], supplier="China")
    export = read([register(EXACT, recipient="Pakistan"), china])
    assert len(export.deliveries) == 6 and len(export.transfers) == 6
    assert export.deliveries["tiv_million"].sum() == pytest.approx(export.transfers["tiv_million"].sum())
    rows = export.deliveries.set_index("deal")
    assert rows.loc[1, ["imports_tiv", "exports_tiv"]].tolist() == pytest.approx([35.2, 30.4])
    assert rows.loc[9, "exports_tiv"] == pytest.approx(6.0) and np.isnan(rows.loc[9, "imports_tiv"])
    small = register([*EXACT[:3], (9, "China", "Pakistan", 2024, 1, 0.3)], supplier="China")
    with pytest.raises(ValueError, match=r"different numbers in 1 cell: China to Pakistan in 2024"):
        read([register(EXACT, recipient="Pakistan"), small])
    filtered = register(EXACT[:1], recipient="Pakistan")
    with pytest.raises(ValueError, match=r"different numbers|are .* with the rows of the other files"):
        read([register(EXACT, recipient="Pakistan"), filtered])


DEAL_HEAD = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Number delivered, ,"
    "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons\n"
)


def deals(*rows, supplier="China", first=2023):
    head = (
        f"Transfers of major conventional arms from {supplier} to All countries . Deals with deliveries made for the "
        f"year range '{first}' to '2025'\n\nData generated: {DAY}\n{DEAL_HEAD}"
    )
    return (head + "".join(f"{row}\n" for row in rows)).encode()


DEALS = deals(
    "Pakistan,China,2019,,4,,Model-1,frigate,4,,2023; 2024,New,,10,40,40",
    "India,China,2019,,1,,Model-2,UAV,1,,2024,New,,1,1,1",
)


def test_a_register_by_deal_beside_a_table_needs_no_spreading():
    export = read([CHINA, DEALS])
    assert export.basis == "tabulated" and cells(export) == cells(read(CHINA))
    assert export.deliveries["designation"].tolist() == ["Model-1", "Model-2"]
    with pytest.raises(ValueError, match="allocate='even'"):
        read([DEALS, deals("Myanmar,Russia,2019,,1,,M,UAV,1,,2024,New,,1,1,1", supplier="Russia")])
    alone = read([DEALS, deals("Myanmar,Russia,2019,,1,,M,UAV,1,,2024,New,,1,1,1", supplier="Russia")], allocate="even")
    assert alone.basis == "estimate" and len(alone.transfers) == 4


def test_registers_by_deal_that_hold_one_pair_differently_are_refused():
    other = deals("Pakistan,China,2019,,4,,Model-1,frigate,2,,2024,New,,10,40,20", first=2024)
    with pytest.raises(ValueError, match="deals of China with Pakistan"):
        read([CHINA, DEALS, other])
    with pytest.raises(ValueError, match=r"one row per deal and .* one per delivery"):
        read([DEALS, register(EXACT, recipient="Pakistan")])


def test_years_are_those_that_all_files_cover_and_a_gap_is_refused():
    early = table("India", {"Russia": (1, 2)}, years=(2021, 2022))
    late = table("India", {"Russia": (4, 5)}, years=(2024, 2025))
    middle = table("India", {"Russia": (3,), "China": (1,)}, years=(2023,))
    middle = middle.replace(b"Supplier,2023", b"Supplier,2023,Total").replace(b",3\n", b",3,3\n")
    middle = middle.replace(b",1\n", b",1,1\n").replace(b",4\n", b",4,4\n")
    assert read([late, middle, early]).years == (2021, 2025)
    assert read([late, middle, early, PAKISTAN]).years == (2023, 2025)
    with pytest.raises(ValueError, match="imports of India: no file holds the years 2023 to 2023"):
        read([late, early])


def test_totals_of_several_files_count_once():
    imports = world_table({"Pakistan": (35, 5, 29), "India": (40, 11, 2)})
    exports = world_table({"China": (37, 6, 20), "Russia": (38, 10, 11)}, role="export")
    export = read([imports, exports, imports])
    assert export.totals.groupby("role")["tiv_million"].sum().to_dict() == {"exporter": 122, "importer": 122}
    assert "same content as" in " ".join(export.report["reason"])
    wrong = world_table({"Pakistan": (36, 5, 29), "India": (40, 11, 2)})
    with pytest.raises(ValueError, match="different numbers for Pakistan in 2023: 35 and 36"):
        read([imports, wrong])


def test_a_folder_names_what_it_does_not_read(tmp_path):
    for name, content in {
        "pakistan.csv": PAKISTAN,
        "error.csv": b"<!DOCTYPE html><html>",
        "copy.csv": PAKISTAN,
        "empty-table.csv": table("Aruba", {}),
        "picture.png": b"\x89PNG",
        ".DS_Store": b"\0",
        "~$book.xlsx": b"x",
    }.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "deeper").mkdir()
    with pytest.warns(sipri.ExportWarning, match=r"error\.csv was set aside: .*web page"):
        export = load.sipri(tmp_path)
    reasons = export.report[export.report["read_as"].eq("set aside")].groupby("file")["reason"].first()
    assert reasons["error.csv"].startswith("is a web page") and "same content as copy.csv" in reasons["pakistan.csv"]
    assert "empty export" in reasons["empty-table.csv"] and "do not come from SIPRI" in reasons["picture.png"]
    assert "folder inside" in reasons["deeper"] and reasons[".DS_Store"] == reasons["~$book.xlsx"]
    assert len(export.transfers) == 5
    with pytest.raises(ValueError, match="web page"):  # named by the reader, so it is not passed over
        read([tmp_path / "pakistan.csv", tmp_path / "error.csv"])


# ------------------------------------------------------------------------------------------------ the whole world
def importers(*but):
    """A table of every importer that we know, most without a row."""
    none = {"Aruba", "European Union", "multiple sellers", "unknown supplier(s)"}  # SIPRI has no table of these
    names = [name for name in tables.read("countries")["country"] if name not in {*but, *none}]
    rows = {
        "Pakistan": {"China": (30, 5, 20), "Turkiye": (5, "", 9)},
        "India": {"Russia": (40, 10, 2), "China": ("", 1, "")},
    }
    return {f"{at}.csv": table(name, rows.get(name, {})) for at, name in enumerate(names)}


def test_tables_of_all_importers_make_every_side_whole():
    export = read(zipped(importers()))
    assert export.transfers[["imports_tiv", "exports_tiv"]].notna().all(axis=None)
    china = export.transfers.query("supplier == 'China'").drop_duplicates("year").set_index("year")["exports_tiv"]
    assert china.to_dict() == {2023: 30, 2024: 6, 2025: 20}
    world = measure.world(export.transfers, window=3).set_index(["role", "country"])["percent_of_world"]
    assert world["exporter", "China"] == pytest.approx(100 * 56 / 122)


def test_without_one_state_the_other_side_is_not_whole_unless_the_reader_says_so():
    files = zipped(importers("Bhutan"))
    assert read(files).transfers["exports_tiv"].isna().all()
    assert read(files, country="all").transfers["exports_tiv"].notna().all()
    # Names that come and go between releases are not missed.
    assert read(zipped(importers("RSF (Sudan)"))).transfers["exports_tiv"].notna().all()


def test_many_tables_that_are_not_all_say_what_is_missing():
    files = importers("Bhutan")
    files = {name: content.replace(b"Total", b"Nepal,1,1,1\nTotal") for name, content in files.items()}
    files = {name: content for name, content in files.items() if b"exports to Nepal" not in content}
    files = {name: _resummed(content) for name, content in files.items()}
    with pytest.warns(sipri.ExportWarning, match=r"none is there of Bhutan; Nepal.*country='all'"):
        load.sipri(zipped(files))


def _resummed(content):
    lines = content.decode().splitlines()
    rows = [line.split(",") for line in lines[6:-1]]
    sums = [sum(int(row[at] or 0) for row in rows) for at in (1, 2, 3)]
    return "\n".join([*lines[:-1], ",".join([lines[-1].split(",")[0], *map(str, sums)])]).encode()


def test_a_table_of_all_countries_says_which_importers_there_are():
    every = world_table({"Pakistan": (35, 5, 29), "India": (40, 11, 2)})
    export = read([every, PAKISTAN, INDIA])
    assert export.transfers["exports_tiv"].notna().all() and len(export.totals) == 6
    more = world_table({"Pakistan": (35, 5, 29), "India": (40, 11, 2), "Nepal": ("", 3, "")})
    found = read([more, PAKISTAN, INDIA]).transfers
    assert found.groupby("year")["exports_tiv"].count().to_dict() == {2023: 3, 2024: 0, 2025: 3}


def test_a_table_of_all_countries_that_the_partners_do_not_meet_is_refused():
    with pytest.raises(ValueError, match="imports of India in 2023 are 43 in the table of all countries, but 40"):
        read([world_table({"Pakistan": (35, 5, 29), "India": (43, 11, 2)}), PAKISTAN, INDIA])
    assert len(read([world_table({"Pakistan": (36, 5, 29), "India": (40, 11, 2)}), PAKISTAN, INDIA]).totals) == 6


def test_the_word_that_all_countries_are_there_does_not_outweigh_a_row_that_says_otherwise():
    """China's exports go to Myanmar in 2023, of which there is no table."""
    with pytest.warns(sipri.ExportWarning, match="imports of Myanmar are not whole, so in 1 years no side"):
        found = load.sipri([PAKISTAN, INDIA, CHINA], country="all").transfers
    russia = found[found["supplier"] == "Russia"].set_index("year")["exports_tiv"]
    assert russia.isna().to_dict() == {2023: True, 2024: False, 2025: False}


def test_a_year_that_does_not_add_up_is_whole_for_nobody():
    broken = INDIA.replace(b"Total exports to India,40", b"Total exports to India,60")
    found = read([PAKISTAN, broken], country="all").transfers
    assert found.groupby("year")["exports_tiv"].count().to_dict() == {2023: 0, 2024: 3, 2025: 3}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["India", "Pakistan", "Nepal"]), st.sampled_from(["China", "Russia", "France"])),
        st.tuples(*[st.integers(0, 50)] * 3),
        min_size=1,
    ),
    st.randoms(),
)
def test_any_world_cut_into_tables_of_both_sides_joins_to_itself(world, random):
    files = []
    for side, of in ((0, "imports"), (1, "exports")):
        for name in {pair[side] for pair in world}:
            rows = {pair[1 - side]: row for pair, row in world.items() if pair[side] == name}
            files.append(table(name, rows, of=of))
    random.shuffle(files)
    export = read(files, country="all")
    expected = {(*pair, year): row[year - 2023] for pair, row in world.items() for year in (2023, 2024, 2025)}
    assert cells(export) == expected
    for of, end in (("imports", "recipient"), ("exports", "supplier")):
        sums = export.transfers.groupby([end, "year"])["tiv_million"].transform("sum")
        assert (export.transfers[f"{of}_tiv"] == sums).all()


# ------------------------------------------------------------------------------------------- what was cut off is said
def test_release_and_day_fill_what_was_cut_off_and_contradict_nothing():
    undated = table("Pakistan", {"China": (30, 5, 20)}, day=None)
    assert read(undated).release is None
    for release in (2026, "2026", "March 2026 release", "sipri-atd-2026", np.int64(2026)):
        assert read(undated, release=release).source == read(PAKISTAN).source
    dated = read(undated, generated="2026-07-14")
    assert dated.release == "March 2026 release" and dated.transfers["generated"].unique().tolist() == ["2026-07-14"]
    assert read(undated, generated=pd.Timestamp("2026-07-14 10:00")).generated == dated.generated
    assert read(PAKISTAN, release=2026, generated="2026-07-14").release == "March 2026 release"
    both = zipped({"a.csv": PAKISTAN, "b.csv": table("India", {"Russia": (40, 10, 2)}, day="2 Sep 2027 1:00:00 PM")})
    with pytest.raises(ValueError, match=r"b\.csv: release=2026 was given, but the file was generated on 2 September"):
        read(both, release=2026)  # not passed over, though the reader named only the archive
    for options, words in [
        ({"release": 2025}, "release=2025 was given, which ends with 2024"),
        ({"release": 2027}, "from the March 2026 release"),
        ({"release": 26}, "write the year"),
        ({"release": True}, "write the year"),
        ({"generated": "14 July"}, "write the day"),
        ({"generated": "2026-07-15"}, "the file says 2026-07-14"),
    ]:
        with pytest.raises(ValueError, match=words):
            read(PAKISTAN, **options)


# --------------------------------------------------------------------------------------------------- real files
@real_files
def test_real_tables_of_one_release_join_and_their_common_cells_agree():
    paths = [path for path in SHARED.iterdir() if "TIV-" in path.name]
    export = read(paths)
    assert export.release == "March 2022 release" and export.years == (1950, 2021)
    rows = export.transfers.set_index(CELL)
    pair = rows.loc[("Pakistan", "China", 2021)]
    assert pair[["imports_tiv", "exports_tiv"]].notna().all()
    assert not rows.index.has_duplicates
    shares = measure.shares(export.transfers).query(
        "recipient == 'Pakistan' and supplier == 'China' and last_year == 2021"
    )
    assert shares.set_index("of")["percent"].round(1).to_dict() == {"imports": 72.0, "exports": 46.7}


@real_files
def test_real_files_of_every_kind_of_one_release_join():
    """A register of the world in two years, the tables of all importers, exporters and regions of spring and autumn."""
    parts = ("2001_decoded", "MJHofmann", "supplier_1950-2023", "regional_transfers")
    export = read([path for path in SHARED.iterdir() if any(part in path.name for part in parts)])
    assert export.release == "March 2024 release" and export.kind == "several files"
    assert export.transfers["imports_tiv"].notna().all() and export.totals["role"].nunique() == 2
    assert export.years == (2000, 2001)
    world = measure.world(export.totals)
    assert world.groupby(["role", "last_year"])["percent_of_world"].sum().between(99.9, 100.1).all()


@real_files
def test_a_real_register_by_deal_and_the_table_of_the_same_days_stand_beside_each_other():
    export = read([path for path in SHARED.iterdir() if path.name.startswith("DCL-2049")])
    assert export.basis == "tabulated" and export.deliveries["tiv_million"].sum() == pytest.approx(31794.58)
    assert export.transfers["exports_tiv"].notna().all()


@real_files
def test_a_real_deal_register_and_tables_of_another_release_are_refused():
    with pytest.raises(ValueError, match="not of one release"):
        read([path for path in SHARED.iterdir() if path.name.startswith(("DCL-2049", "MJH"))])


# -------------------------------------------------------------------------------------------- a frame of one's own
FRAME = pd.DataFrame(
    {
        "recipient": ["Pakistan", "Pakistan", "India"],
        "supplier": ["China", "Turkey", "Russia"],
        "year": [2021, 2021, 2021],
        "tiv_million": [30.0, 10.0, 5.0],
    }
)


def tidy(frame=FRAME, source="invented numbers", whole="imports"):
    return load.tidy(frame, source=source, whole=whole)


def test_a_tidy_frame_becomes_transfers_with_the_totals_vouched_for():
    found = tidy()
    assert set(load.transfers().columns) <= set(found.columns)
    assert found["imports_tiv"].tolist() == [40, 40, 5] and found["exports_tiv"].isna().all()
    assert measure.shares(found, window=1)["percent"].tolist() == [100, 75, 25]
    assert tidy(whole="world")["exports_tiv"].tolist() == [30, 10, 5]
    some = tidy(whole={"imports": "pakistan", "exports": ["Turkiye"]})
    assert some["imports_tiv"].isna().tolist() == [False, False, True]
    assert some["exports_tiv"].isna().tolist() == [True, False, True]
    assert tidy(whole=None)[["imports_tiv", "exports_tiv"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.convert_dtypes(),
        FRAME.astype({"year": "float64", "recipient": "category", "supplier": "object"}),
        FRAME.astype({"year": "str", "tiv_million": "str"}),
        FRAME.set_index(CELL),
        FRAME.set_axis([7, 7, 7]),
        FRAME.assign(note="more"),
        FRAME[["year", "tiv_million", "supplier", "recipient"]],
    ],
)
def test_frames_as_people_make_them_are_read_alike(frame):
    before = frame.copy(deep=True)
    pd.testing.assert_frame_equal(tidy(frame), tidy())
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tiv_million": [30.0, np.nan, 5.0]}, "No volume in rows 1"),
        ({"tiv_million": [30.0, np.inf, 5.0]}, "No volume in rows 1"),
        ({"tiv_million": [30.0, -1.0, 5.0]}, r"No volume in rows 1, counted from 0 \(-1.0\)"),
        ({"tiv_million": ["30", "1,301", "5"]}, "'1,301'.*without thousands"),
        ({"year": [2021, 2021.5, 2021]}, "No year in rows 1"),
        ({"year": [2021, 21, 2021]}, "No year in rows 1"),
        ({"year": pd.to_datetime(["2021-01-01"] * 3)}, "dt.year"),
        ({"supplier": ["China", None, "Russia"]}, "No supplier in rows 1"),
        ({"supplier": ["China", " ", "Russia"]}, "No supplier in rows 1"),
        ({"supplier": ["China", "China", "Russia"]}, r"China to Pakistan in 2021 stands in 2 rows \(0, 1"),
        ({"supplier": ["Türkiye", "Turkey", "Russia"]}, "Türkiye to Pakistan in 2021 stands in 2 rows"),
        ({"supplier": ["China", "Turkey", "India"]}, "own supplier in rows 2"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_rows(change, words):
    with pytest.raises(ValueError, match=words):
        tidy(FRAME.assign(**change))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"frame": FRAME.rename(columns={"tiv_million": "TIV", "recipient": "Importer"})},
            "'recipient' .here 'Importer'",
        ),
        (
            {"frame": pd.DataFrame({"recipient": ["India"], "supplier": ["China"], "2020": [1.0], "2021": [2.0]})},
            "melt",
        ),
        ({"frame": FRAME.iloc[:0]}, "no rows"),
        ({"frame": [1, 2]}, "not list"),
        ({"frame": pd.concat([FRAME, FRAME[["year"]]], axis=1)}, "stand twice"),
        ({"source": ""}, "where the numbers are from"),
        ({"source": None}, "where the numbers are from"),
        ({"whole": "import"}, "Did you mean 'imports'"),
        ({"whole": True}, "whole=True"),
        ({"whole": {"import": "India"}}, "Did you mean 'imports'"),
        ({"whole": {"imports": "Indai"}}, "Did you mean 'India'"),
    ],
)
def test_frames_that_are_not_tidy_get_a_sentence(options, words):
    with pytest.raises(ValueError, match=words):
        tidy(**options)


def test_an_unknown_name_is_kept_and_said():
    with pytest.warns(UserWarning, match="'Atlantis'"):
        found = tidy(FRAME.assign(supplier=["China", "Atlantis", "Russia"]))
    assert found["supplier"].tolist() == ["China", "Atlantis", "Russia"] and found["imports_tiv"].tolist() == [
        40,
        40,
        5,
    ]
