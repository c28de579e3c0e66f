"""Reading a register beside a bare pandas.read_csv of its body: time and peak memory, side by side in one run.

Run from the repository: ``python tests/bench/sipri.py``. It uses the files of ../shared/sipri-exports; where
they are absent it says so. Times are the best of several alternating runs; memory is the peak of what Python
allocates while reading (tracemalloc), against the size of the file.
"""

import io
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis import sipri

SHARED = Path(__file__).resolve().parents[3] / "shared" / "sipri-exports"
REGISTERS = {
    "delivery register": "nagehanrdogan__Global-Arms-Trade-Network-Analysis-1995-2024-__trade_register.csv",
    "deal register": "alexarui__network-analysis__trade-register.csv",
}
LINES_BEFORE_HEADER = 11  # in both files
RUNS = 7


def main(folder: Path = SHARED) -> int:
    """Print one line per register."""
    files = {name: folder / file for name, file in REGISTERS.items() if (folder / file).exists()}
    if not files:
        print(f"nothing to measure: no register in {folder}")
        return 0
    print(f"{'file':18} {'rows':>7} {'read_csv':>9} {'sipri.read':>10} {'ratio':>6} {'peak / file':>12} {'bare':>6}")
    for name, path in files.items():
        content = path.read_bytes()
        body = b"\n".join(content.splitlines()[LINES_BEFORE_HEADER:])
        bare, ours = _best(lambda body=body: _bare(body), lambda content=content: _read(content))
        rows = len(_read(content).deliveries)
        memory = [_peak(lambda body=body: _bare(body)), _peak(lambda path=path: _read(path))]
        print(
            f"{name:18} {rows:7,} {bare * 1e3:6.0f} ms {ours * 1e3:7.0f} ms {ours / bare:6.2f} "
            f"{memory[1] / len(content):12.1f} {memory[0] / len(content):6.1f}"
        )
    return 0


def _bare(body: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(body), encoding="cp1252")


def _read(content: bytes | Path) -> sipri.Export:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sipri.ExportWarning)
        return sipri.read(content, allocate="even")


def _best(*calls: Callable[[], object]) -> list[float]:
    """Best time of each call, the calls taking turns so that a busy moment hits them alike."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(RUNS):
        for call, found in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            found.append(time.perf_counter() - start)
    return [min(found) for found in times]


def _peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    kept = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


if __name__ == "__main__":
    sys.exit(main())
