"""The contract: the tables of ``data/``, what a source is, what kind of table a frame is, names, and one clock."""

from analysis.tables import kinds
from analysis.tables.dates import span
from analysis.tables.names import ENDS, country, party, plain, spelled, spellings
from analysis.tables.schema import categories, check, column, describe, known, names, read
from analysis.tables.sources import (
    OWN,
    Source,
    basis,
    calculated,
    is_own,
    newest_release,
    one_source,
    record,
    release_of,
)

__all__ = [
    "ENDS",
    "OWN",
    "Source",
    "basis",
    "calculated",
    "categories",
    "check",
    "column",
    "country",
    "describe",
    "is_own",
    "kinds",
    "known",
    "names",
    "newest_release",
    "one_source",
    "party",
    "plain",
    "read",
    "record",
    "release_of",
    "span",
    "spelled",
    "spellings",
]
