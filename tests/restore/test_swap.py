"""Swapping books: whatever interrupts it, the place holds the old books or the new, whole."""

import contextlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import TargetUnwritable, UndoBlocked
from bewaar.model import BackupId, Code
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.swap import expire, place, recover, undo
from tests.clocks import NOON, SetClock

OLD = {"a.dbf": b"old", "sub/b.dbf": b"old too"}
NEW = {"a.dbf": b"new", "c.dbf": b"new as well"}


class PowerCut(BaseException):
    """Nothing of the program runs after this."""


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def fill(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


class Scene:
    """A place with old books, new ones staged beside it, and a journal."""

    def __init__(self, root: Path, *, single: bool) -> None:
        self.journal = Journal(root / "journal")
        self.locks = root / "locks"
        self.books = root / "books"
        self.place = self.books / ("book.gnucash" if single else "jansen")
        self.swap = Swap(
            id="1" * 32,
            step=Step.STAGING,
            code=Code("jansen"),
            name="Jansen",
            place=self.place,
            single_file=single,
            had_old=True,
            backup=BackupId("2" * 32),
            made_at=NOON,
            companions=("book.gnucash-wal",) if single else (),
        )
        if single:
            fill(self.books, {"book.gnucash": b"old", "book.gnucash-wal": b"old wal"})
            fill(self.swap.new, {"book.gnucash": b"new"})
        else:
            fill(self.place, OLD)
            fill(self.swap.new, NEW)
        self.old = self.now()
        self.journal.write(self.swap)

    def now(self) -> dict[str, bytes]:
        """Return what the program would find: the books, without Bewaar's work folder."""
        return {n: d for n, d in tree(self.books).items() if not n.startswith(".bewaar-")}

    @property
    def new(self) -> dict[str, bytes]:
        if self.swap.single_file:
            return {"book.gnucash": b"new"}
        return {f"jansen/{name}": data for name, data in NEW.items()}


@pytest.fixture(params=[False, True], ids=["folder", "single file"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return Scene(tmp_path, single=request.param)


def cut_power_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the `count`-th rename or journal write be the first that never happens."""
    left = [count]
    rename, write = Path.rename, Journal.write

    def spend() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCut

    def cut_rename(self: Path, target: Path) -> Path:
        spend()
        return rename(self, target)

    def cut_write(self: Journal, swap: Swap) -> None:
        spend()
        write(self, swap)

    monkeypatch.setattr(Path, "rename", cut_rename)
    monkeypatch.setattr(Journal, "write", cut_write)


def test_the_new_books_come_and_the_old_ones_are_kept(scene: Scene) -> None:
    place(scene.swap, scene.journal)
    assert scene.now() == scene.new
    kept = tree(scene.swap.old)
    prefix = "" if scene.swap.single_file else "jansen/"
    assert {prefix + name: data for name, data in kept.items()} == scene.old


def test_undo_brings_back_the_old_books_and_keeps_the_new(scene: Scene) -> None:
    placed = place(scene.swap, scene.journal)
    undo(placed, scene.journal)
    assert scene.now() == scene.old
    assert tree(scene.swap.undone)
    assert scene.journal.swaps()[0].step is Step.UNDONE


@pytest.mark.parametrize("count", range(8))
def test_a_power_cut_while_placing_leaves_the_old_books_or_the_new(
    scene: Scene, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        cut_power_at(patch, count)
        with contextlib.suppress(PowerCut):
            place(scene.swap, scene.journal)
    recoveries = recover(scene.journal, scene.locks, SetClock())
    assert scene.now() in (scene.old, scene.new)
    assert all(recovery.outcome in {"finished", "undone"} for recovery in recoveries)
    assert all(s.step in {Step.PLACED, Step.UNDONE} for s in scene.journal.swaps())
    assert recover(scene.journal, scene.locks, SetClock()) == []


@pytest.mark.parametrize("count", range(8))
def test_a_power_cut_while_undoing_ends_with_the_old_books(
    scene: Scene, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(scene.swap, scene.journal)
    with monkeypatch.context() as patch:
        cut_power_at(patch, count)
        with contextlib.suppress(PowerCut):
            undo(placed, scene.journal)
    begun = scene.journal.swaps()[0].step is not Step.PLACED
    recover(scene.journal, scene.locks, SetClock())
    assert scene.now() == (scene.old if begun else scene.new)


def test_a_power_cut_during_recovery_is_recovered_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first in range(6):
        for second in range(4):
            with monkeypatch.context() as patch:
                cut_power_at(patch, first)
                with contextlib.suppress(PowerCut):
                    place(scene.swap, scene.journal)
            with monkeypatch.context() as patch:
                cut_power_at(patch, second)
                with contextlib.suppress(PowerCut):
                    recover(scene.journal, scene.locks, SetClock())
            recover(scene.journal, scene.locks, SetClock())
            assert scene.now() in (scene.old, scene.new)
            shutil.rmtree(scene.books)
            shutil.rmtree(scene.journal._folder)
            root = scene.locks.parent
            scene.__init__(root, single=scene.swap.single_file)  # type: ignore[misc]


def test_staging_that_was_interrupted_is_cleared_without_a_word(scene: Scene) -> None:
    assert recover(scene.journal, scene.locks, SetClock()) == []
    assert scene.now() == scene.old
    assert not scene.swap.work.exists()
    assert scene.journal.swaps() == []


def test_something_new_at_the_place_is_never_overwritten(scene: Scene) -> None:
    scene.journal.write(replace(scene.swap, step=Step.PLACING))
    scene.swap.old.mkdir()
    scene.place.rename(
        scene.swap.old / scene.place.name if scene.swap.single_file else scene.swap.old
    )
    if scene.swap.single_file:
        scene.place.write_bytes(b"made by the program meanwhile")
    else:
        fill(scene.place, {"x": b"made by the program meanwhile"})
    before = tree(scene.books)
    (recovery,) = recover(scene.journal, scene.locks, SetClock())
    assert recovery.outcome == "stuck"
    assert tree(scene.books) == before


def test_an_undo_whose_old_books_are_gone_is_refused(scene: Scene) -> None:
    placed = place(scene.swap, scene.journal)
    shutil.rmtree(scene.swap.old)
    with pytest.raises(UndoBlocked):
        undo(placed, scene.journal)
    assert scene.now() == scene.new


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
def test_a_place_that_cannot_be_moved_stays_as_it_was(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == scene.place:
            raise PermissionError(13, "held by another program", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(TargetUnwritable):
        place(scene.swap, scene.journal)
    assert scene.now() == scene.old
    assert scene.journal.swaps() == []


def test_what_is_kept_for_undo_goes_after_thirty_days_and_not_before(scene: Scene) -> None:
    place(scene.swap, scene.journal)
    clock = SetClock()
    clock.move(days=29)
    expire(scene.journal, clock)
    assert scene.swap.old.exists()
    clock.move(days=2)
    expire(scene.journal, clock)
    assert not scene.swap.work.exists()
    assert scene.now() == scene.new
