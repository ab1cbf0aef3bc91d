"""The race: its arithmetic, what it sees of a process tree, its books, and one very short run."""

import sys
from pathlib import Path

import pytest

from installer.bench import __main__ as bench
from installer.bench.corpus import SHARES, Corpus
from installer.bench.floor import Seconds
from installer.bench.goals import Goal, judged, memory_limit, peak
from installer.bench.report import Race, page
from installer.bench.stages import LOADING, PROVING, WRITING
from installer.bench.watch import Run, watched
from installer.terminal import Failed

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")

FAST = Goal(work="us / them", ours="us", theirs=("pack", "test"), most=0.5)
SMALL = Goal(work="size", ours="us", theirs=("pack",), most=1.04, size=True)


def run(wall: float, *, made: int = 0, peak: int = 0) -> Run:
    return Run(wall=wall, cpu=wall, peak=peak, made=made)


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# ── Arithmetic ──────────────────────────────────────────────────────────────────────────────


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians() -> None:
    runs = {
        "us": [run(1), run(9), run(3)],
        "pack": [run(3), run(20), run(5)],
        "test": [run(1), run(10), run(1)],
    }
    (verdict,) = judged(runs, [FAST])
    assert (verdict.ours, verdict.theirs) == (3, 6)  # medians of 1 9 3 and of 4 30 6
    assert verdict.ratio == pytest.approx(0.3)  # of 0.25 0.3 0.5
    assert verdict.cpu == pytest.approx(0.3)
    assert verdict.met


def test_a_goal_is_met_up_to_its_limit_and_missed_beyond_it() -> None:
    at, beyond = ({"us": [run(1, made=made)], "pack": [run(9, made=100)]} for made in (104, 105))
    assert judged(at, [SMALL])[0].met
    assert judged(beyond, [SMALL])[0].met is False


def test_a_tool_that_is_not_there_leaves_its_goals_out() -> None:
    assert judged({"us": [run(1)], "pack": []}, [FAST, SMALL]) == []


def test_what_is_only_told_is_neither_met_nor_missed() -> None:
    told = Goal(work="us / them", ours="us", theirs=("pack",))
    (verdict,) = judged({"us": [run(2)], "pack": [run(1)]}, [told])
    assert verdict.met is None
    assert verdict.ratio == 2


def test_like_is_compared_with_like_round_by_round() -> None:
    """What the others leave out is left out of ours too: databases, the second look, the proof."""
    both = [{WRITING: (wall, 0.0), LOADING: (1.0, 0.0), PROVING: (99.0, 0.0)} for wall in (1, 3, 7)]
    race = Race(
        command="",
        size=0,
        files=0,
        many=0,
        runs={"7z default": [run(10), run(5), run(20)]},
        stages=both,
        floor=Seconds(written={}, proven={}, restored={}),
    )
    said = page(race)
    assert "took 4.00 s of it" in said
    assert "- 0.400 of the time of 7z default" in said  # of 0.2 0.8 0.4
    assert "of the time of pyzipper" not in said  # it was not there


def test_memory_is_promised_by_the_file() -> None:
    assert memory_limit(10_000) == 115_000_000
    assert peak([run(1, peak=5), run(1, peak=7), run(1, peak=6)]) == 7


# ── Watching ────────────────────────────────────────────────────────────────────────────────

_PARENT = """
import subprocess, sys
kept = bytearray(60_000_000)
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""
_CHILD = """
import time
kept = bytearray(80_000_000)
began = time.process_time()
while time.process_time() - began < 0.3:
    pass
"""


@linux
def test_memory_and_processor_time_are_those_of_the_whole_tree(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT, _CHILD]
    seen = watched(command, log=tmp_path / "log")
    assert seen.peak > 140_000_000
    assert seen.cpu >= 0.3
    assert seen.wall >= 0.3


@linux
def test_a_command_that_fails_stops_the_race_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="no such books"):
        watched([sys.executable, "-c", "exit('no such books')"], log=tmp_path / "log")


# ── Books ───────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_books_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        Corpus(folder=tmp_path / name, seed=seed).make(400_000)
    one, same, other = (content(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert one != other


def test_the_books_have_the_size_and_the_mixture_that_was_asked_for(tmp_path: Path) -> None:
    Corpus(folder=tmp_path / "books", seed=1).make(4_000_000)
    sizes = dict.fromkeys(SHARES, 0)
    for name, data in content(tmp_path / "books").items():
        sizes[name.partition("/")[0]] += len(data)
    for kind, share in SHARES.items():
        assert sizes[kind] == pytest.approx(4_000_000 * share, rel=0.2), kind


def test_a_days_work_changes_about_its_share_and_keeps_the_rest(tmp_path: Path) -> None:
    corpus = Corpus(folder=tmp_path / "books", seed=1)
    corpus.make(4_000_000)
    before = content(corpus.folder)
    corpus.change(1)
    after = content(corpus.folder)
    changed = [name for name in before if before[name] != after[name]]
    assert before.keys() == after.keys()
    assert {name.partition("/")[0] for name in changed} == set(SHARES)
    assert len(changed) < len(before) / 2


# ── The whole of it ─────────────────────────────────────────────────────────────────────────


@linux
def test_a_quick_race_tells_what_our_verbs_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = ["written", "backup", "verify", "unchanged"]
    wishes = ["--quick", "--size=1e6", "--many=20", "--work", str(tmp_path), "--only", *ours]
    assert bench.main(wishes) == 0
    told = capsys.readouterr().out
    for lap in ours:
        assert f"| {lap} | " in told
    assert "| memory of backup " in told
    assert "| deflate | " in told
    assert list(tmp_path.iterdir()) == []
