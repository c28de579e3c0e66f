"""Rows and tables in words: names, numbers, sentences, subtitles, source lines, and what a table finds.

Everything here turns tables into text. Nothing is measured, and nothing that SIPRI did not print is attributed to it.
"""

from analysis.words.findings import finding, reading
from analysis.words.telling import (
    VOLUME,
    alt,
    caption,
    edition,
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
    "VOLUME",
    "alt",
    "caption",
    "edition",
    "finding",
    "name",
    "percent",
    "possessive",
    "reading",
    "refuse_money",
    "sentence",
    "short_edition",
    "source_line",
    "subject",
    "window",
    "windows",
]
