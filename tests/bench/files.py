"""A folder of the tables of all importers beside a bare pandas.read_csv of each: time, side by side in one run.

Run from the repository: ``python tests/bench/files.py``. The tables are made here, with invented numbers, in the shape
and about the size of SIPRI's. Times are the best of several alternating runs. Aim: 3 times or less.
"""

import tempfile
import warnings
from pathlib import Path
from random import Random

import pandas as pd
from sipri import _best

from analysis import load, sipri, tables

YEARS = range(1950, 2022)
SUPPLIERS = 25  # a table of SIPRI's has between none and sixty
FILLED = 0.18  # of all cells, as in SIPRI's own tables
LINES_BEFORE_HEADER = 10


def main() -> int:
    """Print the times of both."""
    with tempfile.TemporaryDirectory() as folder:
        paths = _made(Path(folder))
        bare, ours = _best(lambda: [_bare(path) for path in paths], lambda: _read(folder))
        found = _read(folder)
        size = sum(path.stat().st_size for path in paths)
        print(f"{len(paths)} files, {size / 1e6:.1f} MB, {len(found.transfers):,} cells")
        print(f"read_csv of each {bare * 1e3:.0f} ms, load.sipri of all {ours * 1e3:.0f} ms: {ours / bare:.2f} times")
    return 0


def _bare(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, skiprows=LINES_BEFORE_HEADER)


def _read(folder: str) -> sipri.Export:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sipri.ExportWarning)
        return load.sipri(folder)


def _made(folder: Path) -> list[Path]:
    """One table per importer of the table of countries, written as the site of 2022 wrote them."""
    random = Random(2022)
    names = [
        name for name in tables.read("countries")["country"] if not name.startswith(("unknown supplier", "multiple"))
    ]
    paths = []
    for at, name in enumerate(names):
        partners = random.sample([partner for partner in names if partner != name], SUPPLIERS)
        rows = [[_cell(random) for _ in YEARS] for _ in partners]
        sums = [sum(int(row[year] or 0) for row in rows) for year in range(len(YEARS))]
        lines = [
            f'"TIV of arms exports to {name}, {YEARS[0]}-{YEARS[-1]}"',
            *[","] * 7,
            "Generated: 22 April 2022",
            ",",
        ]
        lines += [",".join(["", *map(str, YEARS), "Total"])]
        lines += [
            ",".join([partner, *row, str(sum(int(cell or 0) for cell in row))])
            for partner, row in zip(partners, rows, strict=True)
        ]
        lines += ["," * (len(YEARS) + 1), ",".join(["Total", *map(str, sums), str(sum(sums))])]
        path = folder / f"TIV-Import-{at:03}-1950-2021.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def _cell(random: Random) -> str:
    return str(random.randint(0, 300)) if random.random() < FILLED else ""


if __name__ == "__main__":
    raise SystemExit(main())
