"""From a damaged backup every file comes back whose bytes are whole, and nothing that is not."""

import errno
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive import Lost, Salvaged, Wreck
from bewaar.archive.directory import members
from bewaar.archive.encryption import HEADER
from bewaar.archive.names import LOCKED, MANIFEST
from bewaar.archive.records import CENTRAL_SIGN, DESCRIPTOR64, LOCAL_SIGN
from bewaar.archive.sources import FileSource
from bewaar.errors import Cancelled, NothingSaved, PasswordNeeded, PasswordOrDamage, PasswordWrong
from bewaar.progress import SILENT, Silent
from tests.archive.books import CODE, PASSWORD, Made, archive, bookings, put, snapshot, tree

BLOCK = 4096
RANDOM = random.Random(7)
CONTENT = {
    "a.txt": b"first",
    "big.db": bookings(40_000),
    "bilder/foto.jpg": RANDOM.randbytes(1_500_000),
    "c.txt": b"c" * 3000,
    "d/e.txt": RANDOM.randbytes(70_000),
    "f.txt": bookings(500),
    "z.txt": b"last",
}


class Wrecked:
    """A backup whose places are known, to be damaged and saved."""

    def __init__(self, made: Made, plain: Made, password: str | None) -> None:
        self.data, self.password = made.data, password
        self.shift = 0
        if password:
            outer = members(FileSource(io.BytesIO(made.data), "x.zip"))[LOCKED]
            self.shift = outer.end - DESCRIPTOR64.size - outer.packed + HEADER
        found = members(FileSource(io.BytesIO(plain.data), "x.zip"))
        self.spans = {
            name: (member.offset + self.shift, member.end + self.shift)
            for name, member in found.items()
        }

    def whole(self, first: int, last: int) -> set[str]:
        """Return the files that no byte from `first` up to `last` belongs to."""
        names = {f"{CODE}/{path}" for path in CONTENT}
        return {n for n in names if self.spans[n][1] <= first or self.spans[n][0] >= last}

    def save(self, data: bytes, to: Path) -> tuple[Salvaged, set[str]]:
        """Save what can be saved; what came back is what was written, or the test fails."""
        to.mkdir()
        wreck = Wreck(io.BytesIO(data), file="x.zip", password=self.password, progress=SILENT)
        saved = wreck.save(to, SILENT)
        found = {path: content for path, content in tree(to).items() if content is not None}
        originals = {f"{CODE}/{path}": content for path, content in CONTENT.items()}
        assert all(originals.get(path) == content for path, content in found.items())
        assert saved.files == len(found)
        assert not {lost.path for lost in saved.lost} & set(found)
        return saved, set(found)


@pytest.fixture(scope="module", params=[None, PASSWORD], ids=["plain", "encrypted"])
def wrecked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Wrecked:
    source = snapshot(put(tmp_path_factory.mktemp("books"), CONTENT))
    plain = archive(source)
    made = archive(source, password=request.param) if request.param else plain
    return Wrecked(made, plain, request.param)


def zeros(data: bytes, first: int, last: int) -> bytes:
    return data[:first] + bytes(last - first) + data[last:]


def flipped(data: bytes, first: int, last: int) -> bytes:
    return data[:first] + bytes(byte ^ 0x55 for byte in data[first:last]) + data[last:]


@pytest.mark.parametrize("harm", [zeros, flipped])
@pytest.mark.parametrize("seed", range(12))
def test_every_file_that_no_damage_touched_comes_back(
    wrecked: Wrecked, tmp_path: Path, harm: Callable[[bytes, int, int], bytes], seed: int
) -> None:
    chance = random.Random(seed)
    first = chance.randrange(wrecked.shift, len(wrecked.data))
    last = min(first + chance.choice([1, 30, BLOCK, 100_000]), len(wrecked.data))
    saved, back = wrecked.save(harm(wrecked.data, first, last), tmp_path / "saved")
    assert wrecked.whole(first, last) <= back
    if saved.complete:
        assert back | {lost.path for lost in saved.lost} == {f"{CODE}/{p}" for p in CONTENT}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.97, 0.999])
def test_a_backup_that_was_cut_off_gives_back_what_lies_before(
    wrecked: Wrecked, tmp_path: Path, share: float
) -> None:
    end = int(len(wrecked.data) * share)
    saved, back = wrecked.save(wrecked.data[:end], tmp_path / "saved")
    assert wrecked.whole(end, len(wrecked.data)) <= back
    manifest_whole = wrecked.spans[MANIFEST][1] <= end
    assert saved.hashed is manifest_whole


def test_the_same_without_its_head_and_with_bytes_too_many(
    wrecked: Wrecked, tmp_path: Path
) -> None:
    if wrecked.password:
        pytest.skip("without its salt an encrypted backup gives nothing")
    at = wrecked.spans[f"{CODE}/c.txt"][0] + 40
    saved, back = wrecked.save(wrecked.data[at:], tmp_path / "headless")
    assert back == wrecked.whole(0, at)
    assert saved.hashed
    longer = wrecked.data[:at] + b"too much" + wrecked.data[at:]
    assert wrecked.whole(at, at + 1) <= wrecked.save(longer, tmp_path / "longer")[1]


def test_the_directory_leads_to_a_file_whose_own_header_is_lost(
    wrecked: Wrecked, tmp_path: Path
) -> None:
    start = wrecked.spans[f"{CODE}/big.db"][0]
    saved, back = wrecked.save(zeros(wrecked.data, start, start + 30), tmp_path / "saved")
    assert f"{CODE}/big.db" in back
    assert saved.hashed
    assert not saved.lost


def test_a_lost_manifest_is_told_and_the_sums_alone_bear_witness(
    wrecked: Wrecked, tmp_path: Path
) -> None:
    first, last = wrecked.spans[MANIFEST]
    saved, back = wrecked.save(zeros(wrecked.data, first, last), tmp_path / "saved")
    assert back == {f"{CODE}/{path}" for path in CONTENT}
    assert not saved.hashed


def test_sectors_that_cannot_be_read_cost_only_the_files_in_them(
    wrecked: Wrecked, tmp_path: Path
) -> None:
    bad = wrecked.spans[f"{CODE}/d/e.txt"][0] + 20_000
    (tmp_path / "saved").mkdir()
    stream = Failing(wrecked.data, bad // BLOCK)
    wreck = Wreck(stream, file="x.zip", password=wrecked.password, progress=SILENT)
    saved = wreck.save(tmp_path / "saved", SILENT)
    assert saved.lost == (Lost(path=f"{CODE}/d/e.txt", reason="damaged"),)
    assert stream.refused <= 4


class Failing(io.BytesIO):
    """A medium with one bad block, as the system tells of it."""

    def __init__(self, data: bytes, block: int) -> None:
        super().__init__(data)
        self._bad, self.refused = range(block * BLOCK, (block + 1) * BLOCK), 0

    def read(self, count: int | None = -1, /) -> bytes:
        start, count = self.tell(), -1 if count is None else count
        if start < self._bad.stop and start + count > self._bad.start:
            self.refused += 1
            raise OSError(errno.EIO, "Input/output error")
        return super().read(count)


def test_the_outer_records_of_an_encrypted_backup_are_not_needed(
    wrecked: Wrecked, tmp_path: Path
) -> None:
    if not wrecked.password:
        pytest.skip("only an encrypted one has them")
    salt = wrecked.shift - HEADER
    directory = wrecked.data.rfind(CENTRAL_SIGN, 0, wrecked.data.rfind(CENTRAL_SIGN))
    data = zeros(wrecked.data, directory, len(wrecked.data))
    data = data.replace(LOCAL_SIGN, b"????")
    saved, back = wrecked.save(data, tmp_path / "saved")
    assert back == {f"{CODE}/{path}" for path in CONTENT}
    assert saved.hashed
    with pytest.raises(PasswordNeeded):
        Wreck(io.BytesIO(data), file="x.zip", password=None, progress=SILENT)
    with pytest.raises(PasswordOrDamage):
        Wreck(io.BytesIO(data), file="x.zip", password="wrong", progress=SILENT)
    with pytest.raises(PasswordWrong):
        Wreck(io.BytesIO(wrecked.data), file="x.zip", password="wrong", progress=SILENT)
    unsalted = flipped(wrecked.data, salt, salt + 1)
    with pytest.raises(NothingSaved):
        Wreck(io.BytesIO(unsalted), file="x.zip", password=PASSWORD, progress=SILENT)


def test_what_is_no_backup_gives_nothing() -> None:
    for data in (b"", b"PK", b"no zip at all" * 9999, LOCAL_SIGN * 50_000):
        with pytest.raises(NothingSaved):
            Wreck(io.BytesIO(data), file="x.zip", password=None, progress=SILENT)


def test_harmful_names_are_never_made(tmp_path: Path) -> None:
    source = snapshot(put(tmp_path / "books", {"aa/bb.txt": b"content", "ok.txt": b"fine"}))
    data = archive(source).data
    evil = data.replace(b"JANSEN/aa/bb.txt", b"JANSEN/../../b.x")
    cut = evil[: evil.rfind(LOCAL_SIGN)]  # without its manifest
    (tmp_path / "in" / "saved").mkdir(parents=True)
    wreck = Wreck(io.BytesIO(cut), file="x.zip", password=None, progress=SILENT)
    wreck.save(tmp_path / "in" / "saved", SILENT)
    assert tree(tmp_path / "in" / "saved") == {f"{CODE}/ok.txt": b"fine"}
    assert {path.name for path in tmp_path.rglob("*.x")} == set()


def test_salvage_stops_when_asked(wrecked: Wrecked) -> None:
    class Stopping(Silent):
        def check(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        Wreck(
            io.BytesIO(wrecked.data), file="x.zip", password=wrecked.password, progress=Stopping()
        )
