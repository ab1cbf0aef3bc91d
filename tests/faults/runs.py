"""Runs: a world, an action, a harm at a moment, and what became of the promises.

Which runs are made follows from a seed alone, so that each can be repeated by its name.
"""

import json
import os
import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.faults.driver import BAKERY, HOLDING, facts_of
from tests.faults.harms import CHANGES, COUNT, EVERY, KILL, SWAPS, UNDOS, Harm
from tests.faults.machine import Ended, Machine
from tests.faults.promises import Allowed, Report, check, look
from tests.faults.world import FRESH, RESTORED, Books, World

SECONDS = 0.35  # about what an action takes; a moment at random lies within


@dataclass(frozen=True, kw_only=True)
class Run:
    """One fault."""

    harm: Harm
    action: str
    fraction: float  # of the action, where the harm is done
    seed: int
    number: int = 0  # in its plan

    def __str__(self) -> str:
        place = self.harm.room or "everywhere"
        return f"{self.harm.kind} ({place}) · {self.action} · {self.fraction:.4f}"


def planned(seed: int, harms: Sequence[Harm] = EVERY) -> Iterator[Run]:
    """Yield runs without end: every harm in every action, in the order of a seed, again and again.

    Kills are the cheapest and the most various: of them there are more.
    """
    luck = random.Random(seed)
    deck = [(harm, action) for harm in harms for action in harm.actions for _ in range(harm.weight)]
    number = 0
    while True:
        luck.shuffle(deck)
        for harm, action in deck:
            number += 1
            yield Run(
                harm=harm,
                action=action,
                fraction=luck.random(),
                seed=luck.randrange(1 << 30),
                number=number,
            )


@dataclass
class Range:
    """Where runs are made, one after the other."""

    world: World
    machine: Machine
    _start: int = 0  # events of an ordinary start
    _events: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _lines: dict[tuple[str, str, int], list[str]] = field(default_factory=dict)

    def make(self, run: Run) -> Report:
        """Make one run and return what was checked."""
        luck = random.Random(run.seed)
        self._know(run.harm, run.action)
        self.world.reset(template_of(run.action), run.harm.disks)
        before = look(self.world)
        ended = self._harmed(run, luck)
        if run.harm.again:
            self._killed_again(luck)
        run.harm.after(self.world, run.harm, luck)
        return check(self.world, before, allowed(run, self.world), status=ended.status)

    def moment(self, action: str, event: str, room: str = "", counted: int = CHANGES) -> float:
        """Return the moment right after the last event whose line matches, for a run."""
        total = self.events(action, room, counted)
        lines = self._lines[action, room, counted]
        number = max(n for n, line in enumerate(lines) if re.search(event, line))
        return (number + 1.5) / total

    def _know(self, harm: Harm, action: str) -> None:
        """Count beforehand what this run will ask for."""
        if harm.again:
            self._start = self.events("start", "", CHANGES)
        if not harm.at_random and harm.what != COUNT:
            self.events(action, harm.room, harm.counted)

    def events(self, action: str, room: str, counted: int) -> int:
        """Return how many events an action has in a room, counted once."""
        known = self._events.get((action, room, counted))
        if known is None:
            self.world.reset(template_of(action))
            self.machine.carry_out(self.order(action, room), COUNT, 0, kinds=counted)
            known = int((self.world.outside / "events").read_text())
            lines = (self.world.outside / "log").read_text().splitlines()
            self._lines[action, room, counted] = lines
            self._events[action, room, counted] = known
        return known

    def _killed_again(self, luck: random.Random) -> None:
        """Kill the start that settles what was killed; it has more to do than another start."""
        at = 1 + int(luck.random() * 1.5 * self._start)
        self.machine.carry_out(self.order("start", ""), KILL, at, kinds=CHANGES)

    def order(self, action: str, room: str, *, limit: int = 0) -> dict[str, Any]:
        return {
            "world": str(self.world.root),
            "outside": str(self.world.outside),
            "where": room or ".",
            "action": action,
            "chosen": self.world.chosen,
            "limit": limit,
        }

    def _harmed(self, run: Run, luck: random.Random) -> Ended:
        harm = run.harm
        if harm.command:
            return self._commanded(run)
        limit = int(2000 + 60000 * run.fraction) if harm.kind == "too large" else 0
        order = self.order(run.action, harm.room, limit=limit)
        at: int = 0
        after: float | None = None
        if harm.at_random:
            after = SECONDS * run.fraction
        elif not limit:
            at = 1 + int(run.fraction * self.events(run.action, harm.room, harm.counted))

        def do(child: int) -> bool:
            goes_on = harm.do(self.world, harm, luck)
            if not goes_on:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return goes_on

        return self.machine.carry_out(
            order, harm.what, at, harm.error, kinds=harm.counted, harm=do, after=after
        )

    def _commanded(self, run: Run) -> Ended:
        """Kill the command line's program at a moment in time."""
        words, world = COMMANDS[run.action], self.world
        chosen = next(x for x in world.ledger.read() if x["id"] == world.chosen[HOLDING])
        file = str(world.room("stick") / chosen["file"])
        status, answer = self.machine.call(
            [word.replace("FILE", file) for word in words], world.room("home"), 1.5 * run.fraction
        )
        world.clock.file.write_text(repr(time.time()))
        if answer:
            engine = world.open()
            for made in json.loads(answer).get("backups", ()):
                world.ledger.write("proven", **facts_of(engine.backup(made["id"])), password=None)
            engine.close()
        return Ended(status=status, touched=True)


COMMANDS = {
    "back up a folder": ["backup", "holding", "--force", "--no-password"],
    "back up in one file": ["backup", "--all", "--one-file", "--force", "--no-password"],
    "restore a folder": ["restore", "FILE", "--original", "--yes"],
    "undo a folder": ["undo", "holding"],
    "rebuild": ["rebuild", "Blue stick"],
}


def template_of(action: str) -> str:
    return RESTORED if action in UNDOS else FRESH


def allowed(run: Run, world: World) -> Allowed:
    """Return what a run may have changed."""
    states: dict[str, tuple[Books, ...]] = {}
    undone = run.action in UNDOS
    for code in (HOLDING, BAKERY):
        stored, later = world.states["stored", code], world.states["later", code]
        changing = run.action in (*SWAPS, *UNDOS) and ("database" in run.action) == (code == BAKERY)
        both = (stored, later)
        states[code] = both if changing else (stored if undone else later,)
    given = BAKERY if "database" in run.action else HOLDING
    new = world.states["stored", given] if " new " in run.action else None
    return Allowed(
        states=states,
        new=new,
        removal=run.action.startswith("back up"),
        language="sv" if run.action == "change settings" else "",
        memory_lost=run.harm.memory_lost,
        home_failed=run.harm.room in {"", "home"} and run.harm.what != KILL,
    )
