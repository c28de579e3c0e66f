"""Layers and the event board: what is added to a chart, and the words around it."""

import warnings

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import tables, words
from analysis.draw import style
from analysis.page import Record
from analysis.page import record as records
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
    ax, panel = style.axes(ax)
    if panel.timeline is not None:
        raise ValueError("These axes have events already: give events all of them at once, or other axes.")
    table, start, end = _dated(events)
    labels = [panel.text("event", color=style.INK) for _ in start]
    timeline = Timeline(ax, table, start, end, True, labels, [style.page_line(ax, style.PALE, 0.8) for _ in start])
    rough = table["start"].str.len().lt(10).to_numpy()
    for k, importance in enumerate(table["importance"]):
        timeline.marks.append(_mark(ax, start[k], end[k], rough[k], importance))
    for kind in sorted(table["kind"].unique(), key=KINDS.index):
        timeline.kinds.append(panel.text("tick", KIND_NAMES[kind], color=style.MUTED, ha="right", va="center"))
        timeline.rules.append(style.page_line(ax, style.RULE, 0.8))
    panel.timeline = timeline
    style.clock(panel, start.min() - 200, max(end.max(), start.max() + 1) + 200)
    ax.set_yticks([])
    ax.grid(False)
    panel.grid = ""
    notes = ["Pale bar: a date known only by month or year. Timing is not cause."]
    first = table.sort_values(["importance", "start"]).iloc[0]
    story = f"the {KIND_NAMES[first['kind']].lower()} lane among others shows: {first['title']} ({first['start'][:4]})"
    return style.tell(panel, table, records.BOARD, "Timeline", story, notes=notes)


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
    tint = style.PALE if rough else style.DARK if importance == 1 else style.GREY
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
    _, panel = style.axes(ax)
    if not panel.clock:
        raise ValueError("These axes have no years to mark events on: draw a chart over time first.")
    if panel.timeline is not None:
        raise ValueError("These axes have marked events already: give mark_events all events at once.")
    table, start, end = _dated(events)
    labels = [panel.text("event", color=style.INK) for _ in start]
    timeline = Timeline(ax, table, start, end, False, labels, [style.page_line(ax, style.PALE, 0.8) for _ in start])
    for first, last in zip(start, end, strict=True):
        middle = (first + last) / 2
        line = ax.axvline(middle, color=style.PALE, linewidth=0.8, zorder=1.5)
        span = ax.plot([first, last], [1, 1], transform=ax.get_xaxis_transform(), color=style.GREY, lw=4, zorder=2)
        timeline.marks.append([line, *span] if last > first else [line])
        if last <= first:
            span[0].remove()
    panel.timeline = timeline
    windowed = [record.table for record in records.on(ax) if record.kind in WINDOWED]
    notes = _shade(ax, windowed[0], table) if windowed else []
    ax.add_artist(Record(records.MARKED, table, notes=notes))
    return ax


def _shade(ax: Axes, windows: pd.DataFrame, events: pd.DataFrame) -> list[str]:
    """Shade, on the axis, the ends of the windows that contain an event, overlapping ones as one; the note on it."""
    years = int((windows["last_year"] - windows["first_year"]).mode().iloc[0]) + 1
    if years == 1:
        return []
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
            ax.axvspan(x0, x1, -BAND, 0, color=style.PALE, linewidth=0, zorder=0, clip_on=False)
    return [f"Band on the axis: ends of {words.windows(years)} that contain a marked event."]


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
    _, panel = style.axes(ax)
    for row in labels.itertuples():
        style.end_label(panel, row.x, row.y, words.refuse_money(row.words), row.colour)
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
    style.axes(ax)
    ax.add_artist(Record(records.NOTE, notes=[words.refuse_money(text)]))
    return ax


def headline(fig: Figure, text: str | None = None, *drawn: pd.DataFrame) -> Figure:
    """The finding as the headline of a figure. Subtitle, notes and source line come from what is drawn.

    Parameters
    ----------
    fig
        The figure. What is drawn on it may come before or after.
    text
        The finding, ten words or fewer; without it that of the first chart, as `words.finding` has it.
    *drawn
        No longer used: the figure knows which tables it shows.

    Returns
    -------
    Figure
        The same figure.

    Raises
    ------
    ValueError
        If `fig` is a part of a figure, the text is a table or names a currency (TIV is a volume, not money), or the
        first chart has no finding.

    Warns
    -----
    DeprecationWarning
        If tables are given. They are left out of account.

    Examples
    --------
    >>> from analysis import load, measure
    >>> from analysis import draw
    >>> table = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
    >>> fig = headline(draw.shares(table).figure, "Four fifths of Pakistan's arms now come from China")
    """
    if text is not None and not isinstance(text, str):
        raise ValueError(f"A headline is a text, not a {type(text).__name__}: draw.headline(fig) writes the finding.")
    if drawn:
        warnings.warn(
            "The figure knows which tables it shows, and the headline no longer takes any: draw.headline(fig, text).",
            DeprecationWarning,
            stacklevel=3,
        )
    page = style.page(fig)
    page.headline = words.refuse_money(text or "")
    if text is None and records.of(fig):
        page.lettering()
    page.stale = True
    return fig
