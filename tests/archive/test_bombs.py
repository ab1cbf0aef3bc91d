"""Bombs: files that unpack to far more than they are, or take all memory or time."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from bewaar.archive import open_archive
from bewaar.archive.names import MANIFEST
from bewaar.archive.records import (
    CENTRAL_SIGN,
    LOCAL,
)
from bewaar.errors import NotABackup
from tests.archive.books import tree
from tests.archive.forge import PACKED, SIZE, Forge, patched
from tests.archive.layout import Layout, stored, taken_apart
from tests.archive.refusing import (
    FILE,
    GOOD,
    failure,
    prove,
    reason,
    take_out,
)


def test_a_member_that_quotes_the_next_one(tmp_path: Path) -> None:
    """The densest bombs: each member's data holds all those behind it, headers and all."""
    layout = taken_apart(GOOD)
    layout.pieces.insert(1, stored(b"JANSEN/quote", b""))
    data = layout.joined()
    behind = data.index(FILE) - LOCAL.size
    length = data.index(CENTRAL_SIGN) - behind
    for place, number in ((PACKED, length), (SIZE, length)):
        data = patched(data, "JANSEN/quote", place, "<I", number)
    assert reason(failure(data, tmp_path)) == "overlap"


def test_members_over_the_directory(tmp_path: Path) -> None:
    data = patched(GOOD, MANIFEST, PACKED, "<I", len(GOOD))
    assert reason(failure(data, tmp_path)) in {"overlap", "two sizes"}


def test_what_is_packed_within_a_file_stays_packed(tmp_path: Path) -> None:
    """A zip in a zip, an endless one too, is a file like any other."""
    inner = Forge({"bomb": zlib.compress(bytes(50 << 20))}).closed()
    books = {"inner.zip": Forge({"inner.zip": inner}).closed(), "again.zip": GOOD}
    prove(Forge(books).closed(), tmp_path, None)
    take_out(Forge(books).closed(), tmp_path, None)
    assert tree(tmp_path) == books


ZEROS = """
import dataclasses, io, re, zlib
from pathlib import Path
from blake3 import blake3
from bewaar.archive import open_archive
from tests.archive.forge import Forge, manifest_of
from tests.archive.layout import stored, taken_apart

count, piece = 300, bytes(1 << 20)
packer, crc, digest = zlib.compressobj(9, zlib.DEFLATED, -15), 0, blake3()
body = b""
for _ in range(count):
    body, crc = body + packer.compress(piece), zlib.crc32(piece, crc)
    digest.update(piece)
manifest = manifest_of({"nothing": b""})
inside = manifest.administrations[0]
file = dataclasses.replace(inside.files[0], size=count << 20, blake3=digest.hexdigest())
content = dataclasses.replace(inside.content, size=count << 20)
inside = dataclasses.replace(inside, files=(file,), content=content)
layout = taken_apart(Forge({}, dataclasses.replace(manifest, administrations=(inside,))).closed())
zeros = stored(b"JANSEN/nothing", b"")
zeros.method, zeros.crc, zeros.size, zeros.body = 8, crc, count << 20, body + packer.flush()
layout.pieces.insert(1, zeros)
with open_archive(io.BytesIO(layout.joined()), file="x") as opened:
    assert opened.verify().size == count << 20
# Not what getrusage says: that still remembers the process this one was started from.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
def test_a_file_of_nothing_but_zeros_takes_no_memory(tmp_path: Path) -> None:
    """It packs to a thousandth; what comes out goes through in small pieces."""
    done = subprocess.run(
        [sys.executable, "-c", ZEROS],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert int(done.stdout) < 100, f"{done.stdout} MiB, with everything that Python itself needs"


def test_a_large_zip_that_is_not_ours_is_not_read(tmp_path: Path) -> None:
    """Not its hundred thousands of entries, and not what makes any of them wrong."""
    layout = Layout(pieces=[stored(b"../%d" % n, b"") for n in range(20_000)])
    data = layout.joined()
    assert len(data) > 1 << 20
    taken = Counted(data)
    with pytest.raises(NotABackup), open_archive(taken, file="x"):
        pass
    assert taken.count < 1 << 20
    # One that was ours, before its first bytes were lost, is still known for it.
    first = struct.pack("<I", 0x04034B51)
    layout.pieces.append(stored(MANIFEST.encode(), b"{}"))
    with (
        pytest.raises(NotABackup) as caught,
        open_archive(io.BytesIO(first + layout.joined()[4:]), file="x"),
    ):
        pass
    assert reason(caught.value) == "parent"


class Counted(io.BytesIO):
    """Counts the bytes that are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found
