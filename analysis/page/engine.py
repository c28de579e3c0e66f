"""The page: a layout engine that gives headline, charts, labels, key and source line their places at every size.

It runs each time a figure is drawn, so a figure that is given another size (`fit`) is laid out again. Charts say
what they want labelled; the page knows how wide words are from their type, and asks `layout` for places.
"""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.text import Text

from analysis import layout, tables
from analysis.page import labels, places
from analysis.page.panel import Box, Panel
from analysis.page.presets import COLUMN_GAP, DOT, FAMILY, MARGIN, MUTED, PANEL_GAP, PRESETS, SIZES
from analysis.page.timeline import LEADING, Pen


def page(fig: Figure) -> "Page":
    """The page of a figure; made when first asked for."""
    engine = fig.get_layout_engine()
    if not isinstance(engine, Page):
        engine = Page(fig)
        fig.set_layout_engine(engine)
    return engine


class Page(LayoutEngine):
    """Places everything on a figure, each time it is drawn."""

    _adjust_compatible = True
    _colorbar_gridspec = False

    def __init__(self, fig: Figure):
        super().__init__()
        self.preset = PRESETS["web"]
        self.panels: dict[Axes, Panel] = {}
        self.roles: dict[Text, str] = {}
        self.base: dict[Artist, tuple] = {}
        self.headline = self.text(fig, "headline", weight="bold", va="top")
        self.subtitle = self.text(fig, "subtitle", color=MUTED, va="top")
        self.foot = self.text(fig, "foot", color=MUTED, va="bottom")
        self.words = {self.headline: "", self.subtitle: "", self.foot: ""}
        self.source = ""
        self.sources: list[pd.DataFrame] = []
        self.notes: list[str] = []

    def text(self, parent: Figure | Axes, role: str, words: str = "", **style: str | float) -> Text:
        """A text of the page, in figure coordinates, at the size of its role; never read as mathematics."""
        fig = parent if isinstance(parent, Figure) else parent.figure
        fixed = {"transform": fig.transFigure, "family": FAMILY, "linespacing": LEADING, "parse_math": False}
        made = parent.text(0, 0, words, fontsize=self._size(SIZES[role]), **fixed, **style)
        made.set_in_layout(False)
        self.roles[made] = role
        return made

    def panel(self, ax: Axes) -> Panel:
        """The panel of an axes; made when first asked for."""
        if ax not in self.panels:
            title = self.text(ax, "panel", weight="semibold", va="top", clip_on=False)
            more = self.text(ax, "event", color=MUTED, va="top", style="italic", visible=False)
            self.panels[ax] = Panel(ax, title, more)
            self.words[title] = ""
        return self.panels[ax]

    def fit(self, fig: Figure, preset: str) -> None:
        """Give the figure the size of a preset, and its texts and lines the weight that goes with it."""
        self.preset = PRESETS[tables.known(preset, PRESETS, "preset")]
        fig.set_dpi(self.preset.dpi)
        fig.set_size_inches(*self.preset.inches)
        for text, role in self.roles.items():
            text.set_fontsize(self._size(SIZES[role]))
        for ax in fig.axes:
            self._restyle(ax)

    def _size(self, points: float) -> float:
        return float(np.clip(points * self.preset.scale, self.preset.smallest, self.preset.largest))

    def _restyle(self, ax: Axes) -> None:
        scale = self.preset.scale
        for line in ax.lines:
            width, size, edge = self.base.setdefault(
                line, (line.get_linewidth(), line.get_markersize(), line.get_markeredgewidth())
            )
            line.set(linewidth=self._stroke(width), markersize=size * scale, markeredgewidth=self._stroke(edge))
        for shape in [*ax.collections, *ax.patches, *ax.spines.values()]:
            (width,) = self.base.setdefault(shape, (np.atleast_1d(shape.get_linewidth())[0],))
            shape.set_linewidth(self._stroke(width))
        for text in ax.texts:
            if text not in self.roles:
                (size,) = self.base.setdefault(text, (text.get_fontsize(),))
                text.set_fontsize(self._size(size))
        ax.tick_params(
            labelsize=self._size(SIZES["tick"]),
            grid_linewidth=self._stroke(0.8),
            width=self._stroke(0.9),
            pad=4 * scale,
        )
        ax.tick_params(axis="x", length=4 * scale if self.panel(ax).clock else 0)
        ax.grid(self.preset.grid and self.panel(ax).grid != "", axis=self.panel(ax).grid or "both")

    def _stroke(self, width: float) -> float:
        return max(width * self.preset.scale, self.preset.line) if width else 0.0

    def execute(self, fig: Figure) -> None:
        """Lay the figure out: header and footer, then the charts between them, column by column."""
        renderer = fig._get_renderer()
        pen = Pen(renderer, renderer.points_to_pixels(self.preset.scale))
        width, height, margin = fig.bbox.width, fig.bbox.height, MARGIN * pen.point
        top = self._header(pen, width, height, margin)
        bottom = self._footer(pen, width, height, margin)
        columns = self._columns(fig)
        each = (width - 2 * margin - (len(columns) - 1) * COLUMN_GAP * pen.point) / len(columns)
        for k, panels in enumerate(columns):
            left = margin + k * (each + COLUMN_GAP * pen.point)
            self._column(pen, panels, Box(left, bottom, left + each, top))

    def _header(self, pen: Pen, width: float, height: float, margin: float) -> float:
        """Headline and subtitle at the top left; what height is left below them."""
        top = height - margin
        for text, gap in ((self.headline, 3), (self.subtitle, 12)):
            shown = self.preset.titles and (text is self.headline or self._alone())
            words = self.words[text] if shown else ""
            lines = self._set_lines(pen, text, words, width - 2 * margin)
            places.put(text, margin, top)
            top -= lines * pen.line(text) + (gap * pen.point if lines else 0)
        return top

    def _alone(self) -> bool:
        """Whether the subtitle speaks for all charts; where there are several, each has a title of its own."""
        return sum(panel.kind not in ("", "events") for panel in self.panels.values()) <= 1

    def _footer(self, pen: Pen, width: float, height: float, margin: float) -> float:
        """Notes and source at the bottom left; where the charts may begin above them."""
        notes = self.words[self.foot] if self.preset.notes else ""
        words = " ".join(filter(None, [notes, self.source])) if self.preset.titles else ""
        lines = self._set_lines(pen, self.foot, words, width - 2 * margin)
        places.put(self.foot, margin, margin)
        return margin + lines * pen.line(self.foot) + (8 * pen.point if lines else 0)

    def _set_lines(self, pen: Pen, text: Text, words: str, width: float) -> int:
        """Wrap words into a text; how many lines it has now."""
        lines = (
            [line for part in words.split("\n") for line in layout.wrap(part, width, lambda w: pen.width(text, w))]
            if words
            else []
        )
        text.set(text="\n".join(lines), visible=bool(lines))
        return len(lines)

    def _columns(self, fig: Figure) -> list[list[Panel]]:
        """The charts, column by column, each from the top down."""
        places: dict[int, list[tuple[int, Panel]]] = {}
        for k, ax in enumerate(fig.axes):
            spec = ax.get_subplotspec()
            column, row = (spec.colspan.start, spec.rowspan.start) if spec else (0, k)
            places.setdefault(column, []).append((row, self.panel(ax)))
        return [[panel for _, panel in sorted(places[c], key=lambda at: at[0])] for c in sorted(places)]

    def _column(self, pen: Pen, panels: list[Panel], box: "Box") -> None:
        """Widths first, since they settle how labels fall; then heights; then everything takes its place.

        A board whose lanes are not by kind needs no names of kinds at its left, and is laid out again without.
        """
        for panel in panels:
            if panel.timeline is not None:
                panel.timeline.flat = False
            if panel.rows:
                panel.ax.set_ylim(panel.rows - 0.5, -0.5)
            if panel.spans is not None:
                panel.ax.set_xlim(np.nanmin(panel.spans), np.nanmax(panel.spans))
        left, right = self._sides(pen, panels, box)
        boards = [panel for panel in panels if panel.plan and panel.timeline.board and not panel.plan.grouped]
        for panel in boards:
            panel.timeline.flat = True
        thinned = [panel for panel in panels if panel.spans is not None and panel.shown < panel.rows]
        for panel in thinned:
            spans = panel.spans[: panel.shown]
            panel.ax.set_xlim(np.nanmin(spans), np.nanmax(spans))
        if boards or thinned:
            left, right = self._sides(pen, panels, box)
        top = box.top
        for panel in panels:
            top = self._arrange(pen, panel, Box(left, box.bottom, right, top), box)

    def _sides(self, pen: Pen, panels: list[Panel], box: Box) -> tuple[float, float]:
        """The left and right end of the axes in a column; the height of everything in it is settled with them."""
        left = box.left + max(self._overhang(pen, panel) for panel in panels)
        right = min(self._right(pen, panel, left, box.right) for panel in panels)
        for panel in panels:
            told = (self._alone() and self.words[panel.title] == self.words[self.subtitle]) or panel.kind == "events"
            words = "" if self.preset.titles and told else self.words[panel.title]
            panel.above = self._set_lines(pen, panel.title, words, box.right - box.left) * pen.line(panel.title)
            panel.above += 6 * pen.point if panel.above else 0
            panel.below = self._below(pen, panel)
            if panel.clock:
                places.set_years(panel.ax, right - left, pen.width(panel.title, "2000"))
        self._heights(pen, panels, left, right, box)
        return left, right

    def _overhang(self, pen: Pen, panel: Panel) -> float:
        """How far the labels of the left axis reach out of it."""
        if panel.timeline is not None and panel.timeline.board:
            texts = [(text, text.get_text()) for text in panel.timeline.kinds if not panel.timeline.flat]
        else:
            texts = [(tick.label1, tick.label1.get_text()) for tick in places.upright_ticks(panel.ax)]
        return max((pen.width(*text) for text in texts), default=0) + 8 * pen.point

    def _right(self, pen: Pen, panel: Panel, left: float, edge: float) -> float:
        """How far right the axes may reach so that every label beside a point still fits on the page."""
        first, last = panel.ax.get_xlim()
        last_tick = ["2000"] if panel.clock else [label.get_text() for label in panel.ax.get_xticklabels()][-1:]
        right = edge - max((pen.width(panel.title, text) / 2 for text in last_tick), default=0)
        for label in panel.beside:
            if panel.rows and not label.text.get_visible():
                continue
            label.lines = lines = labels.beside_lines(pen, label, edge - left)
            need = max(pen.width(label.text, line) for line in lines) + DOT * pen.point
            if label.value is not None:
                need = max(need, pen.width(label.value, label.value.get_text()) + DOT * pen.point)
            share = (label.x - first) / (last - first) if not label.spread else 1.0
            if share > 0:
                right = min(right, left + (edge - need - left) / share)
        return max(right, left + (edge - left) / 3)

    def _below(self, pen: Pen, panel: Panel) -> float:
        """The height of tick labels under the axes, and of the line on what is not shown."""
        if panel.clock and not panel.ax.xaxis.get_tick_params().get("labelbottom", True):
            return 6 * pen.point
        labelled = panel.clock or any(label.get_visible() and label.get_text() for label in panel.ax.get_xticklabels())
        return pen.line(panel.title) + 5 * pen.point if labelled else 4 * pen.point

    def _heights(self, pen: Pen, panels: list[Panel], left: float, right: float, box: Box) -> None:
        """Share the height out: labels and boards take what they need, charts divide the rest by their ratios."""
        charts = [p for p in panels if not (p.timeline and p.timeline.board)]
        spare = PANEL_GAP * pen.point * (len(panels) - 1) + sum(p.above + p.below for p in panels)
        room = box.top - box.bottom - spare
        rest = room
        for panel in panels:
            panel.plan, panel.strip, panel.tail, panel.height, panel.more_words = None, 0.0, 0.0, 0.0, ""
            self._set_lines(pen, panel.more, "", 0)
            if panel.timeline is not None:
                board = panel.timeline.board
                self._plan(
                    pen, panel, panels, Box(left, 0, right, room * (0.4 if not board else 0.55 if charts else 1)), box
                )
            rest -= panel.strip + panel.tail + panel.height
        boards = [] if charts else panels
        for panel in boards:
            panel.height = min(panel.height + max(rest, 0.0) / len(boards), 2 * panel.height)
        weights = sum(places.weight(panel.ax) for panel in charts)
        for panel in charts:
            panel.height = max(rest, 0.0) * places.weight(panel.ax) / weights
            self._thin(pen, panel, box.right - left)
            self._fit_margin(pen, panel, box.right - left)

    def _plan(self, pen: Pen, panel: Panel, panels: list[Panel], plot: Box, box: Box) -> None:
        """Plan the labels of a timeline, within the height of `plot`, with their key and the line on the rest."""
        timeline = panel.timeline
        if not timeline.board and any(other.timeline and other.timeline.shows(timeline) for other in panels):
            return
        line = pen.line(timeline.labels[0])
        room = plot.top
        for _ in range(2):
            panel.plan = plan = timeline.plan(pen, plot.left, plot.right, box.right, room)
            panel.tail, panel.more_words = 0.0, ""
            room = plot.top + line - self._say(pen, panel, timeline.rest(plan), box.right - plot.left)
            if room >= plot.top:
                break
        if plan is not None:
            panel.tail += len(plan.key[0]) * line + 6 * pen.point if plan.key else 0
            panel.strip = 0.0 if timeline.board else plan.height + 8 * pen.point
        if timeline.board:
            panel.height = plan.height if plan else line

    def _say(self, pen: Pen, panel: Panel, words: str, width: float) -> float:
        """Add words on what a chart does not show or name, under it; how much height they add."""
        before = panel.more.get_text().count("\n") + 1 if panel.more_words else 0
        panel.more_words = "; ".join(filter(None, [panel.more_words, words]))
        added = (self._set_lines(pen, panel.more, panel.more_words, width) - before) * pen.line(panel.more)
        panel.tail += added
        return added

    def _fit_margin(self, pen: Pen, panel: Panel, room: float) -> None:
        """Choose the words of the right margin: in full, short, or without the last ones, which is then said."""
        marginal = [label for label in panel.beside if label.spread]
        for label in marginal:
            label.lines = labels.beside_lines(pen, label, room)
        if labels.margin_height(pen, marginal) > panel.height:
            for label in marginal:
                label.lines = labels.margin_lines(pen, label, label.short or label.words.replace("\n", " "), room)
        if marginal and labels.margin_height(pen, marginal) > panel.height:
            room_for_words = panel.height - pen.line(panel.more)
            kept = next(
                (k for k in range(len(marginal), 0, -1) if labels.margin_height(pen, marginal[:k]) <= room_for_words), 0
            )
            for label in marginal[kept:]:
                label.lines = []
            panel.height -= self._say(pen, panel, f"no room to name {len(marginal) - kept} of the lines", room)

    def _thin(self, pen: Pen, panel: Panel, room: float) -> None:
        """Show as many rows of a chart by rows as have room for their text, and say how many there are more."""
        if not panel.rows:
            return
        line = pen.line(panel.title)
        shown = panel.rows
        if panel.height < shown * line:
            shown = max(int((panel.height - line) / line), 1)
            panel.height -= self._say(pen, panel, f"and {panel.rows - shown} more in the table", room)
        panel.shown = shown
        panel.ax.set_ylim(shown - 0.5, -0.5)
        thick = min(0.6, 1.5 * line * shown / max(panel.height, 1))
        for bar in (bar for bars in panel.ax.containers for bar in bars):
            bar.set(y=bar.get_y() + (bar.get_height() - thick) / 2, height=thick)
        for label in panel.beside:
            label.text.set_visible(label.y < shown)

    def _arrange(self, pen: Pen, panel: Panel, room: Box, box: Box) -> float:
        """Give one chart and its labels their places, from the top of `room` down; where the next one begins."""
        places.put(panel.title, box.left, room.top)
        top = room.top - panel.above - panel.strip
        plot = Box(room.left, top - panel.height, room.right, top)
        places.set_position(panel.ax, plot)
        if panel.kind and not panel.rows:
            places.thin_ticks(panel.ax, panel.height, pen.line(panel.title))
        if panel.timeline is not None:
            labels.timeline_labels(pen, panel, plot)
        labels.names_over(pen, panel)
        taken = labels.labels_beside(pen, panel, plot)
        for words in labels.labels_inside(pen, panel, plot, taken):
            self._say(pen, panel, f"no room to name {words}", plot.right - plot.left)
        return self._arrange_tail(pen, panel, plot, box) - PANEL_GAP * pen.point

    def _arrange_tail(self, pen: Pen, panel: Panel, plot: Box, box: Box) -> float:
        """The numbered key and the line on what is not shown, under the axes."""
        y = plot.bottom - panel.below
        timeline = panel.timeline
        for column in timeline.key if timeline else []:
            column.set_visible(False)
        if panel.plan and panel.plan.key:
            columns = panel.plan.key
            while len(timeline.key) < len(columns):
                timeline.key.append(self.text(panel.ax, "event", va="top"))
            x = plot.left
            for text, lines in zip(timeline.key, columns, strict=False):
                text.set(text="\n".join(lines), visible=True)
                places.put(text, x, y)
                x += max(pen.width(text, line) for each in columns for line in each) + 14 * pen.point
            y -= len(columns[0]) * pen.line(timeline.key[0]) + 6 * pen.point
        places.put(panel.more, plot.left, y)
        return plot.bottom - panel.below - panel.tail
