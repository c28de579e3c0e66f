"""The package as others get it: a wheel that carries its data, and imports without side effects."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analysis import tables

ROOT = Path(__file__).parents[1]


def python(*args, **options):
    return subprocess.run([sys.executable, *args], check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_data_and_the_style(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "analysis/data/datapackage.json" in names
    assert "analysis/paper.mplstyle" in names
    assert not [name for name in names if name.startswith(("data/", "tests/", "notebooks/"))]


def test_a_wheel_unpacked_elsewhere_loads_every_table(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from analysis import load, tables; print(tables.__file__); print(*load.catalog()['rows'])"
    path, rows = python("-c", code, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}).splitlines()
    assert Path(path).is_relative_to(tmp_path)
    assert [int(count) for count in rows.split()] == [len(tables.read(name)) for name in tables.names()]


def test_loading_imports_neither_matplotlib_nor_widgets():
    code = "import sys, analysis.load as l; l.shares(); print({'matplotlib', 'ipywidgets', 'scipy'} & set(sys.modules))"
    assert python("-c", code, cwd=ROOT).strip() == "set()"


def test_arrows_only_go_down():
    below = {
        "tables": {"tables"},
        "page": {"tables", "page"},
        "words": {"tables", "words"},
        "measure": {"tables", "measure"},
        "sipri": {"tables", "sipri"},
        "load": {"tables", "sipri"},
    }
    for module, allowed in below.items():
        files = [ROOT / "analysis" / f"{module}.py", *(ROOT / "analysis" / module).glob("*.py")]
        for file in filter(Path.exists, files):
            text = file.read_text(encoding="utf-8")
            found = set(re.findall(r"^(?: *)from analysis\.(\w+)", text, re.M))
            for line in re.findall(r"^(?: *)from analysis import (.+)$", text, re.M):
                found |= {name.strip() for name in line.strip("()").split(",")}
            assert found <= allowed, (file.name, found)


def test_the_lock_has_hashes_and_names_no_registry():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"index-url|find-links|https?://", lock)
