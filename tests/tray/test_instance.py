"""One Bewaar per user: real processes that hold the lock, answer, and are killed."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from bewaar.paths import home
from bewaar_tray.instance import Instance, Request

FIRST = """
import sys
from bewaar.paths import home
from bewaar_tray.instance import Instance
instance = Instance(home())
if not instance.claim():
    sys.exit("held")
instance.listen(lambda request: f"heard {request}")
print("claimed", flush=True)
sys.stdin.readline()
instance.release()
"""


def start_first() -> subprocess.Popen[str]:
    first = subprocess.Popen(
        [sys.executable, "-c", FIRST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout
    assert first.stdout.readline() == "claimed\n"
    return first


@pytest.fixture
def first() -> Iterator[subprocess.Popen[str]]:
    with start_first() as running:
        yield running
        running.kill()


def test_only_one_process_holds_the_claim(first: subprocess.Popen[str]) -> None:
    assert not Instance(home()).claim()


@pytest.mark.parametrize("request_", Request)
def test_the_first_hears_what_a_later_start_asks(
    first: subprocess.Popen[str], request_: Request
) -> None:
    assert Instance(home()).ask(request_) == f"heard {request_}"


def test_a_killed_process_leaves_the_claim_to_the_next(first: subprocess.Popen[str]) -> None:
    first.kill()
    first.wait()
    later = Instance(home())
    assert later.claim()
    later.release()


def test_a_first_that_ended_well_leaves_no_secret_behind(first: subprocess.Popen[str]) -> None:
    first.communicate("\n")
    assert not (home().locks / "instance.json").exists()
    assert Instance(home()).ask(Request.SHOW) is None


def test_many_starts_at_once_make_one(first: subprocess.Popen[str]) -> None:
    first.kill()
    first.wait()
    words = [sys.executable, "-c", FIRST]
    starts = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = [start.stdout.readline() for start in starts if start.stdout]
    for start in starts:
        start.communicate("\n")
    assert said.count("claimed\n") == 1


def test_the_secret_can_be_read_by_this_user_only(first: subprocess.Popen[str]) -> None:
    if os.name != "nt":
        assert (home().locks / "instance.json").stat().st_mode & 0o077 == 0


def test_nobody_is_heard_without_the_secret(first: subprocess.Popen[str]) -> None:
    known = json.loads((home().locks / "instance.json").read_text())
    for said in (
        b"quit\n",
        b"wrong quit\n",
        b"\xff\xfe\n",
        b"\n",
        known["secret"].encode() + b"\n",
    ):
        with socket.create_connection(("127.0.0.1", known["port"]), 5) as visitor:
            visitor.sendall(said)
            assert visitor.recv(100) == b""


def test_a_visitor_who_says_nothing_keeps_nobody_out_for_good(
    first: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = json.loads((home().locks / "instance.json").read_text())
    with socket.create_connection(("127.0.0.1", known["port"]), 5) as silent:
        silent.close()
        assert Instance(home()).ask(Request.SHOW) == "heard show"


def test_a_torn_address_file_is_no_crash() -> None:
    (home().locks).mkdir(parents=True)
    for torn in (b"", b"{", b"[]", b'{"port": "x"}', b'{"port": 1, "secret": "s"}'):
        (home().locks / "instance.json").write_bytes(torn)
        assert Instance(home()).ask(Request.SHOW) is None


def test_release_ends_the_listening_thread() -> None:
    before = threading.active_count()
    instance = Instance(home())
    assert instance.claim()
    instance.listen(lambda _: "")
    assert threading.active_count() == before + 1
    instance.release()
    assert threading.active_count() == before
