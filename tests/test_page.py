"""A page is whole however it is shown, knows what is drawn on it and nothing else, and keeps its look."""

import base64
import io
import pickle
import re
import warnings
from importlib.resources import files

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from nbclient import NotebookClient
from PIL import Image

from analysis import draw, export, load, measure, words
from analysis.export.view import view
from analysis.page import PRESETS, canvas, page_of, palette, record


@pytest.fixture(scope="module")
def computed():
    return measure.shares(load.transfers(edition=2026))


@pytest.fixture
def pakistan(computed):
    return computed.query("recipient == 'Pakistan' and of == 'imports'")


@pytest.fixture
def india(computed):
    return computed.query("recipient == 'India' and of == 'imports'")


@pytest.fixture
def events():
    return load.events(about=["Pakistan", "China"], importance=1)


def pixels(fig, **how):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", **how)
    return np.asarray(Image.open(buffer).convert("RGB"))


def shown(fig):
    fig.canvas.draw()
    return " ".join(t.get_text() for t in fig.findobj(Text) if t.get_visible()).replace("\n", " ")


def title_of(ax):
    return record.on(ax)[0].subject


# Whole in every way of showing


@pytest.fixture(params=["web", "nature-1col"])
def fitted(request, pakistan, events):
    """A chart over a board, at two sizes."""
    with plt.style.context("analysis.paper"):
        fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[4, 1])
    draw.shares(pakistan, ax=top)
    draw.events(events, ax=bottom)
    page_of(draw.headline(fig)).fit(request.param)
    return fig


def test_a_tight_picture_is_the_whole_page(fitted):
    plain = pixels(fitted)
    assert (pixels(fitted, bbox_inches="tight") == plain).all()
    assert (pixels(fitted, bbox_inches="tight", bbox_extra_artists=[]) == plain).all()
    with plt.rc_context({"savefig.bbox": "tight", "savefig.pad_inches": 0.5}):
        assert (pixels(fitted) == plain).all()


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_tight_vector_picture_is_the_whole_page(fitted, kind):
    made = []
    for how in ({}, {"bbox_inches": "tight"}):
        buffer = io.BytesIO()
        with plt.rc_context({"svg.hashsalt": "x"}):
            fitted.savefig(buffer, format=kind, metadata={"Date" if kind == "svg" else "CreationDate": None}, **how)
        made.append(buffer.getvalue())
    size = rb'viewBox="[^"]*"' if kind == "svg" else rb"/MediaBox \[[^\]]*\]"
    assert re.findall(size, made[0]) == re.findall(size, made[1]) != []
    # The tight one is written with a clip around its crop: the same marks, so about as many bytes.
    assert len(made[1]) == pytest.approx(len(made[0]), rel=0.01)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_part_of_a_page_is_cut_out_of_it_as_it_is(pakistan, by_hand):
    whole, part = (draw.headline(draw.shares(pakistan).figure) for _ in range(2))
    if by_hand:
        part.tight_layout()
    cut = pixels(part, bbox_inches=Bbox([[0, 0], [6, 3]]))
    assert cut.shape[:2] == (300, 600)
    # Not the same to the last bit: strokes are smoothed at the edge of the cut, and rounded from another corner.
    assert (cut != pixels(whole)[-300:, :600]).any(axis=2).mean() < 0.001


LAYOUTS = {
    "tight by hand": lambda fig: fig.tight_layout(),
    "tight by pyplot": lambda fig: (plt.figure(fig.number), plt.tight_layout()),
    "engine tight": lambda fig: fig.set_layout_engine("tight"),
    "engine constrained": lambda fig: fig.set_layout_engine("constrained"),
    "no engine": lambda fig: fig.set_layout_engine("none"),
    "adjusted": lambda fig: fig.subplots_adjust(left=0.4, top=0.5),
}


@pytest.mark.filterwarnings("ignore:.*layout", "ignore:constrained_layout")
@pytest.mark.parametrize("way", LAYOUTS)
def test_no_other_layout_moves_the_page_or_erases_what_it_knows(fitted, way):
    before, known = pixels(fitted), page_of(fitted).lettering()
    LAYOUTS[way](fitted)
    assert (pixels(fitted) == before).all()
    assert (pixels(fitted, bbox_inches="tight") == before).all()
    assert page_of(fitted).lettering() == known


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"figure.constrained_layout.use": True}, {}),
        ({"figure.autolayout": True}, {}),
        ({}, {"layout": "constrained"}),
        ({}, {"layout": "compressed"}),
        ({}, {"layout": "tight"}),
    ],
)
def test_a_figure_with_a_layout_of_its_own_gets_the_same_page(pakistan, settings, options):
    made = []
    for rc, more in (({}, {}), (settings, options)):
        with plt.style.context("analysis.paper"), plt.rc_context(rc):
            fig, ax = plt.subplots(**more)
            draw.headline(draw.shares(pakistan, ax=ax).figure)
            made.append(pixels(fig))
    assert (made[0] == made[1]).all()


def test_parts_of_figures_are_refused_with_the_way_out(pakistan):
    part = plt.figure().subfigures(1, 2)[0]
    ax = part.subplots()
    for attempt in (lambda: draw.shares(pakistan, ax=ax), lambda: draw.note(ax, "x"), lambda: draw.headline(part)):
        with pytest.raises(ValueError, match=r"plt\.subplots\(1, 2\)"):
            attempt()
    inset = plt.figure().add_subplot().inset_axes((0.5, 0.5, 0.4, 0.4))
    with pytest.raises(ValueError, match="within other axes"):
        draw.shares(pakistan, ax=inset)
    gone = plt.figure().add_subplot()
    gone.remove()
    with pytest.raises(ValueError, match="removed from their figure"):
        draw.shares(pakistan, ax=gone)


def test_a_page_survives_being_pickled_and_cleared(pakistan):
    fig = draw.headline(draw.shares(pakistan).figure)
    before = pixels(fig)
    other = pickle.loads(pickle.dumps(fig))
    assert (pixels(other) == before).all()
    assert (pixels(other, bbox_inches="tight") == before).all()
    fig.clear()
    assert page_of(fig) is None
    fig.add_subplot().plot([1, 2])
    assert pixels(fig, bbox_inches="tight").shape != before.shape
    assert (pixels(draw.headline(draw.shares(pakistan, ax=fig.subplots()).figure)).shape) == before.shape


def test_a_page_is_laid_out_once_for_each_picture(pakistan, monkeypatch):
    fig = draw.headline(draw.shares(pakistan).figure)
    passes, lay_out = [], page_of(fig).lay_out
    monkeypatch.setattr(page_of(fig), "lay_out", lambda: (passes.append(1), lay_out()))
    for how in ({}, {"bbox_inches": "tight"}):
        passes.clear()
        fig.savefig(io.BytesIO(), format="svg", **how)
        assert len(passes) == 1
    passes.clear()
    fig.canvas.draw()
    fig.canvas.draw()
    assert len(passes) == 2


def test_the_versions_of_matplotlib_that_these_tests_were_run_with():
    assert mpl.__version__.rpartition(".")[0] in canvas.TESTED, "run test_page.py, then add the version to canvas.py"


# In a kernel, as JupyterLab shows it

SETUP = """
import matplotlib.pyplot as plt
from analysis import draw, load, measure
shares = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
def size():
    fig = plt.figure(plt.get_fignums()[-1])
    print(fig.bbox.width, fig.bbox.height)
"""

CELLS = {
    "chart alone": "ax = draw.shares(shares); size(); ax",
    "figure as a value": "fig = draw.headline(draw.shares(shares).figure); plt.close(fig); fig",
    "tight by hand": "fig = draw.headline(draw.shares(shares).figure); plt.tight_layout(); fig.axes[0]",
    "constrained": "fig, ax = plt.subplots(layout='constrained', dpi=100); draw.shares(shares, ax=ax)",
}


@pytest.fixture(scope="module")
def outputs():
    """The pictures of each cell in each format of the inline backend, from one kernel."""
    book, where = nbformat.v4.new_notebook(), []
    book.cells.append(nbformat.v4.new_code_cell(SETUP))
    for kind in ("png", "retina", "svg", "pdf", "jpeg"):
        book.cells.append(nbformat.v4.new_code_cell(f"%config InlineBackend.figure_formats = ['{kind}']"))
        for name, source in CELLS.items():
            where.append((kind, name, len(book.cells)))
            book.cells.append(nbformat.v4.new_code_cell(source))
    NotebookClient(book, timeout=240).execute()
    return {(kind, name): book.cells[k].outputs for kind, name, k in where}


def picture(outputs, mime):
    found = [each for each in outputs if mime in each.get("data", {})]
    assert len(found) == 1
    return found[0]["data"][mime], found[0].get("metadata", {}).get(mime, {})


def reference(name):
    """The same cell drawn here: its picture, and the box of every text on it."""
    space = {"plt": plt, "draw": draw, "size": lambda: None}
    space["shares"] = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
    exec(CELLS[name].replace("plt.close(fig); ", ""), space)
    fig = plt.gcf()
    fig.set_layout_engine("none")
    return fig


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_shows_the_whole_page(outputs, name):
    fig = reference(name)
    plain = pixels(fig)
    assert "Source: own calculation" in shown(fig)
    data, _ = picture(outputs["png", name], "image/png")
    assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) == plain).all()
    data, size = picture(outputs["retina", name], "image/png")
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (2 * plain.shape[1], 2 * plain.shape[0])
    assert (size["width"], size["height"]) == (plain.shape[1], plain.shape[0])
    data, _ = picture(outputs["jpeg", name], "image/jpeg")
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (plain.shape[1], plain.shape[0])
    svg, _ = picture(outputs["svg", name], "image/svg+xml")
    points = [round(side * 72 / fig.dpi) for side in (plain.shape[1], plain.shape[0])]
    assert [round(float(part)) for part in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()] == points
    pdf, _ = picture(outputs["pdf", name], "application/pdf")
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", base64.b64decode(pdf))
    assert [round(float(part)) for part in box.groups()] == points


# The figure knows what it shows


def test_words_come_from_what_is_drawn_in_whatever_order(pakistan, events):
    made = []
    for order in ("chart marks headline", "headline chart marks", "chart headline marks"):
        with plt.style.context("analysis.paper"):
            fig, ax = plt.subplots()
        for step in order.split():
            if step == "chart":
                draw.shares(pakistan, ax=ax)
            elif step == "marks":
                draw.mark_events(ax, events)
            else:
                draw.headline(fig)
        made.append((page_of(fig).lettering(), pixels(fig).tobytes()))
    assert made[0] == made[1] == made[2]
    assert made[0][0].headline == words.finding(pakistan)
    assert made[0][0].source == words.source_line(pakistan, events)


def test_a_chart_without_a_headline_has_subtitle_and_source(pakistan):
    text = shown(draw.shares(pakistan).figure)
    assert words.subject(pakistan) in text
    assert words.source_line(pakistan) in text


def test_a_headline_cannot_name_another_table(pakistan):
    fig = draw.shares(pakistan).figure
    other = load.shares(recipient="Pakistan", edition=2022)
    with pytest.warns(DeprecationWarning, match="knows which tables"):
        draw.headline(fig, "Four fifths come from China", other)
    assert "2022" not in page_of(fig).lettering().source
    with pytest.raises(ValueError, match="not a DataFrame"):
        draw.headline(fig, other)
    with pytest.raises(ValueError, match="currency"):
        draw.headline(fig, "$5")


def test_a_board_has_no_finding_and_says_so_at_once(events):
    fig = draw.events(events).figure
    with pytest.raises(ValueError, match="finding"):
        draw.headline(fig)


def test_two_charts_on_one_axes_are_both_known(pakistan, india, tmp_path):
    with plt.style.context("analysis.paper"):
        fig, ax = plt.subplots()
    draw.shares(pakistan, ax=ax)
    draw.shares(india, ax=ax)
    draw.headline(fig)
    seen = view(fig)
    assert [len(table) for _, table in seen.blocks] == [len(pakistan), len(india)]
    for table in (pakistan, india):
        assert words.subject(table) in seen.caption
        assert words.subject(table) in shown(fig)
    made = export.figure(fig, "both", folder=tmp_path)
    assert len(pd.read_csv(made.folder / "both.csv")) == len(pakistan) + len(india)


def test_the_alt_text_tells_of_both_charts_on_one_axes(pakistan, india):
    ax = draw.shares(pakistan.query("supplier == 'China'"))
    draw.shares(india.query("supplier == 'Russia'"), ax=ax)
    assert "Pakistan's" in (alt := view(ax.figure).alt)
    assert "India's" in alt


def test_removed_and_cleared_axes_are_forgotten(pakistan, india, events):
    fig, axes = plt.subplots(3)
    for ax, chart, table in zip(axes, (draw.shares, draw.shares, draw.events), (pakistan, india, events), strict=True):
        chart(table, ax=ax)
    draw.headline(fig)
    axes[2].remove()
    assert "India" in view(fig).caption
    axes[1].clear()
    assert "India" not in (seen := view(fig)).caption + seen.alt + shown(fig)
    assert [len(table) for _, table in seen.blocks] == [len(pakistan)]
    assert "Pale bar" not in shown(fig)
    assert pixels(fig, bbox_inches="tight").shape == pixels(fig).shape
    for preset in PRESETS:
        page_of(fig).fit(preset)
        fig.canvas.draw()
    draw.shares(india, ax=axes[1])
    assert "India" in view(fig).caption
    axes[0].remove()
    assert title_of(axes[1]) == view(fig).subject
    fig.clear()
    fig.canvas.draw()
    with pytest.raises(ValueError, match="Nothing is known"):
        view(fig)


def test_marks_and_notes_go_with_their_axes(pakistan, events):
    fig, (top, bottom) = plt.subplots(2)
    draw.mark_events(draw.shares(pakistan, ax=top), events)
    draw.note(bottom, "Missing is not zero.")
    assert "Missing is not zero." in view(fig).notes
    assert any("marked event" in note for note in view(fig).notes)
    bottom.remove()
    assert "Missing is not zero." not in view(fig).notes
    top.clear()
    assert page_of(fig).lettering().notes == ()
    draw.mark_events(draw.shares(pakistan, ax=top), events)
    assert [kind for kind, _ in view(fig).blocks] == ["shares", "events"]


def test_two_boards_on_one_axes_are_refused(events):
    ax = draw.events(events)
    with pytest.raises(ValueError, match="already"):
        draw.events(events, ax=ax)


def test_a_figure_drawn_twice_keeps_no_memory_of_a_smaller_one(pakistan):
    with plt.style.context("analysis.paper"):
        small, fresh = (draw.equipment(load.equipment()).figure for _ in range(2))
    page_of(small).fit("nature-1col")
    small.canvas.draw()
    for fig in (small, fresh):
        page_of(fig).fit("web")
    assert (pixels(small) == pixels(fresh)).all()


# One palette


def test_the_style_sheet_has_the_colours_of_the_palette():
    text = files("analysis").joinpath("paper.mplstyle").read_text(encoding="utf-8")
    known = {value.lstrip("#") for name, value in vars(palette).items() if isinstance(value, str) and name.isupper()}
    assert set(re.findall(r"\b[0-9A-F]{6}\b", text)) <= known
    with plt.style.context("analysis.paper"):
        assert plt.rcParams["axes.prop_cycle"].by_key()["color"] == list(palette.SERIES)
        assert mpl.colors.to_hex(plt.rcParams["grid.color"]).upper() == palette.RULE
        assert mpl.colors.to_hex(plt.rcParams["text.color"]).upper() == palette.INK


def test_no_module_but_the_palette_writes_a_colour():
    for path in sorted(files("analysis").glob("[dpew]*/*.py")):
        text = path.read_text(encoding="utf-8")
        code = re.sub(r'"""[\s\S]*?"""', "", text)
        if path.name not in ("palette.py",):
            assert not re.search(r"#[0-9A-Fa-f]{6}\b", code), path


# A reader's own settings


OWN = {
    "lines.linewidth": 5, "font.size": 20, "font.family": "serif", "path.sketch": (1, 100, 2), "axes.grid": False,
    "xtick.top": True, "xtick.minor.visible": True, "ytick.right": True, "xtick.direction": "in",
    "text.usetex": True, "pdf.use14corefonts": True, "axes.spines.left": True, "axes.facecolor": "yellow",
    "lines.antialiased": False, "patch.linewidth": 3, "axes.unicode_minus": False, "text.color": "red",
}  # fmt: skip


def test_a_chart_of_its_own_looks_the_same_under_any_settings(pakistan, events):
    """Without a figure given, the style and not the reader's settings decide."""
    made = []
    for own in ({}, OWN):
        with plt.rc_context(own), warnings.catch_warnings():
            warnings.simplefilter("error")
            ax = draw.mark_events(draw.shares(pakistan), events)
            made.append(pixels(draw.headline(ax.figure, "Much comes from China")))
    assert (made[0] == made[1]).all()


def test_the_style_sheet_stands_above_a_readers_settings(pakistan, events):
    made = []
    for own in ({}, OWN | {"axes.spines.bottom": False, "ytick.minor.visible": True, "xtick.labeltop": True}):
        with plt.rc_context(own), plt.style.context("analysis.paper"):
            fig, (top, bottom) = plt.subplots(2, sharex=True)
            draw.shares(pakistan, ax=top)
            draw.events(events, ax=bottom)
            made.append(pixels(draw.headline(fig)))
    assert (made[0] == made[1]).all()


def test_private_parts_of_matplotlib_are_used_in_one_file():
    private = re.compile(r"\b(fig|ax|axis|line|plt|text|artist|tick|renderer|canvas|engine)\._[a-z]")
    for path in sorted(files("analysis").glob("*/*.py")):
        assert path.name == "canvas.py" or not private.search(path.read_text(encoding="utf-8")), path
