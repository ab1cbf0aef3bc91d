"""The beat goes on, whatever a single beat meets."""

import threading
import time

import pytest

from bewaar_tray import rhythm
from bewaar_tray.rhythm import Rhythm

SECONDS = 10.0


def until(beats: list[float], count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while len(beats) < count:
        assert time.monotonic() < deadline, "no beat"
        threading.Event().wait(0.01)


def test_the_first_beat_comes_at_once_and_others_follow() -> None:
    beats: list[float] = []
    beating = Rhythm("test", 0.02, lambda: beats.append(time.monotonic()))
    beating.start()
    until(beats, 3)
    beating.stop()


def test_a_failing_beat_does_not_end_the_rhythm(caplog: pytest.LogCaptureFixture) -> None:
    beats: list[float] = []

    def fail() -> None:
        beats.append(0)
        raise OSError("the drive is gone")

    beating = Rhythm("test", 0.01, fail)
    beating.start()
    until(beats, 5)
    beating.stop()
    assert len(caplog.records) == 1


def test_after_sleep_the_next_beat_comes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = [0.0]
    real = time.time
    monkeypatch.setattr("bewaar_tray.rhythm.time.time", lambda: real() + ahead[0])
    monkeypatch.setattr(rhythm, "GLANCE", 0.01)
    beats: list[float] = []
    beating = Rhythm("test", 3600, lambda: beats.append(time.monotonic()))
    beating.start()
    for hours in (8, -3):
        before = len(beats)
        while len(beats) <= before + 1:  # the first may have been under way
            ahead[0] += hours * 3600
            threading.Event().wait(0.05)
    beating.stop()


def test_stopping_does_not_wait_for_the_next_beat() -> None:
    beats: list[float] = []
    beating = Rhythm("test", 3600, lambda: beats.append(0))
    beating.start()
    until(beats, 1)
    began = time.monotonic()
    beating.stop()
    assert time.monotonic() - began < 1
