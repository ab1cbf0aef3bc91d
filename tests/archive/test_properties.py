"""Whatever happens to a backup: it is refused by a failure of ours, or gives back what was kept.

The examples are always the same ones; `--hypothesis-profile=long` tries many others.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from bewaar.archive import Info
from bewaar.archive.manifest_json import from_bytes
from bewaar.archive.names import MANIFEST
from bewaar.errors import BackupDamaged, BackupNewer, NotABackup
from tests.archive.books import PASSWORD
from tests.archive.changes import BYTES, MEMBERS, changed, consistently_changed
from tests.archive.forge import encrypted
from tests.archive.judge import Judge, quick_room
from tests.archive.layout import taken_apart
from tests.archive.seeds import seeds, sidecar, stretched

ARCHIVES, SIDECAR = dict(seeds()), sidecar()
ARCHIVES |= {"stretched": stretched(None), "locked-stretched": stretched(PASSWORD)}
PLAIN = sorted(name for name in ARCHIVES if not name.startswith("locked"))
SIMPLE = sorted(set(PLAIN) - {"wide", "stretched"})  # put together again soon, without ZIP64
seldom = settings(max_examples=settings.default.max_examples // 3)  # type: ignore[union-attr]
chances = st.integers(0, 2**64 - 1).map(Random)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with TemporaryDirectory(dir=quick_room()) as room:
        made = Judge(Path(room))
        for data in ARCHIVES.values():
            made.learn(data, PASSWORD)
        yield made


@pytest.mark.parametrize("name", sorted(ARCHIVES))
def test_unchanged_every_backup_is_given_back(judge: Judge, name: str) -> None:
    data = ARCHIVES[name]
    assert judge.refusal(data, PASSWORD, blake3(data).hexdigest()) is None


@pytest.mark.parametrize("change", BYTES, ids=lambda change: change.__name__)
@seldom
@given(name=st.sampled_from(sorted(ARCHIVES)), r=chances)
def test_changed_bytes_are_found_or_harmless(
    judge: Judge, change: Callable[[bytes, Random], bytes], name: str, r: Random
) -> None:
    data = change(ARCHIVES[name], r)
    judge.refusal(data, PASSWORD)
    if data != ARCHIVES[name]:
        digest = blake3(ARCHIVES[name]).hexdigest()
        assert isinstance(judge.refusal(data, PASSWORD, digest), BackupDamaged | NotABackup)


@given(name=st.sampled_from(sorted(ARCHIVES)), place=st.integers(0), length=st.integers(0, 5))
def test_no_file_that_lacks_something_or_has_more_is_accepted(
    judge: Judge, name: str, place: int, length: int
) -> None:
    data = ARCHIVES[name]
    place %= len(data)
    assert judge.refusal(data[:place] + data[place + length + 1 :], PASSWORD) is not None
    assert judge.refusal(data[:place] + bytes(length + 1) + data[place:], PASSWORD) is not None


@given(one=st.sampled_from(sorted(ARCHIVES)), two=st.sampled_from(sorted(ARCHIVES)), r=chances)
def test_two_backups_spliced_are_none(judge: Judge, one: str, two: str, r: Random) -> None:
    start, rest = ARCHIVES[one], ARCHIVES[two]
    data = start[: r.randrange(len(start))] + rest[r.randrange(len(rest)) :]
    judge.refusal(data, PASSWORD)


@pytest.mark.parametrize("change", sorted({each.__name__ for each in MEMBERS}))
@seldom
@given(name=st.sampled_from(SIMPLE), r=chances, locked=st.booleans())
def test_members_changed_so_that_all_sums_fit(
    judge: Judge, change: str, name: str, r: Random, locked: bool
) -> None:
    layout = taken_apart(ARCHIVES[name])
    next(each for each in MEMBERS if each.__name__ == change)(layout, r)
    data = layout.joined()
    judge.refusal(encrypted(data) if locked else data, PASSWORD)


@given(name=st.sampled_from(SIMPLE), r=chances, locked=st.booleans())
def test_several_changes_at_once(judge: Judge, name: str, r: Random, locked: bool) -> None:
    data = consistently_changed(ARCHIVES[name], r)
    data = changed(data, r, other=ARCHIVES[r.choice(PLAIN)])
    judge.refusal(encrypted(data) if locked else data, PASSWORD)


@given(r=chances)
def test_a_changed_manifest_or_sidecar_is_read_or_refused(r: Random) -> None:
    layout = taken_apart(ARCHIVES["several"])
    manifest = next(each.content for each in layout.pieces if each.name == MANIFEST.encode())
    beside = SIDECAR
    for _ in range(r.randrange(1, 4)):
        manifest, beside = (r.choice(BYTES)(data or b"{", r) for data in (manifest, beside))
    for read, data in ((from_bytes, manifest), (Info.from_bytes, beside)):
        try:
            read(data, file="x")
        except (BackupDamaged, BackupNewer):
            continue
