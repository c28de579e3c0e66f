"""Cold start, loading, and a notebook: against bare pandas, and against a notebook that only imports."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pandas as pd
from nbclient import NotebookClient
from pairs import heading, pair

from analysis import load, tables

ROOT = Path(__file__).parents[2]


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def load_all() -> None:
    tables._read.cache_clear()
    for name in tables.names():
        getattr(load, name, lambda name=name: tables.read(name))()


def read_all() -> None:
    for name in tables.names():
        pd.read_csv(ROOT / "data" / f"{name}.csv")


def run(notebook: nbformat.NotebookNode) -> None:
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()


def main() -> None:
    heading()
    pair(
        "cold start and `load.shares()`, against `import pandas`",
        lambda: python("import analysis.load as l; l.shares()"),
        lambda: python("import pandas"),
        1.3,
    )
    pair("loading all tables, against `read_csv` of the same files", load_all, read_all, 3)
    first = nbformat.read(ROOT / "notebooks" / "01-does-the-article-hold-up.ipynb", as_version=4)
    imports = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import pandas\nimport matplotlib.pyplot as plt")]
    )
    pair(
        "notebook 01, against one that imports pandas and matplotlib", lambda: run(first), lambda: run(imports), 2.5, 3
    )


if __name__ == "__main__":
    main()
