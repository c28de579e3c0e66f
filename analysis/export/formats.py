"""The files of a bundle, as bytes: PDF, SVG and PNG at their exact sizes, the CSV, BibTeX and the record of it all."""

import csv
import hashlib
import json
import re
from html import escape
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO, StringIO
from urllib.parse import quote

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from analysis import tables, words
from analysis.export.view import View
from analysis.page import Preset
from analysis.page.canvas import paper

#: Settings that decide on the bytes of a file, whatever the reader's own are: exact page, TrueType, fixed ids.
_FIXED = {
    "savefig.bbox": "standard",
    "savefig.facecolor": "auto",
    "savefig.transparent": False,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "pdf.use14corefonts": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "arms-dependence",
}

#: Beginnings of a text that spreadsheets read as a formula or a command (OWASP, CSV injection).
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")

#: Characters that XML 1.0 does not allow.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

#: Units of the columns that measures add to those of the tables.
_UNITS = {
    "gap": "percentage points",
    "change_points": "percentage points",
    "revision_points": "percentage points",
    "first_printed": words.VOLUME,
    "low": words.VOLUME,
    "high": words.VOLUME,
    "salience": "0 to 1",
    "symmetry": "0 to 1",
    "hhi_low": "0 to 1",
    "hhi_high": "0 to 1",
    "effective_low": "number of partners",
    "effective_high": "number of partners",
    "effective_entropy": "number of partners",
    "suppliers": "number of partners",
    "window_years": "years",
    "tiv_million": "million TIV",
    "imports_tiv": "million TIV",
    "exports_tiv": "million TIV",
    "percent_of_world": "% of world volume (TIV)",
    "change_percent": "%",
    "number_ordered": "items",
    "number_delivered": "items",
}

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def pdf(fig: Figure, view: View) -> bytes:
    """The figure as PDF with TrueType fonts, its title, alt text and keywords in the document information."""
    info = {
        "Title": view.title,
        "Subject": view.alt,
        "Keywords": ", ".join(view.keywords),
        "CreationDate": None,
    }
    return _saved(fig, "pdf", info)


def png(fig: Figure, view: View) -> bytes:
    """The figure as PNG with title, alt text, source and licences in text chunks."""
    chunks = {
        "Title": view.title,
        "Description": view.alt,
        "Source": view.source,
        "Copyright": "; ".join(_licences(view.sources)),
    }
    return _saved(fig, "png", chunks)


def svg(fig: Figure, view: View, name: str, preset: Preset) -> bytes:
    """The figure as SVG at the size of the preset, an image with a title and a description."""
    drawn = _NOT_XML.sub("", _saved(fig, "svg", {"Date": None}).decode("utf-8"))
    unit = "mm" if preset.print else "px"
    ids = [quote(f"{name}-{part}", safe="") for part in ("title", "description")]
    size = f'width="{preset.width:g}{unit}" height="{preset.height:g}{unit}"'
    role = f'role="img" aria-labelledby="{ids[0]} {ids[1]}" xml:lang="en"'
    told = "".join(
        f'\n <{tag} id="{key}">{escape(_NOT_XML.sub("", text), quote=False)}</{tag}>'
        for tag, key, text in zip(("title", "desc"), ids, (view.title, view.alt), strict=True)
    )
    root = re.search(r"<svg [^>]*>", drawn)
    opened = re.sub(r'width="[^"]*" height="[^"]*"', size, root.group(), count=1)
    return f"{drawn[: root.start()]}{opened[:-1]} {role}>{told}{drawn[root.end() :]}".encode()


def _saved(fig: Figure, kind: str, metadata: dict[str, str | None]) -> bytes:
    buffer = BytesIO()
    with paper(), mpl.rc_context(_FIXED):
        fig.savefig(buffer, format=kind, dpi=fig.dpi, metadata=metadata)
    return buffer.getvalue()


def _licences(sources: tuple[str, ...]) -> list[str]:
    """The terms of all sources, each once; a reader's own SIPRI file is under SIPRI's."""
    known = tables.column("sources", "licence")
    own = known["sipri-atd-2026"]
    return list(dict.fromkeys(str(known.get(tables.release(key), own)) for key in sources))


def data(blocks: tuple[tuple[str, pd.DataFrame], ...]) -> bytes:
    """The rows drawn as CSV, chart by chart, with units in the header and the source of each row by key and in words.

    Texts that a spreadsheet would run as a formula get a leading apostrophe; numbers stay numbers.
    """
    names = list(dict.fromkeys(name for _, frame in blocks for name in frame.columns))
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    header = [f"{name} [{unit_of(name)}]" if unit_of(name) else str(name) for name in names]
    writer.writerow(["chart", *map(_neutral, header), "source_in_words"])
    for kind, frame in blocks:
        told = {key: words.edition(key) for key in frame["source"].dropna().unique()}
        for row in frame.to_dict("records"):
            cells = [_cell(row.get(name)) for name in names]
            writer.writerow([kind, *cells, _neutral(told.get(row["source"], ""))])
    return buffer.getvalue().encode("utf-8")


def unit_of(column: str) -> str:
    """The unit of a column of a table or a measure; empty where it has none.

    Examples
    --------
    >>> unit_of("percent"), unit_of("tiv_million"), unit_of("supplier")
    ('% of volume (TIV)', 'million TIV', '')
    """
    name = str(column)
    if name in _UNITS:
        return _UNITS[name]
    return words.VOLUME if name == "percent" or name.endswith("_percent") else ""


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _neutral(value)
    if pd.isna(value):
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _neutral(text: str) -> str:
    """A text that no spreadsheet runs, with one kind of line break."""
    one_break = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{one_break}" if text.startswith(_FORMULA) else one_break


def bib(sources: tuple[str, ...]) -> bytes:
    """Every source as BibTeX, sorted by key; a release that we calculated from says so."""
    own = {tables.release(key) for key in sources if tables.is_own(key)}
    known = tables.read("sources").set_index("source")
    entries = [
        _entry(known.loc[key] if key in known.index else None, key, key in own)
        for key in sorted({tables.release(key) for key in sources})
    ]
    return "\n".join(entries).encode("utf-8")


def _entry(row: pd.Series | None, key: str, own: bool) -> str:
    """One source; without a row of `sources` it is a reader's own file, whose key describes it."""
    if row is None:
        row = pd.Series({"title": key, "publisher": "SIPRI" if key.startswith("SIPRI") else None, "published": None})
        key = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
    published = str(row["published"]).split("-") if pd.notna(row["published"]) else []
    notes = [row.get("edition"), "Figures shown are own calculations from it" if own else None]
    fields = {
        "author": _latex(row["publisher"]),
        "title": _latex(row["title"]),
        "year": published[0] if published else None,
        "note": _latex(". ".join(note for note in notes if pd.notna(note))),
        "url": quote(row["url"], safe=":/?#[]@!$&'()*+,;=%~-._") if pd.notna(row.get("url")) else None,
        "urldate": row.get("accessed"),
    }
    lines = [
        f"  {name} = {{{{{text}}}}}," if name in ("author", "title") else f"  {name} = {{{text}}},"
        for name, text in fields.items()
        if pd.notna(text) and text
    ]
    if len(published) > 1:
        lines.append(f"  month = {_MONTHS[int(published[1]) - 1]},")
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def _latex(text: str | None) -> str | None:
    """A text with the characters escaped that mean something to TeX."""
    if pd.isna(text):
        return None
    marks = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^&%$#_{}]", lambda found: marks.get(found.group(), rf"\{found.group()}"), str(text))


def record(view: View, rows: bytes, **more: object) -> bytes:
    """What a bundle was made from: the checksum of its rows, the sources with their editions, the versions."""
    told = {
        "title": view.title,
        **more,
        "data": {"sha256": hashlib.sha256(rows).hexdigest(), "rows": sum(len(frame) for _, frame in view.blocks)},
        "sources": [
            {"source": tables.release(key), "edition": _edition(key), "own_calculation": tables.is_own(key)}
            for key in view.sources
        ],
        "versions": {name: _version(name) for name in ("arms-dependence", "matplotlib", "pandas")},
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _edition(key: str) -> str | None:
    """The edition or release that a key stands for; a reader's own file is named by its key alone."""
    return tables.column("sources", "edition").get(tables.release(key))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
