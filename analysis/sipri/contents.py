"""From the bytes of a file to its lines: what is no text is refused, what is wrapped is unwrapped."""

import base64
import binascii
import json
import re

_SAVE = "Save the table as CSV (UTF-8) in the program that made it, and read that."
_FRAME = "Read it with pandas.{} and give the frame to load.tidy."
_UNPACK = "Unpack it and read what is inside; .gz and .zip are read as they are."
_NO_TABLE = "Download the CSV from SIPRI's site instead."
_R = "In R, write.csv({}, 'table.csv', row.names = FALSE) makes a CSV of it."
_UTF16 = "saved as UTF-16 ('Unicode text'). Save it again as CSV (UTF-8)."
# First bytes of files that are not text, and what the reader can do about each.
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), or one with a password, not text. Save its sheet as CSV "
    "(UTF-8), or as .xlsx without a password, and read that.",
    b"PK\x03\x04": "an archive inside another file: archives in archives are not read. Unpack the outer one.",
    b"\x1f\x8b": "a gzip archive inside another file: archives in archives are not read. Unpack the outer one.",
    b"%PDF": f"a PDF document, not a table. {_NO_TABLE}",
    b"\x89PNG": f"a picture, not a table. {_NO_TABLE}",
    b"\xff\xd8\xff": f"a picture, not a table. {_NO_TABLE}",
    b"\xff\xfe": _UTF16,
    b"\xfe\xff": _UTF16,
    b"RDX": f"an R data file (.RData). {_R.format('name_of_the_frame')}",
    b"RDA": f"an R data file (.RData). {_R.format('name_of_the_frame')}",
    b"X\n\0\0\0": f"an R data file (.rds). {_R.format('readRDS(file)')}",
    b"A\n2\n": f"an R data file (.rds). {_R.format('readRDS(file)')}",
    b"A\n3\n": f"an R data file (.rds). {_R.format('readRDS(file)')}",
    b"PAR1": f"a Parquet file. {_FRAME.format('read_parquet')}",
    b"ARROW1": f"a Feather file. {_FRAME.format('read_feather')}",
    b"<stata_dta>": f"a Stata file. {_FRAME.format('read_stata')}",
    b"$FL2": f"an SPSS file. {_FRAME.format('read_spss')}",
    b"\x80\x04": f"a Python pickle. {_FRAME.format('read_pickle')}",
    b"\x80\x05": f"a Python pickle. {_FRAME.format('read_pickle')}",
    b"SQLite format 3": f"an SQLite database. {_SAVE}",
    b"BZh": f"compressed with bzip2. {_UNPACK}",
    b"\xfd7zXZ": f"compressed with xz. {_UNPACK}",
    b"7z\xbc\xaf": f"a 7z archive. {_UNPACK}",
    b"Rar!": f"a RAR archive. {_UNPACK}",
}
# Where a tar archive says that it is one.
_TAR = slice(257, 262)
# Columns of the list behind SIPRI's search page, which has numbers of weapons but no volumes.
_SEARCH = ('"tradeId"', '"buyer"', '"seller"', '"deliveryYr"')
# The marks git leaves around two versions of a passage it could not join.
_CONFLICT = re.compile(r"(<{7}|={7}|>{7})(?![<=>])")
# A JSON answer; a list only of objects, since a cell may begin with a bracket.
_JSON = re.compile(r"\{|\[\s*\{")
_HTML = re.compile(r"<(!doctype\s+html|html|head|body|table|!--)", re.I)
# Parts of an RTF file that hold no text of the page.
_RTF_HIDDEN = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer", "*"}
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t"}
_RTF_TOKEN = re.compile(
    r"\\(?:([a-zA-Z]{1,32})(-?\d{1,9})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)


def lines(content: bytes, name: str) -> tuple[list[str], str]:
    """Lines of a file, and the form of the file: "text", "JSON" or "RTF" (the lines are then those inside).

    Raises
    ------
    ValueError
        When the file is empty, a workbook, a PDF, an archive, a web page, or holds the marks of a git conflict.
    """
    _refuse_binary(content, name)
    decoded = _decode(content, name)
    start = decoded[:1000].lstrip()
    if _HTML.match(start):
        raise ValueError(
            f"{name} is a web page (HTML), not data: the site answered with an error page, or a table was saved as a "
            "page. Download it again, as CSV."
        )
    if start.startswith("<?xml"):
        raise ValueError(f"{name} is XML, not a table that SIPRI gives. Download the CSV from SIPRI's site instead.")
    if start.startswith("{\\rtf"):
        return _split(_rtf(decoded)), "RTF"
    if _JSON.match(start):
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
    if len(found) > 1 and not found[-1]:
        found.pop()
    return found


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
    for start, what in _BINARY.items():
        if content.startswith(start):
            raise ValueError(f"{name} is {what}")
    if content[_TAR] == b"ustar":
        raise ValueError(f"{name} is a tar archive. {_UNPACK}")
    if b"\0" in content:
        if _wide(content):
            raise ValueError(f"{name} is {_UTF16}")
        at = content.index(b"\0")
        raise ValueError(f"{name} is not text: byte {at + 1} is zero, as in binary files. Download it again.")


def _wide(content: bytes) -> bool:
    """Whether every second byte is zero, as where UTF-16 without a mark holds Latin letters."""
    start = content[:2000]
    return max(start[at::2].count(0) for at in (0, 1)) > 0.4 * len(start)


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
        if isinstance(answer, dict) and isinstance(answer.get("bytes"), str):
            return base64.b64decode(answer["bytes"], validate=True)
        if isinstance(answer, dict) and isinstance(answer.get("result"), str):
            return answer["result"].encode()
    except (ValueError, RecursionError, binascii.Error) as error:
        raise ValueError(f"{name} begins like a JSON answer but cannot be read as one: {error}.") from None
    if sum(key in decoded[:5000] for key in _SEARCH) > 1:
        raise ValueError(
            f"{name} is the list behind SIPRI's search page: it has numbers of weapons but no volume (TIV), so "
            f"no share "
            "can be computed from it. Download the trade register or the import/export values as CSV instead."
        )
    keys = ", ".join(map(repr, list(answer)[:5])) if isinstance(answer, dict) else "a list"
    raise ValueError(
        f"{name} is JSON without a table: SIPRI's answers hold 'bytes' or 'result', this one has {keys or 'none'}."
    )


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
