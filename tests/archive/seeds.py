"""One backup of every shape, small enough to be read thousands of times."""

import io
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from bewaar.archive import Item, info_of
from tests.archive.books import (
    PASSWORD,
    administration,
    archive,
    bookings,
    noise,
    put,
    snapshot,
)
from tests.archive.changes import MEMBERS
from tests.archive.layout import taken_apart

SMALL: Mapping[str, bytes] = {
    "a.txt": bookings(300),
    "b/c.db": noise(200),
    "leeg": b"",
    "x:y": b"!",
}
LARGE: Mapping[str, bytes] = {"groot.dbf": bytes(1 << 20) + bookings(20_000), "klein": b"k"}
MANY: Mapping[str, bytes] = {f"{n % 3}/{n}.txt": b"%d" % n for n in range(30)}
DEEP: Mapping[str, bytes] = {"/".join("abcdefgh") * 3 + "/é.txt": b"diep"}


def seeds() -> Iterator[tuple[str, bytes]]:
    """Yield names and archives, all of them right."""
    with TemporaryDirectory() as folder:
        places = [
            put(Path(folder) / str(n), books) for n, books in enumerate((SMALL, LARGE, MANY, DEEP))
        ]
        small, large, many, deep = map(snapshot, places)
        yield "plain", archive(snapshot(places[0], folders=["map"])).data
        yield "large", archive(large).data
        yield "large-small", archive(large, small=True).data
        yield "many", archive(many).data
        yield "deep", archive(deep).data
        second = Item(administration=administration("DE-2", "Müller"), snapshot=deep)
        yield "several", archive(small, second).data
        with patch("bewaar.archive.records.LARGE", 0):
            yield "wide", archive(small).data
        yield "locked", archive(small, password=PASSWORD).data
        yield "locked-large", archive(large, password=PASSWORD).data


def stretched(password: str | None) -> bytes:
    """Return a backup of a file that is packed in several stretches; too large for a fuzz run."""
    with TemporaryDirectory() as folder:
        books = {"groot.dbf": noise(700_000) + bookings(500_000) + noise(100_000), "klein": b"k"}
        return archive(snapshot(put(Path(folder), books)), password=password).data


def sidecar() -> bytes:
    """Return a sidecar that is right."""
    with TemporaryDirectory() as folder:
        made = archive(snapshot(put(Path(folder), SMALL))).written
    return info_of(made.manifest, size=made.size, blake3=made.blake3, encrypted=False).to_bytes()


def evil_seeds() -> Iterator[tuple[str, bytes]]:
    """Yield archives that are wrong in one way each, and consistent otherwise."""
    good = dict(seeds())["plain"]
    for number, change in enumerate(MEMBERS * 3):
        layout = taken_apart(good)
        try:
            change(layout, Random(number))
            yield f"{change.__name__}-{number}", layout.joined()
        except struct.error:
            continue
    yield "nothing", io.BytesIO().getvalue()
