"""Bundles: what is in them, at which size, the same bytes each time, and whole or not at all."""

import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image
from pypdf import PdfReader

from analysis import draw, export, load, words
from analysis.export import bundle, formats, marks
from analysis.page import PRESETS, page_of, record

SVG = "{http://www.w3.org/2000/svg}"


def written(made, suffix):
    return next(path for path in made.files if path.name.endswith(suffix))


def rows(made):
    return list(csv.DictReader(io.StringIO(written(made, ".csv").read_text(encoding="utf-8"))))


# What is in a bundle


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    events = load.events(about=["Pakistan", "China"], importance=1, since=1990)
    table = load.shares(recipient="Pakistan", of="imports")
    with plt.style.context("analysis.paper"):
        fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[4, 1])
        draw.shares(table, ax=top)
        draw.events(events, ax=bottom)
        draw.headline(fig, "Four fifths of Pakistan's arms come from China")
    return export.figure(fig, "Pakistan's suppliers", folder=tmp_path_factory.mktemp("figures"))


def test_a_bundle_holds_eight_files(made):
    assert made.folder.name == "pakistan-s-suppliers"
    names = {path.name.replace(made.folder.name, "NAME") for path in made.folder.iterdir()}
    assert names == {
        "NAME.pdf", "NAME.svg", "NAME.png", "NAME.csv", "caption.txt", "alt.txt", "sources.bib", "figure.json",
    }  # fmt: skip
    assert set(made.files) == set(made.folder.iterdir())


def test_the_figure_is_closed_and_nothing_is_left_beside_the_bundle(made):
    assert not plt.get_fignums()
    assert [path.name for path in made.folder.parent.iterdir()] == [made.folder.name]


def test_the_data_file_has_every_row_drawn_with_units_and_sources(made):
    found = rows(made)
    shares = [row for row in found if row["chart"] == "shares"]
    events = [row for row in found if row["chart"] == "events"]
    table = load.shares(recipient="Pakistan", of="imports")
    assert [float(row["percent [% of volume (TIV)]"]) for row in shares] == table["percent"].tolist()
    assert [row["first_year"] for row in shares] == table["first_year"].astype(str).tolist()
    assert {row["event"] for row in events} == set(
        load.events(about=["Pakistan", "China"], importance=1, since=1990)["event"]
    )
    assert all(row["source"] and row["source_in_words"] for row in found)


def test_events_marked_on_a_chart_are_in_its_data_file(make, tmp_path):
    found = rows(export.figure(make("marked-shares"), "marked", folder=tmp_path))
    assert {row["event"] for row in found if row["chart"] == "events"} == set(
        load.events(about=["Pakistan", "China"], importance=1)["event"]
    )
    once = rows(export.figure(make("board"), "board", folder=tmp_path))
    events = [row["event"] for row in once if row["chart"] == "events"]
    assert len(events) == len(set(events))


def test_the_alt_text_is_a_sentence_of_80_to_300_characters(chart, tmp_path):
    made = export.figure(chart, "alt", folder=tmp_path)
    told = (made.folder / "alt.txt").read_text(encoding="utf-8").strip()
    assert told == made.alt
    assert 80 <= len(told) <= 300
    assert re.search(r" of .+, where .+", told)
    assert re.search(r"\d", told)


def test_the_caption_has_the_finding_the_unit_and_every_source(made):
    told = (made.folder / "caption.txt").read_text(encoding="utf-8")
    assert told.startswith("Four fifths of Pakistan's arms come from China. ")
    assert "% of volume (TIV)" in told
    assert "Source: SIPRI Fact Sheets" in told


def test_the_bibliography_has_every_source_drawn(made):
    told = (made.folder / "sources.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@misc\{([^,]+),$", told, re.MULTILINE)
    assert keys == sorted({row["source"] for row in rows(made)})
    assert told.count("{") - told.count(r"\{") == told.count("}") - told.count(r"\}")


def test_own_calculations_say_so_in_the_bibliography():
    told = formats.bib(
        [words.Use("sipri-atd-2026", "computed", None), words.Use("sipri-factsheet-2022", "printed", None)]
    ).decode()
    assert told.count("own calculations") == 1
    assert "author = {{SIPRI}}" in told
    assert "year = {2022}" in told
    assert "month = mar" in told


def test_a_readers_own_file_is_cited_with_its_day_or_by_its_own_words():
    told = formats.bib([words.Use("sipri-atd-2025", "computed", "2026-02-12")]).decode()
    assert "@misc{sipri-atd-2025," in told and "File generated 12 February 2026" in told
    told = formats.bib([words.Use("SIPRI Arms Transfers Database, file without a date", "computed", None)]).decode()
    assert "title = {{SIPRI Arms Transfers Database, file without a date}}" in told


def test_the_record_has_checksum_editions_versions_and_size(made):
    told = json.loads((made.folder / "figure.json").read_text(encoding="utf-8"))
    assert len(told["data"]["sha256"]) == 64
    assert told["data"]["rows"] == len(rows(made))
    assert told["preset"] == "web"
    assert told["size"] == {"width": 1200, "height": 675, "unit": "px"}
    assert {"arms-dependence", "matplotlib", "pandas"} <= set(told["versions"])
    assert "March 2022 edition" in {source["edition"] for source in told["sources"]}


def test_pdf_metadata_and_fonts(made):
    reader = PdfReader(written(made, ".pdf"))
    assert reader.metadata["/Title"] == "Four fifths of Pakistan's arms come from China"
    assert reader.metadata["/Subject"] == made.alt
    assert "Pakistan" in reader.metadata["/Keywords"]
    assert "/CreationDate" not in reader.metadata
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert {font["/Subtype"] for font in fonts} <= {"/Type0", "/TrueType"}
    assert all("SourceSansPro" in font["/BaseFont"] for font in fonts)


def test_svg_is_an_image_with_title_and_description(made):
    root = ElementTree.parse(written(made, ".svg")).getroot()
    title, desc = list(root)[:2]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert desc.text == made.alt
    assert not root.findall(f".//{SVG}text")


def test_png_has_its_text_chunks(made):
    with Image.open(written(made, ".png")) as image:
        image.load()
        assert image.text["Title"] == "Four fifths of Pakistan's arms come from China"
        assert image.text["Description"] == made.alt
        assert image.text["Source"].startswith("Source: ")
        assert "non-commercial" in image.text["Copyright"]


# Sizes and weights


@pytest.mark.parametrize("preset", PRESETS)
def test_every_file_has_the_size_of_its_preset(make, tmp_path, preset):
    size = PRESETS[preset]
    made = export.figure(make("windows"), "strip", preset=preset, folder=tmp_path)
    assert made.folder.name == ("strip" if preset == "web" else f"strip-{preset}")
    media = PdfReader(written(made, ".pdf")).pages[0].mediabox
    inches = np.array([float(media.width), float(media.height)]) / 72
    assert np.abs(inches - size.inches).max() * 25.4 < 0.01
    root = ElementTree.parse(written(made, ".svg")).getroot()
    unit = "mm" if size.print else "px"
    assert (root.get("width"), root.get("height")) == (f"{size.width:g}{unit}", f"{size.height:g}{unit}")
    box = [float(part) for part in root.get("viewBox").split()]
    assert box[2] / box[3] == pytest.approx(size.width / size.height, rel=1e-3)
    pixels = np.array(struct.unpack(">II", written(made, ".png").read_bytes()[16:24]))
    wanted = np.array(size.inches) * size.dpi
    assert (np.abs(pixels - wanted) < 1).all()
    if not size.print:
        assert pixels.tolist() == [size.width, size.height]


def test_texts_and_strokes_keep_the_minima_of_every_preset(chart):
    page = page_of(chart)
    for size in PRESETS.values():
        page.fit(next(name for name, other in PRESETS.items() if other is size))
        chart.draw_without_rendering()
        texts = [t for t in chart.findobj(Text) if t.get_visible() and t.get_text().strip()]
        assert min(t.get_fontsize() for t in texts) >= size.smallest - 1e-6
        assert max(t.get_fontsize() for t in texts) <= size.largest + 1e-6
        for line in chart.findobj(Line2D):
            if line.get_visible() and line.get_linestyle() != "None" and len(line.get_xdata()):
                assert not 0 < line.get_linewidth() < size.line - 1e-6
        for points in chart.findobj(PathCollection):
            assert all(width == 0 or width >= size.line - 1e-6 for width in np.atleast_1d(points.get_linewidth()))


@pytest.mark.parametrize("preset", ["web", "nature-1col"])
def test_journals_set_headline_and_source_themselves(make, tmp_path, preset):
    fig = make("windows")
    made = export.figure(fig, "strip", preset=preset, folder=tmp_path)
    shown = " ".join(t.get_text() for t in fig.findobj(Text) if t.get_visible())
    for part in ("What the figure shows in ten words", "Source:"):
        assert (part in shown) == PRESETS[preset].titles
        assert part in made.caption


# The same bytes


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import conftest
from analysis import export
export.figure(conftest.figure("board"), "board", folder=sys.argv[2])
export.figure(conftest.figure("mutual"), "mutual", preset="nature-1col", folder=sys.argv[2])
"""


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_two_processes_write_the_same_bytes(tmp_path):
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(folder)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
            check=True,
        )
    first, second = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert len(first) == 16
    assert [name for name in first if first[name] != second[name]] == []


def test_another_preset_in_between_changes_nothing(make, tmp_path):
    fig = make("windows")
    before = contents(export.figure(fig, "strip", folder=tmp_path).folder)
    export.figure(fig, "strip", preset="slide", folder=tmp_path)
    assert contents(export.figure(fig, "strip", folder=tmp_path).folder) == before


def test_a_readers_own_settings_change_nothing(make, tmp_path):
    before = contents(export.figure(make("windows"), "strip", folder=tmp_path / "one").folder)
    own = {"savefig.bbox": "tight", "pdf.fonttype": 3, "svg.fonttype": "none", "svg.hashsalt": None, "savefig.dpi": 50}
    own |= {"pdf.use14corefonts": True, "path.sketch": (1, 100, 2), "text.usetex": True, "path.simplify": False}
    own |= {"xtick.minor.visible": True, "lines.linewidth": 5, "text.color": "red", "axes.unicode_minus": False}
    with plt.rc_context(own):
        after = contents(export.figure(make("windows"), "strip", folder=tmp_path / "two").folder)
    assert after == before


# Whole or not at all


@pytest.mark.parametrize("writer", ["pdf", "svg", "png", "data", "bib", "record"])
def test_a_writer_that_fails_leaves_the_old_bundle(make, tmp_path, monkeypatch, writer):
    before = contents(export.figure(make("windows"), "strip", folder=tmp_path).folder)

    def broken(*args, **more):
        raise RuntimeError("disk full")

    monkeypatch.setattr(formats, writer, broken)
    with pytest.raises(RuntimeError):
        export.figure(make("windows"), "strip", folder=tmp_path)
    assert contents(tmp_path / "strip") == before
    assert [path.name for path in tmp_path.iterdir()] == ["strip"]


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("old", [True, False])
def test_a_crash_at_any_step_leaves_the_old_bundle_or_the_new(tmp_path, monkeypatch, old, exchange):
    if not exchange:
        monkeypatch.setattr(bundle, "_exchange", lambda one, other: False)
    target = tmp_path / "strip"
    first, second = {"a.txt": b"old", "figure.json": b"{}"}, {"a.txt": b"new", "figure.json": b"{ }"}
    steps = 0
    real_write, real_rename = Path.write_bytes, Path.rename

    def step(real):
        def run(self, *args):
            nonlocal steps
            steps += 1
            if steps == limit:
                raise KeyboardInterrupt
            return real(self, *args)

        return run

    for limit in range(1, 6):  # noqa: B007 (the closure above reads it)
        steps = 0
        if old:
            bundle._write(target, first)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", step(real_write))
            patch.setattr(Path, "rename", step(real_rename))
            try:
                bundle._write(target, second)
            except KeyboardInterrupt:
                allowed = [first, second] if old else [None, second]
                found = {path.name: path.read_bytes() for path in target.iterdir()} if target.exists() else None
                assert found in allowed
        assert {path.name for path in tmp_path.iterdir()} <= {"strip"}
        if target.exists():
            (target / "a.txt").unlink()
            (target / "figure.json").unlink()
            target.rmdir()


def test_a_folder_that_is_no_bundle_is_left_alone(make, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter-1.txt").write_text("years of work")
    with pytest.raises(ValueError, match=r"chapter-1\.txt.*nothing was written"):
        export.figure(make("windows"), "thesis", folder=tmp_path)
    assert (tmp_path / "thesis" / "chapter-1.txt").read_text() == "years of work"
    export.figure(make("windows"), "strip", folder=tmp_path)
    (tmp_path / "strip" / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"notes\.txt"):
        export.figure(make("windows"), "strip", folder=tmp_path)


# Names


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "/etc/x", "a\\b", "..", ".", "C:x", "C:\\x", "", "  ", "!!!", "con", "LPT1", "x" * 101, "\x00"],
)
def test_names_that_cannot_be_a_folder_here_are_refused(make, tmp_path, name):
    with pytest.raises(ValueError, match=r"folder|name"):
        export.figure(make("windows"), name, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "folder"),
    [("Pakistan Suppliers", "pakistan-suppliers"), ("Türkiye & Co.", "turkiye-co"), ("中国", "中国"), ("a..b", "a-b")],
)
def test_names_are_made_safe(name, folder):
    assert export.bundle.file_name(name) == folder


def test_an_unknown_preset_names_the_nearest(make, tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'nature-1col'"):
        export.figure(make("windows"), "x", preset="nature1col", folder=tmp_path)


# Text from data stays text


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.images, self.words = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data):
        self.words += data


def hostile():
    events = load.events(importance=1, since=2020).reset_index(drop=True)
    return events.assign(
        title=['<script>alert("1")</script> & co', *events["title"][1:]],
        short_title=["=HYPERLINK(A1)", *events["short_title"][1:]],
        importance=[1] * len(events),
    )


@pytest.fixture
def attacked(tmp_path):
    events = hostile()
    text = '"><script>alert(2)</script> & a --> b \x01'
    return export.figure(draw.headline(draw.events(events).figure, text), "x", folder=tmp_path)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_html_holds_the_figure_and_no_markup_from_the_data(attacked):
    seen = Page()
    seen.feed(attacked._repr_html_())
    assert seen.tags == ["figure", "img", "figcaption", "br", *["a"] * len(attacked.files)]
    assert seen.images[0]["alt"] == attacked.alt
    assert "<script>alert(2)</script>" in seen.words
    assert seen.images[0]["src"].startswith("data:image/png;base64,")


@pytest.mark.filterwarnings("ignore:Glyph")
def test_svg_stays_well_formed_and_keeps_markup_as_text(attacked):
    text = written(attacked, ".svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text.encode())
    assert not [node for node in root.iter() if str(node.tag).endswith("script")]
    assert "<script>alert(2)</script>" in root[0].text


def test_texts_that_a_spreadsheet_would_run_are_neutralised_and_numbers_are_not(tmp_path):
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "fine", "a=b"]
    frame = pd.DataFrame({"title": nasty, "percent": -1.5, "year": 2020, "source": "sipri-atd-2026"})
    found = rows(export.table(frame, "nasty", folder=tmp_path))
    assert [row["title"] for row in found] == [*(f"'{text}" for text in nasty[:5]), "'\nx", "fine", "a=b"]
    assert {row["percent [% of volume (TIV)]"] for row in found} == {"-1.5"}
    assert {row["year"] for row in found} == {"2020"}


def test_a_notebook_keeps_the_alt_text(make, tmp_path):
    made = export.figure(make("windows"), "strip", folder=tmp_path)
    seen = Page()
    seen.feed(made._repr_html_())
    assert seen.images[0]["alt"] == made.alt
    assert made.caption in seen.words


# Tables and terms


def test_a_table_is_its_rows_its_source_line_and_its_bibliography(tmp_path):
    frame = load.shares(recipient="Pakistan", supplier="China", of="imports", edition=2022)
    made = export.table(frame, "printed", folder=tmp_path)
    assert {path.name for path in made.folder.iterdir()} == {"printed.csv", "source.txt", "sources.bib", "table.json"}
    assert len(rows(made)) == len(frame)
    assert (made.folder / "source.txt").read_text(encoding="utf-8").startswith("Source: SIPRI Fact Sheet")
    assert "<img" not in made._repr_html_()


def own_file(count):
    source = "SIPRI Arms Transfers Database, file generated 12 February 2026"
    years = np.arange(count) % 70 + 1950
    return pd.DataFrame(
        {"recipient": "India", "supplier": "Russia", "year": years, "source": source, "tiv_million": 1.0}
    )


def test_more_than_a_tenth_of_a_release_has_to_be_asked_for(tmp_path):
    with pytest.raises(ValueError, match=r"2,361 of about 23,600 rows.*less than ten per cent.*whole=True"):
        export.table(own_file(2361), "register", folder=tmp_path)
    assert not list(tmp_path.iterdir())
    assert len(rows(export.table(own_file(2360), "register", folder=tmp_path))) == 2360
    assert len(rows(export.table(own_file(2361), "register", folder=tmp_path, whole=True))) == 2361


@pytest.mark.parametrize("edition", [2022, 2024, 2025, 2026])
def test_the_bundled_rows_are_within_the_terms(tmp_path, edition):
    export.table(load.transfers(edition=edition), "bundled", folder=tmp_path)


def test_a_table_without_sources_is_refused(tmp_path):
    with pytest.raises(ValueError, match="column 'source'"):
        export.table(pd.DataFrame({"percent": [1.0]}), "x", folder=tmp_path)


# Figures of others


def test_any_other_figure_is_written_when_it_says_what_it_shows(tmp_path):
    fig, ax = plt.subplots()
    ax.plot([2000, 2001], [1, 2])
    with pytest.raises(ValueError, match="sources="):
        export.figure(fig, "x", folder=tmp_path)
    table = load.shares(recipient="Pakistan", of="imports", edition=2022)
    with pytest.raises(ValueError, match="alt"):
        export.figure(fig, "x", sources=[table], folder=tmp_path)
    with pytest.raises(ValueError, match="80 to 300"):
        export.figure(fig, "x", sources=table, alt="A line.", folder=tmp_path)
    alt = "Line chart of an invented series for the years 2000 and 2001, where the second is twice the first."
    made = export.figure(fig, "x", sources=table, alt=alt, preset="slide", folder=tmp_path)
    assert struct.unpack(">II", written(made, ".png").read_bytes()[16:24]) == (1920, 1080)
    assert len(rows(made)) == len(table)


def test_sources_named_on_export_are_named_everywhere(make, tmp_path):
    fig = make("windows")
    made = export.figure(fig, "x", sources=[load.shares(edition=2023)], folder=tmp_path)
    assert "March 2023 edition" in made.caption
    assert "March 2023 edition" in " ".join(t.get_text() for t in fig.findobj(Text)).replace("\n", " ")
    assert "sipri-factsheet-2023" in (made.folder / "sources.bib").read_text(encoding="utf-8")


# The proof-reader


def findings(fig, preset="web"):
    return set(export.check(fig, preset)["finding"])


def test_every_chart_is_clean_at_every_preset(chart):
    found = pd.concat([export.check(chart, preset).assign(preset=preset) for preset in PRESETS])
    assert found.empty, found.to_string()


def test_a_check_leaves_the_figure_as_it_was(make):
    fig = make("marked-shares")
    page_of(fig).fit("brief")
    before, after = io.BytesIO(), io.BytesIO()
    fig.savefig(before, format="raw")
    export.check(fig, "slide")
    fig.savefig(after, format="raw")
    assert before.getvalue() == after.getvalue()
    other, ax = plt.subplots(layout="constrained", figsize=(3, 2), dpi=70)
    ax.set_title("mine")
    engine = other.get_layout_engine()
    export.check(other, "slide")
    assert other.get_size_inches().tolist() == [3, 2]
    assert (other.dpi, other.get_layout_engine()) == (70, engine)


def plain():
    """A figure of plain matplotlib, clean but for the alt text."""
    with plt.style.context("analysis.paper"):
        fig, ax = plt.subplots()
    ax.plot([2000, 2001], [1, 2], color="#12436D", label="one")
    fig.suptitle("One line rises")
    fig.text(0.02, 0.02, "Share in % of volume (TIV). Source: SIPRI, March 2022 edition.")
    return fig, ax


def test_a_plain_figure_lacks_only_its_alt_text():
    assert findings(plain()[0]) == {"alt missing"}


def faulty(name):
    fig, ax = plain()
    note = fig.texts[1]
    if name == "headline missing":
        fig.suptitle("")
    elif name == "headline too long":
        fig.suptitle("One two three four five six seven eight nine ten eleven", fontsize=12)
    elif name == "source missing":
        note.set_text("Share in % of volume (TIV).")
    elif name == "edition missing":
        note.set_text("Share in % of volume (TIV). Source: SIPRI.")
    elif name == "unit missing":
        note.set_text("Source: SIPRI, March 2022 edition.")
    elif name == "TIV beside a currency":
        note.set_text("TIV in $ m. Share in %. Source: SIPRI, March 2022 edition.")
    elif name == "text too small":
        ax.text(2000.5, 1.5, "small", fontsize=6)
    elif name == "rotated text":
        ax.text(2000.5, 1.2, "steep", rotation=45)
    elif name == "line too thin":
        ax.plot([2000, 2001], [1.1, 1.2], color="#12436D", linewidth=0.1)
    elif name == "overlap":
        ax.text(2000.5, 1.2, "one label")
        ax.text(2000.5, 1.22, "another label")
    elif name == "clipped":
        fig.text(0.95, 0.5, "far too long for the little room that is left")
    elif name == "text contrast":
        ax.text(2000.5, 1.2, "faint", color="#999999")
    elif name == "mark contrast":
        ax.plot([2000, 2001], [1.1, 1.2], color="#DDDDDD")
    elif name == "legend":
        ax.legend()
    elif name == "colour reused":
        ax.plot([2000, 2001], [2, 1], color="#12436D", label="two")
    return fig


@pytest.mark.parametrize(
    "fault",
    [
        "headline missing", "headline too long", "source missing", "edition missing", "unit missing",
        "TIV beside a currency", "text too small", "rotated text", "line too thin", "overlap", "clipped",
        "text contrast", "mark contrast", "legend", "colour reused",
    ],
)  # fmt: skip
def test_the_proof_reader_finds_one_deliberate_fault(fault):
    assert findings(faulty(fault)) == {fault, "alt missing"}


def test_the_proof_reader_finds_texts_too_large_for_a_journal(make):
    fig, ax = plain()
    ax.text(2000.5, 1.5, "large", fontsize=9)
    assert "'large'" in set(export.check(fig, "nature-2col").query("finding == 'text too large'")["where"])


def test_the_proof_reader_finds_faults_of_alt_texts(make):
    fig = make("windows")
    (shown,) = record.of(fig)
    for alt, fault in [
        ("", "alt missing"),
        ("A chart of 2020.", "alt length"),
        ("A chart " * 12, "alt without a year"),
    ]:
        shown.alt = alt
        assert findings(fig) == {fault}


def test_the_proof_reader_sees_through_to_the_ground():
    fig, ax = plain()
    ax.bar([2000.5], [2], color="#12436D")
    ax.text(2000.5, 0.5, "dark on dark", color="#222222", ha="center")
    ax.text(2000.5, 0.8, "white on dark", color="white", ha="center")
    found = export.check(fig)
    assert found.loc[found["finding"] == "text contrast", "where"].tolist() == ["'dark on dark'"]


def test_the_proof_reader_sees_bands_behind_lines():
    fig, ax = plain()
    ax.axvspan(2000, 2001, color="#999999", zorder=0)
    ax.plot([2000, 2001], [2, 1], color="#767676", label="two")
    assert "mark contrast" in findings(fig)


def test_the_proof_reader_ignores_what_is_not_drawn():
    fig, ax = plain()
    ax.text(2000.5, 1.5, "faint", color="#EEEEEE", visible=False)
    hidden = fig.add_axes((0, 0, 1, 1), visible=False)
    hidden.text(0.5, 0.5, "faint", color="#EEEEEE", rotation=45)
    bare = fig.add_axes((0.5, 0.5, 0.1, 0.1))
    bare.set_axis_off()
    bare.set_ylabel("not drawn")
    assert findings(fig) == {"alt missing"}


def test_contrast_is_that_of_wcag():
    assert marks.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert marks.contrast("#12436D", "#FFFFFF") == pytest.approx(10.25, abs=0.005)
    assert marks.contrast("#F46A25", "#FFFFFF") == pytest.approx(3.03, abs=0.005)
