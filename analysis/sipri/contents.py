"""From the bytes of a file to its lines: what is no text is refused, what is wrapped is unwrapped."""

import base64
import binascii
import difflib
import json
import os
import re
from pathlib import Path

# First bytes of files that are not text, and what the reader can do about each.
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), not text. Save its sheet as CSV (UTF-8) and read that.",
    b"%PDF": "a PDF document, not a table. Download the CSV from SIPRI's site instead.",
    b"\x1f\x8b": "compressed with gzip. Unpack it and read the file inside.",
    b"\xff\xfe": "saved as UTF-16 ('Unicode text'). Save it again as CSV (UTF-8).",
    b"\xfe\xff": "saved as UTF-16 ('Unicode text'). Save it again as CSV (UTF-8).",
}
# The marks git leaves around two versions of a passage it could not join.
_CONFLICT = re.compile(r"(<{7}|={7}|>{7})(?![<=>])")
_HTML = re.compile(r"\s*<(!doctype\s+html|html|head|body)\b", re.I)
# Parts of an RTF file that hold no text of the page.
_RTF_HIDDEN = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer", "*"}
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t"}
_RTF_TOKEN = re.compile(
    r"\\(?:([a-zA-Z]{1,32})(-?\d{1,9})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)


def data(path_or_bytes: str | os.PathLike | bytes) -> tuple[bytes, str]:
    """Bytes of a file and the name to use for it in messages."""
    if isinstance(path_or_bytes, bytes):
        return path_or_bytes, "the bytes given"
    path = Path(path_or_bytes)
    try:
        return path.read_bytes(), path.name
    except OSError as error:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, beside, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near and near[0] != path.name else ""
        raise ValueError(f"Cannot open {str(path)!r}: {error.strerror or error}.{hint}") from error


def lines(content: bytes, name: str) -> tuple[list[str], str]:
    """Lines of a file, and the form of the file: "text", "JSON" or "RTF" (the lines are then those inside).

    Raises
    ------
    ValueError
        When the file is empty, a workbook, a PDF, an archive, a web page, or holds the marks of a git conflict.
    """
    _refuse_binary(content, name)
    decoded = _decode(content, name)
    if _HTML.match(decoded):
        raise ValueError(
            f"{name} is a web page (HTML), not data: the site answered with an error page. Download it again."
        )
    if decoded.lstrip().startswith("{\\rtf"):
        return _split(_rtf(decoded)), "RTF"
    if decoded.lstrip().startswith("{"):
        inner = _unwrap(decoded, name)
        return lines(inner, f"{name} (inside its JSON answer)")[0], "JSON"
    found = _split(decoded)
    if any(mark in decoded for mark in ("<<<<<<<", "=======")):
        _refuse_conflict(found, name)
    return found, "text"


def _split(decoded: str) -> list[str]:
    """Lines, whatever ends them: LF, CRLF, or CR alone as in one old file."""
    found = decoded.split("\r\n" if "\r" in decoded else "\n")
    if "\r" in decoded and not decoded.count("\r") == decoded.count("\n") == len(found) - 1:
        found = decoded.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return found[:-1] if len(found) > 1 and not found[-1] else found


def _refuse_conflict(found: list[str], name: str) -> None:
    for at, line in enumerate(found, 1):
        if _CONFLICT.match(line):
            raise ValueError(
                f"{name}, line {at}: {line[:7]!r} is a mark of an unresolved git conflict; the file holds two "
                "versions of its rows. Restore one of them, or download the file again."
            )


def _refuse_binary(content: bytes, name: str) -> None:
    if not content.strip():
        raise ValueError(f"{name} is empty: nothing was downloaded. Download it again.")
    if content.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in content or b"xl/" in content:
            raise ValueError(f"{name} is an Excel workbook (.xlsx), not text. Save its sheet as CSV (UTF-8).")
        raise ValueError(f"{name} is a zip archive. Unpack it and read the CSV inside.")
    for start, what in _BINARY.items():
        if content.startswith(start):
            raise ValueError(f"{name} is {what}")
    if b"\0" in content:
        at = content.index(b"\0")
        raise ValueError(f"{name} is not text: byte {at + 1} is zero, as in binary files. Download it again.")


def _decode(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        try:
            # SIPRI's site sent latin-1 until May 2026; cp1252 holds all its printable letters.
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ValueError(
                f"{name}, line {line}: byte {content[error.start]:#04x} belongs to neither UTF-8 nor "
                "Windows-1252. Save the file as CSV (UTF-8)."
            ) from None


def _unwrap(decoded: str, name: str) -> bytes:
    """Bytes of the CSV inside the site's JSON answer: {"bytes": base64} or {"result": text}."""
    try:
        answer = json.loads(decoded)
        if isinstance(answer.get("bytes"), str):
            return base64.b64decode(answer["bytes"], validate=True)
        if isinstance(answer.get("result"), str):
            return answer["result"].encode()
    except (ValueError, RecursionError, binascii.Error) as error:
        raise ValueError(f"{name} begins like a JSON answer but cannot be read as one: {error}.") from None
    keys = ", ".join(map(repr, list(answer)[:5])) or "none"
    raise ValueError(f"{name} is JSON without a table: SIPRI's answers hold 'bytes' or 'result', this one has {keys}.")


def _rtf(source: str) -> str:
    """Text of an RTF file: tabs and line ends kept, formatting gone."""
    charset = "mac_roman" if re.match(r"\s*\{\\rtf\d*\s*\\mac\b", source) else "cp1252"
    out: list[str] = []
    hidden = [False]
    skip = 0
    for token in _RTF_TOKEN.finditer(source):
        word, number, code, symbol, brace, plain = token.groups(default="")
        if brace == "{":
            hidden.append(hidden[-1])
        elif brace:
            del hidden[1 if len(hidden) == 1 else -1 :]
        elif word in _RTF_HIDDEN or symbol == "*":
            hidden[-1] = True
        elif hidden[-1]:
            continue
        elif word == "u" and number:
            out.append(_letter(int(number)))
            skip = 1
        elif word:
            out.append(_RTF_BREAKS.get(word, ""))
        elif code:
            out.append("" if skip else bytes.fromhex(code).decode(charset, "replace"))
            skip = 0
        elif symbol:
            out.append({"~": " ", "_": "-", "\n": "\n", "\r": "\n"}.get(symbol, symbol if symbol in "\\{}" else ""))
        else:
            out.append(plain[skip:])
            skip = 0
    return "".join(out)


def _letter(number: int) -> str:
    """Letter of an RTF \\u escape, which counts in signed 16-bit steps; half a pair becomes U+FFFD."""
    point = number % 0x10000
    return "\ufffd" if 0xD800 <= point <= 0xDFFF else chr(point)
