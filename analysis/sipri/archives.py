"""From what a reader has at hand to the files in it: paths, folders, archives, workbooks, open files, bytes and text.

Everything is read into memory and nothing is ever written. A name inside an archive is a label, never a place.
"""

import difflib
import gzip
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import pandas as pd

from . import workbooks

#: Bytes that one call reads, all files together and unpacked. A register of the whole world since 1950 has 13 million.
LARGEST = 100_000_000
#: Files that one call reads. SIPRI knows about 265 importers and as many exporters.
MOST = 5_000
_PIECE = 1_000_000
# What SIPRI's site, its old one and spreadsheets give; other files of a folder or an archive are named, not opened.
_ENDINGS = {".csv", ".txt", ".tsv", ".json", ".rtf", ".xlsx", ".gz", ".zip"}
# What systems leave in folders: hidden files, lists of a folder's pictures, the lock of an open workbook.
_SYSTEM = (".", "~$", "Thumbs.db", "desktop.ini")
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]+://", re.I)
_TEXT_STARTS = ("{", "[{", "<")  # of JSON, RTF or a web page, which may stand in one line
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")  # the second of an archive without files
_ARCHIVES = (_GZIP, *_ZIP)
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)

Given = str | os.PathLike | bytes | IO[bytes] | IO[str] | Iterable["str | os.PathLike | bytes | IO[bytes] | IO[str]"]


class File(NamedTuple):
    """One file: its name for messages, its bytes, why it is not read, and whether the reader asked for this one."""

    name: str
    content: bytes
    aside: str = ""
    named: bool = True


def files(given: Given) -> list[File]:
    """The files in what a reader gives, in the order of a list and by name in folders and archives.

    Raises
    ------
    ValueError
        When something cannot be opened, is no file, is more than may be read, or an archive is not to be trusted.
    """
    found: list[File] = []
    size, seen = 0, Counter()
    for file in _each(given, "the bytes given"):
        size += len(file.content)
        seen[file.name] += 1
        again = seen[file.name]
        found.append(file if again == 1 else file._replace(name=f"{file.name} ({again})"))
        if size > LARGEST or len(found) > MOST:
            raise ValueError(
                f"{file.name}: more than {LARGEST // 10**6} million bytes or {MOST:,} files in one call. Read "
                f"the files "
                "that belong together, one release and one question at a time."
            )
    if not found:
        raise ValueError("There is no file to read: the list or folder is empty.")
    return found


def _each(given: object, name: str) -> Iterator[File]:
    if isinstance(given, bytes | bytearray | memoryview):
        yield from _opened(bytes(given), name)
    elif isinstance(given, str) and _is_text(given):
        yield File(name.replace("bytes", "text"), _encoded(given, name))
    elif isinstance(given, str) and not given.strip():
        raise ValueError("The name of the file is empty: give its path, for example 'trade-register.csv'.")
    elif isinstance(given, str) and _ADDRESS.match(given):
        raise ValueError(f"{given!r} is an address, and nothing is fetched. Download the file and give its path.")
    elif isinstance(given, str | os.PathLike):
        yield from _path(Path(given))
    elif hasattr(given, "read"):
        yield from _stream(given)
    elif isinstance(given, pd.DataFrame):
        raise ValueError(
            "A frame is not a file of SIPRI's. load.tidy(frame, source=..., whole=...) takes one with the columns "
            "recipient, supplier, year and tiv_million."
        )
    elif isinstance(given, Iterable) and not isinstance(given, dict):
        for at, one in enumerate(given, 1):
            yield from _each(one, f"item {at} of the list")
    else:
        raise ValueError(
            f"Cannot read a file from {type(given).__name__}: give a path, bytes, text, an open file, a folder, or a "
            "list of these."
        )


def _is_text(given: str) -> bool:
    """Whether a text is what stands in a file rather than the name of one."""
    return "\n" in given or "\r" in given or given.lstrip().startswith(_TEXT_STARTS)


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name}: character {error.start + 1} of the text is half a letter. Give the bytes of the file, or open it "
            "with mode='rb'."
        ) from None


def _stream(given: IO[bytes] | IO[str]) -> Iterator[File]:
    label = getattr(given, "name", None)
    name = Path(label).name if isinstance(label, str) and label else "the open file"
    try:
        content = _content(given)
    except UnicodeDecodeError:
        raise ValueError(f"{name} was opened as text in an encoding that is not its own. Open it with 'rb'.") from None
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"Cannot read {name}: {error}. Open it for reading, or give its path.") from None
    if not content and _has_begun(given):
        raise ValueError(f"Nothing is left to read in {name}: it was read or written before. Call seek(0) on it first.")
    yield from _opened(content if isinstance(content, bytes) else _encoded(content, name), name)


def _has_begun(given: IO[bytes] | IO[str]) -> bool:
    try:
        return given.tell() > 0
    except (OSError, ValueError, AttributeError):
        return False


def _path(path: Path, named: bool = True) -> Iterator[File]:
    try:
        path = path.expanduser()
        if path.is_dir():
            inside = sorted(path.iterdir())
        else:
            content = None if path.exists() and not path.is_file() else _bytes(path)
    except (OSError, RuntimeError, ValueError) as error:
        shown = str(path) if len(str(path)) < 200 else f"{str(path)[:80]}…"
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"Cannot open {shown!r}: {reason}.{_near(path)}") from error
    if path.is_dir():
        yield from _folder(inside)
    elif content is None:
        raise ValueError(f"{str(path)!r} is a device or a pipe, not a file. Give its bytes instead.")
    else:
        yield from _opened(content, path.name, named=named)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return _content(file)


def _content(file: IO[bytes] | IO[str]) -> bytes | str:
    """What is left in a file, no more of it than may be read; piece by piece, so that a small file takes little."""
    pieces, size = [], 0
    while size <= LARGEST and (piece := file.read(_PIECE)):
        pieces.append(piece)
        size += len(piece)
    return (pieces[0][:0] if pieces else b"").join(pieces)


def _near(path: Path) -> str:
    """What a reader may have meant: the nearest name in the same folder, or a text taken for a name."""
    if len(str(path)) > 200 or str(path).count(",") > 2:
        return " If this is what stands in a file and not the name of one, give it as bytes: text.encode()."
    try:
        beside = [found.name for found in path.parent.iterdir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, beside, n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near and near[0] != path.name else ""


def _folder(inside: list[Path]) -> Iterator[File]:
    """The files right in a folder; what lies deeper is named, not opened."""
    for path in inside:
        if path.name.startswith(_SYSTEM):
            yield File(path.name, b"", "a file of the system", named=False)
        elif not path.is_file():
            yield File(path.name, b"", "a folder inside the folder, or no file: not opened", named=False)
        elif path.suffix.lower() not in _ENDINGS:
            yield File(path.name, b"", _other_ending(path.name), named=False)
        else:
            yield from _path(path, named=False)


def _other_ending(name: str) -> str:
    return f"not opened: files of this kind ({Path(name).suffix or 'without an ending'}) do not come from SIPRI"


def _opened(content: bytes, name: str, *, named: bool = True) -> Iterator[File]:
    """The file itself, or the files inside if it is an archive or a workbook."""
    if content.startswith(_GZIP):
        inner = _gunzipped(content, name)
        if inner.startswith(_ARCHIVES):
            raise ValueError(f"{name} holds another archive: archives in archives are not read. Unpack the outer one.")
        yield File(name, inner, named=named)
    elif content.startswith(_ZIP):
        yield from _unzipped(content, name, named)
    else:
        yield File(name, content, named=named)


def _gunzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            inner = _content(file)
    except _DAMAGED as error:
        raise ValueError(f"{name} is compressed with gzip, but damaged ({error}). Download it again.") from None
    if len(inner) > LARGEST:
        raise ValueError(f"{name} holds {_too_much()}")
    return inner


def _too_much() -> str:
    return (
        f"more than {LARGEST // 10**6} million bytes when unpacked, which no export of SIPRI's has: it is not read. "
        "Unpack it yourself if you know what it is."
    )


def _unzipped(content: bytes, name: str, named: bool) -> Iterator[File]:
    """The files in a zip archive; a workbook is one too, with its sheets as files."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except _DAMAGED as error:
        raise ValueError(f"{name} is a zip archive or an Excel workbook, but damaged ({error}).") from None
    _refuse_untrusted(members, name)
    inside = {member.filename for member in members}
    if "[Content_Types].xml" in inside:
        sheets = workbooks.sheets(content, _parts(archive, members, name), name)
        for sheet, text in sheets:
            yield File(f"{name}, sheet {sheet}", text, named=named and len(sheets) == 1)
        return
    if "mimetype" in inside and any(member.startswith("META-INF/") for member in inside):
        raise ValueError(
            f"{name} is an OpenDocument file (.ods), which is not read. Save its sheet as CSV (UTF-8) or .xlsx."
        )
    readable = [member for member in members if not member.is_dir()]
    for member in sorted(readable, key=lambda member: member.filename):
        label = Path(member.filename)
        if label.name.startswith(_SYSTEM) or "__MACOSX" in label.parts:
            yield File(f"{name}/{member.filename}", b"", "a file of the system", named=False)
        elif label.suffix.lower() not in _ENDINGS:
            yield File(f"{name}/{member.filename}", b"", _other_ending(label.name), named=False)
        else:
            yield from _member(archive, member, name)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Iterator[File]:
    label = f"{name}/{member.filename}"
    content = _part(archive, member, name)
    if content.startswith(_ARCHIVES) and b"[Content_Types].xml" not in content:
        raise ValueError(f"{label} is an archive in an archive, which is not read. Unpack {name}.")
    yield from _opened(content, label, named=False)


def _refuse_untrusted(members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive that is a bomb, is locked, or holds links or names that point out of it."""
    if len(members) > MOST:
        raise ValueError(f"{name} holds {len(members):,} files, more than the {MOST:,} that are read in one call.")
    if sum(member.file_size for member in members) > LARGEST:
        raise ValueError(f"{name} holds {_too_much()}")
    for member in members:
        label = member.filename
        if member.flag_bits & 1:
            raise ValueError(f"{name} is locked with a password. Unpack it and read the files inside.")
        if member.compress_type not in _PACKED:
            raise ValueError(f"{name} is packed in a way that is not read. Unpack it and read the files inside.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ValueError(f"{name} holds a link ({label!r}), which no export has: it is not read.")
        parts = label.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or parts[0].endswith(":") or not label.isprintable() or len(label) > 300:
            raise ValueError(
                f"{name} holds a file with an odd name ({label[:80]!r}), which no export has: it is not read."
            )


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(member) as file:
            return _content(file)
    except _DAMAGED as error:
        raise ValueError(f"{name}: {member.filename!r} in it is damaged ({error}).") from None


def _parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> dict[str, bytes]:
    return {member.filename: _part(archive, member, name) for member in members if not member.is_dir()}
