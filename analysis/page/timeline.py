"""Events on a date axis: labels in lanes over a chart, or a board of lanes by kind.

When room runs out the labels give way by rule, and the figure says so: full titles, then short titles, then numbers
with a key, then only the more important events "and N more". Nothing overlaps, nothing is cut, nothing is dropped in
silence.
"""

from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import num2date
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis.page import geometry
from analysis.page.presets import LEADING


@dataclass(frozen=True)
class Pen:
    """Lengths on the page, in pixels: of words in their type, and of one point at the size of the web preset."""

    dpi: float
    scale: float

    @property
    def point(self) -> float:
        """One point at the size of the web preset."""
        return self.scale * self.dpi / 72

    def width(self, text: Text, words: str) -> float:
        """No less than the width of `words` in the type of `text`: the sum of their advances, in every format the same.

        It is a hundred times quicker than to ask the renderer. Kerning and ligatures, which the sum leaves out, make
        words narrower; hinting adds up to a hundredth.
        """
        font = text.get_fontproperties()
        advances = _advances(font.get_family()[0], font.get_weight(), words)
        return 1.015 * font.get_size() * self.dpi / 72 * advances

    def line(self, text: Text) -> float:
        """The height of one line in the type of `text`, with its leading."""
        return text.get_fontsize() * self.dpi / 72 * LEADING


@cache
def _advance(family: str, weight: str | int, letter: str) -> float:
    """How far a letter moves the pen, in sizes of the type, without hinting; one that the face lacks, its size."""
    face = get_font(findfont(FontProperties(family=family, weight=weight)))
    if not face.get_char_index(ord(letter)):
        return 1.0
    face.set_size(1000, 72)
    return face.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 1000


@lru_cache(maxsize=4096)
def _advances(family: str, weight: str | int, words: str) -> float:
    return sum(_advance(family, weight, letter) for letter in words)


@dataclass(frozen=True)
class Plan:
    """Which events are labelled and how: indices, words, left ends and lanes of labels, leaders, key columns."""

    shown: np.ndarray
    words: list[str]
    lefts: np.ndarray
    lanes: list[int]
    leaders: np.ndarray
    key: list[list[str]]
    grouped: bool
    lane_count: int
    height: float


@dataclass
class Timeline:
    """The events of one chart and the artists that show them.

    A board has its own axes and lanes by kind.
    """

    ax: Axes
    events: pd.DataFrame
    start: np.ndarray
    end: np.ndarray
    board: bool
    labels: list[Text]
    leaders: list[Line2D] = field(default_factory=list)
    marks: list[list[Line2D]] = field(default_factory=list)
    kinds: list[Text] = field(default_factory=list)
    rules: list[Line2D] = field(default_factory=list)
    key: list[Text] = field(default_factory=list)

    def inside(self) -> np.ndarray:
        """Whether each event touches the years that the axes show."""
        first, last = sorted(self.ax.get_xlim())
        return (self.end >= first) & (self.start <= last)

    def outside(self) -> tuple[int, int]:
        """How many events lie before and after the axes."""
        first, last = sorted(self.ax.get_xlim())
        return int((self.end < first).sum()), int((self.start > last).sum())

    def shows(self, other: "Timeline") -> bool:
        """Whether this is a board that names every event of another timeline."""
        return self.board and set(other.events["event"]) <= set(self.events["event"])

    def rest(self, plan: Plan | None) -> str:
        """The words on what the axes do not show or name; empty where they show all."""
        count = int(self.inside().sum())
        hidden = count - (len(plan.shown) if plan else 0)
        before, after = self.outside()
        first, last = (num2date(edge).year for edge in sorted(self.ax.get_xlim()))
        named = f"{count - hidden} of {count} events named, the most important first, and {hidden} more"
        told = [named if hidden < count else f"{count} events, no room to name them here"] if hidden else []
        told += [f"{before} before {first}"] if before else []
        told += [f"{after} after {last}"] if after else []
        return "; ".join(told)

    def pixels(self, left: float, right: float) -> tuple[np.ndarray, np.ndarray]:
        """Where each event starts and ends between the two ends of the axes."""
        first, last = self.ax.get_xlim()
        scale = (right - left) / (last - first)
        return (
            left + (np.clip(self.start, first, last) - first) * scale,
            left + (np.clip(self.end, first, last) - first) * scale,
        )

    def plan(self, pen: Pen, left: float, right: float, edge: float, room: float, flat: bool) -> Plan | None:
        """The fullest labelling that fits; `edge` is how far labels may reach to the right, `room` how high.

        `flat` lays all kinds together in the lanes of a board, whose names at the left then need no room.
        Where not every event is named, one line of the room is left for the words that say so.
        """
        candidates, line = np.flatnonzero(self.inside()), pen.line(self.labels[0])
        best = self._fit(candidates, pen, left, right, edge, room - (line if any(self.outside()) else 0), flat)
        if best is not None:
            return best
        importance = self.events["importance"].to_numpy()[candidates]
        ranked = candidates[np.lexsort((-self.start[candidates], importance))]
        fewest, most = 0, len(ranked)
        while most - fewest > 1:
            middle = (fewest + most) // 2
            found = self._fit(np.sort(ranked[:middle]), pen, left, right, edge, room - line, flat)
            if found is None:
                most = middle
            else:
                fewest, best = middle, found
        return best

    def _fit(
        self, shown: np.ndarray, pen: Pen, left: float, right: float, edge: float, room: float, flat: bool
    ) -> Plan | None:
        """The fullest labels for these events that fit, or None."""
        if not len(shown):
            return None
        shown = shown[np.argsort((self.start + self.end)[shown], kind="stable")]
        titles = self.events["title"].to_numpy()[shown]
        shorts = self.events["short_title"].to_numpy()[shown]
        numbers = [str(k + 1) for k in range(len(shown))]
        ways = [(titles, None), (shorts, None), (numbers, titles), (numbers, shorts)]
        for words, entries in ways:
            for grouped in (True, False) if self.board and entries is None and not flat else (False,):
                plan = self._place(shown, list(words), entries, grouped, pen, left, right, edge, room)
                if plan is not None:
                    return plan
        return None

    def _place(
        self,
        shown: np.ndarray,
        words: list[str],
        entries: np.ndarray | None,
        grouped: bool,
        pen: Pen,
        left: float,
        right: float,
        edge: float,
        room: float,
    ) -> Plan | None:
        label = self.labels[0]
        key = [] if entries is None else self._columns(shown, entries, pen, edge - left)
        if key is None:
            return None
        room -= len(key[0]) * pen.line(label) if key else 0
        each = pen.line(label) * (1.1 if grouped else 1)
        widths = np.array([pen.width(label, text) for text in words])
        x0, x1 = self.pixels(left, right)
        if key:
            placed = _one_lane(widths, (x0 + x1)[shown] / 2, left, edge, 4 * pen.point)
        elif self.board:
            placed = self._lanes_of_board(
                shown, widths, x0[shown], x1[shown], grouped, left, edge, pen, int(room / each)
            )
        else:
            placed = geometry.stack((x0 + x1)[shown] / 2, widths, left, edge, 3 * pen.point)
        if placed is None:
            return None
        leaders, lefts, lanes = placed
        count = max(lanes) + 1 + (self.board and bool(key))
        if count * each > room:
            return None
        return Plan(shown, words, lefts, list(lanes), leaders, key, grouped, count, count * each)

    def _lanes_of_board(
        self,
        shown: np.ndarray,
        widths: np.ndarray,
        x0: np.ndarray,
        x1: np.ndarray,
        grouped: bool,
        left: float,
        edge: float,
        pen: Pen,
        most: int,
    ) -> tuple[np.ndarray, np.ndarray, list[int]] | None:
        """Each mark with its label beside it, right if there is room and left if not; in lanes, kind by kind."""
        dot, gap = 4.5 * pen.point, 4 * pen.point
        kinds = self.events["kind"].to_numpy()[shown]
        groups = [kinds == kind for kind in self.kind_order()] if grouped else [np.full(len(shown), True)]
        lefts, lane, base = np.zeros(len(shown)), np.zeros(len(shown), int), 0
        for mine in map(np.flatnonzero, groups):
            placed = geometry.beside(x0[mine] - dot, x1[mine] + dot, widths[mine], left, edge, gap, most - base)
            if placed is None:
                return None
            lefts[mine], lane[mine] = placed[0], np.array(placed[1], int) + base
            base = lane[mine].max(initial=base - 1) + 1
        return (x0 + x1) / 2, lefts, lane.tolist()

    def kind_order(self) -> list[str]:
        """The kinds that occur within the axes, in a fixed order."""
        return sorted(self.events.loc[self.inside(), "kind"].unique(), key=KINDS.index)

    def _columns(self, shown: np.ndarray, entries: np.ndarray, pen: Pen, width: float) -> list[list[str]] | None:
        """The numbered key in columns as wide as its longest entry, filled downwards; None where none fits."""
        years = self.events["start"].str[:4].to_numpy()[shown]
        lines = [f"{k + 1}  {year}  {text}" for k, (year, text) in enumerate(zip(years, entries, strict=True))]
        label = self.labels[0]
        widest = pen.width(label, f"{len(lines)}  0000  ") + max(pen.width(label, text) for text in entries)
        widest += 14 * pen.point
        count = min(int((width + 14 * pen.point) // widest), MOST_COLUMNS, len(lines))
        if count < 1:
            return None
        each = -(-len(lines) // count)
        return [lines[k : k + each] for k in range(0, len(lines), each)]


def _one_lane(
    widths: np.ndarray, anchors: np.ndarray, left: float, edge: float, gap: float
) -> tuple[np.ndarray, np.ndarray, list[int]] | None:
    """Numbers side by side in one lane, each as near to its event as its neighbours allow."""
    centres = geometry.spread(anchors, widths + gap, left, edge)
    if centres is None or (np.abs(centres - anchors) > FARTHEST * (edge - left)).any():
        return None
    return centres, centres - widths / 2, [0] * len(widths)


#: Kinds of events in the order of their lanes, and how the lanes are named.
KINDS = ["conflict", "security", "diplomacy", "economic", "sanctions", "report", "arms-deal", "launch", "delivery"]
KIND_NAMES = {
    "conflict": "Conflict",
    "security": "Security",
    "diplomacy": "Diplomacy",
    "economic": "Economic",
    "sanctions": "Sanctions",
    "report": "SIPRI reports",
    "arms-deal": "Arms deals",
    "launch": "Launches",
    "delivery": "Deliveries",
}
MOST_COLUMNS = 6

#: How far a number may stand from its event, as a part of the width.
FARTHEST = 0.1
