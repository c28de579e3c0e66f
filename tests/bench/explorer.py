"""The explorer and notebook 01 in a real browser, each against the bare floor in the same JupyterLab."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from pairs import heading
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from conftest import CHROMIUM, FLAGS, Notebook, lab_server, watched_page  # noqa: E402

EXPLORER = "import matplotlib.pyplot as plt\nfrom analysis import explore\nexplore.dependence()"
#: A list and a picture, and nothing in the figure: what any explorer made with these tools has to do.
FLOOR = """
import base64, io
import ipywidgets as widgets
choice, picture = widgets.Dropdown(options=range(1950, 2026), description="Floor"), widgets.HTML()
def draw(change):
    fig, buffer = plt.figure(figsize=(12, 6.75), dpi=100), io.BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    data = base64.b64encode(buffer.getvalue() + bytes(change["new"] - 1900)).decode()
    picture.value = f'<img width="1200" height="675" src="data:image/png;base64,{data}">'
choice.observe(draw, "value")
picture.add_class("floor")
draw({"new": 1950})
widgets.VBox([choice, picture])
"""
#: Milliseconds from a change of a list to the frame in which another picture stands, decoded.
CHANGE = """async ([label, picture, year]) => {
  const list = [...document.querySelectorAll('select')].find(list => list.labels[0]?.textContent === label);
  const image = () => document.querySelector(picture + ' img');
  const before = image().src, start = performance.now();
  list.value = String(year);
  list.dispatchEvent(new Event('change', {bubbles: true}));
  while (!image() || image().src === before || !image().complete || !image().naturalWidth)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def book(path: Path, *cells: str) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


def row(name: str, ours: list[float], bare: list[float], aim: str) -> None:
    mine, other = statistics.median(ours), statistics.median(bare)
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    print(f"| {name} | {mine:,.0f} ms | {other:,.0f} ms | {ratio:.2f}× | {aim} |", flush=True)


def changes(browser, address: str, runs: int = 15) -> None:
    with watched_page(browser) as page:
        Notebook(page, address, "changes.ipynb").run_all()
        page.locator(".arms-explorer .picture img").wait_for()
        page.locator(".floor img").wait_for()
        ours, bare = [], []
        for year in range(1990, 1991 + runs):
            ours.append(page.evaluate(CHANGE, ["From", ".arms-explorer .picture", year]))
            page.wait_for_timeout(150)
            bare.append(page.evaluate(CHANGE, ["Floor", ".floor", year]))
            page.wait_for_timeout(150)
    row("a control's change to the new picture, against an empty figure", ours[1:], bare[1:], "≤ 2×, < 300 ms")


def opening(browser, address: str, name: str) -> float:
    with watched_page(browser) as page:
        start = time.perf_counter()
        Notebook(page, address, name).run_all()
        return (time.perf_counter() - start) * 1000


def main() -> None:
    heading()
    with tempfile.TemporaryDirectory() as folder, lab_server(Path(folder)) as (address, books):
        book(books / "changes.ipynb", EXPLORER, FLOOR)
        book(books / "imports.ipynb", "import matplotlib.pyplot as plt\nimport pandas as pd")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            changes(browser, address)
            names = ("01-does-the-article-hold-up.ipynb", "imports.ipynb")
            opening(browser, address, names[1])
            times = [[opening(browser, address, name) for name in names] for _ in range(5)]
            row("opening notebook 01 and Run All, against imports only", *map(list, zip(*times, strict=True)), "≤ 2×")
            browser.close()


if __name__ == "__main__":
    main()
