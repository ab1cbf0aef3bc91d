"""Getting into a damaged encrypted backup: the salt is all that is needed, wherever it is found.

Nothing vouches for what comes out; only the hashes in it do.
"""

from collections.abc import Iterator

from bewaar.archive.directory import Member, members
from bewaar.archive.encryption import CODE, HEADER, SALT, STRENGTH, Unlocked, check_of, keys
from bewaar.archive.names import LOCKED
from bewaar.archive.opening import is_locked
from bewaar.archive.records import CHECK, DESCRIPTOR64, DESCRIPTOR_SIGN, LOCAL, LOCAL_SIGN, WINZIP
from bewaar.archive.sources import FileSource, Source
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    NothingSaved,
    PasswordNeeded,
    PasswordOrDamage,
    PasswordWrong,
)

_FIELD = WINZIP.to_bytes(2, "little") + len(STRENGTH).to_bytes(2, "little") + STRENGTH
_EXTRA = 20 + len(_FIELD)  # bytes between the member's name and its salt
_HEAD = 256 << 10  # bytes in which the salt of an encrypted backup lies
_TAIL = 4 << 10  # bytes in which its data ends


def inside(whole: FileSource, password: str | None) -> Source:
    """Return the plain backup in a file: decrypted, or the file itself.

    Raises PasswordNeeded, PasswordWrong, PasswordOrDamage, NothingSaved.
    """
    outer = _outer(whole)
    member = outer[LOCKED] if is_locked(outer) else None
    places = list(dict.fromkeys(_places(whole, member)))
    if not places or (outer and member is None):
        return whole
    if not password:
        raise PasswordNeeded(file=whole.file)
    for start in places:
        header = whole.read(start, HEADER)
        made = keys(password, header[:SALT])
        found = Unlocked(whole, start, _end(whole, member) - start, made)
        if made.header == header or found.read(0, len(LOCAL_SIGN)) == LOCAL_SIGN:
            return found
    raise _refused(whole, member, places)


def _outer(whole: FileSource) -> dict[str, Member]:
    try:
        return members(whole)
    except (BackupDamaged, BackupHostile):
        return {}


def _places(whole: FileSource, member: Member | None) -> Iterator[int]:
    """Yield where the salt may lie: by the directory, and by what is left of the header."""
    if member:
        yield member.end - DESCRIPTOR64.size - member.packed
    head = whole.read(0, min(_HEAD, whole.size))
    for mark, after in ((LOCKED.encode(), len(LOCKED) + _EXTRA), (_FIELD, len(_FIELD))):
        at = head.find(mark)
        fits = at >= 0 and at + after + HEADER + CODE <= len(head)
        if fits and _is_first(head, at):
            yield at + after


def _is_first(head: bytes, end: int) -> bool:
    """Return whether no other member starts before: it would be a backup that lies in another."""
    at = head.find(LOCAL_SIGN, 1, end)
    while at >= 0:
        if head[at + LOCAL.size :][: len(LOCKED)] != LOCKED.encode():
            return False
        at = head.find(LOCAL_SIGN, at + 1, end)
    return _FIELD in head[end : end + len(LOCKED) + _EXTRA + HEADER]


def _end(whole: FileSource, member: Member | None) -> int:
    """Return where the authentication code ends, or the file when that cannot be told."""
    if member:
        return member.end - DESCRIPTOR64.size
    start = max(whole.size - _TAIL, 0)
    at = whole.read(start, whole.size - start).rfind(DESCRIPTOR_SIGN)
    return start + at if at >= 0 else whole.size + CODE


def _refused(
    whole: FileSource, member: Member | None, places: list[int]
) -> PasswordWrong | PasswordOrDamage | NothingSaved:
    check = member.extra.get(CHECK) if member else None
    if check is None:
        return PasswordOrDamage(file=whole.file)
    if any(check_of(whole.read(start, HEADER)) == check for start in places):
        return PasswordWrong(file=whole.file)
    return NothingSaved(file=whole.file, detail="salt")
