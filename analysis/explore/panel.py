"""The explorer's controls and how they are linked: choices in, what the verbs make of them out."""

import asyncio
import base64
import threading
import warnings
from collections import deque
from html import escape
from pathlib import Path

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import HTML, display

from analysis import export, load, words
from analysis.explore import choices, shown
from analysis.explore.choices import Choice, Desk, Options
from analysis.page import PRESETS
from analysis.page.timeline import KIND_NAMES, KINDS

#: Seconds to wait for a further choice before drawing.
PAUSE = 0.005

#: How sizes are named for readers.
SIZES = {
    "web": "web page, 1200 × 675",
    "social": "web page, large text",
    "slide": "slide, 1920 × 1080",
    "brief": "report, 180 mm wide",
    "nature-1col": "journal column, 89 mm",
    "nature-2col": "journal page, 183 mm",
    "elsevier-1col": "journal column, 90 mm",
    "elsevier-2col": "journal page, 190 mm",
}
IMPORTANCE = (("none", 0), ("the most important", 1), ("the important, too", 2), ("all", 3))

#: Files of a bundle by their endings: media type, and what the link to them says; others go by their names.
FILES = {
    ".pdf": ("application/pdf", "PDF for print"),
    ".svg": ("image/svg+xml", "SVG for editing"),
    ".png": ("image/png", "PNG for screens"),
    ".csv": ("text/csv", "data (CSV)"),
    ".json": ("application/json", "figure.json"),
}

#: Names of the controls in words, which are also those of the fields of a choice.
CONTROLS = {
    "recipient": "Recipient",
    "supplier": "Supplier, with its share",
    "since": "From",
    "until": "To",
    "of": "As a share of",
    "source": "Source of the figures",
    "window": "Window length",
    "importance": "Events",
    "preset": "Size of the figure",
}

STYLE = (Path(__file__).parent / "panel.css").read_text(encoding="utf-8")
#: Leaves the keys to the control that has the focus. Outside of text fields JupyterLab takes letters, arrows and Enter
#: for commands on cells, so that typing a name into a list would insert and delete cells; Lumino's CommandRegistry
#: passes over elements with this attribute.
KEYS = """<script>
document.currentScript?.closest(".jp-OutputArea")?.addEventListener("focusin", event =>
  event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
</script>"""

HINT = "This is a picture of the explorer. To move its controls, open this notebook in JupyterLab and run all cells."


class Panel(widgets.VBox):
    """The explorer on the screen.

    A change of a control is noted at once and drawn a moment later on the kernel's main thread, one drawing at a time;
    between the steps of a drawing it is looked whether a newer choice has been made, which then takes its place.
    """

    def __init__(self, desk: Desk, choice: Choice):
        self.desk, self.shares = desk, choices.shares_of(desk)
        self.controls = _controls(choice)
        self.kinds = {kind: widgets.Checkbox(True, description=KIND_NAMES[kind], indent=False) for kind in KINDS}
        self.upload = widgets.FileUpload(
            accept=".csv,.txt,.json,.rtf", multiple=False, description="Your own file from SIPRI"
        )
        self.spread = widgets.Checkbox(
            False, description="If it lists deals only, spread them evenly over their years (an estimate)", indent=False
        )
        self.save = widgets.Button(
            description="Export the figure", icon="download", tooltip="Write PDF, SVG, PNG and the data"
        )
        self.message, self.picture, self.words, self.files, self.tables = (widgets.HTML() for _ in range(5))
        self.choice: Choice | None = None
        self.shown: shown.Shown | None = None
        self.drawings = 0
        self._asked, self._news = 0, deque()
        self._last, self._settling, self._note = "recipient", None, ""
        self._loop, self._timer, self._years = _loop(), None, None
        super().__init__(self._laid_out())
        self.add_class("arms-explorer")
        self._refresh()
        self._listen()

    # What the reader sees

    def _laid_out(self) -> list[widgets.Widget]:
        size = self.controls["preset"]
        boxes = {
            "pick": [control for control in self.controls.values() if control is not size],
            "kinds": [widgets.HTML("Kinds of events"), *self.kinds.values()],
            "own": [self.upload, self.spread],
            "save": [size, self.save],
        }
        laid = {name: widgets.Box(children) for name, children in boxes.items()}
        laid |= {name: getattr(self, name) for name in ("message", "picture", "words", "files", "tables")}
        for name, box in laid.items():
            box.add_class(name)
        order = ("pick", "kinds", "own", "message", "picture", "words", "save", "files", "tables")
        return [widgets.HTML(f"<style>{STYLE}</style>"), *(laid[name] for name in order)]

    def _ipython_display_(self) -> None:
        """A picture for readers without widgets, which the panel's style hides, and the panel."""
        picture = "" if self.shown is None else self.shown.static(HINT)
        display(HTML(f'<div class="arms-explorer-picture">{picture}</div>{KEYS}'))
        display(super()._repr_mimebundle_(), raw=True)

    # What the reader does

    def _listen(self) -> None:
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._changed(name, change["new"]), "value")
        for box in self.kinds.values():
            box.observe(lambda change: self._changed("kinds", None), "value")
        self.upload.observe(lambda change: self._soon(self._read, change["new"]), "value")
        self.save.on_click(lambda button: self._soon(self._export))

    def _soon(self, call, *arguments) -> None:
        """Call on the kernel's main thread: messages of widgets may come on another."""
        if self._loop is None:
            call(*arguments)
        else:
            self._loop.call_soon_threadsafe(call, *arguments)

    def _changed(self, name: str, value: object) -> None:
        """Note a choice of the reader's; what the panel itself sets while it settles a choice is none."""
        if threading.get_ident() == self._settling:
            return
        self._asked += 1
        self._news.append((name, value))
        self._soon(self._wait)

    def _wait(self) -> None:
        if self._loop is None:
            self._refresh()
            return
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(PAUSE, lambda: self._loop.create_task(self._draw()))

    def _wished(self) -> Choice:
        """What the controls say, and what the reader chose since: settling may have overtaken a choice just made."""
        values = {name: control.value for name, control in self.controls.items()}
        while self._news:
            self._last, value = self._news.popleft()
            if self._last in values:
                values[self._last] = value
        return Choice(**values, kinds=tuple(kind for kind, box in self.kinds.items() if box.value))

    def _refresh(self) -> None:
        """Settle the choice and draw it now."""
        for _ in self._steps():
            pass

    async def _draw(self) -> None:
        """Settle the choice and draw it, giving way to a newer one between the steps."""
        asked = self._asked
        steps = self._steps()
        try:
            for _ in steps:
                await asyncio.sleep(0.001)
                if self._asked != asked:
                    return
        finally:
            steps.close()

    def _steps(self):
        """The steps from a changed control to the new picture."""
        try:
            choice, options = self._settled()
            if choice == self.choice:
                return
            steps = shown.show(choice, self.shares)
            for made in steps:
                yield
                if made is not None:
                    self._put(choice, made, options.note)
        except ValueError as error:
            self.choice = self.shown = None
            self.picture.value = self.words.value = self.tables.value = self.files.value = ""
            self._fail(str(error))

    def _settled(self) -> tuple[Choice, Options]:
        wish = self._wished()
        whole = self._years in (None, (wish.since, wish.until))
        choice, options = choices.settle(wish, self._last, self.desk.names, self.shares, whole)
        self._years = options.years[0], options.years[-1]
        self._settling = threading.get_ident()
        try:
            for name, offered in {
                "source": self._sources(),
                "recipient": options.recipients,
                "supplier": options.suppliers,
                "window": tuple((f"{n} year{'s' * (n > 1)}", n) for n in options.lengths),
                "since": options.years,
                "until": options.years,
            }.items():
                self._offer(self.controls[name], offered, getattr(choice, name))
            self.controls["window"].disabled = len(options.lengths) == 1
            for box in self.kinds.values():
                box.disabled = not choice.importance
        finally:
            self._settling = None
        return choice, options

    def _sources(self) -> tuple[tuple[str, str], ...]:
        return tuple((words.capital(told), key) for key, told in self.desk.names.items())

    def _offer(self, control: widgets.Dropdown, offered: tuple, value: object) -> None:
        """Give a list new contents and a value in one message, if they differ, or the value if no news waits."""
        if tuple(control.options) != offered:
            with control.hold_sync():
                control.options = offered
                control.value = value
        elif control.value != value and not self._news:
            control.value = value

    def _put(self, choice: Choice, made: shown.Shown, note: str) -> None:
        self.choice, self.shown = choice, made
        self.drawings += 1
        self.words.value = f'<p role="status">{escape(made.sentence)}</p>'
        self.tables.value = made.table
        self._say(" ".join(filter(None, [self._note, note, made.note])))
        self._note = self.files.value = ""
        self.picture.value = made.image()

    def _say(self, text: str, fault: bool = False) -> None:
        kind = 'class="fault" role="alert"' if fault else 'role="status"'
        self.message.value = f"<div {kind}>{escape(text)}</div>" if text else ""

    def _fail(self, text: str) -> None:
        self._say(text, fault=True)

    def _read(self, files: tuple) -> None:
        """Take in the reader's own file, or say in the loader's words what is wrong with it."""
        if not files:
            return
        name, content = files[0]["name"], bytes(files[0]["content"])
        self.upload.value = ()
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found = load.sipri(content, allocate="even" if self.spread.value else None)
            key = choices.add(self.desk, found, f"your file {name}")
        except ValueError as error:
            self._fail(f"{name} was not taken in. {error}")
            return
        self._note = " ".join([f"{name} is read: {found.source}.", *(str(warning.message) for warning in caught)])
        self._settling = threading.get_ident()
        try:
            self._offer(self.controls["source"], self._sources(), key)
        finally:
            self._settling = None
        self._changed("source", key)

    def _export(self) -> None:
        """Write the bundle of what is shown, and link its files."""
        if self.choice is None:
            self._fail("There is no figure to export: choose one first.")
            return
        self.save.disabled = True
        self.files.value = '<p role="status">Writing the figure …</p>'
        try:
            fig, name = shown.made(self.choice, self.shares)
            try:
                self.files.value = _links(export.figure(fig, name, preset=self.choice.preset))
            finally:
                plt.close(fig)
        except (ValueError, OSError) as error:
            self.files.value = ""
            self._fail(str(error))
        finally:
            self.save.disabled = False


def _controls(choice: Choice) -> dict[str, widgets.Dropdown]:
    """A labelled list for each field of a choice; the linked ones get their contents when the choice is settled."""
    fixed = {
        "of": tuple((told, of) for of, told in choices.DIRECTIONS.items()),
        "importance": IMPORTANCE,
        "preset": tuple((SIZES.get(key, key), key) for key in PRESETS),
    }
    made = {}
    for name, told in CONTROLS.items():
        value = getattr(choice, name)
        offered = fixed.get(name, ((str(value), value),))
        made[name] = widgets.Dropdown(options=offered, value=value, description=told)
    return made


def _loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of the kernel's main thread; None outside of one, where every change is drawn at once."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _links(bundle: export.Bundle) -> str:
    """Where the files are, and each of them to be saved from the page itself, wherever that is served."""
    links = " · ".join(_link(path) for path in bundle.files)
    return f'<p role="status">Written to <code>{escape(bundle.folder.as_posix())}</code>. Save a copy: {links}</p>'


def _link(path: Path) -> str:
    kind, told = FILES.get(path.suffix, ("text/plain", path.name))
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<a download="{escape(path.name)}" href="data:{kind};base64,{data}">{escape(told)}</a>'
