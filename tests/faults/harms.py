"""The kinds of harm: what is done, on which disks, to which actions, and how it is mended.

Each is real. The program dies by a signal; disks are full, read-only, pulled or without power by
the kernel's own doing; single calls fail through the loaded disk; records are cut as they lie.
"""

import errno
import os
import random
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bewaar.errors import SettingsDamaged
from tests.faults.world import EVERYWHERE, ROOMS, World

CREATE, WRITE, SYNC, NAME, REMOVE, FOLDER, CUT, READ = (1 << n for n in range(8))
CHANGES = CREATE | WRITE | SYNC | NAME | REMOVE | FOLDER | CUT
COUNT, KILL, TORN, ERROR, LASTING, WAIT = range(6)

PROGRAMS = {"ext4": ("mkfs.ext4", "e2fsck"), "fat": ("mkfs.vfat", "fusefat")}

Do = Callable[[World, "Harm", random.Random], bool]
After = Callable[[World, "Harm", random.Random], None]

BACKUPS = (
    "back up a folder",
    "back up a database",
    "back up encrypted",
    "back up in one file",
    "back up one by one",
)
NEW = ("restore a new folder", "restore a new database")
SWAPS = ("restore a folder", "restore a database")
UNDOS = ("undo a folder", "undo a database")
ALL = ("start", *BACKUPS, "verify", *NEW, *SWAPS, *UNDOS, "rebuild", "change settings")
BY_HAND = (
    "back up a folder",
    "back up in one file",
    "restore a folder",
    "undo a folder",
    "rebuild",
)
AT_THE_STICK = (*BACKUPS, "verify", "rebuild", *NEW, *SWAPS)


@dataclass(frozen=True, kw_only=True)
class Harm:
    """One kind of harm, in one place."""

    kind: str
    room: str = EVERYWHERE  # what happens there is counted, and harmed
    disk: str = ""  # what the room lies on: "ext4", "tmpfs", "fat"; "" = this machine's disk
    what: int = WAIT
    error: int = 0
    counted: int = CHANGES
    actions: tuple[str, ...] = ALL
    do: Do = field(default=lambda _world, _harm, _luck: True)  # False: the program ends there
    after: After = field(default=lambda _world, _harm, _luck: None)  # the program is gone
    at_random: bool = False  # at a moment in time, not at an event
    again: bool = False  # the start after it is killed too
    command: bool = False  # the program is the command line's
    memory_lost: bool = False  # the catalogue is destroyed
    weight: int = 1  # how often it comes, compared with others

    @property
    def programs(self) -> tuple[str, ...]:
        """What the machine must have for its disk."""
        return PROGRAMS.get(self.disk, ())

    @property
    def disks(self) -> Mapping[str, str]:
        return {self.room: self.disk} if self.disk else {}


# ── What is done, while the program waits ───────────────────────────────────────────────────


def cut_power(world: World, harm: Harm, _: random.Random) -> bool:
    """Nothing that was not synced is left, and the program is gone with it."""
    world.mounts.cut_power(world.room(harm.room))
    return False


def let_die(world: World, harm: Harm, luck: random.Random) -> bool:
    """The disk breaks, and the program lives on."""
    cut_power(world, harm, luck)
    return True


def pull(world: World, harm: Harm, _: random.Random) -> bool:
    world.mounts.pull(world.room(harm.room))
    return True


def fill(world: World, harm: Harm, luck: random.Random) -> bool:
    """Let somebody else fill the disk, to its last bytes or nearly so."""
    with (world.room(harm.room) / "filler").open("wb", buffering=0) as file:
        for size in (1 << 16, 4096, 512, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
        file.truncate(max(0, file.tell() - luck.choice((0, 0, 4096, 16384, 65536))))
    return True


def protect(world: World, harm: Harm, _: random.Random) -> bool:
    """Let the disk turn read-only as the kernel does it, also under files that are open."""
    point = world.room(harm.room)
    (device,) = _devices(point)
    Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1")
    return True


def leap(world: World, _: Harm, luck: random.Random) -> bool:
    world.move_clock(luck.choice((-1, 1)) * luck.choice((3600, 86400, 10 * 365.25 * 86400)))
    return True


# ── What is done when it is gone ────────────────────────────────────────────────────────────


def plug_in(world: World, harm: Harm, _: random.Random) -> None:
    """Take the disk off and put it back, as it was left; check that nothing came in its place."""
    world.mounts.close()
    point = world.room(harm.room)
    world.strays = sorted(p.name for p in point.iterdir())
    if harm.disk == "ext4":
        subprocess.run(["e2fsck", "-p", world.image(harm.room)], check=False, capture_output=True)
    world.plug(harm.room, harm.disk)


def make_room(world: World, harm: Harm, _: random.Random) -> None:
    (world.room(harm.room) / "filler").unlink(missing_ok=True)


def cut_catalogue(world: World, _: Harm, luck: random.Random) -> None:
    """Damage the catalogue as it was left: a part of it cut off, turned to zeros, lost, strange."""
    file = world.home.catalogue_file
    log = file.with_name(f"{file.name}-wal")
    part = luck.choice([each for each in (file, log) if each.exists()])
    damage = luck.choice((cut_off, zeros, a_page_of_zeros, gone, strange))
    damage(part, luck)


def cut_settings(world: World, _: Harm, luck: random.Random) -> None:
    """Damage the settings, start, look around, and put them back: nothing may have followed."""
    file = world.home.settings_file
    whole = file.read_bytes()
    luck.choice((cut_off, cut_off, zeros, gone, strange))(file, luck)
    damaged = file.read_bytes() if file.exists() else b""
    engine = world.open()
    with suppress(SettingsDamaged):
        engine.tick()
        engine.overview()
    engine.close()
    if damaged and file.read_bytes() != damaged:
        world.strays.append("the damaged settings were overwritten")
    file.write_bytes(whole)


def cut_off(file: Path, luck: random.Random) -> None:
    os.truncate(file, luck.randrange(file.stat().st_size + 1))


def zeros(file: Path, _: random.Random) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def a_page_of_zeros(file: Path, luck: random.Random) -> None:
    with file.open("r+b") as content:
        content.seek(luck.randrange(1 + file.stat().st_size // 4096) * 4096)
        content.write(bytes(4096))


def gone(file: Path, _: random.Random) -> None:
    file.unlink()


def strange(file: Path, luck: random.Random) -> None:
    """What another program left there."""
    file.write_bytes(luck.randbytes(luck.choice((1, 100, 4096, 20000))))


def _devices(point: Path) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    found = [line.split(" - ")[1].split()[1] for line in lines if line.split()[4] == str(point)]
    return [Path(device).name for device in found]


# ── All of them ─────────────────────────────────────────────────────────────────────────────


def _on(room: str) -> tuple[str, ...]:
    """Return the actions that touch a room enough to be harmed there."""
    return {"stick": AT_THE_STICK, "books": (*NEW, *SWAPS, *UNDOS)}.get(room, ALL)


KILLS = [
    Harm(kind="killed", what=KILL, weight=8),
    Harm(kind="killed in a write", what=TORN, counted=WRITE, weight=3),
    Harm(kind="killed twice", what=KILL, again=True, weight=3),
    Harm(kind="killed at random", at_random=True, do=lambda *_: False, weight=2),
    Harm(kind="command killed", at_random=True, do=lambda *_: False, command=True, actions=BY_HAND),
    Harm(
        kind="killed",
        room="stick",
        disk="fat",
        what=KILL,
        actions=(*BACKUPS, "rebuild"),
        after=plug_in,
    ),
]
CUTS = [
    Harm(kind="catalogue cut", what=KILL, after=cut_catalogue, memory_lost=True),
    Harm(kind="settings cut", what=KILL, after=cut_settings),
]
POWER = [
    Harm(
        kind=kind,
        room=room,
        disk="ext4",
        do=do,
        after=plug_in,
        at_random=at_random,
        actions=_on(room),
    )
    for kind, do, at_random in (
        ("power cut", cut_power, False),
        ("power cut at random", cut_power, True),
        ("disk breaks", let_die, False),
    )
    for room in (EVERYWHERE, *ROOMS)
    if (kind, room) != ("disk breaks", EVERYWHERE)
]
DISKS = [
    *(
        Harm(kind="full", room=room, disk="tmpfs", do=fill, after=make_room, actions=_on(room))
        for room in ROOMS
    ),
    *(
        Harm(kind="read-only", room=room, disk="ext4", do=protect, after=plug_in, actions=_on(room))
        for room in ROOMS
    ),
    Harm(kind="pulled", room="stick", disk="ext4", do=pull, after=plug_in, actions=_on("stick")),
    Harm(kind="pulled", room="books", disk="ext4", do=pull, after=plug_in, actions=_on("books")),
]
CALLS = [
    Harm(kind=kind, room=room, what=what, error=error, counted=counted, actions=_on(room))
    for room in ROOMS
    for kind, what, error, counted in (
        ("read fails", ERROR, errno.EIO, READ),
        ("reads fail", LASTING, errno.EIO, READ),
        ("sync fails", ERROR, errno.EIO, SYNC),
        ("write fails", ERROR, errno.EIO, WRITE),
        ("change refused", ERROR, errno.EIO, CHANGES),
    )
]
LIMITS = [Harm(kind="too large", what=COUNT)]
CLOCKS = [Harm(kind="clock leaps", do=leap)]
EVERY = (*KILLS, *CUTS, *POWER, *DISKS, *CALLS, *LIMITS, *CLOCKS)
