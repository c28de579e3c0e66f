"""Placement: nothing overlaps, nothing leaves its room, no leader crosses a label, whatever comes."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.page import geometry

number = st.floats(0, 1000)
boxes = st.lists(st.tuples(number, st.floats(1, 60)), min_size=1, max_size=40)
labels = st.lists(
    st.tuples(st.one_of(number, st.sampled_from([0.0, 500.0, 1000.0])), st.floats(4, 300)), min_size=1, max_size=135
)


@given(boxes)
def test_spread_never_overlaps_and_keeps_order(rows):
    centres, sizes = map(np.array, zip(*rows, strict=True))
    placed = geometry.spread(centres, sizes, 0, 1000)
    if placed is None:
        assert sizes.sum() > 1000 - 1e-6
        return
    order = np.argsort(centres, kind="stable")
    edges = np.stack([placed - sizes / 2, placed + sizes / 2], axis=1)[order]
    assert (edges[1:, 0] >= edges[:-1, 1] - 1e-6).all()
    assert edges[0, 0] >= -1e-6
    assert edges[-1, 1] <= 1000 + 1e-6


def test_spread_leaves_free_boxes_where_they_are():
    assert geometry.spread([10, 50, 90], [4, 4, 4], 0, 100).tolist() == [10, 50, 90]


@given(labels, st.floats(0.5, 5))
def test_labels_beside_their_marks_never_overlap(rows, gap):
    starts, widths = map(np.array, zip(*rows, strict=True))
    ends = starts + 8
    placed = geometry.beside(starts, ends, widths, -10, 1010, gap, most=40)
    if placed is None:
        return
    lefts, lane = placed[0], np.array(placed[1])
    first, last = np.minimum(starts, lefts), np.maximum(ends, lefts + widths)
    assert (lefts >= -10).all()
    assert (lefts + widths <= 1010 + 1e-6).all()
    for k in set(lane):
        order = np.argsort(first[lane == k], kind="stable")
        assert (first[lane == k][order][1:] >= last[lane == k][order][:-1] + gap).all()


@given(labels, st.floats(0.5, 5))
def test_stacked_labels_are_free_of_each_other_and_of_every_leader(rows, gap):
    anchors, widths = map(np.array, zip(*rows, strict=True))
    placed = geometry.stack(anchors, widths, 0, 1000, gap)
    if placed is None:
        return
    leader, left, lane = placed
    right, lane = left + widths, np.array(lane)
    assert (left >= 0).all()
    assert (right <= 1000 + 1e-6).all()
    assert ((leader >= left - 1e-6) & (leader <= right + 1e-6)).all()
    for i in range(len(rows)):
        same = (lane == lane[i]) & (np.arange(len(rows)) != i)
        assert not (same & (left < right[i]) & (right > left[i])).any()
        below = lane < lane[i]
        assert not (below & (left < leader[i]) & (leader[i] < right)).any()


def test_stack_places_whatever_fits_on_one_line():
    _, left, lane = geometry.stack([0, 40, 80], [30, 30, 15], 0, 100, gap=2)
    assert lane == [0, 0, 0]
    assert left.tolist() == [0, 40, 80]


def test_stack_pushes_the_last_label_back_from_the_edge():
    leader, left, _ = geometry.stack([90], [30], 0, 100, gap=2)
    assert leader.tolist() == [90]
    assert left.tolist() == [70]


@given(st.lists(number, min_size=1, max_size=30), st.floats(0.5, 4))
def test_stack_always_places_narrow_labels(anchors, gap):
    assert geometry.stack(anchors, [5.0] * len(anchors), 0, 1000, gap) is not None


def test_stack_refuses_a_label_wider_than_the_room():
    assert geometry.stack([5], [200], 0, 100, gap=2) is None


@given(st.text(alphabet="ab 1%", min_size=1, max_size=80), st.integers(1, 20))
def test_wrap_loses_nothing(text, width):
    lines = geometry.wrap(text, width, len)
    assert " ".join(lines) == text
    assert all(len(line) <= width or " " not in re.sub(r"(?<=\d) (?=%)", "", line) for line in lines)
    assert not re.search(r"\d\n%", "\n".join(lines))


def test_free_boxes_are_clear_of_boxes_lines_and_edges():
    wished = np.array([[0, 0, 2, 2], [3, 3, 5, 5], [6, 6, 8, 8], [9, 9, 12, 12]], float)
    taken = np.array([[1, 1, 2, 2]], float)
    diagonal = np.array([[2.5, 5.5, 5.5, 2.5]], float)
    assert geometry.free(wished, taken, diagonal, (0, 0, 10, 10)).tolist() == [False, False, True, False]


def test_free_sees_a_line_that_runs_through_without_ending_inside():
    level = np.array([[0, 4, 10, 4]], float)
    assert not geometry.free(np.array([[3, 3, 5, 5]], float), np.empty((0, 4)), level, (0, 0, 10, 10)).any()
