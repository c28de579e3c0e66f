"""Write a figure or a table with all that goes with it, as one folder that is there whole or not at all."""

import base64
import ctypes
import os
import re
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from analysis import tables, words
from analysis.export import formats
from analysis.export.view import View, page_with_charts, view
from analysis.page import PRESETS
from analysis.page.palette import MUTED

#: All presets, the one that is shown last.
EVERY = [*(name for name in PRESETS if name != "web"), "web"]

#: Names that Windows keeps for devices.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(1, 10))}


@dataclass(frozen=True)
class Bundle:
    """What was written: the folder, its files, and the words that go with the figure. A notebook cell shows it."""

    folder: Path
    files: tuple[Path, ...]
    alt: str
    caption: str

    def _repr_html_(self) -> str:
        """The figure with its alt text, its caption and links to the files; all text escaped."""
        links = " · ".join(f'<a href="{escape(quote(path.as_posix()))}">{escape(path.name)}</a>' for path in self.files)
        told = f'<figcaption style="font-size: 0.85em; color: {MUTED}">{escape(self.caption)}<br>{links}</figcaption>'
        image = next((path for path in self.files if path.suffix == ".png"), None)
        if image is None:
            return f'<figure style="margin: 0">{told}</figure>'
        data = base64.b64encode(image.read_bytes()).decode("ascii")
        image = f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}">'
        return f'<figure style="margin: 0">{image}{told}</figure>'


def figure(
    fig: Figure,
    name: str,
    *,
    sources: Iterable[pd.DataFrame] | pd.DataFrame | None = None,
    preset: str = "web",
    folder: str | Path = "figures",
    alt: str | None = None,
    whole: bool = False,
) -> Bundle:
    """Write a figure as a bundle of files at the exact size of a preset, show it in the cell, and close it.

    Parameters
    ----------
    fig
        A figure made with `analysis.draw`. Any other figure is written at the preset's size as it is, if `sources`
        and `alt` say what it shows.
    name
        The name of the bundle; blanks and marks become hyphens.
    sources
        Tables whose sources are to be named besides those of what is drawn.
    preset
        The size: web, slide, social, brief, nature-1col, nature-2col, elsevier-1col or elsevier-2col; or ``all`` for
        a bundle of each, of which the one for the web is shown.
    folder
        Where the bundle goes: ``<folder>/<name>``, with the preset behind the name for all but web.
    alt
        An alt text of your own, 80 to 300 characters; without it the charts tell what they show.
    whole
        Allow the data file to hold more than a tenth of a release of SIPRI's database.

    Returns
    -------
    Bundle
        The folder with PDF, SVG, PNG, the CSV of the rows drawn (units in the header, a source on each),
        caption.txt, alt.txt, sources.bib and figure.json. The figure is left at the size of the preset.

    Raises
    ------
    ValueError
        If the name is empty or would leave the folder, the preset is unknown, nothing is known of what the figure
        draws, the alt text is too short or too long, or the folder is there and is no bundle.

    Notes
    -----
    The folder appears whole or not at all: it is made beside the old one and changes places with it. On Linux that
    is one step; elsewhere it is two renames, between which a crash leaves the old bundle in the hidden folder
    beside. The same figure gives the same bytes in any process with the same versions of the libraries.

    Examples
    --------
    >>> from analysis import draw, load, measure
    >>> from tempfile import TemporaryDirectory
    >>> table = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
    >>> fig = draw.headline(draw.shares(table).figure, "Four fifths now come from China")
    >>> with TemporaryDirectory() as folder:
    ...     made = figure(fig, "Pakistan's suppliers", folder=folder)
    >>> made.folder.name, [path.name for path in made.files][:3]
    ('pakistan-s-suppliers', ['pakistan-s-suppliers.pdf', 'pakistan-s-suppliers.svg', 'pakistan-s-suppliers.png'])
    """
    if preset == "all":
        made = [figure(fig, name, sources=sources, preset=each, folder=folder, alt=alt, whole=whole) for each in EVERY]
        return made[-1]
    stem, size = file_name(name), PRESETS[tables.known(preset, EVERY, "preset")]
    text = view(fig, [sources] if isinstance(sources, pd.DataFrame) else sources or (), alt)
    if not words.ALT_LEAST <= len(text.alt) <= words.ALT_MOST:
        raise ValueError(
            f"An alt text has {words.ALT_LEAST} to {words.ALT_MOST} characters; this one has {len(text.alt)}: "
            f"{text.alt!r}."
        )
    _within_terms([frame for _, frame in text.blocks], whole)
    _fit(fig, preset)
    rows = formats.data(text.blocks)
    unit = "mm" if size.print else "px"
    files = {
        f"{stem}.pdf": formats.pdf(fig, text),
        f"{stem}.svg": formats.svg(fig, text, stem, size),
        f"{stem}.png": formats.png(fig, text),
        f"{stem}.csv": rows,
        "caption.txt": f"{text.caption}\n".encode(),
        "alt.txt": f"{text.alt}\n".encode(),
        "sources.bib": formats.bib(text.sources),
        "figure.json": formats.record(
            text, rows, name=stem, preset=preset, size={"width": size.width, "height": size.height, "unit": unit}
        ),
    }
    target = Path(folder) / (stem if preset == "web" else f"{stem}-{preset}")
    _write(target, files)
    plt.close(fig)
    return Bundle(target, tuple(target / file for file in files), text.alt, text.caption)


def table(frame: pd.DataFrame, name: str, *, folder: str | Path = "figures", whole: bool = False) -> Bundle:
    """Write a table as a folder: its rows as CSV, the source line as text and the sources as BibTeX.

    Parameters
    ----------
    frame
        Any table with a `source` on its rows.
    name, folder
        As for `figure`.
    whole
        Allow more than a tenth of a release of SIPRI's database. SIPRI's terms let others reproduce less than ten
        per cent of a published data set; for more, ask SIPRI.

    Returns
    -------
    Bundle
        The folder with the CSV, source.txt, sources.bib and table.json.

    Raises
    ------
    ValueError
        If the table has no rows or no sources, the name is empty or would leave the folder, the folder is there
        and is no such table, or the rows are more than a tenth of a release.

    Notes
    -----
    Rows count that stand in a release of the database themselves; own calculations from it and figures of the
    fact sheets do not.

    Examples
    --------
    >>> from analysis import load
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     made = table(load.shares(recipient="Pakistan", of="imports"), "printed", folder=folder)
    >>> [path.name for path in made.files]
    ['printed.csv', 'source.txt', 'sources.bib', 'table.json']
    """
    stem = file_name(name)
    if frame.empty or "source" not in frame.columns:
        raise ValueError(
            f"A table to export has rows and a column 'source'; this one has {len(frame)} rows and the columns "
            f"{list(frame.columns)}."
        )
    _within_terms([frame], whole)
    uses, line = tuple(words.used([frame])), words.source_line(frame)
    text = View(stem, stem, line, line, "", (), (), (("table", frame),), uses)
    rows = formats.data(text.blocks)
    files = {
        f"{stem}.csv": rows,
        "source.txt": f"{line}\n".encode(),
        "sources.bib": formats.bib(uses),
        "table.json": formats.record(text, rows, name=stem),
    }
    target = Path(folder) / stem
    _write(target, files)
    return Bundle(target, tuple(target / file for file in files), "", line)


def contact_sheet(folder: str | Path = "figures", *, across: int = 4) -> Path:
    """One picture of all figures in a folder, a row of miniatures for each, to look at them side by side.

    Parameters
    ----------
    folder
        Where the bundles are.
    across
        How many miniatures stand side by side.

    Returns
    -------
    Path
        The picture, ``contact-sheet.png`` in the folder.

    Raises
    ------
    ValueError
        If there are no figures in the folder.

    Examples
    --------
    >>> contact_sheet("no-such-folder")
    Traceback (most recent call last):
    ...
    ValueError: No figures in no-such-folder: export.figure writes them.
    """
    found = sorted(Path(folder).glob("*/*.png"))
    if not found:
        raise ValueError(f"No figures in {folder}: export.figure writes them.")
    rows = -(-len(found) // across)
    fig, axes = plt.subplots(rows, across, figsize=(5 * across, 3.4 * rows), dpi=100, squeeze=False)
    for ax, path in zip_longest(axes.flat, found):
        ax.axis("off")
        if path is not None:
            ax.imshow(plt.imread(path))
            ax.set_title(path.parent.name, fontsize=9)
    fig.tight_layout()
    sheet = Path(folder) / "contact-sheet.png"
    fig.savefig(sheet)
    plt.close(fig)
    return sheet


def file_name(name: str) -> str:
    """`name` as a folder and file name: lower case, hyphens for blanks and marks.

    Raises
    ------
    ValueError
        If nothing is left, the name is a path, the system keeps it for itself, or it is too long.

    Examples
    --------
    >>> file_name("Türkiye: who supplies it?")
    'turkiye-who-supplies-it'
    """
    if re.search(r"[/\\]|^[A-Za-z]:|^\.+$", name.strip()):
        raise ValueError(f"{name!r} would leave the folder: give a plain name here and the place as folder=.")
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    stem = re.sub(r"[\W_]+", "-", plain.casefold()).strip("-")
    if not stem:
        raise ValueError(f"{name!r} is no name: it needs a letter or a figure, such as 'pakistan-suppliers'.")
    if stem in _DEVICES or len(stem.encode()) > 100:
        raise ValueError(f"{name!r} cannot be a folder's name on every system: choose another, up to 100 characters.")
    return stem


def _within_terms(frames: list[pd.DataFrame], whole: bool) -> None:
    """Refuse rows of a release beyond a tenth of it, unless asked for; an unknown one is as large as the newest."""
    rows = pd.concat([frame.loc[~tables.is_own(frame), ["source"]] for frame in frames], ignore_index=True).dropna()
    records = {key: tables.record(key) for key in rows["source"].unique()}
    newest = tables.record(tables.newest_release()).rows
    most = {
        key: record.rows or newest
        for key, record in records.items()
        if record.kind in (tables.sources.RELEASE, "register", "own file")
    }
    counts = rows["source"].value_counts()
    over = [f"{counts[key]:,} of about {most[key]:,} rows of {key}" for key in most if counts[key] > most[key] / 10]
    if over and not whole:
        raise ValueError(
            f"This would write {'; '.join(over)}. SIPRI's terms let others reproduce less than ten per cent of a "
            "published data set, for non-commercial use and with attribution. Filter the rows, or pass whole=True "
            "if it stays with you or SIPRI has agreed."
        )


def _fit(fig: Figure, preset: str) -> None:
    """Give the figure the preset's size; a figure of ours also its weights."""
    page = page_with_charts(fig)
    if page is not None:
        page.fit(preset)
        return
    fig.set_dpi(PRESETS[preset].dpi)
    fig.set_size_inches(*PRESETS[preset].inches)


def _write(target: Path, files: dict[str, bytes]) -> None:
    """Put a folder of files in the place of an older one, whole or not at all."""
    _replaceable(target, files)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    fresh, old = work / "new", work / "old"
    try:
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if not target.exists():
            fresh.rename(target)
        elif not _exchange(fresh, target):
            target.rename(old)
            fresh.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(work, ignore_errors=True)


def _replaceable(target: Path, files: dict[str, bytes]) -> None:
    """Refuse to replace anything that is not a bundle of the same name."""
    if not target.exists():
        return
    found = {path.name for path in target.iterdir()} if target.is_dir() else {target.name}
    strange = sorted(name for name in found - set(files) if not name.startswith("."))
    marker = list(files)[-1]
    if strange or (found and marker not in found):
        raise ValueError(
            f"{target} is there and is no bundle of this name ({', '.join(strange[:4]) or f'no {marker}'} in it): "
            "nothing was written. Choose another name or move it."
        )


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can; whether it did."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, swap = -100, 2
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), swap) == 0
