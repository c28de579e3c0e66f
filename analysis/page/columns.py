"""One column of charts: widths first, since they settle how labels fall; then heights; then every place."""

from dataclasses import dataclass, field

import numpy as np

from analysis.page import labels, places, record
from analysis.page.places import Box, put, set_lines
from analysis.page.presets import DOT, PANEL_GAP
from analysis.page.requests import Beside, Panel
from analysis.page.timeline import Pen, Plan


@dataclass
class Slot:
    """What one pass gives a panel: heights in pixels, the plan of its events, rows shown, and words not its own."""

    panel: Panel
    title: str
    rows: int
    flat: bool = False
    plan: Plan | None = None
    lines: dict[Beside, list[str]] = field(default_factory=dict)
    more: str = ""
    above: float = 0.0
    strip: float = 0.0
    height: float = 0.0
    below: float = 0.0
    tail: float = 0.0

    @property
    def board(self) -> bool:
        """Whether the axes are a board of events."""
        return self.panel.timeline is not None and self.panel.timeline.board

    def clear(self) -> None:
        """Forget what an earlier try at the widths has settled of the heights."""
        self.plan, self.more = None, ""
        self.strip = self.height = self.tail = 0.0


class Column:
    """A column of charts in its room."""

    def __init__(self, pen: Pen, panels: list[Panel], titles: list[str], room: Box):
        self.pen, self.room, self.width = pen, room, room.right - room.left
        self.slots = [Slot(panel, title, panel.rows) for panel, title in zip(panels, titles, strict=True)]

    def place(self) -> None:
        """Give every chart its place.

        A board whose lanes are not by kind needs no names of kinds at its left, and a chart that shows fewer rows no
        room for the others: with these the widths are settled anew.
        """
        for panel in (slot.panel for slot in self.slots):
            if panel.rows:
                panel.ax.set_ylim(panel.rows - 0.5, -0.5)
            if panel.spans is not None:
                panel.ax.set_xlim(np.nanmin(panel.spans), np.nanmax(panel.spans))
        left, right = self._sides()
        boards = [slot for slot in self.slots if slot.board and slot.plan and not slot.plan.grouped]
        for slot in boards:
            slot.flat = True
        thinned = [slot for slot in self.slots if slot.panel.spans is not None and slot.rows < slot.panel.rows]
        for slot in thinned:
            spans = slot.panel.spans[: slot.rows]
            slot.panel.ax.set_xlim(np.nanmin(spans), np.nanmax(spans))
        if boards or thinned:
            left, right = self._sides()
        top = self.room.top
        for slot in self.slots:
            top = self._arrange(slot, Box(left, self.room.bottom, right, top))

    def _sides(self) -> tuple[float, float]:
        """The left and right end of the axes; the height of everything in the column is settled with them."""
        pen = self.pen
        left = self.room.left + max(self._overhang(slot) for slot in self.slots)
        right = min(self._right(slot, left) for slot in self.slots)
        for slot in self.slots:
            title = slot.panel.title
            slot.above = set_lines(pen, title, slot.title, self.width) * pen.line(title)
            slot.above += 6 * pen.point if slot.above else 0
            slot.below = self._below(slot.panel)
            if slot.panel.clock:
                places.set_years(slot.panel.ax, right - left, pen.width(title, "2000"))
        self._heights(left, right)
        return left, right

    def _overhang(self, slot: Slot) -> float:
        """How far the labels of the left axis reach out of it."""
        if slot.board:
            texts = [(text, text.get_text()) for text in slot.panel.timeline.kinds if not slot.flat]
        else:
            texts = [(tick.label1, tick.label1.get_text()) for tick in places.upright_ticks(slot.panel.ax)]
        return max((self.pen.width(*text) for text in texts), default=0) + 8 * self.pen.point

    def _right(self, slot: Slot, left: float) -> float:
        """How far right the axes may reach so that every label beside a point still fits on the page."""
        pen, panel, edge = self.pen, slot.panel, self.room.right
        first, last = panel.ax.get_xlim()
        last_tick = ["2000"] if panel.clock else [label.get_text() for label in panel.ax.get_xticklabels()][-1:]
        right = edge - max((pen.width(panel.title, text) / 2 for text in last_tick), default=0)
        for label in panel.beside:
            if panel.rows and label.y >= slot.rows:
                continue
            slot.lines[label] = labels.beside_lines(pen, label, edge - left)
            need = max(pen.width(label.text, line) for line in slot.lines[label]) + DOT * pen.point
            if label.value is not None:
                need = max(need, pen.width(label.value, label.value.get_text()) + DOT * pen.point)
            share = (label.x - first) / (last - first) if not label.spread else 1.0
            if share > 0:
                right = min(right, left + (edge - need - left) / share)
        return max(right, left + (edge - left) / 3)

    def _below(self, panel: Panel) -> float:
        """The height of tick labels under the axes."""
        if panel.clock and not panel.ax.xaxis.get_tick_params().get("labelbottom", True):
            return 6 * self.pen.point
        labelled = panel.clock or any(label.get_visible() and label.get_text() for label in panel.ax.get_xticklabels())
        return self.pen.line(panel.title) + 5 * self.pen.point if labelled else 4 * self.pen.point

    def _heights(self, left: float, right: float) -> None:
        """Share the height out: labels and boards take what they need, charts divide the rest by their ratios."""
        charts = [slot for slot in self.slots if not slot.board]
        spare = PANEL_GAP * self.pen.point * (len(self.slots) - 1) + sum(slot.above + slot.below for slot in self.slots)
        rest = room = self.room.top - self.room.bottom - spare
        for slot in self.slots:
            slot.clear()
            set_lines(self.pen, slot.panel.more, "", 0)
            if slot.panel.timeline is not None:
                part = 0.4 if not slot.board else 0.55 if charts else 1
                self._plan(slot, Box(left, 0, right, room * part))
            rest -= slot.strip + slot.tail + slot.height
        boards = [] if charts else self.slots
        for slot in boards:
            slot.height = min(slot.height + max(rest, 0.0) / len(boards), 2 * slot.height)
        weights = sum(places.weight(slot.panel.ax) for slot in charts)
        for slot in charts:
            slot.height = max(rest, 0.0) * places.weight(slot.panel.ax) / weights
            self._thin(slot, self.room.right - left)
            self._fit_margin(slot, self.room.right - left)

    def _plan(self, slot: Slot, plot: Box) -> None:
        """Plan the labels of a timeline, within the height of `plot`, with their key and the line on the rest."""
        pen, timeline = self.pen, slot.panel.timeline
        others = [each.panel.timeline for each in self.slots if each.panel.timeline]
        if not timeline.board and any(other.shows(timeline) for other in others):
            return
        line, room = pen.line(timeline.labels[0]), plot.top
        for _ in range(2):
            slot.plan = plan = timeline.plan(pen, plot.left, plot.right, self.room.right, room, slot.flat)
            slot.tail, slot.more = 0.0, ""
            room = plot.top + line - self._say(slot, timeline.rest(plan), self.room.right - plot.left)
            if room >= plot.top:
                break
        if plan is not None:
            slot.tail += len(plan.key[0]) * line + 6 * pen.point if plan.key else 0
            slot.strip = 0.0 if timeline.board else plan.height + 8 * pen.point
        if timeline.board:
            slot.height = plan.height if plan else line

    def _say(self, slot: Slot, words: str, width: float) -> float:
        """Add words on what a chart does not show or name, under it; how much height they add."""
        text = slot.panel.more
        before = text.get_text().count("\n") + 1 if slot.more else 0
        slot.more = "; ".join(filter(None, [slot.more, words]))
        added = (set_lines(self.pen, text, slot.more, width) - before) * self.pen.line(text)
        slot.tail += added
        return added

    def _fit_margin(self, slot: Slot, width: float) -> None:
        """Choose the words of the right margin: in full, short, or without the last ones, which is then said."""
        pen, lines = self.pen, slot.lines
        marginal = [label for label in slot.panel.beside if label.spread]
        for label in marginal:
            lines[label] = labels.beside_lines(pen, label, width)
        if labels.margin_height(pen, marginal, lines) > slot.height:
            for label in marginal:
                words = label.short or label.words.replace("\n", " ")
                lines[label] = labels.margin_lines(pen, label, words, width)
        if marginal and labels.margin_height(pen, marginal, lines) > slot.height:
            room = slot.height - pen.line(slot.panel.more)
            counts = range(len(marginal), 0, -1)
            kept = next((k for k in counts if labels.margin_height(pen, marginal[:k], lines) <= room), 0)
            for label in marginal[kept:]:
                lines[label] = []
            slot.height -= self._say(slot, f"no room to name {len(marginal) - kept} of the lines", width)

    def _thin(self, slot: Slot, width: float) -> None:
        """Show as many rows of a chart by rows as have room for their text, and say how many there are more."""
        panel = slot.panel
        if not panel.rows:
            return
        line, slot.rows = self.pen.line(panel.title), panel.rows
        if slot.height < slot.rows * line:
            slot.rows = max(int((slot.height - line) / line), 1)
            slot.height -= self._say(slot, f"and {panel.rows - slot.rows} more in the table", width)
        panel.ax.set_ylim(slot.rows - 0.5, -0.5)
        thick = min(0.6, 1.5 * line * slot.rows / max(slot.height, 1))
        for bar in (bar for bars in panel.ax.containers for bar in bars):
            bar.set(y=bar.get_y() + (bar.get_height() - thick) / 2, height=thick)
        for label in panel.beside:
            label.text.set_visible(label.y < slot.rows)

    def _arrange(self, slot: Slot, room: Box) -> float:
        """Give one chart and its labels their places, from the top of `room` down; where the next one begins."""
        pen, panel = self.pen, slot.panel
        put(panel.title, self.room.left, room.top)
        top = room.top - slot.above - slot.strip
        plot = Box(room.left, top - slot.height, room.right, top)
        places.set_position(panel.ax, plot)
        if record.on(panel.ax) and not panel.rows:
            places.thin_ticks(panel.ax, slot.height, pen.line(panel.title))
        if panel.timeline is not None:
            elsewhere = slot.plan is None and not slot.more
            labels.timeline_labels(pen, panel.timeline, slot.plan, elsewhere, plot)
        labels.names_over(pen, panel)
        taken = labels.labels_beside(pen, panel, plot, slot.lines)
        for words in labels.labels_inside(pen, panel, plot, taken):
            self._say(slot, f"no room to name {words}", plot.right - plot.left)
        return self._arrange_tail(slot, plot) - PANEL_GAP * pen.point

    def _arrange_tail(self, slot: Slot, plot: Box) -> float:
        """The numbered key and the line on what is not shown, under the axes."""
        pen, panel, timeline = self.pen, slot.panel, slot.panel.timeline
        y = plot.bottom - slot.below
        for column in timeline.key if timeline else []:
            column.set_visible(False)
        if slot.plan and slot.plan.key:
            columns = slot.plan.key
            while len(timeline.key) < len(columns):
                timeline.key.append(panel.text("event", va="top"))
            x = plot.left
            for text, lines in zip(timeline.key, columns, strict=False):
                text.set(text="\n".join(lines), visible=True)
                put(text, x, y)
                x += max(pen.width(text, line) for each in columns for line in each) + 14 * pen.point
            y -= len(columns[0]) * pen.line(timeline.key[0]) + 6 * pen.point
        put(panel.more, plot.left, y)
        return plot.bottom - slot.below - slot.tail
