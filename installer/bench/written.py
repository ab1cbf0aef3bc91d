"""One encrypted backup by the product's own rooms, in a process of its own, stage by stage.

From the first look at the books until the archive is on the medium under its `.part` name; with
`--prove` it is read back as well. Prints what each stage took, as JSON.
"""

import argparse
import json
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

_BEGAN = time.perf_counter()

from bewaar.archive import Item, write  # noqa: E402 - what loading them takes counts too
from bewaar.clock import SystemClock  # noqa: E402
from bewaar.destinations.base import OpenDestination  # noqa: E402
from bewaar.destinations.folder import Folder  # noqa: E402
from bewaar.model import (  # noqa: E402
    Administration,
    BackupId,
    Code,
    Destination,
    DestinationId,
    DestinationKind,
    Source,
)
from bewaar.storage.kinds import by_kind  # noqa: E402
from bewaar.verify import Prover  # noqa: E402
from installer.bench.stages import (  # noqa: E402
    DATABASES,
    LISTING,
    LOADING,
    LOOKING,
    PROVING,
    SYNCING,
    WRITING,
)

FILE = "written.zip"


class Stages:
    """A watch with a lap for each stage."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[float, float]] = {}  # stage → seconds by the wall, of the CPU
        self._last = _BEGAN, 0.0

    def over(self, stage: str) -> None:
        """Say that a stage is over."""
        now = time.perf_counter(), time.process_time()
        self.taken[stage] = now[0] - self._last[0], now[1] - self._last[1]
        self._last = now


def main(arguments: Sequence[str]) -> None:
    """Write the backup, prove it when that is asked for, and print the stages."""
    wishes = _parser().parse_args(arguments)
    stages, password = Stages(), sys.stdin.readline().strip()
    stages.over(LOADING)
    with TemporaryDirectory(dir=wishes.scratch) as folder:
        to = _opened(wishes.to)
        digest = _write(wishes, to, Path(folder), password, stages)
        if wishes.prove:
            _prove(to, Path(folder), password, digest, stages)
    print(json.dumps(stages.taken))


def _opened(folder: Path) -> OpenDestination:
    wanted = Destination(
        id=DestinationId(uuid.uuid4().hex), name="bench", kind=DestinationKind.FOLDER, folder=folder
    )
    return Folder().open(Folder().create(wanted, make_folder=True))


def _write(
    wishes: argparse.Namespace, to: OpenDestination, scratch: Path, password: str, stages: Stages
) -> str:
    storage, source = by_kind("fileset"), Source(place=wishes.books)
    books = Administration(
        code=Code("BOOKS"), name="Books", place=wishes.books, program="folder", storage="fileset"
    )
    (copies := scratch / "copies").mkdir()
    live = storage.in_place(source, copies)
    snapshot = live.snapshot if live else storage.snapshot(source, copies)
    stages.over(DATABASES)

    def confirm(digests: Mapping[str, str]) -> str:
        stages.over(WRITING)
        fingerprint = live.confirm(digests) if live else snapshot.fingerprint
        stages.over(LOOKING)
        return fingerprint

    with to.write(FILE) as sink:
        written = write(
            sink,
            id=BackupId(uuid.uuid4().hex),
            made_at=SystemClock().now(),
            items=[Item(administration=books, snapshot=snapshot, confirm=confirm)],
            password=password,
            small=wishes.small,
        )
        stages.over(LISTING)
    stages.over(SYNCING)
    return written.blake3


def _prove(to: OpenDestination, scratch: Path, password: str, digest: str, stages: Stages) -> None:
    prover = Prover(storages=by_kind, scratch=scratch, clock=SystemClock())
    with to.read(f"{FILE}.part") as stream:
        prover.prove(stream, file=FILE, password=password, blake3=digest)
    stages.over(PROVING)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("books", type=Path)
    parser.add_argument("to", type=Path)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--small", action="store_true")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
