"""The page: headline, charts, labels, key and source line get their places at every size.

The page hangs on its figure and lays it out anew when it is drawn, so a figure that is given another size (`fit`)
fits it. Charts leave records of what they show and requests of what they want labelled; what a pass makes of them is
kept in `Slot`s for as long as the pass lasts.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis import tables
from analysis.page import places, record
from analysis.page.canvas import Sheet
from analysis.page.columns import Column
from analysis.page.palette import MUTED
from analysis.page.places import Box
from analysis.page.presets import COLUMN_GAP, MARGIN, PRESETS, SIZES, text_style
from analysis.page.record import Lettering, Record
from analysis.page.requests import Panel
from analysis.page.timeline import Pen

#: How the records of a figure become its words: records, headline (None: none, "": the finding), further tables.
Compose = Callable[[list[Record], str | None, Iterable[pd.DataFrame]], Lettering]


def page_of(fig: Figure) -> "Page | None":
    """The page of a figure; None where it has none."""
    return next((artist for artist in fig.artists if isinstance(artist, Page)), None)


class Page(Sheet):
    """Places everything on a figure, and knows its words."""

    def __init__(self, fig: Figure, compose: Compose):
        super().__init__(fig)
        self.preset = PRESETS["web"]
        self.compose = compose
        self.headline: str | None = None
        self.further: list[pd.DataFrame] = []
        self.roles: dict[Text, str] = {}
        self._headline = self._text(fig, "headline", weight="bold", va="top")
        self._subtitle = self._text(fig, "subtitle", color=MUTED, va="top")
        self._foot = self._text(fig, "foot", color=MUTED, va="bottom")

    def _text(self, fig: Figure, role: str, **style: str) -> Text:
        text = fig.text(0, 0, "", **text_style(fig, self.preset, role), **style)
        text.set_in_layout(False)
        self.roles[text] = role
        return text

    def panel(self, ax: Axes) -> Panel:
        """The requests of an axes; made when first asked for."""
        found = next((artist for artist in ax.artists if isinstance(artist, Panel)), None)
        return found or Panel(ax, self)

    def lettering(self) -> Lettering:
        """All words of the figure, as its records and its headline have them now."""
        return self.compose(record.of(self.get_figure(root=True)), self.headline, self.further)

    def fit(self, preset: str) -> None:
        """Give the figure the size of a preset, and its texts and lines the weight that goes with it."""
        self.preset = PRESETS[tables.known(preset, PRESETS, "preset")]
        fig = self.get_figure(root=True)
        fig.set_dpi(self.preset.dpi)
        fig.set_size_inches(*self.preset.inches)
        for text, role in self.roles.items():
            text.set_fontsize(self.preset.size(SIZES[role]))
        for ax in fig.axes:
            self._restyle(self.panel(ax))

    def _restyle(self, panel: Panel) -> None:
        preset, ax, base = self.preset, panel.ax, panel.base
        for text, role in panel.roles.items():
            text.set_fontsize(preset.size(SIZES[role]))
        for line in ax.lines:
            width, size, edge = base.setdefault(
                line, (line.get_linewidth(), line.get_markersize(), line.get_markeredgewidth())
            )
            line.set(linewidth=preset.stroke(width), markersize=size * preset.scale)
            line.set_markeredgewidth(preset.stroke(edge))
        for shape in [*ax.collections, *ax.patches, *ax.spines.values()]:
            (width,) = base.setdefault(shape, (np.atleast_1d(shape.get_linewidth())[0],))
            shape.set_linewidth(preset.stroke(width))
        for text in ax.texts:
            if text not in panel.roles:
                (size,) = base.setdefault(text, (text.get_fontsize(),))
                text.set_fontsize(preset.size(size))
        ax.tick_params(
            labelsize=preset.size(SIZES["tick"]),
            grid_linewidth=preset.stroke(0.8),
            width=preset.stroke(0.9),
            pad=4 * preset.scale,
        )
        ax.tick_params(axis="x", length=4 * preset.scale if panel.clock else 0)
        ax.grid(preset.grid and panel.grid != "", axis=panel.grid or "both")

    def lay_out(self) -> None:
        """Lay the figure out: header and footer, then the charts between them, column by column."""
        fig, lettering = self.get_figure(root=True), self.lettering()
        pen = Pen(fig.dpi, self.preset.scale)
        width, height, margin = fig.bbox.width, fig.bbox.height, MARGIN * pen.point
        alone = sum(each.chart for each in record.of(fig)) <= 1
        top = self._header(pen, lettering, alone, Box(margin, margin, width - margin, height - margin))
        bottom = self._footer(pen, lettering, Box(margin, margin, width - margin, height - margin))
        columns = self._columns(fig)
        if not columns:
            return
        each = (width - 2 * margin - (len(columns) - 1) * COLUMN_GAP * pen.point) / len(columns)
        for k, panels in enumerate(columns):
            left = margin + k * (each + COLUMN_GAP * pen.point)
            titles = [self._title(panel.ax, alone) for panel in panels]
            Column(pen, panels, titles, Box(left, bottom, left + each, top)).place()

    def _header(self, pen: Pen, lettering: Lettering, alone: bool, room: Box) -> float:
        """Headline and subtitle at the top left; what height is left below them.

        The subtitle speaks for one chart; where there are several, each has a title of its own.
        """
        top, subtitle = room.top, lettering.subjects[0] if lettering.subjects and alone else ""
        for text, words, gap in ((self._headline, lettering.headline, 3), (self._subtitle, subtitle, 12)):
            lines = places.set_lines(pen, text, words if self.preset.titles else "", room.right - room.left)
            places.put(text, room.left, top)
            top -= lines * pen.line(text) + (gap * pen.point if lines else 0)
        return top

    def _footer(self, pen: Pen, lettering: Lettering, room: Box) -> float:
        """Notes and source at the bottom left; where the charts may begin above them."""
        words = [*lettering.notes, lettering.source] if self.preset.notes else [lettering.source]
        words = " ".join(filter(None, words)) if self.preset.titles else ""
        lines = places.set_lines(pen, self._foot, words, room.right - room.left)
        places.put(self._foot, room.left, room.bottom)
        return room.bottom + lines * pen.line(self._foot) + (8 * pen.point if lines else 0)

    def _title(self, ax: Axes, alone: bool) -> str:
        """What stands over one axes: what its charts measure, unless the subtitle says it, or there is only a board."""
        shown = record.on(ax)
        if self.preset.titles and (alone or not any(each.chart for each in shown)):
            return ""
        return "\n".join(dict.fromkeys(each.subject for each in shown if each.subject))

    def _columns(self, fig: Figure) -> list[list[Panel]]:
        """The charts, column by column, each from the top down."""
        columns: dict[int, list[tuple[int, Panel]]] = {}
        for k, ax in enumerate(fig.axes):
            spec = ax.get_subplotspec()
            column, row = (spec.colspan.start, spec.rowspan.start) if spec else (0, k)
            columns.setdefault(column, []).append((row, self.panel(ax)))
        return [[panel for _, panel in sorted(columns[c], key=lambda at: at[0])] for c in sorted(columns)]
