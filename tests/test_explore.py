"""The explorer without a browser: its controls moved in Python, what it shows compared with what `measure` gives."""

import asyncio
import json
import re
import subprocess
import sys
import threading
from html import unescape
from io import BytesIO
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image

from analysis import explore, load, measure, words
from analysis.explore import choices, shown

ROOT = Path(__file__).parents[1]
MARKUP = "<img src=x onerror=alert(1)>"

#: Invented: a deal register, which says when deals were made and not what came in which year.
DEALS = b"""\
Transfers of major weapons: Deals with deliveries or orders made for 2001 to 2006

Recipient,Supplier,Year of order,,Number ordered,,Weapon designation,Weapon description,Number delivered,,\
Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons
Sri Lanka,China,2000,,4,,Type X,patrol craft,4,,2001; 2002,New,,10,40,40
"""


@pytest.fixture
def panel():
    yield explore.dependence()
    assert not plt.get_fignums()


def choose(panel, **values):
    for name, value in values.items():
        panel.controls[name].value = value


def sentence(panel):
    return unescape(re.sub(r"<[^>]*>", "", panel.words.value))


def cells(panel, table=0):
    found = re.findall(r"<table>.*?</table>", panel.tables.value)[table]
    body = found.partition("<tbody>")[2]
    rows = re.findall(r"<tr>(.*?)</tr>", body)
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def ranked(table, recipient, of="imports"):
    rows = table[table["recipient"].eq(recipient) & table["of"].eq(of)]
    return rows[rows["last_year"] == rows["last_year"].max()].sort_values(
        ["percent", "supplier"], ascending=[False, True]
    )


def give(panel, name, content):
    """What the upload control does when a reader has chosen a file."""
    told = {"name": name, "type": "", "size": len(content), "last_modified": pd.Timestamp(0)}
    panel.upload.value = ({**told, "content": memoryview(content)},)


def test_it_begins_with_the_pair(panel):
    table = measure.shares(load.transfers(source="sipri-atd-2026"))
    expected = ranked(table, "Pakistan")
    assert sentence(panel).startswith(words.sentence(expected.iloc[0]))
    assert cells(panel) == [[row.supplier, words.percent(row.percent)] for row in expected.itertuples()]
    assert panel.drawings == 1
    assert Image.open(BytesIO(panel.shown.png)).size == (1200, 675)
    assert f'alt="{words.possessive("Pakistan")}' not in panel.picture.value
    assert re.search(r'<img alt="[^"]{80,}"', panel.picture.value)


def test_each_control_is_labelled(panel):
    assert all(control.description for control in [*panel.controls.values(), *panel.kinds.values()])


@pytest.mark.parametrize("window", [1, 3, 10])
def test_another_recipient_and_window(panel, window):
    choose(panel, recipient="India", window=window)
    table = measure.shares(load.transfers(source="sipri-atd-2026"), window=window)
    expected = ranked(table, "India")
    assert cells(panel) == [[row.supplier, words.percent(row.percent)] for row in expected.itertuples()]
    pair = table.query("recipient == 'India' and supplier == @panel.choice.supplier and of == 'imports'")
    assert [row[0] for row in cells(panel, 1)] == [
        words.window(row.first_year, row.last_year) for row in pair.sort_values("last_year").iloc[::-1].itertuples()
    ]
    assert panel.drawings == 3


def test_the_chart_draws_the_rows_of_measure(panel):
    choose(panel, recipient="India", supplier="Sweden", since=1990)
    fig, _ = shown.made(panel.choice, panel.shares)
    table = measure.shares(load.transfers(source="sipri-atd-2026"))
    rows = table.query("recipient == 'India' and supplier == 'Sweden' and of == 'imports' and first_year >= 1990")
    line = next(line for line in fig.axes[0].lines if line.get_label() == "Sweden")
    drawn = line.get_ydata()
    assert drawn[~pd.isna(drawn)].tolist() == rows.sort_values("last_year")["percent"].tolist()
    plt.close(fig)


def test_suppliers_follow_the_recipient_with_their_shares(panel):
    choose(panel, recipient="India")
    offered = dict((value, label) for label, value in panel.controls["supplier"].options)
    table = measure.shares(load.transfers(source="sipri-atd-2026")).query("recipient == 'India' and of == 'imports'")
    assert set(offered) == set(table["supplier"])
    assert offered["Russia"] == f"Russia: {words.percent(ranked(table, 'India').iloc[0]['percent'])} %"
    assert panel.choice.supplier == "Russia"


def test_former_states_are_not_taken_for_their_successors(panel):
    choose(panel, recipient="India")
    assert "Counted apart from any successor: the Soviet Union." in panel.message.value
    choose(panel, since=2000)
    assert "successor" not in panel.message.value


def test_a_country_that_no_release_holds_is_shown_as_printed(panel):
    choose(panel, recipient="Japan")
    assert panel.choice.source == choices.PRINTED
    printed = load.shares(recipient="Japan", supplier="United States", of="imports").sort_values("last_year")
    assert sentence(panel).startswith(words.sentence(printed.iloc[-1]))
    assert "No share of Japan&#x27;s arms imports in SIPRI&#x27;s March 2026 release: shown from" in panel.message.value
    assert panel.controls["window"].disabled


def test_both_directions_and_exports(panel):
    choose(panel, of="both")
    table = measure.shares(load.transfers(source="sipri-atd-2026"))
    last = measure.mutual(table, recipient="Pakistan", supplier="China").sort_values("last_year").iloc[-1]
    assert cells(panel)[0][1:] == [words.percent(last["import_percent"]), words.percent(last["export_percent"])]
    choose(panel, of="exports")
    top = table.query("supplier == 'China' and of == 'exports' and last_year == 2025 and rank == 1").iloc[0]
    assert cells(panel)[0] == [top["recipient"], words.percent(top["percent"])]
    assert [value for _, value in panel.controls["supplier"].options] == ["China"]


def test_events_follow_kind_and_importance(panel):
    choose(panel, importance=0)
    assert "Timeline" not in panel.shown.alt
    choose(panel, importance=2)
    for kind, box in panel.kinds.items():
        box.value = kind == "sanctions"
    count = len(load.events(about=["Pakistan", "China"], kind="sanctions", importance=2))
    assert f"Timeline of {count} dated events" in panel.shown.alt
    choose(panel, recipient="Peru", importance=1)
    assert "none of these kinds that names Peru" in panel.message.value


def test_years_hold_a_window_at_least(panel):
    choose(panel, since=2024)
    assert (panel.choice.since, panel.choice.until) == (2021, 2025)
    choose(panel, until=2010)
    assert (panel.choice.since, panel.choice.until) == (2006, 2010)
    choose(panel, window=10)
    assert panel.choice.until - panel.choice.since == 9


def test_every_choice_of_source_direction_and_country_is_answered():
    """No combination that can be chosen fails; drawn or refused with words, never an exception."""
    desk = choices.desk(None)
    shares = choices.shares_of(desk)
    seen = set()
    for of in choices.DIRECTIONS:
        for source in desk.names:
            first = choices.Choice("Pakistan", "China", of=of, source=source)
            _, options = choices.settle(first, "source", desk.names, shares, whole=True)
            for _, recipient in options.recipients:
                wish = choices.Choice(recipient, "", of=of, source=source)
                choice, options = choices.settle(wish, "recipient", desk.names, shares, whole=True)
                assert choice.recipient == recipient
                rows = choices.within(choices.country_rows(shares(choice.source, choice.window), choice), choice)
                assert len(rows)
                if recipient[0] in "BPI":
                    assert shown.sentence(choice, rows)
                    assert shown.table(choice, rows).startswith("<div")
                seen.add(choice)
    assert len(seen) > 60


def test_sizes(panel):
    choose(panel, preset="slide")
    assert Image.open(BytesIO(panel.shown.png)).size == (1920, 1080)


def test_one_change_is_drawn_once_and_a_newer_choice_takes_its_place():
    async def moved():
        panel = explore.dependence()
        for year in range(1990, 2000):
            panel.controls["since"].value = year
        panel.controls["recipient"].value = "India"
        while panel.choice.recipient != "India":
            await asyncio.sleep(0.01)
        return panel

    panel = asyncio.run(asyncio.wait_for(moved(), 30))
    assert panel.drawings == 2
    assert (panel.choice.recipient, panel.choice.since) == ("India", 1999)


def test_a_drawing_is_left_when_a_newer_choice_comes():
    async def moved():
        panel = explore.dependence()
        started = []
        make = shown.figure

        def slow(choice, rows, events):
            started.append(choice.since)
            if choice.since == 1990:
                panel.controls["since"].value = 1995
            return make(choice, rows, events)

        shown.figure = slow
        try:
            panel.controls["since"].value = 1990
            while panel.choice.since != 1995:
                await asyncio.sleep(0.01)
        finally:
            shown.figure = make
        return panel, started

    panel, started = asyncio.run(asyncio.wait_for(moved(), 30))
    assert started == [1990, 1995]
    assert panel.drawings == 2
    assert not plt.get_fignums()


@pytest.mark.filterwarnings("ignore")
def test_own_file(panel, own_table):
    give(panel, "<b>mine.csv", own_table)
    transfers = load.sipri(own_table).transfers
    expected = ranked(measure.shares(transfers), "Sri Lanka")
    assert panel.choice.recipient == "Sri Lanka"
    assert cells(panel) == [[row.supplier, words.percent(row.percent)] for row in expected.itertuples()]
    assert "&lt;b&gt;mine.csv is read" in panel.message.value
    choose(panel, supplier=MARKUP)
    shown_html = panel.words.value + panel.tables.value + panel.picture.value + panel.message.value
    assert MARKUP not in shown_html
    assert "&lt;img src=x" in shown_html
    choose(panel, source="sipri-atd-2026", recipient="Pakistan")
    assert panel.choice.source == "sipri-atd-2026"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ""),
        (b"a,b\n1,2\n", "is not a file that SIPRI"),
        (DEALS, "allocate"),
    ],
)
def test_a_wrong_file_is_answered_in_the_loader_s_words_and_the_explorer_goes_on(panel, content, told):
    with pytest.raises(ValueError, match=r"[a-z]") as error:
        load.sipri(content)
    give(panel, "wrong.csv", content)
    assert 'role="alert"' in panel.message.value
    assert str(error.value) in unescape(panel.message.value)
    assert told in unescape(panel.message.value)
    assert panel.choice.source == "sipri-atd-2026"
    choose(panel, recipient="India")
    assert "India" in sentence(panel)
    assert "alert" not in panel.message.value


@pytest.mark.filterwarnings("ignore")
def test_deals_are_spread_if_the_reader_asks(panel):
    panel.spread.value = True
    give(panel, "deals.csv", DEALS)
    told = unescape(panel.message.value)
    assert "is read" in told or "was not taken in" in told


def test_export_writes_the_bundle(panel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    choose(panel, recipient="India", since=2000, preset="brief")
    panel.save.click()
    (folder,) = (tmp_path / "figures").iterdir()
    assert folder.name == "india-russia-imports-2000-2025-sipri-atd-2026-events-1-brief"
    assert {path.suffix for path in folder.iterdir()} >= {".pdf", ".svg", ".png", ".csv", ".bib"}
    record = json.loads((folder / "figure.json").read_text())
    assert record["preset"] == "brief"
    assert (folder / "alt.txt").read_text().strip() == panel.shown.alt
    assert sorted(re.findall(r'download="([^"]+)"', panel.files.value)) == sorted(
        path.name for path in folder.iterdir()
    )
    assert not panel.save.disabled


def test_export_answers_in_the_panel_when_it_cannot_write(panel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures").write_text("a file in the way")
    panel.save.click()
    assert "alert" in panel.message.value
    assert not panel.save.disabled


def test_names_are_checked():
    with pytest.raises(ValueError, match="Did you mean 'Pakistan'"):
        explore.dependence("Pakstan")
    with pytest.raises(ValueError, match=r"missing|columns"):
        explore.dependence(data=pd.DataFrame({"recipient": ["A"], "supplier": ["B"]}))


@pytest.mark.filterwarnings("ignore")
def test_data_of_the_reader_s_own_come_first(own_table):
    panel = explore.dependence("Sri Lanka", "China", data=load.sipri(own_table))
    assert panel.choice.source == "own-4"
    assert "Sri Lanka" in sentence(panel)


def test_without_widgets_the_call_shows_a_picture():
    code = (
        "import sys; sys.modules['ipywidgets'] = None\n"
        "import matplotlib; matplotlib.use('Agg')\n"
        "from analysis import explore\n"
        "print(explore.dependence('India', 'Russia')._repr_html_())"
    )
    html = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.search(r'<img alt="[^"]{80,}"', html)
    assert "pip install ipywidgets" in html


def test_the_notebook_as_a_page_holds_the_picture_and_the_hint(tmp_path):
    """nbconvert runs the notebook; the page shows the picture where no widgets live."""
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    book = nbformat.read(ROOT / "notebooks" / "08-explore.ipynb", as_version=4)
    book.cells.insert(0, nbformat.v4.new_code_cell(f"import sys; sys.path.insert(0, {str(ROOT)!r})"))
    NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    html, _ = HTMLExporter().from_notebook_node(book)
    static = html[html.index('class="arms-explorer-picture"') :]
    assert re.search(r'<img alt="[^"]{80,}"', static[:2000])
    assert "open this notebook in JupyterLab" in static


def test_a_choice_made_while_another_is_settled_is_not_lost(monkeypatch):
    """Messages of widgets may come on another thread, while the main one settles the choice before."""

    async def moved():
        panel = explore.dependence()
        settle = choices.settle

        def slow(*arguments):
            if panel.controls["since"].value == 1990:
                other = threading.Thread(target=lambda: setattr(panel.controls["since"], "value", 1999))
                other.start()
                other.join()
            return settle(*arguments)

        monkeypatch.setattr(choices, "settle", slow)
        panel.controls["since"].value = 1990
        while panel.choice.since != 1999:
            await asyncio.sleep(0.01)
        return panel

    panel = asyncio.run(asyncio.wait_for(moved(), 30))
    assert panel.controls["since"].value == 1999
    assert panel.drawings == 2
