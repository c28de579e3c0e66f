"""A reader's own copies of SIPRI's register, in the cache folder of his computer: fetched once, read ever after."""

import contextlib
import os
import re
import tempfile
import threading
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from analysis import tables

from . import Export, read
from .lines import written
from .site import MISSING, SIPRI, DownloadError, Question, Site, by_hand, register

# Two calls at once, of a notebook and of a button, ask one after the other; the second then finds the first one's copy.
_ONE_AT_A_TIME = threading.Lock()


class Copy(NamedTuple):
    """A file in the cache folder, and the day on which it was fetched."""

    path: Path
    day: date


def question(recipient: str | None, supplier: str | None) -> Question:
    """What is asked for, by our name for the country.

    Raises
    ------
    ValueError
        If the name is unknown, or both sides are given.
    """
    if recipient is not None and supplier is not None:
        raise ValueError(
            "A share needs a whole total, so all suppliers of one recipient are fetched, or all recipients of one "
            f"supplier. Leave one out: load.download(recipient={recipient!r}) has the deliveries from {supplier} too."
        )
    side, name = ("supplier", supplier) if recipient is None else ("recipient", recipient)
    if name is None:
        return Question()
    if not isinstance(name, str):
        raise ValueError(f"{side}={name!r}: give the name of one country. Several are fetched one by one.")
    return Question(side, tables.country(name))


def fetched(asked: Question, refresh: bool, *, folder: Path | None = None, site: Site = SIPRI) -> Export:
    """The register that was asked for: from the newest copy in the folder, or from SIPRI's site, and then kept.

    Raises
    ------
    DownloadError
        When there is no copy and none can be fetched, or when the copy cannot be read.
    """
    folder = folder or cache_folder()
    with _ONE_AT_A_TIME:
        kept = newest(folder, asked)
        if kept and not refresh:
            export = _read(kept, asked)
            said = (
                f"SIPRI's register of {asked.deliveries}: your copy of {written(kept.day)}, {kept.path}\n"
                "(refresh=True asks SIPRI again)"
            )
        else:
            answer, export = _asked(asked, site, kept)
            said = _keep(answer, folder and folder / _file(asked, date.today()))
        print(said)
        _say_terms()
    return export


def _asked(asked: Question, site: Site, kept: Copy | None) -> tuple[bytes, Export]:
    """The site's answer, and what it holds."""
    try:
        answer = register(asked, site)
        try:
            return answer, _checked(answer, asked)
        except ValueError as why:
            raise DownloadError(f"SIPRI's site answered, but {why} {by_hand(asked)}") from None
    except DownloadError as error:
        if kept is None:
            raise
        raise DownloadError(
            f"{error} Your copy of {written(kept.day)} is as it was: leave out refresh=True to read it."
        ) from None


def cache_folder() -> Path | None:
    """The folder for a reader's copies, None on a computer that has no place for such things."""
    try:
        import platformdirs
    except ImportError:
        raise DownloadError(MISSING) from None
    folder = platformdirs.user_cache_path("arms-dependence", appauthor=False)
    return folder if folder.is_absolute() else None  # without a home it is called "~", which would be made right here


def newest(folder: Path | None, asked: Question) -> Copy | None:
    """The last copy of what is asked for; a file with any other name is none."""
    start = _file(asked, "")
    found = []
    with contextlib.suppress(OSError):  # a folder that cannot be looked into has no copies
        for path in folder.iterdir() if folder else ():
            day = re.fullmatch(re.escape(start).replace(r"\.json", r"(\d{4}-\d\d-\d\d)\.json"), path.name, re.ASCII)
            with contextlib.suppress(ValueError):
                found += [Copy(path, date.fromisoformat(day[1]))] if day else []
    return max(found, key=lambda copy: copy.day, default=None)


def _file(asked: Question, day: date | str) -> str:
    """Name of a copy in letters, digits and hyphens, which every system takes: register-to-ukraine-2026-11-25.json."""
    plain = unicodedata.normalize("NFKD", asked.country or "").encode("ascii", "ignore").decode().lower()
    whose = {"recipient": "to-", "supplier": "from-", None: "world"}[asked.side] + re.sub(r"[^a-z0-9]+", "-", plain)
    return f"register-{whose.rstrip('-')}-{day}.json"


def _keep(answer: bytes, path: Path | None) -> str:
    """Put an answer into the folder, whole or not at all; the sentence that says which."""
    lost = "The copy could not be kept, so the next call asks SIPRI again: {}."
    if path is None:
        return lost.format("this computer has no cache folder (no home folder is set)")
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="part-", delete=False) as file:
            part = Path(file.name)
            file.write(answer)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        return lost.format(f"{path.parent}: {error.strerror or error}")
    finally:
        if part:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return f"Kept as {path}"


def _read(kept: Copy, asked: Question) -> Export:
    try:
        return _checked(kept.path.read_bytes(), asked)
    except (OSError, ValueError) as error:
        why = f"it cannot be opened ({error.strerror})." if isinstance(error, OSError) else error
        call = ", ".join(filter(None, (asked.call, "refresh=True")))
        raise DownloadError(
            f"There is your copy of {written(kept.day)}, {kept.path}, but {why} Fetch it anew with "
            f"load.download({call}), or delete that file."
        ) from None


def _checked(answer: bytes, asked: Question) -> Export:
    """What an answer holds, if it is the register that was asked for."""
    try:
        # A register by deal cannot be spread over years in earnest: it is read to be told from what was asked for.
        try:  # whose it is, the question says too: first lines in other words then do no harm
            export = read(answer, country=asked.country or "all", allocate="even")
        except ValueError:  # it is somebody else's, or cannot be read at all
            export = read(answer, allocate="even")
    except ValueError as error:
        if "an empty export" in str(error):
            raise ValueError(
                f"its register of {asked.deliveries} has no row: none is recorded, or the answer is not all there."
            ) from None
        why = str(error).replace("the bytes given", "the file")
        raise ValueError(f"what it holds cannot be read as the register of {asked.deliveries}: {why}") from None
    of = {"recipient": "imports", "supplier": "exports", None: None}[asked.side]
    if (export.kind, export.country, export.of) != ("delivery register", asked.country, of):
        whose = f"the {export.of} of {export.country}" if export.country else "another selection of countries"
        raise ValueError(
            f"what it holds is not the register of {asked.deliveries} by year, but a {export.kind} of {whose}: the "
            "form of questions or answers may have changed."
        )
    return export


@cache
def _say_terms() -> None:
    """Print the terms of the data, at the first call of a session."""
    print(
        "SIPRI's data: free for non-commercial use with attribution; not to be passed on as a whole "
        "(https://www.sipri.org/about/terms-and-conditions).\n"
        "Cite: SIPRI Arms Transfers Database, https://doi.org/10.55163/SAFC1241, and the day of your copy."
    )
