"""SIPRI's own site, asked for its register of deliveries: when a reader calls for it, and one question at a time.

The pages of the site are served by a back end that needs no key and is not documented. Questions and answers stand
here as three public programs of 2025 and 2026 send and get them. **This module has not been run against the live
site**: it is tested on a server of its own that replays answers in the recorded shapes, and their faults.
"""

import difflib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from analysis import tables

from .lines import listed

if TYPE_CHECKING:  # httpx belongs to the extra "online", and nothing but a download needs it
    import httpx

#: The form on SIPRI's site by which a reader gets the same file by hand.
FORM = "https://armstransfers.sipri.org/ArmsTransfer/TransferRegister"
FIRST_YEAR = 1950
MISSING = (
    "Two packages that a download needs are not installed, httpx and platformdirs: they are the extra 'online' of "
    "arms-dependence. Install them with\n    python -m pip install httpx platformdirs"
)
_TICK = 2  # seconds between two dots of the line that shows that the answer is being waited for


class DownloadError(ValueError):
    """SIPRI's register could not be fetched; the message says what happened, and how to download it by hand."""


class Question(NamedTuple):
    """Whose deliveries are asked for: those to one recipient, from one supplier, or all of the world."""

    side: str | None = None
    country: str | None = None

    @property
    def deliveries(self) -> str:
        """What is asked for, inside a sentence: "deliveries to the United States"."""
        if self.side is None:
            return "all deliveries"
        name = tables.column("countries", "in_text").get(self.country, self.country)
        return f"deliveries {'to' if self.side == 'recipient' else 'from'} {name}"

    @property
    def call(self) -> str:
        """The options of `load.download` that ask for it."""
        return f"{self.side}={self.country!r}" if self.side else ""


class Site(NamedTuple):
    """Where to ask, whom to trust, and how patiently. Times in seconds; a register takes SIPRI 10 to 40."""

    address: str = "https://atbackend.sipri.org/api/p"
    trust: ssl.SSLContext | bool = True
    connecting: float = 10
    silence: float = 90
    altogether: float = 300
    pauses: tuple[float, ...] = (2, 8)
    #: Bytes. The whole world's register since 1950 is about 10 million as the site sends it.
    most: int = 50_000_000


SIPRI = Site()


class _Failed(Exception):
    """Why there is no answer to work with, in words for the reader."""


class _Passing(_Failed):
    """The same, of a kind that may be gone at the next try."""


def register(question: Question, site: Site = SIPRI) -> bytes:
    """The site's answer as received: JSON that holds the register of deliveries, one row per delivery year.

    Raises
    ------
    DownloadError
        When the site cannot be reached, answers with anything but data, or does not know the country.
    """
    deadline = time.monotonic() + site.altogether
    try:
        with _client(site) as client:
            chosen = []
            if question.country:
                with _waiting("Asking SIPRI for its list of countries"):
                    known = _ask(client, site, deadline, "GET", "/countries/getAllCountriesTrimmed")
                chosen = [_filter(question.side.capitalize(), "contains", chosen=[_entity(known, question.country)])]
            with _waiting(f"Asking SIPRI for its register of {question.deliveries} (10 to 40 seconds)"):
                answer = _ask(client, site, deadline, "POST", "/trades/trade-register-csv/", _body(chosen))
            if not isinstance(_json(answer), dict):
                raise _Failed("SIPRI's site answered with JSON of another form than its register has.")
            return answer
    except _Failed as why:
        raise DownloadError(f"{why} {by_hand(question)}") from None


def by_hand(question: Question) -> str:
    """How a reader gets the same file without this module, and reads it."""
    chosen = f"the {question.side} {question.country}" if question.side else "no country (that is all of them)"
    return (
        f"To download by hand instead: open {FORM} in a browser, choose {chosen} and the years {FIRST_YEAR} to "
        f"{_last_year()}, tick 'Register with deliveries broken down by year', press 'Download as CSV', and read the "
        "file with load.sipri('trade-register.csv')."
    )


def _last_year() -> int:
    """The last year that SIPRI can have published by now; asking for one not yet published does no harm."""
    return date.today().year - 1


def _body(chosen: list[dict]) -> dict:
    """The question in the site's form: the filters by which a register with a row per delivery year was recorded."""
    last = _last_year()
    years = [_filter("Delivery year", "contains", FIRST_YEAR, last), _filter("Order year", "contains", 0, last)]
    return {"logic": "AND", "filters": [*chosen, *years, _filter("opendeals"), _filter("exportOption")]}


def _filter(
    field: str, condition: str = "", first: int | str = "", last: int | str = "", chosen: list[int] | None = None
) -> dict:
    named = {"field": field, "oldField": "", "condition": condition}
    return named | {"value1": first, "value2": last, "listData": chosen or []}


def _client(site: Site) -> "httpx.Client":
    try:
        import httpx
    except ImportError:
        raise _Failed(f"{MISSING}\n") from None
    try:
        headers = {"User-Agent": "arms-dependence", "Accept": "application/json", "Accept-Encoding": "gzip"}
        return httpx.Client(verify=site.trust, headers=headers, follow_redirects=False)
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise _Failed(
            "This computer's settings for the internet (HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR) cannot "
            f"be used: {error}."
        ) from None


def _ask(
    client: "httpx.Client", site: Site, deadline: float, method: str, path: str, body: dict | None = None
) -> bytes:
    """The answer to one question, in as many tries as there are pauses, and one."""
    for pause in (*site.pauses, None):
        try:
            answer = _once(client, site, deadline, method, path, body)
            break
        except _Passing as why:
            if pause is None:
                raise _Failed(f"{why} It was tried {len(site.pauses) + 1} times.") from None
            if time.monotonic() + pause >= deadline:
                raise
            print(f" no answer; again in {pause:g} seconds ", end="", flush=True)
            time.sleep(pause)
    if not answer.strip():
        raise _Failed("SIPRI's site sent an empty answer.")
    if answer.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise _Failed("SIPRI's site answered with a web page instead of data; it may be closed for a while.")
    return answer


def _once(client: "httpx.Client", site: Site, deadline: float, method: str, path: str, body: dict | None) -> bytes:
    import httpx

    left = max(deadline - time.monotonic(), 0.1)
    patience = httpx.Timeout(min(site.silence, left), connect=min(site.connecting, left))
    try:
        with client.stream(method, site.address + path, json=body, timeout=patience) as response:
            _refuse_status(response)
            return b"".join(_pieces(response, site, deadline))
    except httpx.ConnectTimeout:
        raise _Passing(f"SIPRI's site could not be reached within {patience.connect:g} seconds.") from None
    except httpx.TimeoutException:
        raise _Passing(f"SIPRI's site was silent for {patience.read:.3g} seconds.") from None
    except httpx.RequestError as error:
        raise _broken(error, httpx.URL(site.address).host) from None


def _refuse_status(response: "httpx.Response") -> None:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.is_redirect:
        target = response.headers.get("Location", "nowhere")[:200]
        raise _Failed(
            f"SIPRI's site sent the question on to {target} ({status}), which is not followed: only SIPRI's own "
            "address is asked."
        )
    if response.is_server_error:
        raise _Passing(f"SIPRI's site answered with an error of its own ({status}).")
    if response.status_code == 429:
        wait = response.headers.get("Retry-After", "")
        raise _Failed(
            "SIPRI's site has had too many questions from this address and asks for a pause"
            f"{f' of {wait} seconds' if wait.isdigit() else ''} ({status})."
        )
    if not response.is_success:
        raise _Failed(f"SIPRI's site refused the question ({status}); its form may have changed.")


def _pieces(response: "httpx.Response", site: Site, deadline: float) -> Iterator[bytes]:
    """The body piece by piece, for as long as it is neither too large nor too slow."""
    declared = response.headers.get("Content-Length", "")
    size = int(declared) if declared.isdigit() and len(declared) < 20 else 0
    received = 0
    for piece in response.iter_bytes():
        received += len(piece)
        if max(size, received) > site.most:
            raise _Failed(f"SIPRI's site sent more than {site.most / 1e6:g} million bytes: no register is so large.")
        if time.monotonic() > deadline:
            raise _Failed(f"SIPRI's site had not sent its whole answer after {site.altogether:g} seconds.")
        yield piece


def _broken(error: Exception, host: str) -> _Failed:
    """What a failure of the connection means to a reader."""
    import httpx

    if wrong := _behind(error, ssl.SSLCertVerificationError):
        return _Failed(
            f"Whoever answered as {host} could not prove to be SIPRI's site ({wrong.verify_message}), so nothing was "
            "sent. A network that looks into connections (of an office, a hotel) does this; so does a wrong clock."
        )
    if _behind(error, ssl.SSLError):
        return _Failed(f"No secure connection to {host} could be made ({error}), so nothing was sent.")
    if _behind(error, socket.gaierror):
        return _Passing(
            f"The address {host} was not found: this computer seems to have no connection to the internet, or the "
            "proxy that it should use is not there."
        )
    if isinstance(error, httpx.ProxyError):
        return _Passing(f"The proxy of this network did not let the question through ({error}).")
    if isinstance(error, httpx.ConnectError):
        return _Passing(f"SIPRI's site ({host}) could not be reached ({error}).")
    return _Passing(f"The connection to SIPRI's site broke off before the answer was complete ({error}).")


def _behind(error: BaseException | None, kind: type) -> BaseException | None:
    """The first error of a kind among those that led to this one."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _json(answer: bytes) -> object:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise _Failed("What SIPRI's site sent is not complete JSON: the answer was cut off, or is none.") from None


def _entity(answer: bytes, country: str) -> int:
    """SIPRI's number for a country, from its list of this moment: the numbers are not the same from year to year."""
    listed_now = _json(answer)
    known = [
        (entry["Name"], entry["EntityId"])
        for entry in (listed_now if isinstance(listed_now, list) else [])
        if isinstance(entry, dict)
        and isinstance(entry.get("Name"), str)
        and type(entry.get("EntityId")) is int
        and not entry.get("deleted")
    ]
    if not known:
        raise _Failed("SIPRI's list of countries is empty, or has another form than it had in 2026.")
    found = {name: number for name, number in known if tables.spelled(name) == country}
    numbers = set(found.values())
    if len(numbers) > 1:  # an old spelling beside the present one
        numbers = {number for name, number in found.items() if name.strip(" *") == country}
    if len(numbers) != 1:
        names = list(found) or difflib.get_close_matches(country, [name for name, _ in known], n=3, cutoff=0.6)
        near = f" There is: {listed(names)}." if names else ""
        raise _Failed(f"SIPRI's list of countries has {'no single' if found else 'no'} {country!r} today.{near}")
    return numbers.pop()


@contextmanager
def _waiting(text: str) -> Iterator[None]:
    """A line that grows while an answer is waited for."""
    done = threading.Event()

    def dots() -> None:
        while not done.wait(_TICK):
            print(".", end="", flush=True)

    print(f"{text} ", end="", flush=True)
    thread = threading.Thread(target=dots, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        print()
