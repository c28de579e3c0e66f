"""Charts, each from a table: ``draw.x(table, ax=None)`` returns the Axes. Layers add to a chart: ``draw.x(ax, …)``."""

from analysis.draw.layers import events, headline, label_ends, mark_events, note
from analysis.draw.lines import dependence, mutual, revisions, shares, transfers
from analysis.draw.rows import categories, equipment, ranking, windows

__all__ = [
    "categories",
    "dependence",
    "equipment",
    "events",
    "headline",
    "label_ends",
    "mark_events",
    "mutual",
    "note",
    "ranking",
    "revisions",
    "shares",
    "transfers",
    "windows",
]
