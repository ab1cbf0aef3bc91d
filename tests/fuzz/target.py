"""The fuzz target: the reader under Atheris, with a mutator that knows what a backup is.

Run through `python3 installer fuzz`; README.md beside this file tells what was found.
"""

import io
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["bewaar.archive"]):
    from bewaar.archive import Info, needs_password

# Loaded after the reader, so that what is watched is the reader and nothing else.
from bewaar.archive.encryption import Unlocked
from bewaar.archive.names import LOCKED
from bewaar.archive.opening import outer_members, unlock
from bewaar.archive.sources import FileSource
from bewaar.errors import BewaarError
from tests.archive.books import PASSWORD
from tests.archive.changes import changed
from tests.archive.forge import encrypted
from tests.archive.judge import REFUSALS, Judge, quick_room
from tests.archive.seeds import evil_seeds, seeds, sidecar


class Target:
    """What is run with each input."""

    def __init__(self, room: Path) -> None:
        self._judge = Judge(room)
        self._true = [data for _, data in seeds()]
        for data in self._true:
            self._judge.learn(data, PASSWORD)

    def one(self, data: bytes) -> None:
        """Offer it as a sidecar or a backup; anything but a failure of ours or the truth raises."""
        if data.startswith(b"{"):
            _offer_sidecar(data)
            return
        refusal = self._judge.refusal(data, PASSWORD)
        if refusal is None:
            assert self._judge.refusal(data + b"\0", PASSWORD) is not None

    def other(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Make the next input: by a change of ours, inside an encrypted one too, or libFuzzer's."""
        r = Random(seed)
        if not data or data.startswith(b"{") or r.random() < 0.25:
            return bytes(atheris.Mutate(data, max_size))
        if r.random() < 0.6 and (inside := _inside(data)):
            return encrypted(self._changed(inside, r))[:max_size]
        return self._changed(data, r)[:max_size]

    def _changed(self, data: bytes, r: Random) -> bytes:
        return changed(data, r, other=r.choice(self._true))


def _offer_sidecar(data: bytes) -> None:
    try:
        again = Info.from_bytes(data).to_bytes()
    except REFUSALS:
        return
    assert Info.from_bytes(again).to_bytes() == again


def _inside(data: bytes) -> bytes | None:
    """Return the plain backup in an encrypted one."""
    try:
        if not needs_password(io.BytesIO(data), file="x"):
            return None
        whole = FileSource(io.BytesIO(data), "x")
        unlocked: Unlocked = unlock(whole, outer_members(whole)[LOCKED], PASSWORD)
        return unlocked.read(0, unlocked.size)
    except BewaarError:
        return None


def write_seeds(folder: Path) -> None:
    """Put what a run starts from into its corpus."""
    for name, data in (*seeds(), *evil_seeds()):
        (folder / f"{name}.zip").write_bytes(data)
    (folder / "sidecar.json").write_bytes(sidecar())


def main(arguments: list[str]) -> None:
    """Run libFuzzer with its own arguments; the last one is the corpus."""
    if Path(arguments[-1]).is_dir():
        write_seeds(Path(arguments[-1]))
    with tempfile.TemporaryDirectory(dir=quick_room()) as room:
        target = Target(Path(room))
        atheris.Setup(arguments, target.one, custom_mutator=target.other)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
