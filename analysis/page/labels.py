"""Give the labels of one chart their places, once its axes have theirs."""

import numpy as np
from matplotlib.lines import Line2D

from analysis.page import geometry
from analysis.page.places import Box, Obstacles, all_pieces, around, everywhere, folded, put, set_line
from analysis.page.presets import DOT
from analysis.page.requests import Beside, Inside, Panel
from analysis.page.timeline import KIND_NAMES, Pen, Plan, Timeline

#: The lines of words that each label is set in.
Lines = dict[Beside, list[str]]


def beside_lines(pen: Pen, label: Beside, room: float) -> list[str]:
    """The words of a label beside a point: short ones where they would take half; wrapped in the margin."""
    if not label.spread:
        return [label.short if label.short and pen.width(label.text, label.words) > room / 2 else label.words]
    return margin_lines(pen, label, label.words, room)


def margin_lines(pen: Pen, label: Beside, words: str, room: float) -> list[str]:
    """Words as they are set in the margin, which is no wider than a part of the room."""
    return [
        line
        for part in words.split("\n")
        for line in geometry.wrap(part, room * 0.3, lambda words: pen.width(label.text, words))
    ]


def margin_height(pen: Pen, labels: list[Beside], lines: Lines) -> float:
    """The height that labels of the margin take."""
    return sum(len(lines[label]) * pen.line(label.text) + _value_height(pen, label) for label in labels)


def timeline_labels(pen: Pen, timeline: Timeline, plan: Plan | None, elsewhere: bool, plot: Box) -> None:
    """Marks and labels of the events that are planned; marks of all where a board names them `elsewhere`."""
    shown = set(np.flatnonzero(timeline.inside()) if elsewhere else plan.shown if plan else [])
    for k, text in enumerate(timeline.labels):
        labelled = plan is not None and k in shown
        text.set_visible(labelled)
        for artist in [*timeline.marks[k], *timeline.leaders[k : k + 1]]:
            artist.set_visible(k in shown and (labelled or artist in timeline.marks[k]))
    for text in [*timeline.kinds, *timeline.rules]:
        text.set_visible(False)
    if plan is None:
        for artist in [*timeline.kinds, *timeline.rules]:
            artist.set_visible(False)
        return
    if timeline.board:
        _board(pen, timeline, plan, plot)
    else:
        _strip(pen, timeline, plan, plot)


def _strip(pen: Pen, timeline: Timeline, plan: Plan, plot: Box) -> None:
    """Labels in lanes over the axes, each with its leader."""
    start, end = timeline.pixels(plot.left, plot.right)
    line = pen.line(timeline.labels[0])
    for place, k in enumerate(plan.shown):
        low = plot.top + 6 * pen.point + plan.lanes[place] * line
        timeline.labels[k].set(text=plan.words[place], va="bottom")
        put(timeline.labels[k], plan.lefts[place], low)
        x, up = plan.leaders[place], plot.top + 4 * pen.point
        set_line(timeline.leaders[k], [(start[k] + end[k]) / 2, x, x], [plot.top, up, low])


def _board(pen: Pen, timeline: Timeline, plan: Plan, plot: Box) -> None:
    """Marks and labels in lanes by kind, the kinds named at the left."""
    timeline.ax.set_ylim(plan.lane_count, 0)
    each = (plot.top - plot.bottom) / plan.lane_count
    kinds = timeline.events["kind"].to_numpy()
    lane_of = {k: lane for k, lane in zip(plan.shown, plan.lanes, strict=True)}
    start, end = timeline.pixels(plot.left, plot.right)
    for place, k in enumerate(plan.shown):
        y = plot.top - (plan.lanes[place] + 0.5) * each
        label, x = timeline.labels[k], plan.lefts[place]
        before = not plan.key and x < start[k]
        label.set(text=plan.words[place], va="center", ha="right" if before else "left")
        put(label, x + (pen.width(label, plan.words[place]) if before else 0), y)
        lane = plan.lanes[place] + bool(plan.key)
        for mark in timeline.marks[k]:
            mark.set_ydata(np.full(len(mark.get_xdata()), lane + 0.5))
        timeline.leaders[k].set_visible(bool(plan.key))
        low, high = plot.top - (lane + 0.5) * each, plot.top - 0.95 * each
        set_line(timeline.leaders[k], [(start[k] + end[k]) / 2, plan.leaders[place]], [low, high])
    for text in timeline.kinds:
        rows = [lane for k, lane in lane_of.items() if KIND_NAMES[kinds[k]] == text.get_text()]
        rows = rows if plan.grouped else []
        text.set_visible(bool(rows))
        if rows:
            put(text, plot.left - 8 * pen.point, plot.top - (min(rows) + 0.5) * each)
    tops = sorted({min(lane for k, lane in lane_of.items() if kinds[k] == kind) for kind in kinds[plan.shown]})
    for rule, top in zip(timeline.rules, tops, strict=False):
        set_line(rule, [plot.left, plot.right], [plot.top - top * each] * 2)
    for k, rule in enumerate(timeline.rules):
        rule.set_visible(plan.grouped and 0 < k < len(tops))


def names_over(pen: Pen, panel: Panel) -> None:
    """Names over the stretches of a strip, in full or short, where they fit."""
    for name in panel.over:
        (x0, y), (x1, _) = panel.ax.transData.transform([(name.start, name.y), (name.end, name.y)])
        fitting = [words for words in name.words if pen.width(name.text, words) <= x1 - x0]
        name.text.set(text=fitting[0] if fitting else "", visible=bool(fitting), va="bottom", ha="center")
        put(name.text, (x0 + x1) / 2, y + 4 * pen.point)


def labels_beside(pen: Pen, panel: Panel, plot: Box, lines: Lines) -> list[Line2D]:
    """Labels beside points; those of the right margin are pushed apart, with a leader where they moved."""
    marginal = [label for label in panel.beside if label.spread]
    for label in panel.beside:
        if not label.spread:
            x, y = panel.ax.transData.transform((label.x, label.y))
            label.text.set(text="\n".join(lines[label]), va="center")
            put(label.text, x + label.gap * pen.point, y)
    for label in marginal:
        for artist in filter(None, (label.text, label.value, label.dot, label.leader)):
            artist.set_visible(bool(lines[label]))
    marginal = [label for label in marginal if lines[label]]
    for label in marginal:
        label.text.set(text="\n".join(lines[label]), va="center")
    wished = [panel.ax.transData.transform((label.x, label.y))[1] for label in marginal]
    heights = [margin_height(pen, [label], lines) for label in marginal]
    centres = geometry.spread(wished, heights, plot.bottom, plot.top + 5 * pen.point)
    for label, y in zip(marginal, centres, strict=True):
        head = _value_height(pen, label)
        put(label.text, plot.right + DOT * pen.point, y - head / 2)
        if label.value is not None:
            top = y + (head + len(lines[label]) * pen.line(label.text)) / 2
            put(label.value, plot.right + DOT * pen.point, top)
        x0, y0 = panel.ax.transData.transform((label.x, label.y))
        set_line(label.leader, [x0, plot.right + (DOT - 9) * pen.point], [y0, y])
        label.leader.set_visible(abs(y - y0) > 2 * pen.point or x0 < plot.right - 12 * pen.point)
        set_line(label.dot, [plot.right + (DOT - 7) * pen.point], [y])
    return [label.leader for label in marginal if label.leader.get_visible()]


def _value_height(pen: Pen, label: Beside) -> float:
    """The height of the large figure over a label, if it has one."""
    return pen.line(label.value) if label.value is not None else 0.0


def labels_inside(pen: Pen, panel: Panel, plot: Box, leaders: list[Line2D]) -> list[str]:
    """Labels within the plot, each near its own line and clear of all lines and of the others; those without room."""
    events = {mark for marks in (panel.timeline.marks if panel.timeline else []) for mark in marks}
    for label in panel.inside:
        label.leader.set_visible(False)
    drawn = [line for line in [*panel.ax.lines, *leaders] if line.get_visible() and line not in events]
    upright = all_pieces([line for line in events if line.get_visible()])
    taken, unnamed = np.empty((0, 4)), []
    for label in panel.inside:
        points = panel.ax.transData.transform(label.points)
        others = all_pieces([line for line in drawn if line is not label.line])
        obstacles = Obstacles(taken, all_pieces(drawn), upright, others)
        words, box = _free_place(pen, label, points, plot, obstacles)
        label.text.set_visible(box is not None)
        if box is None:
            unnamed.append(label.words)
            continue
        label.text.set(text=words, va="center", ha="center")
        put(label.text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        _lead(label, points, box, pen)
        taken = np.concatenate([taken, box[None]])
    return unnamed


def _free_place(
    pen: Pen, label: Inside, points: np.ndarray, plot: Box, obstacles: Obstacles
) -> tuple[str, np.ndarray | None]:
    """The words of a label and a box for them: near its line on one row or on two, else farther away.

    The name of a line takes, of the free boxes near it, the first that is two rows or more from all other lines;
    if there is none, the one farthest from them. A value takes the first.
    """
    bounds = (plot.left, plot.bottom, plot.right, plot.top)
    both, lines = np.concatenate([obstacles.lines, obstacles.upright]), obstacles.lines
    tries = [(around, words, pieces) for pieces in (both, lines) for words in folded(label.words)]
    tries += [(everywhere, label.words, pieces) for pieces in (lines, lines[:0])]
    others = np.concatenate([obstacles.others[:, :2] * w + obstacles.others[:, 2:] * (1 - w) for w in (0, 0.5, 1)])
    for places, words, pieces in tries:
        rows = words.split("\n")
        width, line = max(pen.width(label.text, row) for row in rows) + 4 * pen.point, pen.line(label.text)
        boxes = places(points, width, len(rows) * line, pen.point, plot)
        boxes = boxes[geometry.free(boxes, obstacles.taken, pieces, bounds)]
        if len(boxes):
            clear = np.minimum(geometry.distance(boxes, others), 2 * line) if places is around else np.zeros(len(boxes))
            return words, boxes[int(clear.argmax())]
    return label.words, None


def _lead(label: Inside, points: np.ndarray, box: np.ndarray, pen: Pen) -> None:
    """A leader from a label to its line, where the two are not side by side."""
    ends = np.clip(points, box[:2], box[2:])
    away = np.hypot(*(points - ends).T)
    nearest = int(away.argmin())
    set_line(label.leader, *zip(ends[nearest], points[nearest], strict=True))
    label.leader.set_visible(bool(away[nearest] > 20 * pen.point))
