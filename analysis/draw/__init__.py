"""Charts, each from a table: ``draw.x(table, ax=None)`` returns the Axes. Layers add to a chart: ``draw.x(ax, …)``."""

from analysis.draw import layers, lines, rows, style

categories = style.styled(rows.categories)
dependence = style.styled(lines.dependence)
equipment = style.styled(rows.equipment)
events = style.styled(layers.events)
headline = style.styled(layers.headline)
label_ends = style.styled(layers.label_ends)
mark_events = style.styled(layers.mark_events)
mutual = style.styled(lines.mutual)
note = style.styled(layers.note)
ranking = style.styled(rows.ranking)
revisions = style.styled(lines.revisions)
shares = style.styled(lines.shares)
transfers = style.styled(lines.transfers)
windows = style.styled(rows.windows)

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
