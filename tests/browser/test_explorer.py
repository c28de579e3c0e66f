"""The explorer in JupyterLab and on its own page: by mouse, by keyboard, with a reader's own files, and saved."""

import base64
import re
import sys
from io import BytesIO

import pytest
from PIL import Image

from analysis import load, measure, words

BOOK = "08-explore.ipynb"

#: The supplier of this name in `own_table` must stay text.
MARKUP = "<img src=x onerror=alert(1)>"
BROKEN = "Supplier,2001,2002\n<<<<<<< HEAD\nChina,10,20\n=======\nChina,11,20\n>>>>>>> theirs\n"


class Explorer:
    """The explorer as a reader sees it."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".arms-explorer")
        self.image = self.root.locator(".picture img")
        self.image.wait_for()

    def control(self, label):
        return self.root.get_by_label(label, exact=True)

    def choose(self, label, option):
        """Pick an entry of a list; wait until the picture that stands is another."""
        before = self.picture()
        self.control(label).select_option(label=option)
        self.another(before)

    def another(self, before):
        self.page.wait_for_function(
            """before => { const image = document.querySelector('.arms-explorer .picture img');
                           return image && image.src !== before && image.complete && image.naturalWidth > 0; }""",
            arg=before,
        )
        self.page.wait_for_timeout(150)

    def picture(self):
        return self.image.get_attribute("src")

    def alt(self):
        return self.image.get_attribute("alt")

    def sentence(self):
        return self.root.locator(".words").inner_text()

    def message(self):
        return self.root.locator(".message")

    def rows(self, table=0):
        """The cells of one table as text."""
        found = self.root.locator(".tables table").nth(table).locator("tbody tr").all()
        return [row.locator("th, td").all_inner_texts() for row in found]

    def settled(self):
        """Wait until no drawing is on its way."""
        self.page.wait_for_timeout(400)


@pytest.fixture(scope="module")
def book(open_book):
    book = open_book(BOOK)
    book.run_all()
    return book


@pytest.fixture
def explorer(book, page):
    """The explorer as it comes: its cell run again."""
    book.run_cell(next(cell["at"] for cell in book.cells() if "explore.dependence" in cell["source"]))
    return Explorer(page)


def shares(source="sipri-atd-2026", **options):
    return measure.shares(load.transfers(source=source), **options)


def last_window(table, recipient):
    rows = table[table["recipient"].eq(recipient) & table["of"].eq("imports")]
    rows = rows[rows["last_year"] == rows["last_year"].max()]
    return rows.sort_values(["percent", "supplier"], ascending=[False, True])


def test_by_mouse(explorer):
    before = explorer.alt()
    explorer.choose("Recipient", "India")
    expected = last_window(shares(), "India")
    top = expected.iloc[0]
    assert explorer.sentence().startswith(words.sentence(top))
    assert explorer.rows() == [[row.supplier, words.percent(row.percent)] for row in expected.itertuples()]
    assert explorer.alt() != before
    assert "India" in explorer.alt()
    explorer.choose("From", "2000")
    assert explorer.rows(1)[-1][0] == "2000–04"
    explorer.choose("Window length", "10 years")
    ten = last_window(shares(window=10), "India")
    assert explorer.rows() == [[row.supplier, words.percent(row.percent)] for row in ten.itertuples()]
    explorer.choose("Source of the figures", "SIPRI's printed figures")
    printed = load.shares(recipient="India", supplier="Russia", of="imports").sort_values(["last_year", "source"])
    assert explorer.sentence().startswith(words.sentence(printed.iloc[-1]))
    explorer.choose("As a share of", "both, mirrored")
    assert "Mirror chart" in explorer.alt()
    before = explorer.picture()
    explorer.root.get_by_label("Conflict", exact=True).uncheck()
    explorer.another(before)


def test_by_keyboard(explorer, page):
    """From list to list with Tab, and through a list with its arrows."""
    first = explorer.control("Recipient")
    first.focus()
    before = explorer.picture()
    page.keyboard.type("India")
    explorer.another(before)
    assert "India" in explorer.sentence()
    page.keyboard.press("Tab")
    assert focused(page) == "Supplier, with its share"
    before = explorer.picture()
    page.keyboard.press("ArrowDown")
    explorer.another(before)
    second = last_window(shares(), "India").iloc[1]
    assert explorer.sentence().startswith(words.sentence(second))
    reached = {focused(page)}
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(focused(page))
    wanted = {"From", "To", "As a share of", "Source of the figures", "Window length", "Events", "Size of the figure"}
    assert wanted <= reached
    assert any("Your own file" in name for name in reached)
    assert "Export the figure" in reached


def focused(page):
    """The name of what has the focus."""
    return page.evaluate(
        """() => { const here = document.activeElement;
                   return (here.labels?.[0] ?? here).textContent.trim() || here.ariaLabel || here.tagName; }"""
    )


def test_the_last_of_many_choices_is_shown_and_nothing_flickers(explorer, page):
    """Ten choices in a burst: the picture never is away, and few are drawn before the last."""
    page.evaluate(
        """() => { window.seen = new Set(); window.gaps = 0;
                   const look = () => { const image = document.querySelector('.arms-explorer .picture img');
                     if (!image || !image.complete || !image.naturalWidth || image.getBoundingClientRect().height < 100)
                       window.gaps += 1;
                     else window.seen.add(image.src);
                     requestAnimationFrame(look); };
                   look(); }"""
    )
    page.evaluate(
        """() => { const list = [...document.querySelectorAll('.arms-explorer select')]
                     .find(list => list.labels[0].textContent === 'From');
                   for (let year = 1990; year < 2000; year++) {
                     list.value = String(year); list.dispatchEvent(new Event('change', {bubbles: true})); } }"""
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('.arms-explorer .tables table:last-of-type tbody tr')].at(-1)"
        ".textContent.startsWith('1999')"
    )
    explorer.settled()
    drawn, gaps = page.evaluate("[window.seen.size, window.gaps]")
    assert drawn <= 4
    assert gaps == 0


@pytest.mark.filterwarnings("ignore:.*unknown name")
def test_own_file_and_broken_file(explorer, page, tmp_path, own_table):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    before = explorer.picture()
    upload(explorer, page, tmp_path / "broken.csv", BROKEN.encode())
    told = explorer.message().get_by_role("alert")
    told.wait_for()
    with pytest.raises(ValueError, match="conflict") as error:
        load.sipri(BROKEN.encode())
    assert str(error.value).partition(": ")[2][:40] in told.inner_text()
    assert explorer.picture() == before
    explorer.choose("Recipient", "India")

    before = explorer.picture()
    upload(explorer, page, tmp_path / "<b>good.csv", own_table)
    explorer.another(before)
    transfers = load.sipri(own_table).transfers
    expected = last_window(measure.shares(transfers), "Sri Lanka")
    assert explorer.rows() == [[row.supplier, words.percent(row.percent)] for row in expected.itertuples()]
    assert MARKUP in [row[0] for row in explorer.rows()]
    explorer.choose("Supplier, with its share", next(o for o in options(explorer) if o.startswith(MARKUP)))
    assert MARKUP in explorer.sentence()
    assert page.locator("img[src=x], .arms-explorer b").count() == 0
    assert not dialogs


def options(explorer):
    found = explorer.control("Supplier, with its share").locator("option").all_inner_texts()
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in found]


def upload(explorer, page, path, content):
    path.write_bytes(content)
    with page.expect_file_chooser() as chooser:
        explorer.root.get_by_role("button", name=re.compile("Your own file")).click()
    chooser.value.set_files(path)


def test_export_writes_the_files_and_links_them(explorer, page, lab):
    explorer.choose("Recipient", "India")
    explorer.choose("Size of the figure", "journal page, 183 mm")
    explorer.root.get_by_role("button", name="Export the figure").click()
    links = explorer.root.locator(".files a")
    links.first.wait_for()
    folder = lab[1] / explorer.root.locator(".files code").inner_text()
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    linked = {link.get_attribute("download"): link.get_attribute("href") for link in links.all()}
    assert {name: base64.b64decode(href.partition("base64,")[2]) for name, href in linked.items()} == made
    picture = next(name for name in made if name.endswith(".png"))
    assert Image.open(BytesIO(made[picture])).size == (2161, 1299)
    assert explorer.alt() == made["alt.txt"].decode().strip()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF for print").click()
    assert download.value.suggested_filename.endswith(".pdf")


@pytest.mark.parametrize("width", [1280, 640])
def test_fits_the_window_and_is_accessible(explorer, page, server, width):
    page.set_viewport_size({"width": width, "height": 1900})
    explorer.settled()
    explorer.root.evaluate("root => root.scrollIntoView()")
    page.screenshot(path=server.shots() / f"08-panel-{width}.png")
    wider = page.evaluate("() => { const box = document.querySelector('.arms-explorer');"
                          "return box.scrollWidth - box.clientWidth; }")  # fmt: skip
    assert wider <= 0
    faults = server.serious_faults(page)
    page.set_viewport_size({"width": 1280, "height": 1400})
    assert not faults


def test_a_page_of_its_own(browser, tmp_path_factory, server):
    """Voilà serves the notebook without its code, and the controls work there too."""
    pytest.importorskip("voila")
    folder = tmp_path_factory.mktemp("voila")
    books, port = server.copy_of_notebooks(folder), server.free_port()
    command = [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    command += ["--template=explorer", str(books / BOOK)]
    address = f"http://127.0.0.1:{port}"
    with server.served(command, f"{address}/static/", folder), server.watched_page(browser) as page:
        page.goto(address)
        explorer = Explorer(page)
        assert page.locator(".jp-InputArea-editor, .highlight").count() == 0
        explorer.choose("Recipient", "India")
        assert "India" in explorer.sentence()
        page.screenshot(path=server.shots() / "08-voila-1280.png", full_page=True)
