"""What retention may remove: never the last good ones, whatever happened before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.errors import BackupLocked
from bewaar.model import Backup, BackupId, Code, Content, Counts, DestinationId, Proof
from bewaar.retention import Removal, check_removal, removable

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
JANSEN, MOLEN, KERK = CODES = (Code("jansen"), Code("molen"), Code("kerkstraat"))


def backup(
    number: int,
    *codes: Code,
    made_at: datetime | None = None,
    proven: bool = True,
    locked: bool = False,
) -> Backup:
    """Return backup `number`, made that many days after the first, of Jansen unless told."""
    made_at = made_at or NOW - 100 * DAY + number * DAY
    return Backup(
        id=BackupId(f"{number:032x}"),
        destination=DestinationId("d" * 32),
        file=f"{number}.zip",
        made_at=made_at,
        size=1,
        encrypted=False,
        contents=tuple(map(content, codes or (JANSEN,))),
        proof=proof(made_at) if proven else None,
        locked=locked,
    )


def content(code: Code) -> Content:
    return Content(
        code=code,
        name=code,
        place=f"/books/{code}",
        program="folder",
        storage="fileset",
        files=1,
        size=1,
        counts=Counts(),
    )


def proof(at: datetime) -> Proof:
    return Proof(proven_at=at, blake3="0" * 64, files=1, size=1, databases=0, past_cache=False)


def going(
    backups: Sequence[Backup],
    *,
    keep: Mapping[Code, int] | None = None,
    newest: Backup | None = None,
    now: datetime = NOW,
) -> list[str]:
    newest = newest or backups[-1]
    keep = dict.fromkeys(CODES, 3) if keep is None else keep
    return files(removable(now, backups, keep=keep, newest_proven=newest.id))


def files(removals: list[Removal]) -> list[str]:
    return [removal.backup.file for removal in removals]


def test_the_oldest_beyond_the_wanted_number_go_oldest_first() -> None:
    assert going([backup(n) for n in (3, 1, 4, 2, 5)]) == ["1.zip", "2.zip"]


def test_it_is_said_how_many_stay() -> None:
    backups = [backup(n) for n in range(5)]
    removals = removable(NOW, backups, keep={JANSEN: 4}, newest_proven=backups[-1].id)
    assert [(removal.backup.file, removal.keep) for removal in removals] == [("0.zip", 4)]
    bundle = backup(0, JANSEN, MOLEN)
    later = [backup(n, JANSEN, MOLEN) for n in range(1, 9)]
    wanted = {JANSEN: 1, MOLEN: 7}
    removals = removable(NOW, [bundle, *later], keep=wanted, newest_proven=later[-1].id)
    assert [removal.keep for removal in removals] == [7, 7]


@pytest.mark.parametrize("keep", [-1, 0, 1, 2])
def test_two_proven_ones_stay_whatever_was_asked(keep: int) -> None:
    assert going([backup(n) for n in range(4)], keep={JANSEN: keep}) == ["0.zip", "1.zip"]


def test_nothing_goes_unless_the_new_one_was_proven() -> None:
    backups = [*(backup(n) for n in range(5)), backup(6, proven=False)]
    assert going(backups) == []
    assert going(backups[:5], newest=backup(9)) == []


def test_unproven_ones_neither_count_nor_go() -> None:
    backups = [backup(0), backup(1, proven=False), backup(2), backup(3, proven=False), backup(4)]
    assert going(backups) == []
    assert going([*backups, backup(5)]) == ["0.zip"]


def test_locked_ones_stay_beside_the_wanted_number() -> None:
    backups = [backup(n, locked=n in {0, 3}) for n in range(6)]
    assert going(backups) == ["1.zip"]


def test_a_locked_newest_one_still_gives_leave() -> None:
    assert going([backup(n, locked=n == 4) for n in range(5)]) == ["0.zip"]


def test_copies_of_one_backup_count_once() -> None:
    copies = [replace(backup(9), file=f"copy {n}.zip") for n in range(5)]
    assert going([backup(1), backup(2), *copies]) == []


def test_a_bundle_stays_while_one_administration_inside_needs_it() -> None:
    bundles = [backup(n, JANSEN, MOLEN) for n in range(3)]
    singles = [backup(n, JANSEN) for n in range(3, 7)]
    assert going([*bundles, *singles]) == ["3.zip"]
    later = [backup(n, MOLEN) for n in range(7, 10)]
    assert going([*bundles, *singles, *later]) == ["0.zip", "1.zip", "2.zip"]


def test_a_bundle_with_an_administration_nobody_keeps_any_more_stays() -> None:
    backups = [backup(0, JANSEN, KERK), *(backup(n) for n in range(1, 9))]
    assert "0.zip" not in going(backups, keep={JANSEN: 3})


def test_an_encrypted_backup_that_was_never_opened_here_stays() -> None:
    unknown = replace(backup(0), contents=(), encrypted=True)
    assert going([unknown, *(backup(n) for n in range(1, 6))]) == ["1.zip", "2.zip"]


def test_only_backups_of_what_was_just_stored_go() -> None:
    backups = [*(backup(n, MOLEN) for n in range(6)), *(backup(n) for n in range(6, 9))]
    assert going(backups) == []


def test_the_brake_and_a_doubtful_clock_keep_everything() -> None:
    backups = [backup(n) for n in range(9)]
    wanted = {JANSEN: 3}
    newest = backups[-1].id
    assert removable(NOW, backups, keep=wanted, newest_proven=newest)
    assert not removable(NOW, backups, keep=wanted, newest_proven=newest, brake=True)
    assert not removable(NOW, backups, keep=wanted, newest_proven=newest, clock_doubtful=True)


def test_a_backup_from_the_future_keeps_everything() -> None:
    strange = backup(99, MOLEN, made_at=datetime(2038, 1, 19, tzinfo=UTC), proven=False)
    backups = [strange, *(backup(n) for n in range(9))]
    assert going(backups) == []
    tampered = replace(backup(0), proof=proof(NOW + DAY))
    assert going([tampered, *(backup(n) for n in range(1, 9))]) == []


def test_a_backup_made_under_a_clock_set_back_removes_nothing() -> None:
    new = backup(99, made_at=NOW - 4000 * DAY)
    assert going([*(backup(n) for n in range(9)), new]) == []


# ── From any state, by any sequence ─────────────────────────────────────────────────────────

some_codes = st.sets(st.sampled_from(CODES), max_size=3).map(lambda codes: tuple(sorted(codes)))
some_backups = st.lists(
    st.builds(
        lambda number, codes, minutes, proven, locked: replace(
            backup(number, made_at=NOW + timedelta(minutes=minutes), proven=proven, locked=locked),
            contents=tuple(map(content, codes)),
        ),
        st.integers(0, 12),
        some_codes,
        st.integers(-5000, 30),
        st.sampled_from((True, True, True, False)),
        st.sampled_from((False, False, False, True)),
    ),
    max_size=25,
)
some_keeps = st.dictionaries(st.sampled_from(CODES), st.integers(-1, 4))


def proven_ids(backups: Sequence[Backup], code: Code) -> set[BackupId]:
    return {backup.id for backup in backups if backup.proof and code in backup.codes}


def check_promises(
    before: Sequence[Backup], gone: Sequence[Backup], keep: Mapping[Code, int]
) -> None:
    after = [backup for backup in before if backup not in gone]
    for backup in gone:
        assert backup.proof
        assert not backup.locked
        assert backup.contents
        for code in backup.codes:
            newer = [
                b for b in after if b.proof and code in b.codes and b.made_at >= backup.made_at
            ]
            assert len({b.id for b in newer}) >= max(2, keep[code])


@given(some_backups, some_keeps, st.integers(0, 12))
def test_from_any_state_only_what_newer_proven_ones_replace_goes(
    backups: list[Backup], keep: dict[Code, int], newest: int
) -> None:
    removals = removable(NOW, backups, keep=keep, newest_proven=BackupId(f"{newest:032x}"))
    check_promises(backups, [removal.backup for removal in removals], keep)


steps = st.lists(
    st.tuples(
        some_codes.filter(bool),
        st.sampled_from((True, True, True, False)),  # proven
        st.sampled_from((False, False, False, True)),  # locked afterwards
        st.sampled_from((DAY, DAY, DAY, timedelta(0), 400 * DAY, -30 * DAY)),  # of the clock
        some_keeps,
    ),
    max_size=30,
)


@given(steps)
def test_by_any_sequence_no_administration_falls_below_two_proven_backups(
    sequence: list[tuple[tuple[Code, ...], bool, bool, timedelta, dict[Code, int]]],
) -> None:
    there: list[Backup] = []
    now, most = NOW, dict.fromkeys(CODES, 0)
    for number, (codes, proven, locked, passed, keep) in enumerate(sequence):
        now += passed
        new = backup(number, *codes, made_at=now, proven=proven)
        there.append(new)
        gone = [r.backup for r in removable(now, there, keep=keep, newest_proven=new.id)]
        assert new not in gone
        check_promises(there, gone, keep)
        there = [b for b in there if b not in gone]
        there = [replace(b, locked=True) if b is new and locked else b for b in there]
        for code in CODES:
            most[code] = max(most[code], len(proven_ids(there, code)))
            assert len(proven_ids(there, code)) >= min(2, most[code])


def test_years_of_daily_backups_stay_at_the_wanted_number() -> None:
    there: list[Backup] = []
    for number in range(60):
        there.append(backup(number))
        gone = removable(NOW, there, keep={JANSEN: 10}, newest_proven=there[-1].id)
        there = [b for b in there if b not in [removal.backup for removal in gone]]
    assert [b.file for b in there] == [f"{n}.zip" for n in range(50, 60)]


# ── What a user removes ─────────────────────────────────────────────────────────────────────


def refusal(backup: Backup, backups: Sequence[Backup]) -> object:
    with pytest.raises(BackupLocked) as refused:
        check_removal(backup, backups)
    return refused.value.params["reason"]


def test_a_user_may_remove_an_older_one_of_three() -> None:
    backups = [backup(n) for n in range(3)]
    check_removal(backups[0], backups)
    check_removal(backups[1], backups)
    assert refusal(backups[2], backups) == "last"


def test_a_user_may_not_remove_one_of_the_last_two() -> None:
    backups = [backup(0), backup(1)]
    assert [refusal(b, backups) for b in backups] == ["last", "last"]
    copies = [backup(0), backup(1), replace(backup(1), file="copy.zip")]
    assert refusal(copies[0], copies) == "last"


def test_a_user_may_not_remove_what_is_locked_or_unknown() -> None:
    backups = [backup(n, locked=n == 0) for n in range(5)]
    assert refusal(backups[0], backups) == "locked"
    assert refusal(replace(backup(0), contents=()), backups) == "unknown"


def test_an_unproven_one_goes_only_when_proven_ones_replace_it() -> None:
    old = backup(0, proven=False)
    assert refusal(old, [old, backup(1)]) == "last"
    check_removal(old, [old, backup(1), backup(2)])


def test_a_bundle_is_the_last_when_it_is_for_one_inside() -> None:
    bundle = backup(0, JANSEN, MOLEN)
    assert refusal(bundle, [bundle, *(backup(n) for n in range(1, 5))]) == "last"
