"""Time two things in turn, A B A B …, so that a drift of the machine meets both; print medians and their ratio."""

import statistics
import time
from collections.abc import Callable


def pair(name: str, ours: Callable[[], object], bare: Callable[[], object], aim: float, runs: int = 7) -> None:
    """Print one row: what was timed, both medians in milliseconds, their ratio and the ratio aimed at."""
    ours(), bare()
    times = [(_seconds(ours), _seconds(bare)) for _ in range(runs)]
    mine, other = (statistics.median(each) * 1000 for each in zip(*times, strict=True))
    ratio = statistics.median(a / b for a, b in times)
    print(f"| {name} | {mine:,.0f} ms | {other:,.0f} ms | {ratio:.2f}× | ≤ {aim}× |", flush=True)


def heading() -> None:
    """The head of the table."""
    print("\n| what, against what | ours | bare | ratio | aim |\n|---|---:|---:|---:|---:|", flush=True)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
