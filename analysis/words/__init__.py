"""Rows and tables in words: names, numbers, sentences, subtitles, source lines, and what a table finds.

Everything here turns tables into text. Nothing is measured, and nothing that SIPRI did not print is attributed to it.
"""

from analysis.words.findings import finding, reading
from analysis.words.shown import table
from analysis.words.telling import (
    ALT_LEAST,
    ALT_MOST,
    VOLUME,
    alt,
    alts,
    capital,
    caption,
    category,
    caveat,
    edition,
    money,
    name,
    percent,
    possessive,
    refuse_money,
    sentence,
    short_edition,
    source_line,
    subject,
    window,
    windows,
)

__all__ = [
    "ALT_LEAST",
    "ALT_MOST",
    "VOLUME",
    "alt",
    "alts",
    "capital",
    "caption",
    "category",
    "caveat",
    "edition",
    "finding",
    "money",
    "name",
    "percent",
    "possessive",
    "reading",
    "refuse_money",
    "sentence",
    "short_edition",
    "source_line",
    "subject",
    "table",
    "window",
    "windows",
]
