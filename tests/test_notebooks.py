"""The notebooks: clean as committed, and run from top to bottom for two pairs, with the figures they should show."""

import ast
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from analysis import load

ROOT = Path(__file__).parent.parent
BOOKS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
PAIR_BOOKS = [book for book in BOOKS if "02" <= book.name[:2] <= "06"]
INDIA = {"recipient": "India", "supplier": "Russia", "other": "Pakistan"}
TIMEOUT = 300

#: The tables that pandas styles have a new id and a new address in every run.
SANITIZE = r"""[id]
regex: T_[0-9a-f]{5}
replace: T_
[address]
regex: 0x[0-9a-f]+
replace: 0x
"""


def read(book):
    return nbformat.read(book, as_version=4)


def code(book):
    return [cell for cell in read(book).cells if cell.cell_type == "code"]


def tagged(book):
    return [cell for cell in read(book).cells if "parameters" in cell.metadata.get("tags", [])]


def ids(book):
    return book.stem


# As committed


@pytest.mark.parametrize("book", BOOKS, ids=ids)
def test_notebook_is_clean(book):
    made = read(book)
    nbformat.validate(made)
    assert (made.nbformat, made.nbformat_minor) == (4, 5)
    assert made.metadata.kernelspec.name == "python3"
    assert set(made.metadata) <= {"kernelspec", "language_info", "title"}
    assert all(not cell.outputs and cell.execution_count is None for cell in code(book))
    assert len({cell.id for cell in made.cells}) == len(made.cells) <= 22


@pytest.mark.parametrize("book", BOOKS, ids=ids)
def test_notebook_asks_a_question_and_states_its_limits(book):
    cells = read(book).cells
    title = cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert any("## What this does not show" in text for text in prose)
    assert "## Try it yourself" in prose[-1]


@pytest.mark.parametrize("book", BOOKS, ids=ids)
def test_notebook_has_parameters_right_after_the_imports(book):
    first, second = code(book)[:2]
    assert 'plt.style.use("analysis.paper")' in first.source
    assert tagged(book) == [second]
    assert all(isinstance(line, ast.Assign) for line in ast.parse(second.source).body)


@pytest.mark.parametrize("book", BOOKS, ids=ids)
def test_cells_are_short_and_hold_no_logic(book):
    banned = [ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.ListComp]
    if book.name.startswith(("05", "07")):  # a reader's file may have nothing to show for a part of the notebook
        banned = [kind for kind in banned if kind not in (ast.If, ast.IfExp)]
    banned = tuple(banned)
    for cell in code(book):
        assert len(cell.source.splitlines()) <= 12, cell.source
        assert not any(isinstance(node, banned) for node in ast.walk(ast.parse(cell.source))), cell.source


@pytest.mark.parametrize("book", BOOKS, ids=ids)
def test_notebook_names_no_place_on_a_machine(book):
    source = "\n".join(cell.source for cell in read(book).cells)
    assert not re.search(r"(^|[\s\"'(])(/(home|Users|root|tmp|work|mnt)\b|~/|[A-Z]:\\)", source)


@pytest.mark.parametrize("book", PAIR_BOOKS, ids=ids)
def test_prose_of_a_pair_holds_no_figure_of_it(book):
    """What is found comes from the tables, so no per cent stands in the prose."""
    prose = "\n".join(cell.source for cell in read(book).cells if cell.cell_type == "markdown")
    assert not re.search(r"\d\s*(%|per cent)", prose)


def test_notebooks_link_to_each_other():
    for book in BOOKS:
        for link in re.findall(r"\]\(([^)]+\.ipynb)\)", "\n".join(cell.source for cell in read(book).cells)):
            assert (book.parent / link).exists(), (book.name, link)


# As run


def run(books, folder, **parameters):
    """Run notebooks in `folder`, two at a time; their executed copies by number."""

    def one(book):
        made = parameterize_notebook(load_notebook_node(str(book)), parameters) if parameters else read(book)
        NotebookClient(
            made, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
        nbformat.write(made, folder / book.name)
        return book.name[:2], made

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(one, books))


@pytest.fixture(scope="module", autouse=True)
def package_on_the_path():
    """Kernels start elsewhere: a checkout that is not installed must be found all the same."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), before]))
    yield
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    """The notebooks as committed, run."""
    folder = tmp_path_factory.mktemp("article")
    return folder, run([*PAIR_BOOKS, BOOKS[0]], folder)


@pytest.fixture(scope="module")
def india(tmp_path_factory):
    """The notebooks of a pair, run for India and Russia."""
    folder = tmp_path_factory.mktemp("india")
    return folder, run(PAIR_BOOKS, folder, **INDIA)


def said(book):
    """All text that the cells of an executed notebook show, without marks and images."""
    shown = []
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = data.get("text/html") or data.get("text/markdown") or data.get("text/plain", "")
            shown.append(re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL))
    return re.sub(r"\s+", " ", " ".join(shown))


def test_the_article_s_figures_hold_as_printed_and_are_revised(article):
    text = said(article[1]["01"])
    assert "China's share of Pakistan's arms imports in 2017–21: 72 per cent at first" in text
    assert "75.3 per cent in the newest reading" in text
    assert "Pakistan's share of China's arms exports in 2017–21: 47 per cent at first" in text
    assert "45.7 per cent in the newest reading" in text
    assert text.count("holds in the edition quoted, revised since") >= 2


def test_every_claim_shows_its_verdict_and_evidence(article):
    text = said(article[1]["01"])
    for statement in load.claims()["statement"]:
        assert statement in text.replace("&#x27;", "'").replace("&#39;", "'"), statement
    found = r"Chinese stealth submarines\. not supported .*Hangor class .*ordered in 2015, none delivered"
    assert re.search(found, text)
    assert re.search(r"met in Samarkand .* differs .*sent a minister of state, not its foreign minister", text)


def test_the_other_notebooks_say_what_the_tables_say(article):
    _, books = article
    assert "China supplied 80 per cent of Pakistan's arms imports in 2021–25" in said(books["02"])
    assert "The gap is 19.6 percentage points before rounding; the larger share is Pakistan's." in said(books["03"])
    orders = len(load.equipment(recipient="Pakistan", supplier="China"))
    assert f"Pakistan's {orders} orders from China" in said(books["05"])
    assert "Japan 95 (the United States)" in said(books["06"])


def test_the_figures_of_the_notebooks_have_all_their_files(article):
    folder, _ = article
    made = sorted(path.name for path in (folder / "figures").iterdir())
    assert len(made) >= 8
    for name in made:
        files = {path.suffix for path in (folder / "figures" / name).iterdir()}
        assert {".pdf", ".svg", ".png", ".csv", ".txt"} <= files, name


def test_another_pair_runs_and_overwrites_nothing(article, india):
    pakistan, others = ({path.name for path in (folder / "figures").iterdir()} for folder, _ in (article, india))
    assert {"india-suppliers", "india-russia-mirror", "india-russia-windows", "orders-india-russia"} <= others
    # Only what is no matter of the pair has the same name: the ranking.
    assert pakistan & others == {"largest-suppliers-2021-25"}


def test_another_pair_tells_its_own_story(india):
    _, books = india
    assert "Russia supplied 40 per cent of India's arms imports in 2021–25" in said(books["02"])
    assert "only a part of Russia's arms exports" in said(books["03"])
    assert "India received 48 per cent of Russia's arms exports" in said(books["03"])
    assert "China supplied" not in said(books["02"]) + said(books["03"]) + said(books["04"])


def test_a_second_run_gives_the_same_outputs(article):
    """nbval runs the executed copies again and compares every table, sentence and figure with the first run."""
    folder, books = article
    (folder / "sanitize.cfg").write_text(SANITIZE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "--nbval"]
    command += ["--nbval-sanitize-with", str(folder / "sanitize.cfg"), "--nbval-cell-timeout", str(TIMEOUT)]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    cells = sum(cell.cell_type == "code" for book in books.values() for cell in book.cells)
    assert f"{cells} passed" in done.stdout


# The README


def test_the_readme_runs(tmp_path, monkeypatch):
    """The python block of the README, as it stands there."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(blocks[0], "README.md", "exec"), names)
    assert list(tmp_path.glob("figures/*/*.svg"))


def test_the_readme_shows_files_that_are_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text):
        assert (ROOT / link.partition("#")[0]).exists(), link
