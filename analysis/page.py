"""The page: a layout engine that gives headline, charts, labels, key and source line their places at every size.

It runs each time a figure is drawn, so a figure that is given another size (`fit`) is laid out again. Charts say
what they want labelled; the page measures the texts with the renderer's own extents and asks `layout` for places.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis import layout, tables
from analysis.timeline import LEADING, Pen, Plan, Timeline

INK, MUTED = "#222222", "#555555"

#: The typeface of all texts of the page, whatever style is in force when they are made.
FAMILY = "Source Sans Pro"

#: Distances in points at the size of the web preset: page margin, between charts, between columns, room of a dot.
MARGIN, PANEL_GAP, COLUMN_GAP, DOT = 14, 14, 26, 15

#: Text sizes by role, in points, at the size of the web preset.
SIZES = {
    "headline": 23.0,
    "subtitle": 13.5,
    "panel": 12.5,
    "label": 12.5,
    "value": 20.0,
    "tick": 11.5,
    "event": 11.0,
    "foot": 10.5,
}


@dataclass(frozen=True)
class Preset:
    """One size that figures are made for.

    `width` and `height` are millimetres where `dpi` is that of print (300), pixels elsewhere; `scale` is the size of
    texts and lines against the web preset; `smallest` and `largest` bound the text in points, `line` the strokes;
    journals set their own titles and sources, so `titles` is False for them and the caption carries both. Where texts
    must be large, `notes` is False: the figure keeps its sources, and the caption carries the notes.
    """

    width: float
    height: float
    dpi: int
    scale: float
    smallest: float
    largest: float = 99.0
    line: float = 0.3
    titles: bool = True
    notes: bool = True
    grid: bool = True
    print: bool = False

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches."""
        per_inch = 25.4 if self.print else self.dpi
        return self.width / per_inch, self.height / per_inch


PRESETS = {
    "web": Preset(1200, 675, 100, 1.0, 9),
    "slide": Preset(1920, 1080, 144, 1.72, 18, 34, line=1.5, notes=False),
    "social": Preset(1200, 675, 100, 1.65, 17.28, 29, notes=False),
    "brief": Preset(180, 120, 300, 0.72, 8, print=True),
    "nature-1col": Preset(89, 80, 300, 0.53, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "nature-2col": Preset(183, 110, 300, 0.56, 5, 7, titles=False, grid=False, print=True, line=0.25),
    "elsevier-1col": Preset(90, 84, 300, 0.58, 7, 8, titles=False, print=True),
    "elsevier-2col": Preset(190, 115, 300, 0.6, 7, 8, titles=False, print=True),
}


@dataclass(frozen=True)
class Box:
    """A part of the page, in pixels from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass
class Beside:
    """A label to the right of a point; those with `spread` share the right margin and are pushed apart."""

    text: Text
    x: float
    y: float
    words: str
    spread: bool
    gap: float = 5.0
    leader: Line2D | None = None
    dot: Line2D | None = None
    value: Text | None = None
    short: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass
class Inside:
    """A label within the plot, at the first free place near one of its line's points."""

    text: Text
    words: str
    points: np.ndarray
    leader: Line2D
    line: Line2D | None = None


@dataclass
class Over:
    """A name over a stretch of a strip: the first of the words that is no wider than the stretch."""

    text: Text
    start: float
    end: float
    y: float
    words: list[str]


@dataclass(frozen=True)
class Obstacles:
    """What a label must keep clear of: boxes taken, pieces of all lines, of event lines, and of other series."""

    taken: np.ndarray
    lines: np.ndarray
    upright: np.ndarray
    others: np.ndarray


@dataclass
class Panel:
    """What the page knows of one chart: its axes, what it draws and what it wants labelled."""

    ax: Axes
    title: Text
    more: Text
    table: pd.DataFrame | None = None
    kind: str = ""
    alt: str = ""
    notes: list[str] = field(default_factory=list)
    clock: bool = False
    grid: str = "y"
    rows: int = 0
    shown: int = 0
    spans: np.ndarray | None = None
    beside: list[Beside] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)
    timeline: Timeline | None = None
    more_words: str = ""
    plan: Plan | None = None
    above: float = 0.0
    strip: float = 0.0
    height: float = 0.0
    below: float = 0.0
    tail: float = 0.0


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
        self.widths: dict[tuple, float] = {}

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
        pen = Pen(renderer, renderer.points_to_pixels(self.preset.scale), self.widths)
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
            words = self.words[text] if self.preset.titles else ""
            lines = self._set_lines(pen, text, words, width - 2 * margin)
            self._put(text, margin, top)
            top -= lines * pen.line(text) + (gap * pen.point if lines else 0)
        return top

    def _footer(self, pen: Pen, width: float, height: float, margin: float) -> float:
        """Notes and source at the bottom left; where the charts may begin above them."""
        notes = self.words[self.foot] if self.preset.notes else ""
        words = " ".join(filter(None, [notes, self.source])) if self.preset.titles else ""
        lines = self._set_lines(pen, self.foot, words, width - 2 * margin)
        self._put(self.foot, margin, margin)
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

    def _put(self, artist: Text, x: float, y: float) -> None:
        """Move a text to a place given in pixels."""
        box = artist.get_figure(root=True).bbox
        artist.set_position((x / box.width, y / box.height))

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
        left = box.left + max(self._overhang(pen, panel) for panel in panels)
        self._place_column(pen, panels, left, box)
        boards = [panel for panel in panels if panel.plan and panel.timeline.board and not panel.plan.grouped]
        for panel in boards:
            panel.timeline.flat = True
        thinned = [panel for panel in panels if panel.spans is not None and panel.shown < panel.rows]
        for panel in thinned:
            spans = panel.spans[: panel.shown]
            panel.ax.set_xlim(np.nanmin(spans), np.nanmax(spans))
        if boards or thinned:
            left = box.left + max(self._overhang(pen, panel) for panel in panels)
            self._place_column(pen, panels, left, box)

    def _place_column(self, pen: Pen, panels: list[Panel], left: float, box: Box) -> None:
        """Everything in a column, from a given left end of the axes."""
        right = min(self._right(pen, panel, left, box.right) for panel in panels)
        alone = sum(panel.kind not in ("", "events") for panel in self.panels.values()) == 1
        for panel in panels:
            told = (alone and self.words[panel.title] == self.words[self.subtitle]) or panel.kind == "events"
            words = "" if self.preset.titles and told else self.words[panel.title]
            panel.above = self._set_lines(pen, panel.title, words, box.right - box.left) * pen.line(panel.title)
            panel.above += 6 * pen.point if panel.above else 0
            panel.below = self._below(pen, panel)
            if panel.clock:
                _set_years(panel.ax, right - left, pen.width(panel.title, "2000"))
        self._heights(pen, panels, left, right, box)
        top = box.top
        for panel in panels:
            top = self._arrange(pen, panel, Box(left, box.bottom, right, top), box)

    def _overhang(self, pen: Pen, panel: Panel) -> float:
        """How far the labels of the left axis reach out of it."""
        if panel.timeline is not None and panel.timeline.board:
            texts = [(text, text.get_text()) for text in panel.timeline.kinds if not panel.timeline.flat]
        else:
            low, high = sorted(panel.ax.get_ylim())
            ticks = zip(panel.ax.get_yticks(), panel.ax.get_yticklabels(), strict=True)
            texts = [(label, label.get_text()) for at, label in ticks if low <= at <= high and label.get_visible()]
        return max((pen.width(*text) for text in texts), default=0) + 8 * pen.point

    def _right(self, pen: Pen, panel: Panel, left: float, edge: float) -> float:
        """How far right the axes may reach so that every label beside a point still fits on the page."""
        first, last = panel.ax.get_xlim()
        last_tick = ["2000"] if panel.clock else [label.get_text() for label in panel.ax.get_xticklabels()][-1:]
        right = edge - max((pen.width(panel.title, text) / 2 for text in last_tick), default=0)
        for label in panel.beside:
            if panel.rows and not label.text.get_visible():
                continue
            label.lines = lines = self._beside_lines(pen, label, edge - left)
            need = max(pen.width(label.text, line) for line in lines) + DOT * pen.point
            if label.value is not None:
                need = max(need, pen.width(label.value, label.value.get_text()) + DOT * pen.point)
            share = (label.x - first) / (last - first) if not label.spread else 1.0
            if share > 0:
                right = min(right, left + (edge - need - left) / share)
        return max(right, left + (edge - left) / 3)

    def _beside_lines(self, pen: Pen, label: Beside, room: float) -> list[str]:
        """The words of a label beside a point: short ones where they would take half; wrapped in the margin."""
        if not label.spread:
            return [label.short if label.short and pen.width(label.text, label.words) > room / 2 else label.words]
        return [
            line
            for part in label.words.split("\n")
            for line in layout.wrap(part, room * 0.3, lambda words: pen.width(label.text, words))
        ]

    def _below(self, pen: Pen, panel: Panel) -> float:
        """The height of tick labels under the axes, and of the line on what is not shown."""
        labelled = any(label.get_visible() and label.get_text() for label in panel.ax.get_xticklabels())
        height = pen.line(panel.title) + 5 * pen.point if labelled or panel.clock else 4 * pen.point
        if panel.clock and not panel.ax.xaxis.get_tick_params().get("labelbottom", True):
            height = 6 * pen.point
        return height

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
        weights = sum(_weight(panel.ax) for panel in charts)
        for panel in charts:
            panel.height = max(rest, 0.0) * _weight(panel.ax) / weights
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
            label.lines = self._beside_lines(pen, label, room)
        if self._margin_height(pen, marginal) > panel.height:
            for label in marginal:
                label.lines = [label.short or label.words.replace("\n", " ")]
        if marginal and self._margin_height(pen, marginal) > panel.height:
            room_for_words = panel.height - pen.line(panel.more)
            kept = next(
                (k for k in range(len(marginal), 0, -1) if self._margin_height(pen, marginal[:k]) <= room_for_words), 0
            )
            for label in marginal[kept:]:
                label.lines = []
            panel.height -= self._say(pen, panel, f"no room to name {len(marginal) - kept} of the lines", room)

    def _margin_height(self, pen: Pen, labels: list[Beside]) -> float:
        return sum(len(label.lines) * pen.line(label.text) + self._value_height(pen, label) for label in labels)

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
        self._put(panel.title, box.left, room.top)
        top = room.top - panel.above - panel.strip
        plot = Box(room.left, top - panel.height, room.right, top)
        _set_position(panel.ax, plot)
        if panel.timeline is not None:
            self._arrange_timeline(pen, panel, plot)
        self._arrange_over(pen, panel)
        taken = self._arrange_beside(pen, panel, plot)
        self._arrange_inside(pen, panel, plot, taken)
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
                self._put(text, x, y)
                x += max(pen.width(text, line) for each in columns for line in each) + 14 * pen.point
            y -= len(columns[0]) * pen.line(timeline.key[0]) + 6 * pen.point
        self._put(panel.more, plot.left, y)
        return plot.bottom - panel.below - panel.tail

    def _arrange_timeline(self, pen: Pen, panel: Panel, plot: Box) -> None:
        timeline, plan = panel.timeline, panel.plan
        elsewhere = plan is None and not panel.more_words
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
            self._arrange_board(pen, timeline, plan, plot)
        else:
            self._arrange_strip(pen, timeline, plan, plot)

    def _arrange_strip(self, pen: Pen, timeline: Timeline, plan: Plan, plot: Box) -> None:
        """Labels in lanes over the axes, each with its leader."""
        start, end = timeline.pixels(plot.left, plot.right)
        line = pen.line(timeline.labels[0])
        for place, k in enumerate(plan.shown):
            low = plot.top + 6 * pen.point + plan.lanes[place] * line
            timeline.labels[k].set(text=plan.words[place], va="bottom")
            self._put(timeline.labels[k], plan.lefts[place], low)
            x, up = plan.leaders[place], plot.top + 4 * pen.point
            _set_line(timeline.leaders[k], [(start[k] + end[k]) / 2, x, x], [plot.top, up, low])

    def _arrange_board(self, pen: Pen, timeline: Timeline, plan: Plan, plot: Box) -> None:
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
            self._put(label, x + (pen.bound(label, plan.words[place]) if before else 0), y)
            lane = plan.lanes[place] + bool(plan.key)
            for mark in timeline.marks[k]:
                mark.set_ydata(np.full(len(mark.get_xdata()), lane + 0.5))
            timeline.leaders[k].set_visible(bool(plan.key))
            low, high = plot.top - (lane + 0.5) * each, plot.top - 0.95 * each
            _set_line(timeline.leaders[k], [(start[k] + end[k]) / 2, plan.leaders[place]], [low, high])
        for text in timeline.kinds:
            rows = [lane for k, lane in lane_of.items() if timeline.kind_name(kinds[k]) == text.get_text()]
            rows = rows if plan.grouped else []
            text.set_visible(bool(rows))
            if rows:
                self._put(text, plot.left - 8 * pen.point, plot.top - (min(rows) + 0.5) * each)
        tops = sorted({min(lane for k, lane in lane_of.items() if kinds[k] == kind) for kind in kinds[plan.shown]})
        for rule, top in zip(timeline.rules, tops, strict=False):
            _set_line(rule, [plot.left, plot.right], [plot.top - top * each] * 2)
        for k, rule in enumerate(timeline.rules):
            rule.set_visible(plan.grouped and 0 < k < len(tops))

    def _arrange_over(self, pen: Pen, panel: Panel) -> None:
        """Names over the stretches of a strip, in full or short, where they fit."""
        for name in panel.over:
            (x0, y), (x1, _) = panel.ax.transData.transform([(name.start, name.y), (name.end, name.y)])
            fitting = [words for words in name.words if pen.width(name.text, words) <= x1 - x0]
            name.text.set(text=fitting[0] if fitting else "", visible=bool(fitting), va="bottom", ha="center")
            self._put(name.text, (x0 + x1) / 2, y + 4 * pen.point)

    def _arrange_beside(self, pen: Pen, panel: Panel, plot: Box) -> list[Line2D]:
        """Labels beside points; those of the right margin are pushed apart, with a leader where they moved."""
        marginal = [label for label in panel.beside if label.spread]
        for label in panel.beside:
            if not label.spread:
                x, y = panel.ax.transData.transform((label.x, label.y))
                label.text.set(text="\n".join(label.lines), va="center")
                self._put(label.text, x + label.gap * pen.point, y)
        for label in marginal:
            for artist in filter(None, (label.text, label.value, label.dot, label.leader)):
                artist.set_visible(bool(label.lines))
        marginal = [label for label in marginal if label.lines]
        for label in marginal:
            label.text.set(text="\n".join(label.lines), va="center")
        wished = [panel.ax.transData.transform((label.x, label.y))[1] for label in marginal]
        heights = [self._margin_height(pen, [label]) for label in marginal]
        centres = layout.spread(wished, heights, plot.bottom, plot.top + pen.line(panel.title))
        for label, y in zip(marginal, centres, strict=True):
            head = self._value_height(pen, label)
            self._put(label.text, plot.right + DOT * pen.point, y - head / 2)
            if label.value is not None:
                top = y + (head + len(label.lines) * pen.line(label.text)) / 2
                self._put(label.value, plot.right + DOT * pen.point, top)
            x0, y0 = panel.ax.transData.transform((label.x, label.y))
            _set_line(label.leader, [x0, plot.right + (DOT - 9) * pen.point], [y0, y])
            label.leader.set_visible(abs(y - y0) > 2 * pen.point or x0 < plot.right - 12 * pen.point)
            _set_line(label.dot, [plot.right + (DOT - 7) * pen.point], [y])
        return [label.leader for label in marginal if label.leader.get_visible()]

    def _value_height(self, pen: Pen, label: Beside) -> float:
        """The height of the large figure over a label, if it has one."""
        return pen.line(label.value) if label.value is not None else 0.0

    def _arrange_inside(self, pen: Pen, panel: Panel, plot: Box, leaders: list[Line2D]) -> None:
        """Labels within the plot, each near its own line and clear of all lines and of the other labels."""
        events = {mark for marks in (panel.timeline.marks if panel.timeline else []) for mark in marks}
        drawn = [line for line in [*panel.ax.lines, *leaders] if line.get_visible() and line not in events]
        upright = _all_pieces([line for line in events if line.get_visible()])
        taken = np.empty((0, 4))
        for label in panel.inside:
            points = panel.ax.transData.transform(label.points)
            others = _all_pieces([line for line in drawn if line is not label.line])
            obstacles = Obstacles(taken, _all_pieces(drawn), upright, others)
            words, box = self._free_place(pen, label, points, plot, obstacles)
            label.text.set_visible(box is not None)
            if box is None:
                self._say(pen, panel, f"no room to name {label.words}", plot.right - plot.left)
                continue
            label.text.set(text=words, va="center", ha="center")
            self._put(label.text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            self._lead(label, points, box, pen)
            taken = np.concatenate([taken, box[None]])

    def _free_place(
        self, pen: Pen, label: Inside, points: np.ndarray, plot: Box, obstacles: "Obstacles"
    ) -> tuple[str, np.ndarray | None]:
        """The words of a label and a box for them: near its line on one row or on two, else farther away.

        The name of a line takes, of the free boxes near it, the first that is two rows or more from all other lines;
        if there is none, the one farthest from them. A value takes the first.
        """
        bounds = (plot.left, plot.bottom, plot.right, plot.top)
        both, lines = np.concatenate([obstacles.lines, obstacles.upright]), obstacles.lines
        tries = [(_around, words, pieces) for pieces in (both, lines) for words in _folded(label.words)]
        tries += [(_everywhere, label.words, pieces) for pieces in (lines, lines[:0])]
        others = np.concatenate([obstacles.others[:, :2] * w + obstacles.others[:, 2:] * (1 - w) for w in (0, 0.5, 1)])
        for places, words, pieces in tries:
            rows = words.split("\n")
            width, line = max(pen.width(label.text, row) for row in rows) + 4 * pen.point, pen.line(label.text)
            boxes = places(points, width, len(rows) * line, pen.point, plot)
            boxes = boxes[layout.free(boxes, obstacles.taken, pieces, bounds)]
            if len(boxes):
                clear = (
                    np.minimum(layout.distance(boxes, others), 2 * line) if places is _around else np.zeros(len(boxes))
                )
                return words, boxes[int(clear.argmax())]
        return label.words, None

    def _lead(self, label: Inside, points: np.ndarray, box: np.ndarray, pen: Pen) -> None:
        """A leader from a label to its line, where the two are not side by side."""
        ends = np.clip(points, box[:2], box[2:])
        away = np.hypot(*(points - ends).T)
        nearest = int(away.argmin())
        _set_line(label.leader, *zip(ends[nearest], points[nearest], strict=True))
        label.leader.set_visible(bool(away[nearest] > 20 * pen.point))


def _folded(words: str) -> list[str]:
    """A label on one row and, if it has a blank, on two."""
    first, blank, rest = words.partition(" ")
    return [words, f"{first}\n{rest}"] if blank else [words]


def _all_pieces(lines: list[Line2D]) -> np.ndarray:
    return np.concatenate([_NONE, *(_pieces(line) for line in lines)])


_NONE = np.empty((0, 4))


def _pieces(line: Line2D) -> np.ndarray:
    """The straight pieces of a drawn line in pixels, one row each."""
    points = line.get_transform().transform(np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)]))
    pieces = np.column_stack([points[:-1], points[1:]])
    return pieces[np.isfinite(pieces).all(axis=1)]


def _around(points: np.ndarray, width: float, height: float, point: float, _: Box) -> np.ndarray:
    """Boxes around points, all places at the first point before those at the next, the nearer before the farther."""
    x, y = points[:, :1], points[:, 1:]
    dx = np.array([-0.5, -0.5, 0, 0, -1, -1, -0.5, -0.5]) * width + np.array([0, 0, 6, 6, -6, -6, 0, 0]) * point
    dy = np.array([0, -1, 0, -1, 0, -1, 0, -1]) * height + np.array([5, -5, 1, -1, 1, -1, 13, -13]) * point
    left, low = (x + dx).ravel(), (y + dy).ravel()
    return np.column_stack([left, low, left + width, low + height])


def _everywhere(points: np.ndarray, width: float, height: float, _: float, plot: Box) -> np.ndarray:
    """Boxes all over the plot, the nearest to the points first."""
    x, y = np.meshgrid(
        np.arange(plot.left, max(plot.right - width, plot.left) + 1, max(width / 4, 1)),
        np.arange(plot.bottom, max(plot.top - height, plot.bottom) + 1, max(height / 2, 1)),
    )
    boxes = np.column_stack([x.ravel(), y.ravel(), x.ravel() + width, y.ravel() + height])
    ends = np.clip(points[:, None], boxes[:, :2], boxes[:, 2:])
    return boxes[np.hypot(*(points[:, None] - ends).T).min(axis=1).argsort(kind="stable")]


def _set_line(line: Line2D, x: list[float], y: list[float]) -> None:
    """Give a line of the page its points, in pixels."""
    box = line.get_figure(root=True).bbox
    line.set_data([value / box.width for value in x], [value / box.height for value in y])


def _set_position(ax: Axes, box: Box) -> None:
    page_box = ax.get_figure(root=True).bbox
    ax.set_position(
        (
            box.left / page_box.width,
            box.bottom / page_box.height,
            (box.right - box.left) / page_box.width,
            max(box.top - box.bottom, 1) / page_box.height,
        )
    )


def _weight(ax: Axes) -> float:
    """The share of the height that the grid of a figure gives to its axes."""
    spec = ax.get_subplotspec()
    if spec is None:
        return 1.0
    ratios = spec.get_gridspec().get_height_ratios()
    return float(sum(ratios[k] for k in spec.rowspan))


def _set_years(ax: Axes, width: float, label: float) -> None:
    """Ticks in the middle of years, as many as have room."""
    first, last = (num2date(edge) for edge in sorted(ax.get_xlim()))
    years = max(last.year - first.year, 1)
    step = next((s for s in (1, 2, 5, 10, 20, 50) if years / s * label * 1.7 <= width), 100)
    years = range(-(-first.year // step) * step, last.year + 1, step)
    ticks = {date2num(np.datetime64(f"{year}-07-02")): str(year) for year in years}
    inside = {at: year for at, year in ticks.items() if date2num(first) <= at <= date2num(last)}
    ax.set_xticks(list(inside), list(inside.values()))
