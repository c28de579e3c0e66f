"""A reader's own copy of SIPRI's register: fetched, kept, read again, and every way in which that can fail.

No test leaves this computer. A small server of its own replays answers in the shapes that were recorded; the numbers
in them are invented, but for the one real answer, which is read from ../shared if it is there.
"""

import base64
import contextlib
import errno
import gzip
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analysis import load
from analysis.sipri import copies, site
from analysis.sipri.site import DownloadError, Question

trustme = pytest.importorskip("trustme")
pytest.importorskip("httpx")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "sipri-exports"
TODAY = date.today().isoformat()
UKRAINE, RUSSIA, WORLD = Question("recipient", "Ukraine"), Question("supplier", "Russia"), Question()

HEADER = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,Delivery year is estimate,"
    "Status,SIPRI estimate,TIV deal unit,TIV delivery values,Local production"
)
DEALS = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Number delivered, ,"
    "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons"
)
#: Invented deliveries: supplier, recipient, category, year, TIV.
ROWS = [
    ("Poland", "Ukraine", "Artillery", 2022, 20),
    ("Poland", "Ukraine", "Armoured vehicles", 2023, 30),
    ("Turkiye", "Ukraine", "Aircraft", 2023, 10),
    ("Russia", "India", "Missiles", 2023, 50),
    ("Russia", "Turkiye", "Ships", 2019, 40),
]
LIST = [
    ("Poland", 1150520),
    ("Russia", 1150481),
    ("Turkiye", 1150685),
    ("Ukraine", 1150536),
    ("United States", 1150595),
]


def preamble(supplier="All countries", recipient="All countries"):
    return (
        f"Transfers of major conventional arms from {supplier}  to {recipient} . Deals with deliveries made for the "
        "year range '1950' to '2025' \nInvented numbers\n\nSource: SIPRI Arms Transfers Database (c) SIPRI.\n"
        "Data generated: 25 Nov 2026 10:52:58 AM\n"
    )


def csv(supplier=None, recipient=None, rows=ROWS):
    lines = [
        f"{at},{seller},{buyer},Type {at},thing,{category},2018,No,2,No,{year},No,New,{tiv / 2},{tiv / 2},{tiv},No"
        for at, (seller, buyer, category, year, tiv) in enumerate(rows, 1)
        if seller == (supplier or seller) and buyer == (recipient or buyer)
    ]
    head = preamble(supplier or "All countries", recipient or "All countries")
    return head + "\n".join([HEADER, *lines]) + "\n"


def deals():
    return f"{preamble(recipient='Ukraine')}{DEALS}\nUkraine,Poland,2021, ,4, ,Krab,gun,4, ,2022; 2023,New,,5,20,20\n"


def wrapped(text):
    return json.dumps({"bytes": base64.b64encode(text.encode()).decode()}).encode()


def countries(pairs=LIST, **more):
    return json.dumps(
        [{"EntityId": number, "Name": name, "CountryCode": "", **more} for name, number in pairs]
    ).encode()


# --------------------------------------------------------------------------------------------------------- the server
class Replies:
    """What the server answers: for the list and for the register, one reply after another, the last for ever."""

    def __init__(self):
        self.list = [countries()]
        self.register = [wrapped(csv(recipient="Ukraine"))]
        self.asked = []  # method, path, body of each question


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(self.server.replies.list, None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(self.server.replies.register, json.loads(body))

    def reply(self, replies, body):
        self.server.replies.asked.append((self.command, self.path, body))
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        with contextlib.suppress(OSError):  # the client has gone, as it should
            reply(self) if callable(reply) else self.send(reply)

    def send(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in ({"Content_Length": len(body)} | headers).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a handshake that the client breaks off is what some tests want


@pytest.fixture(scope="module")
def running():
    """A server with a certificate of its own, and what a client must trust to believe it."""
    authority = trustme.CA()
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server, trust
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No proxy of this computer stands between a test and its server, and the terms have not been said yet."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    copies._say_terms.cache_clear()


@pytest.fixture
def replies(running):
    running[0].replies = Replies()
    return running[0].replies


@pytest.fixture
def here(running, replies):
    server, trust = running
    return site.Site(
        address=f"https://127.0.0.1:{server.server_port}/api/p",
        trust=trust,
        connecting=2,
        silence=0.5,
        altogether=5,
        pauses=(0.01, 0.02),
        most=100_000,
    )


@pytest.fixture
def fetch(here, tmp_path):
    """Ask the server, and keep the copies in a folder of the test."""

    def fetch(asked=UKRAINE, refresh=False, **changes):
        return copies.fetched(asked, refresh, folder=tmp_path, site=here._replace(**changes))

    return fetch


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


# ------------------------------------------------------------------------------------------------- what it is there for
def test_a_recipient_is_fetched_from_all_suppliers(fetch, replies, tmp_path):
    export = fetch()
    assert (export.kind, export.country, export.of) == ("delivery register", "Ukraine", "imports")
    year = export.transfers.query("year == 2023").set_index("supplier")
    assert year["tiv_million"].to_dict() == {"Poland": 30, "Türkiye": 10}
    assert year["imports_tiv"].tolist() == [40, 40]
    assert year["exports_tiv"].isna().all()
    assert export.generated == date(2026, 11, 25)
    assert names(tmp_path) == [f"register-to-ukraine-{TODAY}.json"]


def test_a_supplier_is_fetched_to_all_recipients(fetch, replies, tmp_path):
    replies.register = [wrapped(csv(supplier="Russia"))]
    export = fetch(RUSSIA)
    assert (export.country, export.of) == ("Russia", "exports")
    assert export.transfers.set_index("recipient")["exports_tiv"].to_dict() == {"India": 50, "Türkiye": 40}
    chosen = replies.asked[1][2]["filters"][0]
    assert (chosen["field"], chosen["condition"], chosen["listData"]) == ("Supplier", "contains", [1150481])
    assert names(tmp_path) == [f"register-from-russia-{TODAY}.json"]


def test_the_world_is_fetched_without_the_list_of_countries(fetch, replies, tmp_path):
    replies.register = [wrapped(csv())]
    export = fetch(WORLD)
    assert (export.country, export.of, len(export.deliveries)) == (None, None, len(ROWS))
    assert export.transfers[["imports_tiv", "exports_tiv"]].notna().all(axis=None)
    ((method, _, body),) = replies.asked
    assert method == "POST"
    assert not {"Supplier", "Recipient"} & {entry["field"] for entry in body["filters"]}
    assert names(tmp_path) == [f"register-world-{TODAY}.json"]


def test_the_question_has_the_recorded_form(fetch, replies):
    fetch()
    (get, listing, _), (post, path, body) = replies.asked
    assert (get, listing) == ("GET", "/api/p/countries/getAllCountriesTrimmed")
    assert (post, path, body["logic"]) == ("POST", "/api/p/trades/trade-register-csv/", "AND")
    filters = {entry["field"]: entry for entry in body["filters"]}
    assert list(filters) == ["Recipient", "Delivery year", "Order year", "opendeals", "exportOption"]
    assert all(set(f) == {"field", "oldField", "condition", "value1", "value2", "listData"} for f in filters.values())
    assert filters["Recipient"]["listData"] == [1150536]
    last = date.today().year - 1
    assert [filters["Delivery year"][key] for key in ("condition", "value1", "value2")] == ["contains", 1950, last]
    assert [filters["Order year"][key] for key in ("condition", "value1", "value2")] == ["contains", 0, last]


def test_the_number_of_a_country_is_looked_up_each_time(fetch, replies):
    replies.list = [countries(), countries([("Ukraine", 1050536), ("Russia", 1150536)])]
    fetch()
    fetch(refresh=True)
    chosen = [body["filters"][0]["listData"] for _, _, body in replies.asked if body]
    assert chosen == [[1150536], [1050536]]


def test_a_name_is_found_in_the_spelling_of_the_site(fetch, replies, tmp_path):
    rows = [("Russia", "Turkiye", "Ships", 2019, 40)]
    replies.register = [wrapped(csv(recipient="Turkiye", rows=rows))]
    export = fetch(copies.question("Turkey", None))
    assert export.country == "Türkiye"
    assert replies.asked[1][2]["filters"][0]["listData"] == [1150685]
    assert names(tmp_path) == [f"register-to-turkiye-{TODAY}.json"]


def test_of_two_spellings_the_present_one_is_asked_for(fetch, replies):
    replies.list = [countries([("Turkey", 1), ("Turkiye", 2), ("Türkiye", 3)])]
    replies.register = [wrapped(csv(recipient="Turkiye"))]
    fetch(Question("recipient", "Türkiye"))
    assert replies.asked[1][2]["filters"][0]["listData"] == [3]


def test_a_name_that_the_site_deleted_is_passed_over(fetch, replies):
    gone = json.loads(countries([("Ukraine", 7)], deleted=True))
    replies.list = [json.dumps(gone + json.loads(countries(deleted=False))).encode()]
    fetch()
    assert replies.asked[1][2]["filters"][0]["listData"] == [1150536]


@pytest.mark.filterwarnings("error::analysis.sipri.ExportWarning")
def test_first_lines_in_other_words_do_no_harm(fetch, replies):
    """SIPRI has changed them before; whose register it is was our question, and the rows agree."""
    for asked, text in ((UKRAINE, csv(recipient="Ukraine")), (WORLD, csv())):
        replies.register = [wrapped(text.replace("Transfers of major conventional arms", "Arms transfers"))]
        export = fetch(asked)
        assert export.country == asked.country
        assert export.transfers["imports_tiv"].notna().all()


def test_the_world_s_register_is_not_taken_from_one_country_s(fetch, replies, tmp_path):
    replies.register = [wrapped(csv(recipient="India"))]
    with pytest.raises(DownloadError, match=r"not the register of all deliveries by year, but .* the imports of India"):
        fetch(WORLD)
    assert names(tmp_path) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"SIPRI's own files are not at hand ({SHARED})")
@pytest.mark.filterwarnings("ignore::analysis.sipri.ExportWarning")
def test_the_one_recorded_answer_of_the_site(fetch, replies, tmp_path):
    (recorded,) = SHARED.glob("*_response.json")
    replies.register = [recorded.read_bytes()]
    export = fetch(WORLD, most=1_000_000)
    assert (export.years, export.generated) == ((2000, 2001), date(2025, 2, 10))
    assert export.transfers["tiv_million"].sum() == pytest.approx(38157.77)
    assert export.transfers[["imports_tiv", "exports_tiv"]].notna().all(axis=None)
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == recorded.read_bytes()


# -------------------------------------------------------------------------------------------------------------- copies
def test_a_copy_is_kept_as_received_and_read_without_asking(fetch, replies, tmp_path, capsys):
    first = fetch()
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == replies.register[0]
    assert f"Kept as {kept}" in capsys.readouterr().out
    asked = len(replies.asked)
    second = fetch()
    assert len(replies.asked) == asked
    assert second.transfers.equals(first.transfers)
    said = capsys.readouterr().out
    assert "deliveries to Ukraine" in said and str(kept) in said and "refresh=True" in said
    assert f"your copy of {date.today().day} " in said


def test_a_copy_answers_for_nothing_but_its_own_question(fetch, replies):
    fetch()
    replies.register = [wrapped(csv(supplier="Ukraine", rows=[("Ukraine", "India", "Ships", 2020, 4)]))]
    assert fetch(Question("supplier", "Ukraine")).of == "exports"
    replies.register = [wrapped(csv())]
    assert fetch(WORLD).country is None


def test_refresh_asks_again_and_keeps_older_days(fetch, replies, tmp_path, capsys):
    old = tmp_path / "register-to-ukraine-2026-03-09.json"
    old.write_bytes(wrapped(csv(recipient="Ukraine", rows=ROWS[:1])))
    assert len(fetch().deliveries) == 1
    assert "9 March 2026" in capsys.readouterr().out
    assert len(fetch(refresh=True).deliveries) == 3
    assert names(tmp_path) == [old.name, f"register-to-ukraine-{TODAY}.json"]
    assert len(fetch().deliveries) == 3, "the newest copy is read"
    replies.register = [wrapped(csv(recipient="Ukraine", rows=ROWS[:2]))]
    assert len(fetch(refresh=True).deliveries) == 2, "a second copy of one day takes the place of the first"
    assert len(names(tmp_path)) == 2


def test_a_refresh_that_fails_leaves_the_copy(fetch, replies, tmp_path):
    fetch()
    (kept,) = tmp_path.iterdir()
    before = kept.read_bytes()
    replies.register = [b"<html>"]
    with pytest.raises(DownloadError, match=r"leave out refresh=True") as error:
        fetch(refresh=True)
    assert "web page" in str(error.value)
    assert kept.read_bytes() == before and names(tmp_path) == [kept.name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        wrapped(csv(recipient="Ukraine"))[:-40],
        b"<html></html>",
        wrapped(csv(recipient="Poland")),
        b"PK\x03\x04",
    ],
    ids=["empty", "brace", "cut", "page", "another's", "archive"],
)
def test_a_damaged_copy_says_so_and_how_to_fetch_it_anew(fetch, replies, tmp_path, content):
    kept = tmp_path / "register-to-ukraine-2026-03-09.json"
    kept.write_bytes(content)
    with pytest.raises(DownloadError) as error:
        fetch()
    assert str(kept) in str(error.value) and "9 March 2026" in str(error.value)
    assert "load.download(recipient='Ukraine', refresh=True)" in str(error.value)
    assert not replies.asked
    assert fetch(refresh=True).country == "Ukraine"
    assert fetch().country == "Ukraine"


def test_a_copy_that_cannot_be_opened_says_so(fetch, tmp_path):
    (tmp_path / "register-world-2026-03-09.json").mkdir()
    with pytest.raises(DownloadError, match=r"cannot be opened .*load\.download\(refresh=True\)"):
        fetch(WORLD)


def test_other_files_are_no_copies(fetch, replies, tmp_path):
    for name in (
        "part-x8s7",
        "register-to-ukraine-2026-03-09.json.part",
        "register-to-ukraine-2026-13-45.json",
        "register-to-ukraine-.json",
        "register-to-ukraine-2026-03-09 (1).json",
        "register-to-ukraine-hinterland-2026-03-09.json",
    ):
        (tmp_path / name).write_bytes(b"{")
    assert fetch().country == "Ukraine"
    assert replies.asked


def test_a_write_that_is_broken_off_leaves_nothing(fetch, tmp_path, monkeypatch):
    def broken(*_):
        raise KeyboardInterrupt

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, broken)
            with pytest.raises(KeyboardInterrupt):
                fetch()
        assert names(tmp_path) == []
    assert fetch().country == "Ukraine", "and the next call may ask"


def test_a_copy_has_its_name_only_when_it_is_whole_on_the_disk(fetch, tmp_path, monkeypatch):
    """What a later call would read after a kill at the worst moment: nothing, since the name comes last."""
    steps = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: steps.append(("fsync", os.fstat(file).st_size)) or fsync(file))
    monkeypatch.setattr(os, "replace", lambda part, to: steps.append(("replace", names(tmp_path))) or replace(part, to))
    fetch()
    (kept,) = tmp_path.iterdir()
    (first, size), (second, there) = steps
    assert (first, second, size) == ("fsync", "replace", kept.stat().st_size)
    assert len(there) == 1 and copies.newest(tmp_path, UKRAINE).path == kept
    assert there[0].startswith("part-")


@pytest.mark.parametrize("error", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_where_nothing_can_be_kept_the_answer_is_still_given(fetch, tmp_path, monkeypatch, capsys, error):
    def refuse(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "replace", refuse)
    assert fetch().country == "Ukraine"
    assert f"could not be kept, so the next call asks SIPRI again: {tmp_path}: {os.strerror(error)}" in (
        capsys.readouterr().out
    )
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_no_failure(here, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    export = copies.fetched(UKRAINE, False, folder=tmp_path / "file" / "cache", site=here)
    assert export.country == "Ukraine"
    assert "could not be kept" in capsys.readouterr().out


def test_a_computer_without_a_home_is_no_failure(here, monkeypatch, tmp_path, capsys):
    import platformdirs

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: Path("~/.cache/arms-dependence"))
    assert copies.fetched(UKRAINE, False, site=here).country == "Ukraine"
    assert "no cache folder" in capsys.readouterr().out
    assert names(tmp_path) == [], "no folder of the name ~ is made where the reader stands"


def test_the_folder_is_that_of_the_reader(here, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = copies.cache_folder()
    assert folder.is_absolute() and "arms-dependence" in folder.parts
    if sys.platform == "linux":
        copies.fetched(UKRAINE, False, site=here)
        assert names(tmp_path / "arms-dependence") == [f"register-to-ukraine-{TODAY}.json"]


def test_names_of_files_are_those_of_every_system():
    asked = [Question(side, name) for name in load.countries()["country"] for side in ("recipient", "supplier")]
    files = [copies._file(each, "2026-11-25") for each in (*asked, WORLD)]
    assert len(set(files)) == len(files), "no two countries share a file"
    assert all(re.fullmatch(r"register-[a-z0-9]+(-[a-z0-9]+)*\.json", name) for name in files)
    assert max(map(len, files)) < 120


def test_calls_at_once_ask_once(fetch, replies):
    found, threads = [], []
    for _ in range(4):
        threads.append(threading.Thread(target=lambda: found.append(fetch().country)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert found == ["Ukraine"] * 4
    assert [method for method, *_ in replies.asked] == ["GET", "POST"]


def test_copies_written_at_once_by_two_programs_are_whole(tmp_path):
    path = tmp_path / "register-world-2026-11-25.json"
    answers = [wrapped(csv(rows=ROWS * times)) for times in (1, 200)]
    threads = [threading.Thread(target=copies._keep, args=(answer, path)) for answer in answers * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in answers
    assert names(tmp_path) == [path.name]


# -------------------------------------------------------------------------------------------------------------- faults
def status(code, **headers):
    return lambda handler: handler.send(b"sorry", code, **headers)


def cut_off(handler):
    handler.send(wrapped(csv(recipient="Ukraine"))[:100], Content_Length=5000)
    handler.close_connection = True


def hung_up(handler):
    handler.close_connection = True


def silent(handler):
    time.sleep(1.5)


def dripping(handler):
    handler.send(b"{", Content_Length=1000)
    for _ in range(60):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def endless(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"2000\r\n" + b" " * 0x2000 + b"\r\n")


def no_gzip(handler):
    handler.send(b"not gzip", Content_Encoding="gzip")


def bomb(handler):
    handler.send(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")


# reply, what is said, how often it is asked
FAULTS = {
    "500": (status(500), "error of its own (500", 3),
    "503": (status(503), "error of its own (503", 3),
    "silent": (silent, "silent for 0.5 seconds", 3),
    "cut off": (cut_off, "broke off", 3),
    "hung up": (hung_up, "broke off", 3),
    "no gzip": (no_gzip, "broke off", 3),
    "404": (status(404), "refused the question (404", 1),
    "403": (status(403), "refused the question (403", 1),
    "429": (status(429, Retry_After=120), "pause of 120 seconds", 1),
    "429 with a date": (status(429, Retry_After="Wed, 25 Nov 2026"), "asks for a pause (429", 1),
    "304": (status(304), "not followed", 1),
    "page": (b"\n<!DOCTYPE html><html><title>Maintenance</title></html>", "web page", 1),
    "page of another kind": (b"\xef\xbb\xbf<?xml version='1.0'?><error/>", "web page", 1),
    "empty": (b"", "empty answer", 1),
    "blanks": (b" \n ", "empty answer", 1),
    "too large": (lambda handler: handler.send(b" " * 200_000), "more than 0.1 million bytes", 1),
    "said to be too large": (lambda handler: handler.send(b"{}", Content_Length=10**15), "more than 0.1 million", 1),
    "endless": (endless, "more than 0.1 million", 1),
    "bomb": (bomb, "more than 0.1 million", 1),
    "text": (b"An error has occurred.", "not complete JSON", 1),
    "cut JSON": (wrapped(csv(recipient="Ukraine"))[:-30], "not complete JSON", 1),
    "nested": (b"[" * 90_000, "not complete JSON", 1),
    "archive": (gzip.compress(wrapped(csv(recipient="Ukraine"))), "not complete JSON", 1),
    "a list": (b'[{"bytes": ""}]', "another form", 1),
    "a number": (b"2025", "another form", 1),
    "null": (b"null", "another form", 1),
    "an error in JSON": (b'{"message": "An error has occurred."}', "'message'", 1),
    "no bytes": (b'{"bytes": null}', "register of deliveries to Ukraine", 1),
    "empty bytes": (b'{"bytes": ""}', "the file (inside its JSON answer) is empty", 1),
    "not base64": (b'{"bytes": "!!!!"}', "register of deliveries to Ukraine", 1),
    "page inside": (wrapped("<html><body>Error</body></html>"), "web page", 1),
    "another table": (wrapped("name,volume\nUkraine,3\n"), "register of deliveries to Ukraine", 1),
    "no rows": (wrapped(csv(recipient="Ukraine", rows=[])), "has no row", 1),
    "deals": (wrapped(deals()), "but a deal register", 1),
    "another recipient": (wrapped(csv(recipient="India")), "a delivery register of the imports of India", 1),
    "the whole world": (wrapped(csv()), "a delivery register of another selection", 1),
    "the other direction": (
        wrapped(csv(supplier="Ukraine", rows=[("Ukraine", "India", "Ships", 2020, 4)])),
        "the exports of Ukraine",
        1,
    ),
    "one pair": (wrapped(csv(supplier="Poland", recipient="Ukraine")), "a delivery register of another selection", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_what_happened_and_what_to_do(fetch, replies, tmp_path, fault):
    reply, said, times = FAULTS[fault]
    replies.register = [reply]
    with pytest.raises(DownloadError) as error:
        fetch()
    message = str(error.value)
    assert said in message
    assert site.FORM in message and "the recipient Ukraine" in message and "load.sipri(" in message
    assert [method for method, *_ in replies.asked].count("POST") == times
    assert names(tmp_path) == [], "nothing half-written, nothing wrong kept"
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("fault", ["500", "silent", "cut off", "hung up"])
def test_a_fault_that_passes_is_got_over(fetch, replies, tmp_path, fault):
    replies.register = [FAULTS[fault][0], FAULTS[fault][0], wrapped(csv(recipient="Ukraine"))]
    replies.list = [FAULTS[fault][0], countries()]
    assert len(fetch().deliveries) == 3
    assert [method for method, *_ in replies.asked] == ["GET"] * 2 + ["POST"] * 3
    assert len(names(tmp_path)) == 1


def test_pauses_grow_and_are_kept(fetch, replies, monkeypatch):
    slept = []
    monkeypatch.setattr(site.time, "sleep", slept.append)
    replies.list = [status(500)]
    with pytest.raises(DownloadError, match="tried 3 times"):
        fetch(pauses=site.SIPRI.pauses, altogether=300)
    assert slept == sorted(slept) and len(slept) == 2 and slept[0] < slept[1]


def test_an_answer_that_drips_ends_at_the_deadline(fetch, replies):
    replies.register = [dripping]
    began = time.monotonic()
    with pytest.raises(DownloadError, match="whole answer after 1 seconds"):
        fetch(altogether=1)
    assert time.monotonic() - began < 3


def test_no_try_begins_after_the_deadline(fetch, replies):
    replies.list = [status(500)]
    with pytest.raises(DownloadError):
        fetch(altogether=1, pauses=(0.01, 30))
    assert len(replies.asked) == 2


def test_no_other_host_is_asked(fetch, replies, running, tmp_path):
    elsewhere = f"https://localhost:{running[0].server_port}/api/p/elsewhere"
    for code in (301, 302, 303, 307, 308):
        replies.asked.clear()
        replies.list = [status(code, Location=elsewhere)]
        with pytest.raises(DownloadError, match=r"sent the question on to https://localhost.*not followed"):
            fetch()
        assert [path for _, path, _ in replies.asked] == ["/api/p/countries/getAllCountriesTrimmed"]
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "reply, said",
    [
        (countries([("Russia", 1), ("Ukrania", 2)]), r"has no 'Ukraine' today\. There is: Ukrania"),
        (countries([("Ukraine", 1), ("ukraine", 2), (" Ukraine", 3)]), "no single 'Ukraine'"),
        (countries(deleted=True), "another form"),
        (countries([("Ukraine", "1150536")]), "another form"),
        (countries([("Ukraine", True)]), "another form"),
        (b"[]", "list of countries is empty"),
        (b'{"result": []}', "another form"),
        (b'["Ukraine"]', "another form"),
        (b'[{"id": 1, "label": "Ukraine"}]', "another form"),
        (b'[{"Name": "Ukraine"', "not complete JSON"),
        (b"<html>", "web page"),
        (b"", "empty answer"),
    ],
)
def test_faults_of_the_list_of_countries(fetch, replies, tmp_path, reply, said):
    replies.list = [reply]
    with pytest.raises(DownloadError, match=said) as error:
        fetch()
    assert site.FORM in str(error.value)
    assert [method for method, *_ in replies.asked] == ["GET"], "a question without a number is not asked"
    assert names(tmp_path) == []


# ---------------------------------------------------------------------------------------------------------- connections
def test_a_certificate_that_nobody_vouches_for_ends_it_at_once(fetch, replies, capsys):
    with pytest.raises(DownloadError, match="could not prove to be SIPRI's site") as error:
        fetch(trust=True)
    assert site.FORM in str(error.value)
    assert not replies.asked, "not a word was sent"
    assert "again" not in capsys.readouterr().out


def test_a_certificate_of_another_host_is_refused(here, fetch, replies):
    with pytest.raises(DownloadError, match="could not prove"):
        fetch(address=here.address.replace("127.0.0.1", "localhost"))
    assert not replies.asked


def test_a_server_without_encryption_is_not_spoken_to(fetch):
    plain = Server(("127.0.0.1", 0), Handler)
    plain.replies = Replies()
    threading.Thread(target=plain.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with pytest.raises(DownloadError, match="No secure connection"):
        fetch(address=f"https://127.0.0.1:{plain.server_port}/api/p")
    assert not plain.replies.asked
    plain.shutdown()
    plain.server_close()


def test_without_a_network_the_message_says_so(fetch, capsys):
    with pytest.raises(DownloadError, match=r"no connection to the internet.* It was tried 3 times") as error:
        fetch(address="https://nowhere.invalid/api/p")
    assert site.FORM in str(error.value)
    assert "deliveries to Ukraine" not in capsys.readouterr().out, "the register is not asked for in vain"


def test_a_closed_door_is_said(fetch):
    closed = Server(("127.0.0.1", 0), Handler)
    closed.server_close()
    with pytest.raises(DownloadError, match=r"could not be reached"):
        fetch(address=f"https://127.0.0.1:{closed.server_port}/api/p")


@pytest.mark.parametrize("proxy", ["nonsense://x", "socks9://127.0.0.1:1"])
def test_a_proxy_that_is_none_is_said(fetch, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(DownloadError, match="HTTPS_PROXY"):
        fetch()


def test_a_proxy_that_refuses_is_said(fetch, monkeypatch, running):
    plain = Server(("127.0.0.1", 0), Handler)
    plain.replies = Replies()
    threading.Thread(target=plain.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{plain.server_port}")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(DownloadError, match="proxy of this network"):
        fetch()
    plain.shutdown()
    plain.server_close()


def test_the_one_address_is_that_of_sipri_and_encrypted():
    assert site.SIPRI.address == "https://atbackend.sipri.org/api/p"
    assert site.SIPRI.trust is True
    assert site.FORM.startswith("https://armstransfers.sipri.org/")


# ------------------------------------------------------------------------------------------------------- what is said
def test_terms_and_citation_are_said_once(fetch, replies, capsys):
    fetch()
    fetch()
    fetch(refresh=True)
    said = capsys.readouterr().out
    assert said.count("non-commercial use with attribution") == 1
    assert said.count("https://doi.org/10.55163/SAFC1241") == 1


def test_a_line_grows_while_the_answer_is_waited_for(fetch, replies, capsys, monkeypatch):
    monkeypatch.setattr(site, "_TICK", 0.02)
    replies.register = [lambda handler: time.sleep(0.2) or handler.send(wrapped(csv(recipient="Ukraine")))]
    fetch()
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("Asking SIPRI for its list of countries ")
    assert re.fullmatch(r"Asking SIPRI for its register of deliveries to Ukraine \(10 to 40 seconds\) \.{2,}", second)


def test_a_country_reads_as_in_a_sentence():
    assert Question("recipient", "United States").deliveries == "deliveries to the United States"
    assert Question("supplier", "Russia").deliveries == "deliveries from Russia"


# ------------------------------------------------------------------------------------------------------- load.download
@pytest.fixture
def unconnected(monkeypatch, tmp_path):
    """A test in which whoever asks SIPRI fails."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(copies, "register", lambda *_: pytest.fail("SIPRI was asked"))


@pytest.mark.parametrize(
    "options, said",
    [
        ({"recipient": "Ukrain"}, r"Unknown country 'Ukrain'. Did you mean 'Ukraine'"),
        ({"supplier": ""}, "Unknown country ''"),
        ({"recipient": "Ukraine", "supplier": "Russia"}, r"Leave one out: load\.download\(recipient='Ukraine'\)"),
        ({"recipient": ["Ukraine", "India"]}, "one country"),
        ({"recipient": "Ukrain", "refresh": True}, "Did you mean"),
    ],
)
def test_a_wrong_question_is_answered_before_anybody_is_asked(unconnected, options, said):
    with pytest.raises(ValueError, match=said):
        load.download(**options)


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is set by a variable on Linux only")
def test_load_download_reads_the_reader_s_copy(unconnected, tmp_path, capsys):
    (tmp_path / "arms-dependence").mkdir()
    copy = tmp_path / "arms-dependence" / "register-to-turkiye-2026-03-09.json"
    copy.write_bytes(wrapped(csv(recipient="Turkiye")))
    export = load.download(recipient="Turkey")
    assert (export.country, export.of) == ("Türkiye", "imports")
    assert "9 March 2026" in capsys.readouterr().out


@pytest.mark.parametrize("package", ["httpx", "platformdirs"])
def test_without_the_extra_a_sentence_says_how_to_install(here, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DownloadError, match="python -m pip install httpx platformdirs"):
        copies.fetched(UKRAINE, False, folder=None if package == "platformdirs" else tmp_path, site=here)


def test_the_extra_holds_what_a_download_needs():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {re.split(r"[><=]", need)[0] for need in extras["online"]} == {"httpx", "platformdirs"}


def test_importing_opens_no_connection_and_needs_no_extra():
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a connection')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import analysis, analysis.load as load, analysis.sipri, analysis.sipri.site, analysis.sipri.copies\n"
        "load.catalog(), load.transfers(recipient='Pakistan')\n"
        "print({'httpx', 'platformdirs'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.strip() == "set()"


def test_nothing_else_in_the_package_opens_a_connection():
    opening = re.compile(
        r"^\s*(?:import|from)\s+(?:httpx|requests|urllib\.request|http\.client|socket|aiohttp)\b", re.M
    )
    files = {
        file.name for file in (ROOT / "analysis").rglob("*.py") if opening.search(file.read_text(encoding="utf-8"))
    }
    assert files == {"site.py"}


def test_docstring_says_that_it_was_not_run_against_the_site():
    assert "has not been run against the live site" in load.download.__doc__
