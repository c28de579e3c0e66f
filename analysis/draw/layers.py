"""Layers and the event board: what is added to a chart, and the words around it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import tables, words
from analysis.draw import house
from analysis.draw.lines import tell
from analysis.page import MUTED, page
from analysis.page.timeline import KIND_NAMES, KINDS, Timeline

#: Charts whose points stand for windows of years, in which an event is never a point.
#: How far the band of shaded windows reaches below the axis, as a part of its height: lines keep a white ground.
BAND = 0.02
WINDOWED = {"shares", "mutual", "dependence", "revisions"}


def events(events: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A board of events: one lane or more per kind, each event a dot or, where it lasted or is dated roughly, a bar.

    Parameters
    ----------
    events
        Rows of `load.events`.
    ax
        Where to draw; without axes a new figure. Axes that share their years with a chart keep the chart's years.

    Returns
    -------
    Axes
        Years against kinds. When room is short, labels give way by rule and the figure says so: full titles, short
        titles, numbers with a key, then only the more important events "and N more".

    Raises
    ------
    ValueError
        If there are no events, or a date cannot be read.

    Notes
    -----
    A pale bar is a date known only by its month or year, drawn over that whole time and never as a false day.

    Examples
    --------
    >>> from analysis import load
    >>> ax = events(load.events(importance=1))
    """
    _some(events)
    ax, home, panel = house.axes(ax)
    table, start, end = _dated(events)
    labels = [home.text(ax, "event", color=house.INK) for _ in start]
    timeline = Timeline(ax, table, start, end, True, labels, [house.page_line(ax, house.PALE, 0.8) for _ in start])
    rough = table["start"].str.len().lt(10).to_numpy()
    for k, importance in enumerate(table["importance"]):
        timeline.marks.append(_mark(ax, start[k], end[k], rough[k], importance))
    for kind in sorted(table["kind"].unique(), key=KINDS.index):
        timeline.kinds.append(home.text(ax, "tick", KIND_NAMES[kind], color=MUTED, ha="right", va="center"))
        timeline.rules.append(house.page_line(ax, "#DDDDDD", 0.8))
    panel.timeline = timeline
    house.clock(panel, start.min() - 200, max(end.max(), start.max() + 1) + 200)
    ax.set_yticks([])
    ax.grid(False)
    panel.grid = ""
    panel.notes.append("Pale bar: a date known only by month or year. Timing is not cause.")
    first = table.sort_values(["importance", "start"]).iloc[0]
    story = f"the {KIND_NAMES[first['kind']].lower()} lane among others shows: {first['title']} ({first['start'][:4]})"
    return tell(home, panel, table, "events", "Timeline", story)


def _some(events: pd.DataFrame) -> None:
    if events.empty:
        raise ValueError("No events to draw.")


def _dated(events: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Events by date, with first and last day on the date axis."""
    days = tables.span(events)
    order = days.sort_values(["start", "end"], kind="stable").index
    days = days.loc[order]
    return events.loc[order].reset_index(drop=True), date2num(days["start"]), date2num(days["end"])


def _mark(ax: Axes, start: float, end: float, rough: bool, importance: int) -> list[Line2D]:
    """A dot for a day, a bar for days or for a rough date; the more important the darker."""
    tint = house.PALE if rough else house.DARK if importance == 1 else house.GREY
    size = 7 if importance == 1 else 5.5
    bar = Line2D([start, end], [0, 0], color=tint, linewidth=5, solid_capstyle="round", zorder=3)
    dot = Line2D([start], [0], color=tint, marker="o", markersize=size, linewidth=0, zorder=4)
    return [ax.add_line(mark) for mark in ([bar] if rough else [bar, dot] if end > start else [dot])]


def mark_events(ax: Axes, events: pd.DataFrame) -> Axes:
    """Upright lines at events, labelled over the chart; windows that contain an event are shaded.

    Parameters
    ----------
    ax
        A chart with years along its axis.
    events
        Rows of `load.events`. Labels are left to a board on the same figure if it names all of them.

    Returns
    -------
    Axes
        The same axes. On charts of rolling windows the labels of all windows that contain a marked event are
        shaded: an event of 2015 is in the five-year windows 2011–15 to 2015–19.

    Raises
    ------
    ValueError
        If there are no events, or the axes have no years or have marked events already.

    Examples
    --------
    >>> from analysis import load, measure
    >>> from analysis import draw
    >>> ax = draw.shares(measure.shares(load.transfers(recipient="Pakistan", edition=2026)))
    >>> ax = mark_events(ax, load.events(event="taliban-kabul-2021"))
    """
    _some(events)
    home = page(ax.get_figure(root=True))
    panel = home.panel(ax)
    if not panel.clock:
        raise ValueError("These axes have no years to mark events on: draw a chart over time first.")
    if panel.timeline is not None:
        raise ValueError("These axes have marked events already: give mark_events all events at once.")
    table, start, end = _dated(events)
    labels = [home.text(ax, "event", color=house.INK) for _ in start]
    timeline = Timeline(ax, table, start, end, False, labels, [house.page_line(ax, house.PALE, 0.8) for _ in start])
    for first, last in zip(start, end, strict=True):
        middle = (first + last) / 2
        line = ax.axvline(middle, color=house.PALE, linewidth=0.8, zorder=1.5)
        span = ax.plot([first, last], [1, 1], transform=ax.get_xaxis_transform(), color=house.GREY, lw=4, zorder=2)
        timeline.marks.append([line, *span] if last > first else [line])
        if last <= first:
            span[0].remove()
    panel.timeline = timeline
    if panel.kind in WINDOWED:
        _shade(ax, panel, table)
    return ax


def _shade(ax: Axes, panel: house.Panel, events: pd.DataFrame) -> None:
    """Shade, on the axis, the ends of the windows that contain an event, overlapping ones as one."""
    years = int((panel.table["last_year"] - panel.table["first_year"]).mode().iloc[0]) + 1
    if years == 1:
        return
    days = tables.span(events)
    spans = sorted(zip(days["start"].dt.year, days["end"].dt.year + years - 1, strict=True))
    joined: list[list[int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    limits = ax.get_xlim()
    for first, last in joined:
        x0, x1 = date2num([np.datetime64(f"{first}-01-01"), np.datetime64(f"{last}-12-31")])
        x0, x1 = np.clip([x0, x1], *limits)
        if x1 > x0:
            ax.axvspan(x0, x1, -BAND, 0, color=house.PALE, linewidth=0, zorder=0, clip_on=False)
    panel.notes.append(f"Band on the axis: ends of {words.windows(years)} that contain a marked event.")


def label_ends(ax: Axes, labels: pd.DataFrame) -> Axes:
    """Labels in the right margin, pushed apart where they would touch.

    Parameters
    ----------
    ax
        Any axes.
    labels
        One row per label: `words`, `x` and `y` (the end of the line, in data coordinates), `colour`.

    Returns
    -------
    Axes
        The same axes.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> row = pd.DataFrame({"words": ["one"], "x": [1.0], "y": [0.5], "colour": ["#12436D"]})
    >>> label_ends(ax, row) is ax
    True
    """
    missing = {"words", "x", "y", "colour"} - set(labels.columns)
    if missing:
        raise ValueError(f"Labels need the columns words, x, y and colour; missing: {sorted(missing)}.")
    _, home, panel = house.axes(ax)
    for row in labels.itertuples():
        house.end_label(home, panel, row.x, row.y, words.refuse_money(row.words), row.colour)
    return ax


def note(ax: Axes, text: str) -> Axes:
    """A sentence on method or reading, set under the figure before its sources.

    Raises
    ------
    ValueError
        If the text names a currency: TIV is a volume, not money.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> note(ax, "Missing is not zero.") is ax
    True
    """
    home = page(ax.get_figure(root=True))
    home.notes.append(words.refuse_money(text))
    _foot(home)
    return ax


def headline(fig: Figure, text: str, *drawn: pd.DataFrame) -> Figure:
    """The finding as the headline, with the subtitle and source line that the drawn tables call for.

    Parameters
    ----------
    fig
        The figure.
    text
        The finding, ten words or fewer.
    drawn
        The tables drawn, the most important first: it gives the subtitle (measure, place, years, unit). The source
        line names the sources of all.

    Returns
    -------
    Figure
        The same figure.

    Raises
    ------
    ValueError
        If no table is given, a table has no sources, or the text names a currency: TIV is a volume, not money.

    Examples
    --------
    >>> from analysis import load, measure
    >>> from analysis import draw
    >>> table = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
    >>> fig = headline(draw.shares(table).figure, "Four fifths of Pakistan's arms now come from China", table)
    """
    if not drawn:
        raise ValueError("A headline needs the table it speaks of: draw.headline(fig, text, table).")
    home = page(fig)
    home.words[home.headline] = words.refuse_money(text)
    subjects = [home.words[panel.title] for panel in home.panels.values() if panel.table is not None]
    home.words[home.subtitle] = subjects[0] if subjects else words.subject(drawn[0])
    home.sources = list(drawn)
    _foot(home)
    return fig


def _foot(home: house.Page) -> None:
    """Notes and source line under the figure."""
    notes = dict.fromkeys([note for panel in home.panels.values() for note in panel.notes if note] + home.notes)
    home.words[home.foot] = " ".join(notes)
    home.source = words.source_line(*home.sources) if home.sources else ""
