"""Measure dependence: frames in, frames out. Nothing here reads a file, draws, or changes its input.

Printed and computed shares have the same columns, so every measure takes both; `source` keeps them apart.
"""

from analysis.measure.bounds import interval
from analysis.measure.checking import claims
from analysis.measure.comparing import change, mutual, revisions
from analysis.measure.concentration import concentration, without
from analysis.measure.events import around
from analysis.measure.registers import categories, orders
from analysis.measure.rolling import CoverageWarning, coverage, shares, windows
from analysis.measure.world import world

__all__ = [
    "CoverageWarning",
    "around",
    "categories",
    "change",
    "claims",
    "concentration",
    "coverage",
    "interval",
    "mutual",
    "orders",
    "revisions",
    "shares",
    "windows",
    "without",
    "world",
]

_RENAMED = {"dependence": "concentration"}


def __getattr__(name: str) -> None:
    """Say where a function went that had another name in version 0.1."""
    if name in _RENAMED:
        raise AttributeError(f"measure.{name} is now measure.{_RENAMED[name]}.")
    raise AttributeError(f"module 'analysis.measure' has no attribute {name!r}")
