"""A real JupyterLab on a free port, in a copy of the notebooks, and a real browser on it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
SHOTS = Path(__file__).parent / "screenshots"
TOKEN = "arms-dependence-test"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Milliseconds to wait for anything in the browser.
PATIENCE = 40_000


def pytest_collection_modifyitems(items):
    """Everything in this folder needs a browser."""
    if Path(CHROMIUM).exists():
        return
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


def environment(folder):
    """Settings, workspaces and runtime files of Jupyter in `folder`, and the package of this checkout."""
    config = folder / "config" / "labconfig"
    config.mkdir(parents=True)
    disabled = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "page_config.json").write_text(json.dumps(disabled))
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    places = {
        "JUPYTER_PATH": ROOT / "analysis" / "explore",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
    }
    return {**os.environ, "PYTHONPATH": path, **{name: str(folder / place) for name, place in places.items()}}


def copy_of_notebooks(folder):
    """The notebooks as committed, where they may be changed."""
    made = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", made, ignore=shutil.ignore_patterns("figures", ".ipynb_checkpoints"))
    return made


@contextmanager
def served(command, address, folder):
    """A server for as long as it is needed; its log is in `folder`."""
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment(folder), cwd=folder, stdout=log, stderr=log)
        try:
            _wait_for(address, process, folder)
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(address, process, folder):
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The server did not start:\n{(folder / 'server.log').read_text()[-3000:]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def lab_server(folder):
    """JupyterLab on the notebooks of `folder`: yields its address and the folder of the notebooks."""
    books, port = copy_of_notebooks(folder), free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={books}", "--ServerApp.port_retries=0"]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    address = f"http://127.0.0.1:{port}"
    with served(command, f"{address}/api/status?token={TOKEN}", folder):
        yield address, books


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    with lab_server(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture(scope="session")
def server():
    """What a test needs that starts a server of another kind."""
    return SimpleNamespace(
        copy_of_notebooks=copy_of_notebooks,
        free_port=free_port,
        served=served,
        serious_faults=serious_faults,
        shots=shots,
        watched_page=watched_page,
    )


def shots():
    """The folder of the screenshots."""
    SHOTS.mkdir(exist_ok=True)
    return SHOTS


@pytest.fixture(scope="module")
def browser():
    """Chromium for the tests of one file: no loop of its driver is left running for the tests that follow."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched_page(browser):
    """A page that must not ask any other machine for anything, nor miss a widget."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    yield page
    context.close()
    away = [url for url in asked if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:", url)]
    assert not away
    assert not [text for text in said if re.search(r"model not found|class .* not found", text, re.IGNORECASE)]


@pytest.fixture(scope="module")
def page(browser):
    """One page for the tests of a file."""
    with watched_page(browser) as page:
        yield page


class Notebook:
    """One notebook open in JupyterLab, moved through its menus and read through its model."""

    def __init__(self, page, address, name):
        self.page = page
        page.goto(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
        self.idle()

    def menu(self, *names):
        """Choose an entry of a menu by its names."""
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).click()

    def idle(self):
        """Wait until the kernel has nothing more to do, and no cell waits for it."""
        self.page.wait_for_function(
            """() => {
              const panel = jupyterapp.shell.currentWidget;
              const kernel = panel?.sessionContext?.session?.kernel;
              const busy = [...(panel?.node.querySelectorAll('.jp-InputPrompt') ?? [])]
                .some(prompt => prompt.textContent.includes('*'));
              return kernel?.status === 'idle' && kernel?.connectionStatus === 'connected' && !busy;
            }"""
        )

    def run_all(self):
        self.menu("Run", "Run All Cells")
        self.ran()

    def restart_and_run_all(self):
        self.menu("Run", "Restart Kernel and Run All Cells…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status !== 'idle'"
        )
        self.ran()

    def ran(self):
        """Wait until every code cell has run, and find no error in any."""
        self.page.wait_for_function(
            """() => jupyterapp.shell.currentWidget.content.widgets
              .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
              .every(cell => cell.model.executionCount !== null
                     && cell.model.executionState !== 'running' )
              || jupyterapp.shell.currentWidget.content.widgets
                .some(cell => (cell.model.outputs?.toJSON() ?? []).some(output => output.output_type === 'error'))"""
        )
        self.idle()
        errors = [output for cell in self.cells() for output in cell["outputs"] if output["output_type"] == "error"]
        assert not errors, errors

    def cells(self):
        """Source and outputs of every code cell, as the page holds them."""
        return self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.widgets
              .map((cell, at) => ({at, cell})).filter(({cell}) => cell.model.type === 'code')
              .map(({at, cell}) => ({at, source: cell.model.sharedModel.getSource(),
                     tags: cell.model.getMetadata('tags') ?? [], outputs: cell.model.outputs.toJSON()}))"""
        )

    def set_source(self, at, source):
        self.page.evaluate(
            "([at, text]) => jupyterapp.shell.currentWidget.content.widgets[at].model.sharedModel.setSource(text)",
            [at, source],
        )

    def run_cell(self, at):
        """Run one cell as a reader does: select it and press Ctrl and Enter."""
        self.page.evaluate(
            """at => { const book = jupyterapp.shell.currentWidget.content;
                       document.activeElement?.blur(); book.deselectAll(); book.activeCellIndex = at;
                       book.mode = 'command'; book.activate(); }""",
            at,
        )
        count = "at => jupyterapp.shell.currentWidget.content.widgets[at].model.executionCount"
        before = self.page.evaluate(count, at)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(f"([at, before]) => ({count})(at) > before", arg=[at, before])
        self.idle()

    def images(self):
        """Alt text and natural width of every picture in the outputs, scrolled to one after the other."""
        return self.page.evaluate(
            """async () => {
              const book = jupyterapp.shell.currentWidget.content, found = [];
              for (let at = 0; at < book.widgets.length; at++) {
                if (book.widgets[at].model.type !== 'code') continue;
                await book.scrollToItem(at, 'center');
                const images = [...book.widgets[at].node.querySelectorAll('.jp-OutputArea img')];
                await Promise.all(images.map(image => image.decode().catch(() => {})));
                found.push(...images.map(image => ({at, alt: image.alt, width: image.naturalWidth})));
              }
              return found;
            }"""
        )

    def widths(self):
        """The whole notebook on the page, at full width and at half a screen."""
        book = "jupyterapp.shell.currentWidget.content"
        inner = f"{book}.node.querySelector('.jp-WindowedPanel-inner').scrollHeight"
        for width in (1280, 640):
            self.page.set_viewport_size({"width": width, "height": 1400})
            for _ in range(2):
                height = min(int(self.page.evaluate(inner)) + 200, 14_000)
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_timeout(300)
            self.page.evaluate(f"{book}.scrollToItem(0)")
            self.page.wait_for_timeout(200)
            yield width
        self.page.set_viewport_size({"width": 1280, "height": 1400})

    def shoot(self, name):
        """A screenshot of what is on the page, to be looked at."""
        self.page.screenshot(path=shots() / f"{name}.png")

    def barriers(self):
        """Serious faults that axe-core finds in what the cells gave."""
        return serious_faults(self.page)


def serious_faults(page):
    """Faults of accessibility in the outputs on a page, with the beginning of the elements concerned."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".jp-OutputArea-output").response["violations"]
    faults = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    named = [(fault["id"], node["html"][:200]) for fault in faults for node in fault["nodes"]]
    # JupyterLab's own frame scrolls where a table is wider than the window; browsers let the keyboard scroll it.
    return [
        name for name in named if not (name[0] == "scrollable-region-focusable" and "jp-OutputArea-output" in name[1])
    ]


@pytest.fixture(scope="module")
def open_book(page, lab):
    """Open a notebook by its number or name."""

    def opened(name):
        return Notebook(page, lab[0], name)

    return opened
