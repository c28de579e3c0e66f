"""No two texts overlap and none is cut: every chart, every preset, and whatever events come, at whatever size."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis import draw, load, measure
from analysis.export import proof
from analysis.page import PRESETS, page_of
from analysis.page.timeline import KINDS

#: Enough to find a fault, few enough to be quick; a found case is not shrunk, which would take minutes.
SETTINGS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def faults(fig):
    drawn = proof.measure(fig)
    return [*proof.overlaps(drawn), *proof.cuts(fig, drawn)]


def test_no_chart_has_texts_that_overlap_or_are_cut(chart):
    for preset in PRESETS:
        page_of(chart).fit(preset)
        assert (preset, faults(chart)) == (preset, [])


def pixels_of(fig):
    fig.canvas.draw()
    return fig.canvas.buffer_rgba().tobytes()


def test_a_figure_is_the_same_whatever_sizes_it_had_before_and_however_often_it_is_drawn(chart):
    first = {}
    for preset in ["web", "nature-1col", "slide", "nature-1col", "web"]:
        page_of(chart).fit(preset)
        assert (preset, pixels_of(chart)) == (preset, first.setdefault(preset, pixels_of(chart)))


@pytest.mark.filterwarnings("ignore:Glyph")
def test_letters_that_the_typeface_lacks_have_room():
    """A reader's own names may be in any script."""
    titles = ["印巴空战", "لاہور معاہدہ", "Лахор \x01"]
    events = load.events(importance=1).head(3).assign(title=titles, short_title=titles)
    fig = draw.headline(draw.events(events).figure, titles[0])
    assert faults(fig) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_long_names_fit_the_margin_of_a_mirror(preset):
    rows = measure.mutual(load.shares(), recipient="Saudi Arabia", supplier="United States")
    events = load.events(importance=1, since=2014, about="United States")
    with plt.style.context("analysis.paper"):
        fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[3, 1])
        draw.mutual(rows, ax=top)
        draw.events(events, ax=bottom)
        draw.headline(fig, "What each has of the other")
    page_of(fig).fit(preset)
    assert faults(fig) == []


# Events that a reader may bring: ties, the same day, months and years, before the axis, long titles, 1 to 135 of them.

words = st.text(alphabet="abcdefghij WM", min_size=1, max_size=60).map(lambda text: text.strip() or "x")
years = st.one_of(st.integers(1930, 2035), st.just(2020))
day = st.builds(lambda y, m, d: f"{y}-{m:02d}-{d:02d}", years, st.integers(1, 12), st.integers(1, 28))
start = st.one_of(
    day, st.just("2020-05-05"), years.map(str), st.builds(lambda y, m: f"{y}-{m:02d}", years, st.integers(1, 12))
)


@st.composite
def some_events(draw):
    count = draw(st.one_of(st.integers(1, 12), st.sampled_from([20, 40, 80, 135])))
    few = draw(st.lists(st.tuples(start, words, st.sampled_from(KINDS), st.integers(1, 3)), min_size=1, max_size=12))
    rows = [few[k % len(few)] for k in range(count)]
    lasting = draw(st.booleans())
    return pd.DataFrame(
        {
            "event": [f"event-{k}" for k in range(count)],
            "start": [row[0] for row in rows],
            "end": [f"{int(row[0][:4]) + k % 9}" if lasting and k % 3 == 0 else None for k, row in enumerate(rows)],
            "title": [f"{row[1][:57]} {k}"[:60] for k, row in enumerate(rows)],
            "short_title": [f"{row[1][:24]} {k}"[:28] for k, row in enumerate(rows)],
            "summary": "Invented.",
            "kind": [row[2] for row in rows],
            "actors": "Pakistan",
            "place": "",
            "importance": [row[3] for row in rows],
            "in_article": False,
            "source": "sipri-atd-2026",
            "verification": "verified",
            "note": None,
        }
    ).astype({"end": "str"})


millimetres = st.tuples(st.sampled_from(["nature-1col", "nature-2col", "elsevier-1col"]), st.integers(85, 190),
                        st.integers(60, 170), st.just(1 / 25.4))  # fmt: skip
pixels = st.tuples(st.just("web"), st.integers(640, 1920), st.integers(400, 1080), st.just(1 / 100))
smallest, largest = ("nature-1col", 85, 60, 1 / 25.4), ("slide", 1920, 1080, 1 / 144)
sizes = st.one_of(millimetres, pixels, st.just(smallest), st.just(largest))


def fitted(fig, size):
    preset, width, height, inches = size
    page_of(fig).fit(preset)
    fig.set_size_inches(width * inches, height * inches)
    return fig


@pytest.fixture(scope="module")
def shares():
    return measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026"))


@SETTINGS
@given(some_events(), sizes)
def test_boards_of_any_events_at_any_size(events, size):
    with plt.style.context("analysis.paper"):
        fig = draw.headline(draw.events(events).figure, "Whatever happened")
        assert faults(fitted(fig, size)) == []
    plt.close(fig)


@SETTINGS
@given(events=some_events(), size=sizes)
def test_any_events_marked_on_a_chart_at_any_size(shares, events, size):
    with plt.style.context("analysis.paper"):
        fig = draw.headline(draw.mark_events(draw.shares(shares), events).figure, "Whatever happened")
        assert faults(fitted(fig, size)) == []
    plt.close(fig)


@SETTINGS
@given(events=some_events(), size=sizes)
def test_a_chart_over_a_board_of_any_events_at_any_size(shares, events, size):
    with plt.style.context("analysis.paper"):
        fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[4, 1])
        draw.mark_events(draw.shares(shares, ax=top), events)
        draw.events(events, ax=bottom)
        draw.headline(fig, "Whatever happened")
        assert faults(fitted(fig, size)) == []
    plt.close(fig)


@pytest.mark.parametrize("count", [1, 2, 5, 10, 20, 40, 80, 135])
def test_real_events_in_any_number(shares, count):
    events = load.events().sort_values(["importance", "start"]).head(count)
    with plt.style.context("analysis.paper"):
        marked = draw.mark_events(draw.shares(shares), events).figure
        for fig in (marked, draw.events(events).figure):
            draw.headline(fig, "Whatever happened")
            for preset in ("web", "nature-1col", "slide"):
                page_of(fig).fit(preset)
                assert (preset, faults(fig)) == (preset, [])


def test_the_line_on_what_is_not_named_fits_a_column(shares):
    with plt.style.context("analysis.paper"):
        fig = draw.mark_events(draw.shares(shares), load.events()).figure
        draw.headline(fig, "Whatever happened")
        page_of(fig).fit("elsevier-1col")
        assert faults(fig) == []
