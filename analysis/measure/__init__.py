"""Measure dependence: frames in, frames out. Nothing here reads a file, draws, or changes its input.

Printed and computed shares have the same columns, so every measure takes both; `source` keeps them apart.
"""

from analysis.measure.bounds import interval
from analysis.measure.checking import claims
from analysis.measure.reading import around, change, dependence, mutual, revisions, without
from analysis.measure.registers import categories, orders
from analysis.measure.rolling import coverage, shares, windows

__all__ = [
    "around",
    "categories",
    "change",
    "claims",
    "coverage",
    "dependence",
    "interval",
    "mutual",
    "orders",
    "revisions",
    "shares",
    "windows",
    "without",
]
