"""The files of a bundle, as bytes: PDF, SVG and PNG at their exact sizes, the CSV, BibTeX and the record of it all."""

import csv
import hashlib
import json
import re
from collections.abc import Iterable
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


def _licences(uses: Iterable[words.Use]) -> list[str]:
    """The terms of all sources, each once; a reader's own SIPRI file is under SIPRI's."""
    own = tables.record(tables.newest_release()).licence
    return list(dict.fromkeys(tables.record(key).licence or own for key in _keys(uses)))


def data(blocks: tuple[tuple[str, pd.DataFrame], ...]) -> bytes:
    """The rows drawn as CSV, chart by chart, with units in the header and the source of each row by key and in words.

    Texts that a spreadsheet would run as a formula get a leading apostrophe; numbers stay numbers.
    """
    names = list(dict.fromkeys(name for _, frame in blocks for name in frame.columns))
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    header = [f"{name} [{tables.kinds.unit(name)}]" if tables.kinds.unit(name) else str(name) for name in names]
    writer.writerow(["chart", *map(_neutral, header), "source_in_words"])
    for kind, frame in blocks:
        for row in frame.to_dict("records"):
            cells = [_cell(row.get(name)) for name in names]
            writer.writerow([kind, *cells, _neutral(words.cited(row) if pd.notna(row["source"]) else "")])
    return buffer.getvalue().encode("utf-8")


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


def bib(uses: Iterable[words.Use]) -> bytes:
    """Every source as BibTeX, sorted by key; one that we calculated from says so."""
    own = {use.source for use in uses if use.basis in tables.OWN}
    days = {use.source: use.generated for use in uses if use.generated}
    return "\n".join(_entry(tables.record(key), key in own, days.get(key)) for key in _keys(uses)).encode("utf-8")


def _keys(uses: Iterable[words.Use]) -> list[str]:
    return sorted({use.source for use in uses})


def _entry(source: tables.Source, own: bool, generated: str | None) -> str:
    """One source; a reader's own file of which no release is known is described by its key."""
    published = (source.published or "").split("-") if source.published else []
    publisher = source.publisher or ("SIPRI" if source.key.startswith("SIPRI") else None)
    notes = [
        source.edition,
        f"File generated {words.day(generated)}" if generated else None,
        "Figures shown are own calculations from it" if own else None,
    ]
    fields = {
        "author": _latex(publisher),
        "title": _latex(source.title),
        "year": published[0] if published else None,
        "note": _latex(". ".join(filter(None, notes))),
        "url": quote(source.url, safe=":/?#[]@!$&'()*+,;=%~-._") if source.url else None,
        "urldate": source.accessed,
    }
    lines = [
        f"  {name} = {{{{{text}}}}}," if name in ("author", "title") else f"  {name} = {{{text}}},"
        for name, text in fields.items()
        if text
    ]
    if len(published) > 1:
        lines.append(f"  month = {_MONTHS[int(published[1]) - 1]},")
    key = re.sub(r"[^a-z0-9]+", "-", source.key.lower()).strip("-")
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def _latex(text: str | None) -> str | None:
    """A text with the characters escaped that mean something to TeX."""
    if not text:
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
            {
                "source": use.source,
                "edition": tables.record(use.source).edition,
                "basis": use.basis,
                "generated": use.generated,
            }
            for use in view.sources
        ],
        "versions": {name: _version(name) for name in ("arms-dependence", "matplotlib", "pandas")},
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
