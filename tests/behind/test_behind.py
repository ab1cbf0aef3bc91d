"""Work that follows on a thread of its own: in order, only so much, and never after a failure."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive.sending import Sending
from bewaar.behind import Behind
from bewaar.errors import Cancelled
from bewaar.progress import SILENT, Stage
from bewaar.storage.turns import passing, turn

NAME = "behind-under-test"


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


def put_all(behind: Behind[int], count: int) -> None:
    for thing in range(count):
        behind.put(thing)


class Stopping:
    """Progress of somebody who wants to stop."""

    def stage(self, stage: Stage, subject: str = "") -> None: ...
    def step(self, done: int, total: int, item: str = "") -> None: ...
    def note(self, code: str, /, **params: str | int) -> None: ...
    def check(self) -> None:
        raise Cancelled


class Gate:
    """Work that waits until it is let through."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()
        self.done: list[int] = []

    def work(self, thing: int) -> None:
        self.begun.set()
        assert self.open.wait(30)
        self.done.append(thing)


def test_all_is_done_in_order_and_no_thread_is_left() -> None:
    done: list[int] = []
    behind = Behind(done.append, NAME)
    for thing in range(1000):
        behind.put(thing)
    behind.finish()
    assert done == list(range(1000))
    until(lambda: not ours())


def test_it_can_be_used_again_after_a_pause_and_after_the_end() -> None:
    done: list[int] = []
    behind = Behind(done.append, NAME)
    behind.put(1)
    until(lambda: not ours())  # nothing came, so the thread went
    behind.put(2)
    behind.finish()
    behind.put(3)
    behind.finish()
    assert done == [1, 2, 3]


def test_who_is_too_fast_is_held_up() -> None:
    gate = Gate()
    behind = Behind(gate.work, NAME)
    put: list[int] = []

    def hurry() -> None:
        for thing in range(50):
            behind.put(thing)
            put.append(thing)

    owner = threading.Thread(target=hurry)
    owner.start()
    assert gate.begun.wait(30)
    until(lambda: len(put) >= 3)
    owner.join(0.3)
    assert owner.is_alive()
    assert len(put) < 10
    gate.open.set()
    owner.join(30)
    behind.finish()
    assert gate.done == list(range(50))


def test_after_a_failure_nothing_more_is_done_and_everybody_hears_of_it() -> None:
    done: list[int] = []

    def work(thing: int) -> None:
        if thing == 3:
            raise OSError(5, "broken")
        done.append(thing)

    behind = Behind(work, NAME)
    with pytest.raises(OSError, match="broken"):
        put_all(behind, 1000)
    with pytest.raises(OSError, match="broken"):
        behind.finish()
    with pytest.raises(OSError, match="broken"):
        behind.put(5)
    assert done == [0, 1, 2]


def test_who_stops_drops_what_waits_and_waits_for_what_is_being_done() -> None:
    gate = Gate()
    behind = Behind(gate.work, NAME)
    for thing in range(3):
        behind.put(thing)
    assert gate.begun.wait(30)
    threading.Timer(0.1, gate.open.set).start()
    behind.stop()
    assert gate.done == [0]
    until(lambda: not ours())
    assert gate.done == [0]


@pytest.mark.parametrize("ask", ["put", "finish"])
def test_who_waits_can_be_stopped(ask: str) -> None:
    gate = Gate()
    behind = Behind(gate.work, NAME, Stopping())
    if ask == "finish":
        behind.put(0)
    with pytest.raises(Cancelled):
        behind.finish() if ask == "finish" else put_all(behind, 50)
    gate.open.set()
    behind.stop()


# ── Sending ─────────────────────────────────────────────────────────────────────────────────


class Sink:
    """Keeps what it gets, and breaks when that is more than it holds."""

    def __init__(self, room: int = 1 << 30) -> None:
        self.data = bytearray()
        self._room = room

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        if len(self.data) + len(data) > self._room:
            raise OSError(28, "full")
        self.data += data
        return len(data)


@pytest.mark.parametrize("size", [1, 1000, 700_000])
def test_what_is_sent_arrives_whole_and_in_order(size: int) -> None:
    sink = Sink()
    pieces = [bytes([number % 251]) * (size + number) for number in range(50)]
    with Sending(sink, SILENT) as out:
        for piece in pieces:
            assert out.write(piece) == len(piece)
        out.finish()
    assert sink.data == b"".join(pieces)


def send(sink: Sink, count: int, end: Callable[[Sending], None]) -> None:
    with Sending(sink, SILENT) as out:
        for _ in range(count):
            out.write(bytes(600_000))
        end(out)


def test_a_full_sink_is_told_at_the_latest_at_the_end() -> None:
    with pytest.raises(OSError, match="full"):
        send(Sink(room=3 << 20), 6, Sending.finish)


def test_after_a_failure_in_the_block_nothing_more_is_written() -> None:
    def fail(out: Sending) -> None:
        raise ZeroDivisionError(out)

    sink = Sink()
    with pytest.raises(ZeroDivisionError):
        send(sink, 20, fail)
    written = len(sink.data)
    time.sleep(0.1)
    assert len(sink.data) == written


# ── Turns at files ──────────────────────────────────────────────────────────────────────────


def test_nobody_gets_a_turn_while_a_handful_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "boek.db"
    file.write_bytes(b"x")
    got = threading.Event()

    def take() -> None:
        with turn(file):
            got.set()

    with passing() as alone:
        assert alone
        taker = threading.Thread(target=take)
        taker.start()
        assert not got.wait(0.3)
        with passing() as again:
            assert not again, "who waits for a turn would wait for ever"
    assert got.wait(30)
    taker.join(30)


def test_while_somebody_has_a_turn_a_handful_takes_turns(tmp_path: Path) -> None:
    file = tmp_path / "boek.db"
    file.write_bytes(b"x")
    with turn(file), passing() as alone:
        assert not alone
    with passing() as alone:
        assert alone
