"""Moments at which a promise was once broken: each is made again, in every test run."""

import errno
import random

import pytest

from tests.faults.harms import (
    ERROR,
    KILL,
    READ,
    Harm,
    cut_catalogue,
    cut_off,
    fill,
    let_die,
    make_room,
    plug_in,
    pull,
)
from tests.faults.promises import Report
from tests.faults.runs import Range, Run
from tests.faults.world import World
from tests.mounts import needs

KILLED = Harm(kind="killed", what=KILL)


def holds(report: Report) -> None:
    assert report.broken == []


def killed_after(ground: Range, action: str, event: str, harm: Harm = KILLED) -> Report:
    moment = ground.moment(action, event)
    return ground.make(Run(harm=harm, action=action, fraction=moment, seed=0))


def test_killed_between_the_removal_of_a_backup_and_its_entry_nothing_seems_proven(
    ground: Range,
) -> None:
    holds(killed_after(ground, "back up a folder", r"^remove /stick/[^/]*\.zip$"))


@pytest.mark.parametrize("action", ["back up a folder", "back up encrypted"])
def test_what_is_unfinished_is_named_also_after_a_second_start(ground: Range, action: str) -> None:
    holds(killed_after(ground, action, r"^sync /stick/[^/]*\.zip\.part$"))


def test_what_is_unfinished_is_named_also_when_the_next_start_is_killed(ground: Range) -> None:
    twice = Harm(kind="killed twice", what=KILL, again=True)
    moment = ground.moment("back up a folder", r"^sync /stick/[^/]*\.zip\.part$")
    for seed in range(4):
        run = Run(harm=twice, action="back up a folder", fraction=moment, seed=seed)
        holds(ground.make(run))


def test_an_unfinished_safety_copy_goes_with_the_next_start(ground: Range) -> None:
    holds(killed_after(ground, "restore a folder", r"^sync /home/data/safety/[^/]*\.zip\.part$"))


@needs()
@pytest.mark.parametrize("action", ["back up a database", "restore a new folder"])
def test_a_job_that_fails_on_a_full_home_is_told(ground: Range, action: str) -> None:
    full = Harm(kind="full", room="home", disk="tmpfs", do=fill, after=make_room)
    for fraction in (0.2, 0.4, 0.6):
        holds(ground.make(Run(harm=full, action=action, fraction=fraction, seed=1)))


def test_a_disk_that_cannot_be_read_once_costs_no_catalogue(ground: Range) -> None:
    harm = Harm(kind="read fails", room="home", what=ERROR, error=errno.EIO, counted=READ)
    for tenth in range(1, 10):
        holds(ground.make(Run(harm=harm, action="start", fraction=tenth / 10, seed=0)))


@needs("mkfs.ext4", "e2fsck")
@pytest.mark.parametrize("action", ["restore a new folder", "restore a folder"])
def test_a_drive_pulled_during_a_restore_gets_nothing_made_in_its_place(
    ground: Range, action: str
) -> None:
    pulled = Harm(kind="pulled", room="books", disk="ext4", do=pull, after=plug_in)
    for fraction in (0.0, 0.3, 0.6, 0.9):
        holds(ground.make(Run(harm=pulled, action=action, fraction=fraction, seed=0)))


@needs("mkfs.ext4", "e2fsck")
@pytest.mark.parametrize("action", ["undo a database", "undo a folder", "restore a folder"])
def test_a_disk_that_broke_is_not_believed_when_it_shows_that_the_books_are_in_place(
    ground: Range, action: str
) -> None:
    dies = Harm(kind="disk breaks", room="books", disk="ext4", do=let_die, after=plug_in)
    moment = ground.moment(action, r"^rename /(Bakkerij.sqlite|Jansen Holding)$", "books")
    holds(ground.make(Run(harm=dies, action=action, fraction=moment, seed=0)))


def test_a_lock_holds_when_the_catalogue_is_lost(ground: Range) -> None:
    lost = Harm(kind="catalogue cut", what=KILL, after=cut_catalogue, memory_lost=True)
    for seed in range(3):
        holds(ground.make(Run(harm=lost, action="back up one by one", fraction=0.4, seed=seed)))


def test_an_index_that_does_not_fit_its_table_stops_no_start(ground: Range) -> None:
    """The log is cut while it is being taken into the file."""

    def cut_the_log(world: World, _: Harm, luck: random.Random) -> None:
        cut_off(world.home.catalogue_file.with_name("catalogue.sqlite-wal"), luck)

    harm = Harm(kind="log cut", what=KILL, after=cut_the_log, memory_lost=True)
    moment = ground.moment("restore a new folder", r"^write /home/data/catalogue.sqlite$")
    for seed in range(3):
        run = Run(harm=harm, action="restore a new folder", fraction=moment - 0.02, seed=seed)
        holds(ground.make(run))
