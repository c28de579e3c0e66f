"""Charts by their artists: what is drawn is what the table says."""

from itertools import pairwise

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis import draw, load, measure
from analysis.draw import style
from analysis.page import palette


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def computed():
    return measure.shares(load.transfers(edition=2026))


@pytest.fixture(scope="module")
def pakistan(computed):
    return computed.query("recipient == 'Pakistan' and of == 'imports'")


def line(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def texts(ax):
    ax.figure.canvas.draw()
    return [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text) if text.get_visible()]


def contrast(one, other="#FFFFFF"):
    """The contrast ratio of WCAG 2."""

    def luminance(tint):
        parts = np.array(matplotlib.colors.to_rgb(tint))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_share_lines_hold_the_shares(pakistan):
    ax = draw.shares(pakistan)
    china = pakistan[pakistan["supplier"] == "China"].set_index("last_year")["percent"]
    drawn = line(ax, "China").get_ydata()
    assert np.allclose(drawn[~np.isnan(drawn)], china.to_numpy())
    assert "China 80 %" in texts(ax)


def test_a_window_without_deliveries_is_a_gap(pakistan):
    kingdom = line(draw.shares(pakistan), "United Kingdom").get_ydata()
    assert np.isnan(kingdom).any()
    assert not (kingdom == 0).any()


def test_the_rest_is_visible(pakistan):
    ax = draw.shares(pakistan)
    named = {each.get_label() for each in ax.lines} & set(pakistan["supplier"])
    rest = pakistan[~pakistan["supplier"].isin(named)].groupby("last_year")["percent"].sum()
    drawn = line(ax, "Others").get_ydata()
    assert np.allclose(drawn[~np.isnan(drawn)], rest.to_numpy())


def test_printed_shares_are_points_and_no_line_joins_editions():
    printed = load.shares(recipient="Pakistan", of="imports")
    ax = draw.shares(printed)
    diamonds = [each for each in ax.lines if each.get_marker() == "D"]
    assert diamonds
    assert all(each.get_linewidth() == 0 for each in diamonds)


def test_printed_and_computed_differ_by_shape(pakistan):
    both = pd.concat([pakistan, load.shares(recipient="Pakistan", supplier="China", of="imports")])
    ax = draw.shares(both)
    assert {"D"} == {each.get_marker() for each in ax.lines if each.get_markerfacecolor() == "white"}


def test_two_editions_in_one_line_are_refused(pakistan):
    older = measure.shares(load.transfers(recipient="Pakistan", edition=2022))
    with pytest.raises(ValueError, match="across 2 editions"):
        draw.shares(pd.concat([pakistan, older]))


def test_several_countries_or_directions_are_refused(computed):
    with pytest.raises(ValueError, match="one direction"):
        draw.shares(computed)
    with pytest.raises(ValueError, match="one country's imports"):
        draw.shares(computed[computed["of"] == "imports"])


def test_bars_of_transfers_add_up_to_the_totals():
    transfers = load.transfers(recipient="Pakistan", edition=2026)
    ax = draw.transfers(transfers)
    tops = pd.Series(0.0, index=range(1950, 2026))
    for bars in ax.containers:
        tops += [bar.get_height() for bar in bars]
    assert np.allclose(tops, transfers.groupby("year")["tiv_million"].sum())


def test_the_mirror_has_both_sides(computed):
    ax = draw.mutual(measure.mutual(computed, recipient="Pakistan", supplier="China"))
    up, down = [each.get_ydata() for each in ax.lines if "arms" in str(each.get_label())]
    assert np.nanmin(up) >= 0
    assert np.nanmax(down) <= 0
    assert {"80 %", "61 %"} <= set(texts(ax))


def test_a_missing_side_of_the_mirror_is_missing(computed):
    ax = draw.mutual(measure.mutual(computed, recipient="India", supplier="Russia"))
    down = next(each for each in ax.lines if "exports" in str(each.get_label()))
    assert np.isnan(down.get_ydata()).all()


def test_concentration_and_the_largest_partner(pakistan):
    table = measure.concentration(pakistan)
    ax = draw.dependence(table)
    assert np.allclose(line(ax, "effective number").get_ydata(), table.sort_values("last_year")["effective_low"])
    assert to_hex(line(ax, "China").get_color()).upper() == style.colour("China")


def test_printed_concentration_is_a_band():
    table = measure.concentration(load.shares(recipient="India", of="imports"))
    ax = draw.dependence(table)
    (band,) = [each for each in ax.collections if len(each.get_segments()) == len(table)]
    heights = np.array([segment[1, 1] - segment[0, 1] for segment in band.get_segments()])
    assert np.allclose(heights, (table["effective_high"] - table["effective_low"]))


def test_ranking_is_sorted_and_named():
    table = measure.concentration(load.shares(of="imports", edition=2026, since=2025))
    ax = draw.ranking(table)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(widths, reverse=True)
    assert "China 80 %" in texts(ax)


def test_a_ranking_across_editions_is_refused():
    with pytest.raises(ValueError, match="editions"):
        draw.ranking(measure.concentration(load.shares(of="imports")))


def test_revisions_have_one_line_per_release():
    printed = load.shares(recipient="Pakistan", supplier="China", of="imports")
    ax = draw.revisions(
        measure.revisions(printed, load.transfers(recipient="Pakistan", edition="all")).query("supplier == 'China'")
    )
    assert sum("release" in text for text in texts(ax)) >= 4


def test_window_strip_has_a_bar_per_length():
    table = measure.windows(load.transfers(edition=2022), recipient="Pakistan", supplier="China")
    ax = draw.windows(table)
    assert sorted(round(bar.get_width(), 6) for bar in ax.patches) == sorted(table["percent"].round(6))


def test_equipment_without_delivery_is_an_open_circle():
    ax = draw.equipment(load.equipment(category="submarine"))
    assert "0 of 8" in texts(ax)
    assert any(each.get_markerfacecolor() == "white" for each in ax.lines)


def test_rough_dates_are_bars_and_days_are_dots():
    events = load.events(event=["kargil-1999", "taliban-kabul-2021"])
    ax = draw.events(events)
    rough, day = style.page(ax.figure).panel(ax).timeline.marks
    assert np.ptp(rough[0].get_xdata()) > 27
    assert len(day[0].get_xdata()) == 1


def test_marked_events_shade_the_windows_that_contain_them(pakistan):
    ax = draw.shares(pakistan)
    before = len(ax.patches)
    draw.mark_events(ax, load.events(event="cpec-launch-2015"))
    (shade,) = ax.patches[before:]
    first, last = (
        str(matplotlib.dates.num2date(edge).year) for edge in (shade.get_x(), shade.get_x() + shade.get_width())
    )
    assert (first, last) == ("2015", "2019")


def test_events_can_be_marked_only_on_years_and_once(pakistan):
    events = load.events(importance=1)
    with pytest.raises(ValueError, match="no years"):
        draw.mark_events(plt.figure().add_subplot(), events)
    ax = draw.mark_events(draw.shares(pakistan), events)
    with pytest.raises(ValueError, match="already"):
        draw.mark_events(ax, events)


def test_headlines_bring_subtitle_and_source(pakistan):
    ax = draw.shares(pakistan)
    draw.headline(ax.figure, "Four fifths of Pakistan's arms now come from China")
    shown = " ".join(texts(ax)).replace("\n", " ")
    assert "five-year windows 1950–54 to 2021–25, % of volume (TIV)" in shown
    assert "own calculation from the SIPRI Arms Transfers Database, March 2026 release" in shown


def test_money_is_refused_in_headlines_notes_and_labels(pakistan):
    ax = draw.shares(pakistan)
    with pytest.raises(ValueError, match="currency"):
        draw.headline(ax.figure, "Pakistan spent $5 billion")
    with pytest.raises(ValueError, match="currency"):
        draw.note(ax, "TIV in dollars")


def test_no_chart_touches_its_table(pakistan):
    before = pakistan.copy()
    draw.shares(pakistan)
    pd.testing.assert_frame_equal(pakistan, before)


def test_colours_have_contrast():
    for tint in {*style.COLOURS.values(), style.GREY, style.PALE, style.DARK}:
        assert contrast(tint) >= 3, tint
    for tint in (palette.INK, palette.MUTED):
        assert contrast(tint) >= 4.5


def test_neighbouring_palette_colours_have_contrast():
    assert all(contrast(a, b) >= 3 for a, b in pairwise(palette.SERIES))


def test_names_in_labels_read_as_in_sentences():
    """Invented: two countries whose names take an article and, with their s, a bare apostrophe."""
    rows = {"recipient": "Netherlands", "supplier": "United States", "first_year": 2017, "last_year": 2021}
    rows |= {"source": "invented rows", "basis": "computed"}
    both = pd.DataFrame({**rows, "import_percent": [60.0], "export_percent": 5.0, "gap": 55.0, "decimals": None})
    ax = draw.mutual(both)
    beside = [(label.words, label.short) for label in style.page(ax.figure).panel(ax).beside]
    assert [short for _, short in beside] == ["of the Netherlands' imports", "of the United States' exports"]
    of = ["imports", "exports"]
    strip = pd.DataFrame({**rows, "of": of, "percent": [60.0, 5.0], "window_years": 5})
    labels = [label.get_text() for label in draw.windows(strip).get_yticklabels()]
    assert labels == ["The Netherlands' imports, 2017–21", "The United States' exports, 2017–21"]
