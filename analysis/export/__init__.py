"""The only writer: a figure or a table with everything that a reader needs to publish it, and a check before that."""

from analysis.export.bundle import Bundle, contact_sheet, figure, table
from analysis.export.proof import check

__all__ = ["Bundle", "check", "contact_sheet", "figure", "table"]
