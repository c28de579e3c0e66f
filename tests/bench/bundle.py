"""A whole bundle against the three bare `savefig` calls that it contains, in turn, in one run.

Run from the repository: ``python tests/bench/bundle.py``. Aim: 1.5 times or less.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from analysis import draw, export, load, measure
from analysis.page import page_of

ROUNDS = 5
BARE = {"pdf.fonttype": 42, "svg.fonttype": "path"}


def shares() -> Figure:
    """Lines of shares, with nothing else."""
    table = measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026"))
    return draw.headline(draw.shares(table).figure, "Four fifths of Pakistan's arms now come from China")


def board() -> Figure:
    """Shares over a board of events, marked on both."""
    table = measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026"))
    events = load.events(about=["Pakistan", "China"], importance=1)
    with plt.style.context("analysis.paper"):
        fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[4, 1])
    draw.mark_events(draw.shares(table, ax=top), events)
    draw.events(events, ax=bottom)
    return draw.headline(fig, "Four fifths of Pakistan's arms now come from China")


def every_event() -> Figure:
    """A board of all events."""
    events = load.events()
    return draw.headline(draw.events(events).figure, "What happened when")


def bare(fig: Figure, folder: Path) -> None:
    """The three files that a bundle contains, as matplotlib saves them."""
    with matplotlib.rc_context(BARE):
        for kind in ("pdf", "svg", "png"):
            fig.savefig(folder / f"bare.{kind}", dpi=fig.dpi)


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    run()
    return perf_counter() - start


def compare(make: Callable[[], Figure], preset: str, folder: Path) -> tuple[float, float]:
    """Median seconds of bare and bundle, one after the other, round by round; a first round warms both up."""
    fig = make()
    page_of(fig).fit(preset)
    rounds = []
    for k in range(ROUNDS + 1):
        pair = (
            seconds(lambda: bare(fig, folder)),
            seconds(lambda: export.figure(fig, "bench", preset=preset, folder=folder)),
        )
        rounds += [pair] if k else []
    return median(b for b, _ in rounds), median(e for _, e in rounds)


def main() -> None:
    """Print one line per figure and preset."""
    print(f"{'figure':<12}{'preset':<14}{'three savefig':>14}{'bundle':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for make in (shares, board, every_event):
            for preset in ("web", "nature-2col"):
                plain, whole = compare(make, preset, Path(folder))
                print(f"{make.__name__:<12}{preset:<14}{plain:>12.3f} s{whole:>8.3f} s{whole / plain:>8.2f}")


if __name__ == "__main__":
    main()
