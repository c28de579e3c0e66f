"""A reader's own pair: shares by category, orders, estimated years, what a file holds whole, and notebook 07.

All rows here are written by hand and their numbers are invented. SIPRI's own files are not part of the repository:
they are read from ../shared/sipri-exports if present.
"""

import itertools
import os
import re
import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from nbclient import NotebookClient
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from analysis import draw, load, measure, tables, words
from analysis.draw import style
from analysis.page import page_of

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "notebooks" / "07-your-own-pair.ipynb"
EXAMPLE = ROOT / "notebooks" / "example-register.csv"
SHARED = ROOT.parent / "shared" / "sipri-exports"
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason="SIPRI's own files are not at hand")
pytestmark = pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")

HEADER = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,Order date is "
    "estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,Delivery year is estimate,Status,SIPRI "
    "estimate,TIV deal unit,TIV delivery values,Local production;\n"
)
ASKED = (
    "Transfers of major conventional arms from All countries  to Pakistan . Deals with deliveries made for the year "
    "range '2000' to '2004';\nData generated: 12 Feb 2026 12:00:00 PM;\n"
)


def real(part):
    (found,) = [path for path in SHARED.iterdir() if part in path.name]
    return found


def register(*rows, recipient="Pakistan"):
    """Deliveries of one recipient from all suppliers: (supplier, category, year, year_estimated, tiv, local)."""
    names = ["supplier", "category", "year", "year_estimated", "tiv_million", "local_production"]
    made = pd.DataFrame(rows, columns=names).assign(recipient=recipient, source="invented rows", exports_tiv=np.nan)
    total = made.groupby("year")["tiv_million"].transform("sum")
    flags = {"year_estimated": "boolean", "local_production": "boolean"}
    return made.assign(imports_tiv=total).astype(flags)


# Deliveries know what they are a part of


def test_deliveries_of_a_register_carry_the_totals_of_its_transfers():
    rows = (
        "1,China,Pakistan,A,ship,Ships,1999,No,1,No,2000,No,New,5,5,5,No;\n"
        "2,Italy,Pakistan,B,radar,Sensors,1999,No,1,No,2000,Yes,New,3,3,3,No;\n"
        "3,Italy,Pakistan,C,radar,Sensors,1999,No,1,No,2001,No,New,3,3,,No;\n"
        "4,Italy,Pakistan,C,radar,Sensors,1999,No,1,No,2001,No,New,3,3,3,No;\n"
    )
    read = load.sipri((ASKED + HEADER + rows).encode())
    assert read.deliveries["imports_tiv"].tolist()[:2] == [8.0, 8.0]
    assert read.deliveries[["imports_tiv", "exports_tiv"]].isna().sum().tolist() == [2, 4]
    assert read.deliveries["source"].unique().tolist() == [read.source]


def test_deliveries_of_a_register_without_first_lines_are_of_no_known_whole():
    rows = "1,China,Pakistan,A,ship,Ships,1999,No,1,No,2000,No,New,5,5,5,No;\n"
    read = load.sipri((HEADER + rows).encode())
    assert read.deliveries["imports_tiv"].isna().all()
    with pytest.raises(ValueError, match="does not hold all its suppliers"):
        measure.categories(read.deliveries, window=1)


# Shares by category

ROWS = register(
    ("China", "Ships", 2000, False, 60.0, False),
    ("China", "Ships", 2001, False, 20.0, True),
    ("Italy", "Ships", 2001, False, 20.0, False),
    ("Ukraine", "Engines", 2000, False, 30.0, False),
)


def test_categories_are_shares_of_their_own_category():
    found = measure.categories(ROWS, window=2).set_index(["category", "supplier"])
    assert found["percent"].to_dict() == {("Ships", "China"): 80, ("Ships", "Italy"): 20, ("Engines", "Ukraine"): 100}
    assert found["tiv_million"].tolist() == [100, 100, 30]
    assert found["local_production_percent"].tolist() == [25, 0, 0]
    assert found["rank"].tolist() == [1, 2, 1]
    assert (found["first_year"].iloc[0], found["last_year"].iloc[0]) == (2000, 2001)
    assert found["source"].eq("invented rows").all() and found["basis"].eq("computed").all()
    assert list(measure.categories(ROWS, window=2).columns)[:13] == list(tables.read("shares").columns[:13])


def test_categories_leave_their_input_as_it_was():
    before = ROWS.copy()
    measure.categories(ROWS, window=1)
    measure.interval(measure.shares(ROWS, window=1), deliveries=ROWS)
    pd.testing.assert_frame_equal(ROWS, before)


def test_categories_with_rows_filtered_away_are_refused_with_the_numbers():
    with pytest.raises(ValueError, match=r"in 2001 these rows hold 20\.0 of 40\.0 million TIV"):
        measure.categories(ROWS[ROWS["supplier"].ne("Italy") & ROWS["year"].eq(2001)], window=1)


def test_categories_that_are_missing_or_of_deals_are_refused_with_the_reason():
    with pytest.raises(ValueError, match="1 of 4 deliveries have no armament category"):
        named = ROWS.assign(designation="Example")
        measure.categories(named.assign(category=ROWS["category"].mask(ROWS["supplier"].eq("Italy"))))
    with pytest.raises(ValueError, match=r"deals, one row each.*TIV delivery values"):
        measure.categories(pd.DataFrame({"delivery_years": ["2000"]}))
    with pytest.raises(ValueError, match="no pairs of countries by year"):
        measure.categories(None)


def test_unsaid_local_production_is_missing_not_zero():
    found = measure.categories(ROWS.assign(local_production=pd.array([pd.NA] * 4, dtype="boolean")), window=1)
    assert found["local_production_percent"].isna().all()


@real_files
def test_pakistan_s_categories_in_the_register_of_february_2026():
    """The values of the methods, 2017–21: from the reader's register to whole per cent."""
    read = load.sipri(real("nagehanrdogan"))
    found = measure.categories(read.deliveries, years=read.years)
    found = found.query("recipient == 'Pakistan' and last_year == 2021").set_index(["category", "supplier"])["percent"]
    china = found.xs("China", level="supplier").round()
    leads = {
        "Missiles": 95,
        "Air defence systems": 97,
        "Armoured vehicles": 92,
        "Ships": 75,
        "Aircraft": 73,
        "Artillery": 51,
    }
    assert china[list(leads)].to_dict() == leads
    assert "Engines" not in china
    assert found["Engines"].round()[["Russia", "Ukraine"]].tolist() == [70, 21]


# Orders beside deliveries


def test_orders_of_deals_have_the_columns_of_equipment_and_a_careful_status():
    deals = pd.DataFrame(
        {
            "recipient": "Pakistan",
            "supplier": "China",
            "designation": ["A", "B", "C", "D"],
            "category": pd.array([None] * 4, dtype="str"),
            "ordered": pd.array([2005, 2010, 2011, 1990], dtype="Int64"),
            "number_ordered": pd.array([4, 10, 8, 6], dtype="Int64"),
            "number_ordered_estimated": pd.array([True, False, False, False], dtype="boolean"),
            "number": pd.array([4, 3, None, 2], dtype="Int64"),
            "delivery_years": ["2003; 2007", "2012", None, "2003"],
            "local_production": pd.array([None] * 4, dtype="boolean"),
            "comments": ["JF-1", None, None, None],
            "deal": pd.array([None] * 4, dtype="Int64"),
            "source": "invented rows",
        }
    )
    found = measure.orders(deals).set_index("designation")
    assert [*measure.orders(deals).columns] == [*load.equipment().columns]
    # The last was ordered before the register begins: what came earlier is not known.
    assert found["status"].to_dict() == {"A": "delivered", "B": "partly delivered", "C": "on order", "D": np.nan}
    assert found.loc["A", ["delivered_from", "delivered_to"]].tolist() == [2003, 2007]
    assert found.loc["C", "number_delivered"] == 0
    assert found.loc["A", "note"] == "SIPRI's estimates: number ordered; JF-1"
    assert "4 orders, 3 with recorded deliveries" in words.finding(measure.orders(deals))
    assert "1 not known to be complete" in words.reading(measure.orders(deals))
    assert draw.equipment(measure.orders(deals)).get_xlim()[0] < draw.equipment(measure.orders(deals)).get_xlim()[1]


def test_orders_of_deliveries_say_that_the_number_ordered_is_not_known():
    read = load.sipri(EXAMPLE)
    found = measure.orders(read.deliveries)
    assert found["number_ordered"].isna().all()
    assert found["status"].isna().all()
    assert found["number_delivered"].sum() == read.deliveries["number"].sum()
    ax = draw.equipment(found[found["recipient"].eq("Egypt") & found["supplier"].eq("Russia")])
    assert not any("order not known" in text.get_text() for text in ax.texts)


# What estimated years of delivery leave open


def moved(rows, length):
    """Lowest and highest share of each supplier and window, by trying every move of every flagged delivery."""
    rows = rows.reset_index(drop=True)
    choices = [(-1, 0, 1) if flag is pd.NA or flag else (0,) for flag in rows["year_estimated"]]
    found = {}
    for steps in itertools.product(*choices):
        years = rows["year"] + np.array(steps)
        for last in range(rows["year"].min() + length, rows["year"].max() + 1):
            window = rows[years.between(last - length + 1, last)]
            if window["tiv_million"].sum() > 0:
                for supplier in rows["supplier"].unique():
                    part = window.loc[window["supplier"].eq(supplier), "tiv_million"].sum()
                    found.setdefault((supplier, last), []).append(100 * part / window["tiv_million"].sum())
    return {key: (min(values), max(values)) for key, values in found.items()}


def test_interval_of_estimated_years_by_hand():
    rows = register(
        ("China", "Ships", 2000, True, 10.0, False),
        ("China", "Ships", 2001, False, 40.0, False),
        ("Italy", "Ships", 2001, True, 20.0, False),
        ("Italy", "Ships", 2002, False, 40.0, False),
    )
    found = measure.interval(measure.shares(rows, window=2), deliveries=rows).set_index(["supplier", "last_year"])
    # The year before 2000–01 is in no row.
    assert found.loc[("China", 2001), ["low", "high"]].isna().all()
    # 2001–02: China 40 for certain and perhaps 10 of 2000, Italy 40 for certain and perhaps 20.
    assert found.loc[("China", 2002), ["percent", "low", "high"]].tolist() == [40, 40, pytest.approx(100 * 50 / 90)]
    assert found.loc[("Italy", 2002), ["percent", "low", "high"]].tolist() == [60, pytest.approx(100 * 40 / 90), 60]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_interval_meets_every_possible_move(length):
    rng = np.random.default_rng(7)
    for _ in range(12):
        size = 7
        years = np.append(np.arange(2000, 2005), rng.integers(2000, 2005, size - 5))
        flags = rng.choice([True, False, None], size, p=[0.5, 0.3, 0.2])
        flags[0] = False
        rows = register(
            *[
                (("China", "Italy")[rng.integers(2)], "Ships", int(year), flag, float(rng.integers(1, 20)), False)
                for year, flag in zip(years, flags, strict=True)
            ]
        )
        if rows["supplier"].nunique() == 1:
            continue
        found = measure.interval(measure.shares(rows, window=length), deliveries=rows).dropna(subset="low")
        by_hand = moved(rows, length)
        assert len(found)
        for row in found.itertuples():
            assert (row.low, row.high) == pytest.approx(by_hand[row.supplier, row.last_year]), row


def test_interval_without_a_flag_anywhere_is_refused():
    shares = measure.shares(ROWS, window=1)
    with pytest.raises(ValueError, match="whether its year is estimated"):
        measure.interval(shares, deliveries=ROWS.assign(year_estimated=pd.array([pd.NA] * 4, dtype="boolean")))
    with pytest.raises(ValueError, match="columns missing: recipient, supplier, tiv_million"):
        measure.interval(shares, deliveries=pd.DataFrame({"delivery_years": ["2000"]}))


@real_files
def test_interval_of_a_real_register_holds_every_share():
    read = load.sipri(real("nagehanrdogan"))
    found = measure.interval(measure.shares(read.transfers, years=read.years), deliveries=read.deliveries)
    known = found.dropna(subset="low")
    assert len(known) > 0.9 * len(found)
    assert (known["low"] <= known["percent"] + 1e-9).all()
    assert (known["high"] >= known["percent"] - 1e-9).all()


# Which sides are whole


def test_coverage_of_a_pair_names_what_is_needed():
    read = load.sipri((ASKED + HEADER + "1,China,Pakistan,A,x,Ships,1999,No,1,No,2000,No,New,5,5,5,No;\n").encode())
    found = measure.coverage(read.transfers, recipient="Pakistan", supplier="China", years=read.years)
    assert found["whole"].tolist() == [True, False]
    assert found[["first_year", "last_year"]].iloc[0].tolist() == [2000, 2004]
    told = words.reading(found)
    assert "All suppliers of Pakistan are at hand for 2000–04." in told
    assert "Not all recipients of China are at hand" in told
    assert "import/export values of China as supplier" in told
    with pytest.raises(ValueError, match=r"Unknown supplier in these rows 'Chnia'\. Did you mean 'China'"):
        measure.coverage(read.transfers, supplier="Chnia")


def test_the_account_of_a_file_reads_aloud():
    told = words.reading(load.sipri(EXAMPLE).report)
    assert re.fullmatch(r"The file has (\d+) lines; read were 4 as notes, 1 as header and \d+ as deliveries\. "
                        r"Set aside: 1 \(blank\)\.", told)  # fmt: skip


# Estimates and examples say so wherever they are shown


def deals():
    head = (
        "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Deliveries in the "
        "Year Range, ,Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of "
        "delivered weapons\n"
    )
    rows = (
        "Pakistan,China,1999,?,4,?,A,ship,4,?,2000; 2001,New,,5,20,20\n"
        "Pakistan,Italy,1999,,1,,B,radar,1,,2001,New,,5,5,5\n"
    )
    return load.sipri((ASKED + head + rows).encode(), allocate="even")


def test_an_estimate_says_so_in_sentences_and_on_figures():
    read = deals()
    shares = measure.shares(read.transfers, window=1, years=(2000, 2001))
    assert "an estimate" in words.sentence(shares.iloc[0])
    assert words.cited(shares.iloc[0]).endswith("deliveries spread evenly: an estimate")
    assert words.short_edition(*shares[["source", "basis"]].iloc[0]) == "March 2025 release, estimate"
    assert words.source_line(shares).endswith("deliveries spread evenly: an estimate.")
    pair = {"recipient": "Pakistan", "supplier": "China"}
    tables_drawn = [
        (draw.shares, shares),
        (draw.transfers, read.transfers),
        (draw.mutual, measure.mutual(shares, **pair)),
        (draw.dependence, measure.concentration(shares)),
        (draw.windows, measure.windows(read.transfers, lengths=[1, 2], **pair)),
        (draw.ranking, measure.concentration(shares.query("last_year == 2001"))),
    ]
    for chart, table in tables_drawn:
        fig = draw.headline(chart(table).figure, "What is seen")
        text = page_of(fig).lettering()
        assert text.subjects[0].endswith(", estimate"), chart
        assert "an estimate" in text.source
        assert ", estimate" in text.alt


def test_an_example_says_on_everything_that_its_numbers_are_invented():
    read = load.sipri(EXAMPLE)
    assert (read.source, read.basis) == ("sipri-atd-2025", "example")
    assert EXAMPLE.read_text(encoding="utf-8").startswith("EXAMPLE WITH INVENTED NUMBERS")
    shares = measure.shares(read.transfers).query("recipient == 'Egypt' and of == 'imports'")
    assert words.subject(shares).endswith(", invented numbers")
    assert "own calculation from an invented example" in words.sentence(shares.iloc[0])
    assert words.source_line(read.transfers).startswith("Source: own calculation from an invented example")


def test_the_words_of_an_example_do_not_make_one_of_a_real_file():
    rows = "1,China,Pakistan,invented numbers,x,Ships,1999,No,1,No,2000,No,New,5,5,5,No;\n"
    read = load.sipri((ASKED + HEADER + rows).encode())
    assert (read.source, read.basis) == ("sipri-atd-2025", "tabulated")
    assert words.source_line(read.transfers) == (
        "Source: own tabulation from the SIPRI Arms Transfers Database, March 2025 release, file generated "
        "12 February 2026."
    )


# The chart of categories


def test_bars_of_categories_are_parted_and_named():
    table = measure.categories(ROWS, window=2)
    ax = draw.categories(table)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Ships (100)", "Engines (30)"]
    widths = [round(bar.get_width()) for bar in ax.patches]
    assert widths == [80, 20, 100]
    assert ax.get_legend() is None
    assert to_hex(ax.patches[0].get_facecolor()).upper() == style.COLOURS["China"]
    told = [text.get_text() for text in ax.texts]
    ax.figure.canvas.draw()
    told = [text.get_text() for text in ax.texts]
    assert "China 80 %, Italy 20 %" in told
    assert "Ukraine 100 %" in told


def test_small_suppliers_of_a_category_are_one_part():
    names = ["China", "Italy", "Sweden", "Ukraine", "Spain", "Brazil"]
    rows = register(*[(name, "Ships", 2000, False, 10.0 - k, False) for k, name in enumerate(names)])
    ax = draw.categories(measure.categories(rows, window=1))
    assert len(ax.patches) == 5
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(100)
    assert [part.get_label() for part in ax.containers] == ["China", "Italy", "Sweden", "Ukraine", "Others"]


def test_bars_of_several_windows_are_refused():
    with pytest.raises(ValueError, match="one recipient and one window"):
        draw.categories(measure.categories(ROWS, window=1))


def test_sentences_on_categories():
    found = measure.categories(ROWS, window=2)
    assert words.sentence(found.iloc[0]).startswith(
        "China supplied 80 per cent of Pakistan's imports of ships in 2000–01"
    )
    assert words.finding(found) == "2 suppliers lead in 2 categories of Pakistan's imports"
    assert "ships 80 per cent (China) and engines 100 per cent (Ukraine)" in words.reading(found)


# Notebook 07


def run(folder, monkeypatch, **parameters):
    """Notebook 07, run in `folder`: what its cells show."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    shutil.copy(EXAMPLE, folder)
    book = parameterize_notebook(load_notebook_node(str(BOOK)), parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(
            book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    data = [output.get("data", {}) for cell in book.cells for output in cell.get("outputs", [])]
    return " ".join(text.get("text/markdown") or text.get("text/html", "") for text in data)


def made(folder):
    return {path.name for path in (folder / "figures").iterdir()}


def test_the_notebook_runs_on_the_example_and_says_that_it_is_one(tmp_path, monkeypatch):
    told = run(tmp_path, monkeypatch)
    assert {f"own-egypt-{name}" for name in ("deliveries", "shares-and-events", "concentration", "categories")} <= made(
        tmp_path
    )
    assert {f"own-egypt-russia-{name}" for name in ("events", "mirror", "windows", "orders")} <= made(tmp_path)
    for caption in tmp_path.glob("figures/own-egypt-*/caption.txt"):
        assert "invented numbers" in caption.read_text() or caption.parent.name.endswith("-events"), caption
    assert "All recipients of Russia are at hand" in told


@real_files
def test_the_notebook_runs_on_a_real_register(tmp_path, monkeypatch):
    told = run(tmp_path, monkeypatch, file=str(real("nagehanrdogan")))
    assert "own calculation from the SIPRI Arms Transfers Database, March 2025 release, file generated 12" in told
    assert "invented" not in told
    assert len(made(tmp_path)) == 9


@real_files
def test_the_notebook_runs_on_a_table_of_one_side_and_says_what_the_other_needs(tmp_path, monkeypatch):
    told = run(tmp_path, monkeypatch, file=str(real("TIV-Import-BAN")), recipient="Bangladesh", supplier="China")
    assert "import/export values of China as supplier" in told
    assert "In 2017–21 China supplied 71 per cent of Bangladesh's arms imports" in told
    assert "own-bangladesh-china-mirror" in made(tmp_path)
    assert not any(name.endswith(("categories", "orders")) for name in made(tmp_path))
