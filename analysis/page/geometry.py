"""Place text without overlap: pure geometry on numbers, deterministic, one pass each.

Lengths are in one unit throughout a call (the page uses pixels). Nothing here knows of matplotlib or of tables.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> np.ndarray | None:
    """New centres for boxes on a line: as near to the wished ones as they can be without touching.

    Parameters
    ----------
    centres, sizes
        The wished centre and the extent of each box.
    low, high
        The ends of the line.

    Returns
    -------
    ndarray or None
        The centres, in the order given; boxes keep the order of their wishes. None if they do not all fit.

    Notes
    -----
    The least-squares answer, found by pooling adjacent violators (Ayer and others 1955) after the minimum
    distances are taken out.

    Examples
    --------
    >>> spread([5, 5], [2, 2], 0, 10).tolist()
    [4.0, 6.0]
    """
    if not len(centres):
        return np.array([])
    order = np.argsort(centres, kind="stable")
    wish, size = np.asarray(centres, float)[order], np.asarray(sizes, float)[order]
    offset = np.concatenate([[0], np.cumsum((size[1:] + size[:-1]) / 2)])
    lowest, highest = low + size[0] / 2, high - size[-1] / 2 - offset[-1]
    if highest < lowest:
        return None
    pools: list[list[float]] = []
    for value in wish - offset:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            mean, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * count) / (last[1] + count)
            last[1] += count
    pooled = np.repeat([mean for mean, _ in pools], [int(count) for _, count in pools])
    placed = np.empty(len(wish))
    placed[order] = np.clip(pooled, lowest, highest) + offset
    return placed


def beside(
    starts: Sequence[float],
    ends: Sequence[float],
    widths: Sequence[float],
    left: float,
    right: float,
    gap: float,
    most: int,
) -> tuple[np.ndarray, list[int]] | None:
    """Labels beside their marks, to the right or to the left, in as few lanes as a first fit finds.

    Parameters
    ----------
    starts, ends
        Where each mark begins and ends.
    widths
        How wide each label is.
    left, right
        The room for labels.
    gap
        The distance of a label from its mark, and twice that the least distance between two items of a lane.
    most
        How many lanes there may be.

    Returns
    -------
    (lefts, lanes) or None
        The left end of each label and its lane. None if a label fits on neither side of its mark, or in no lane.

    Examples
    --------
    >>> lefts, lane = beside([10, 50], [12, 52], [20, 45], 0, 60, 1, most=2)
    >>> lefts.tolist(), lane
    ([13.0, 4.0], [0, 1])
    """
    if np.sum(widths) + np.sum(ends) - np.sum(starts) > most * (right - left + 2 * gap):
        return None
    lanes: list[list[tuple[float, float]]] = [[] for _ in range(most)]
    lefts, chosen = np.empty(len(widths)), [0] * len(widths)
    for i in np.argsort(starts, kind="stable"):
        to_right = (ends[i] + gap, starts[i], ends[i] + gap + widths[i])
        to_left = (starts[i] - gap - widths[i], starts[i] - gap - widths[i], ends[i])
        sides = [side for side in (to_right, to_left) if left <= side[0] <= right - widths[i]]
        free = ((k, side) for k, lane in enumerate(lanes) for side in sides if _clear(lane, *side[1:], 2 * gap))
        found = next(free, None)
        if found is None:
            return None
        chosen[i], (lefts[i], start, end) = found
        lanes[chosen[i]].append((start, end))
    return lefts, chosen


def _clear(lane: list[tuple[float, float]], start: float, end: float, gap: float) -> bool:
    return all(end + gap <= first or last + gap <= start for first, last in reversed(lane))


def stack(
    anchors: Sequence[float], widths: Sequence[float], left: float, right: float, gap: float
) -> tuple[np.ndarray, np.ndarray, list[int]] | None:
    """Labels in lanes over an axis, each with an upright leader that crosses no other label.

    A label starts at its anchor and runs to the right; one that would leave the axis is pushed back from the edge.
    A label that lies over another anchor takes a higher lane than that anchor's label, so that the leader below it
    stays free.

    Parameters
    ----------
    anchors, widths
        Where each leader stands and how wide each label is.
    left, right
        The room for labels.
    gap
        The least distance between two labels of a lane, and between a label and a leader that passes it.

    Returns
    -------
    (leaders, lefts, lanes) or None
        Where each leader stands (anchors closer than `gap` are pushed apart), the left end of each label and its
        lane, 0 nearest to the axis. None if the labels cannot be placed at any height.

    Examples
    --------
    >>> leaders, lefts, lane = stack([10, 20], [30, 30], 0, 100, 2)
    >>> lefts.tolist(), lane
    ([10.0, 20.0], [1, 0])
    """
    width = np.asarray(widths, float)
    leader = spread(anchors, np.full(len(width), 2 * gap), left - gap, right + gap)
    if leader is None:
        return None
    order = np.argsort(leader, kind="stable")
    box = np.empty(len(width))
    limit, pushed = right, np.inf
    for i in order[::-1]:
        room = limit if leader[i] >= pushed else right
        box[i] = min(leader[i], room - width[i])
        if box[i] < left:
            return None
        if box[i] < leader[i]:
            pushed, limit = min(pushed, box[i] - gap), leader[i] - 2 * gap
    height = _heights(leader, box, box + width, gap)
    return None if height is None else (leader, box, height)


def _heights(leader: np.ndarray, start: np.ndarray, end: np.ndarray, gap: float) -> list[int] | None:
    """The lane of each label: above those whose leader it covers, and clear of those beside it.

    None if two labels cover each other's leaders, so that neither can be the higher.
    """
    covers = (leader > start[:, None] - gap) & (leader < end[:, None] + gap)
    np.fill_diagonal(covers, False)
    beside = (start < end[:, None] + gap) & (end > start[:, None] - gap)
    height = np.full(len(leader), -1)
    waiting = set(range(len(leader)))
    while waiting:
        ready = [i for i in sorted(waiting) if (height[covers[i]] >= 0).all()]
        if not ready:
            return None
        for i in ready:
            lowest = height[covers[i]].max(initial=-1) + 1
            taken = set(height[beside[i] & (height >= 0)].tolist())
            height[i] = next(k for k in range(lowest, lowest + len(taken) + 1) if k not in taken)
        waiting.difference_update(ready)
    return height.tolist()


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`text` in lines no wider than `width`, broken at blanks; a single longer word stands alone.

    A number and its % are one word.

    Examples
    --------
    >>> wrap("one two three", 8, len)
    ['one two', 'three']
    >>> wrap("China 80 %", 8, len)
    ['China', '80 %']
    """
    lines: list[str] = []
    for word in re.split(r"(?<!\d) | (?!%)", text):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def free(boxes: np.ndarray, taken: np.ndarray, lines: np.ndarray, bounds: Sequence[float]) -> np.ndarray:
    """Which of `boxes` lie within `bounds` and touch neither a taken box nor a line.

    Parameters
    ----------
    boxes, taken
        One row per box: x0, y0, x1, y1.
    lines
        One row per straight piece of a drawn line: x0, y0, x1, y1.
    bounds
        x0, y0, x1, y1 of the room.

    Examples
    --------
    >>> free(np.array([[0, 0, 2, 1], [3, 0, 5, 1]]), np.array([[1, 0, 2, 1]]), np.empty((0, 4)), (0, 0, 9, 9)).tolist()
    [False, True]
    """
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    inside = (boxes[:, :2] >= bounds[:2]).all(axis=1) & (boxes[:, 2:] <= bounds[2:]).all(axis=1)
    overlaps = ((taken[:, :2] < high) & (taken[:, 2:] > low)).all(axis=2).any(axis=1)
    left = np.flatnonzero(inside & ~overlaps)
    found = np.zeros(len(boxes), dtype=bool)
    found[left] = ~_crossed(boxes[left], lines)
    return found


def _crossed(boxes: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Whether a straight piece enters each box: clip pieces to the boxes that they may meet (Liang and Barsky 1984)."""
    first, last = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
    near = (first <= boxes[:, None, 2:]) & (last >= boxes[:, None, :2])
    box, line = np.nonzero(near[..., 0] & near[..., 1])
    low, high, start = boxes[box, :2], boxes[box, 2:], lines[line, :2]
    step = lines[line, 2:] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / step, (high - start) / step
    # A piece along an axis lies within the box on the other one: `near` has seen to that.
    enter = np.where(step == 0, -np.inf, np.minimum(one, other)).max(axis=1, initial=0)
    leave = np.where(step == 0, np.inf, np.maximum(one, other)).min(axis=1, initial=1)
    crossed = np.zeros(len(boxes), dtype=bool)
    crossed[box[enter <= leave]] = True
    return crossed


def distance(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far each box (x0, y0, x1, y1) is from the nearest of `points` (x, y); without points, endlessly far.

    Examples
    --------
    >>> distance(np.array([[0, 0, 2, 1]]), np.array([[5, 5], [2, 4]])).tolist()
    [3.0]
    """
    gap = points[None] - np.clip(points[None], boxes[:, None, :2], boxes[:, None, 2:])
    return np.hypot(gap[..., 0], gap[..., 1]).min(axis=1, initial=np.inf)
