"""Members unpacked on all cores, while their bytes are read once and in order."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Protocol

from bewaar.archive.directory import Member
from bewaar.archive.members import SMALL, Opened, is_small, whole
from bewaar.archive.sources import Held, Source
from bewaar.behind import Behind
from bewaar.lanes import Lane, Task, in_order
from bewaar.progress import Progress

_HANDFUL = 64  # small members that are unpacked in one go
_COST = 4 << 10  # what even an empty member takes


class Target(Protocol):
    """Where a member's content goes."""

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        ...

    def end(self) -> None:
        """Hear that all of it came; may refuse it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A member to be unpacked."""

    member: Member
    path: str  # as it is told; "" = not one of the files, it does not count
    target: Callable[[], Target]  # asked for by the worker, once


@dataclass(frozen=True, slots=True)
class Through:
    """How much more came out."""

    size: int  # bytes
    path: str  # the file at hand


_Unpacking = Task[Sequence[Through]]


def unpacked(
    source: Source, wanted: Iterable[Wanted], progress: Progress
) -> Generator[Through, None, None]:
    """Unpack members, which come in the order of their bytes, and tell what is through.

    All is well only when the iterator came to its end; close it when it is left early. Raises
    BackupDamaged, BackupHostile, Cancelled, and what the targets raise.
    """
    over = Event()
    flows: list[_Flow] = []
    tasks = _tasks(source, wanted, over, flows)
    try:
        with closing(in_order(tasks, progress, "unpacking", over=over)) as done:
            for steps in done:
                yield from steps
    finally:
        for flow in flows:
            flow.stop()


def _tasks(
    source: Source, wanted: Iterable[Wanted], over: Event, flows: "list[_Flow]"
) -> Iterator[_Unpacking]:
    handful: list[Wanted] = []
    for each in wanted:
        if handful and not _fits(handful, each):
            yield _task(source, handful)
            handful = []
        if is_small(each.member):
            handful.append(each)
        else:
            flow = _Flow(Opened(source, each.member), each, over)
            flows.append(flow)
            yield from _tasks_of_large(flow)
    if handful:
        yield _task(source, handful)


def _fits(handful: list[Wanted], each: Wanted) -> bool:
    """Return whether a member lies just behind those at hand, and they stay few."""
    first, last = handful[0].member, handful[-1].member
    behind = last.end == each.member.offset and each.member.end - first.offset <= SMALL
    return behind and len(handful) < _HANDFUL and is_small(each.member)


def _task(source: Source, handful: list[Wanted]) -> _Unpacking:
    start, end = handful[0].member.offset, handful[-1].member.end
    cost = end - start + len(handful) * _COST
    return Task(cost, partial(_unpack_small, source.hold(start, end - start), handful))


def _unpack_small(held: Held, handful: list[Wanted]) -> Sequence[Through]:
    for each in handful:
        target = each.target()
        target.take(whole(held, each.member))
        target.end()
    return [Through(each.member.size, each.path) for each in handful if each.path]


def _tasks_of_large(flow: "_Flow") -> Iterator[_Unpacking]:
    lane: Lane[Sequence[Through]] = Lane()
    for held in flow.opened.stretches():
        yield Task(held.length, partial(flow.feed, held), lane)
    yield Task(0, flow.finish, lane)


class _Flow:
    """A large member on its way; while its stretches are unpacked, what came out is taken."""

    def __init__(self, opened: Opened, wanted: Wanted, over: Event) -> None:
        self.opened = opened
        self._over = over
        self._wanted = wanted
        self._target: Target | None = None
        self._taking = Behind(self._take, "taking")

    def feed(self, held: Held) -> Sequence[Through]:
        size = 0
        for piece in self.opened.feed(held):
            if self._over.is_set():
                break
            size += len(piece)
            self._taking.put(piece)
        return [Through(size, self._wanted.path)] if self._wanted.path else []

    def finish(self) -> Sequence[Through]:
        self.opened.finish()
        self._taking.finish()
        self._open().end()
        return []

    def stop(self) -> None:
        self._taking.stop()

    def _take(self, piece: bytes) -> None:
        self._open().take(piece)

    def _open(self) -> Target:
        if self._target is None:
            self._target = self._wanted.target()
        return self._target
