"""Keeping watch over the right folders: those that are wanted, there, and within the limits."""

import time
from collections.abc import Callable, Mapping
from errno import EMFILE, ENOSPC
from pathlib import Path

from bewaar.model import Code
from bewaar.system.volumes import on_network
from bewaar.watch.limits import count_folders, most_watches
from bewaar.watch.observing import Observing
from bewaar.watch.spots import Gap, Spot, shape_of

RETRY = 600.0  # seconds until what could not be watched is tried again
RECOUNT = 60.0  # seconds between two counts of trees that grow


class Tender:
    """Watches the places of administrations; used by one thread.

    A place that is another folder than before, gone, back, or watched for the first time counts
    as touched: nobody knows what happened there meanwhile.
    """

    def __init__(self, tell: Callable[[Spot], None]) -> None:
        """Call `tell`, from any thread, when something moved at a place."""
        self._tell = tell
        self._spots: dict[Code, Spot] = {}
        self._observing: Observing | None = None
        self._checked_at = 0.0

    def tend(self, wanted: Mapping[Code, Path]) -> dict[Code, Gap]:
        """Make what is watched agree with what is wanted and what is there; return the gaps."""
        if self._observing and not self._observing.alive:
            self.give_up()
        for code, spot in list(self._spots.items()):
            if wanted.get(code) != spot.place:
                self._leave(spot)
                del self._spots[code]
        for code, place in wanted.items():
            self._spots.setdefault(code, Spot(code, place, self._tell))
        deaf = self._observing.deaf() if self._observing else set()
        spots = self._spots.values()
        afresh = [self._tend_spot(spot, is_deaf=spot.watch in deaf) for spot in spots]
        self._check(afresh=any(afresh))
        return {code: spot.gap for code, spot in self._spots.items() if spot.gap}

    def give_up(self) -> None:
        """Stop watching; no thread is left. What is wanted is watched afresh at the next `tend`."""
        self._spots.clear()
        observing, self._observing = self._observing, None
        if observing:
            observing.stop()

    def _tend_spot(self, spot: Spot, *, is_deaf: bool) -> bool:
        """Return whether it had to be watched afresh."""
        if spot.gap is Gap.NETWORK:
            return False  # nobody waits here for a share that hangs
        if not spot.tended and on_network(spot.place):
            _say(spot, Gap.NETWORK)
            self._tell(spot)
            return False
        shape = shape_of(spot.place, spot.shape)
        retry = spot.gap is not None and time.monotonic() >= spot.retry_at
        if spot.tended and shape == spot.shape and not is_deaf and not retry:
            return False
        self._leave(spot)
        spot.shape, spot.gap, spot.tended, spot.moved = shape, None, True, False
        if shape:
            self._watch(spot, shape.folder, whole_tree=shape.name is None)
        self._tell(spot)
        return True

    def _watch(self, spot: Spot, folder: Path, *, whole_tree: bool) -> None:
        try:
            if on_network(folder):
                _say(spot, Gap.NETWORK)
                return
            self._observing = self._observing or Observing()
            recursive = whole_tree and self._has_room(spot, folder)
            spot.watch = self._observing.watch(folder, spot, recursive=recursive)
            if whole_tree and not recursive:
                _say(spot, Gap.LIMIT)
        except OSError as error:
            _say(spot, Gap.LIMIT if error.errno in {ENOSPC, EMFILE} else Gap.FAILED)

    def _leave(self, spot: Spot) -> None:
        if spot.watch and self._observing:
            self._observing.leave(spot.watch, spot)
        spot.watch = None

    # ── The system's limit ──────────────────────────────────────────────────────────────────

    def _has_room(self, spot: Spot, tree: Path) -> bool:
        most = most_watches()
        if most is None or self._observing is None:
            return True
        _measure(spot, tree, most)
        return self._observing.folders() + spot.folders <= most

    def _check(self, *, afresh: bool) -> None:
        """Find out whether fewer folders are watched than there are: the system tells nobody."""
        trees = self._trees()
        grown = any(spot.grown for spot in trees.values())
        recently = time.monotonic() < self._checked_at + RECOUNT
        most = most_watches() if afresh or (grown and not recently) else None
        if most is None:
            return
        self._checked_at = time.monotonic()
        if grown or self._is_short(trees):
            for folder, spot in trees.items():
                _measure(spot, folder, most)
            if self._is_short(trees):
                for spot in trees.values():
                    _say(spot, Gap.LIMIT)

    def _is_short(self, trees: Mapping[Path, Spot]) -> bool:
        """Compare what is watched with what should be; a folder in two trees is watched once."""
        alone = {
            spot.shape.folder for spot in self._spots.values() if spot.watch and spot.shape
        } - trees.keys()
        outer = [folder for folder in {*trees, *alone} if trees.keys().isdisjoint(folder.parents)]
        expected = sum(trees[folder].folders if folder in trees else 1 for folder in outer)
        return self._observing is not None and self._observing.folders() < expected

    def _trees(self) -> dict[Path, Spot]:
        return {
            spot.shape.folder: spot
            for spot in self._spots.values()
            if spot.shape and spot.watch and spot.watch.is_recursive
        }


def _measure(spot: Spot, tree: Path, most: int) -> None:
    spot.grown = False
    spot.folders = count_folders(tree, most=2 * most)


def _say(spot: Spot, gap: Gap) -> None:
    spot.gap, spot.retry_at = gap, time.monotonic() + RETRY
