"""Finding out what a file is: a Bewaar backup, an encrypted one, or something else."""

from bewaar.archive.directory import Member, members, told
from bewaar.archive.encryption import (
    CODE,
    HEADER,
    SALT,
    STRENGTH,
    Unlocked,
    check_of,
    keys,
)
from bewaar.archive.members import locate
from bewaar.archive.names import LOCKED, MANIFEST, README
from bewaar.archive.records import AES, CHECK, ENCRYPTED, LOCAL, LOCAL_SIGN, WINZIP
from bewaar.archive.sources import FileSource
from bewaar.errors import BackupDamaged, BackupHostile, NotABackup, PasswordNeeded, PasswordWrong

_LARGE = 1 << 20  # bytes; a directory in this much costs no time worth saving
_END = 512  # bytes: from the name of the last member to the end of the file, at most
_LOCKED = {README, LOCKED}  # all that lies in an encrypted one
_MARK = "\ufeffBewaar".encode()  # how the explanation starts, which is always first and readable


def outer_members(whole: FileSource) -> dict[str, Member]:
    """Return what the file holds. Raises NotABackup, BackupDamaged, BackupHostile.

    Many a zip breaks our rules without ill will; only one that looks like a backup is blamed, and
    a large one that does not is not even read.
    """
    if whole.size > _LARGE and not (_starts_as_ours(whole) or _ends_as_ours(whole)):
        raise NotABackup(file=whole.file, detail="no manifest")
    try:
        found = members(whole)
        if MANIFEST not in found and not is_locked(found):
            raise whole.damaged("no manifest")
    except (BackupDamaged, BackupHostile) as error:
        if _starts_as_ours(whole):
            raise
        detail = error.params.get("detail") or error.params.get("reason")
        raise NotABackup(file=whole.file, detail=detail) from error
    return found


def may_be_locked(whole: FileSource) -> bool:
    """Return False for what looks like a backup without a password, without reading its list."""
    try:
        return told(whole) == len(_LOCKED) or not _starts_as_ours(whole)
    except BackupDamaged:  # `outer_members` says more
        return True


def is_locked(found: dict[str, Member]) -> bool:
    """Return whether these are the members of an encrypted backup."""
    return found.keys() == _LOCKED and bool(found[LOCKED].flags & ENCRYPTED)


def unlock(whole: FileSource, member: Member, password: str | None) -> Unlocked:
    """Return the plain backup inside, which nothing vouches for yet.

    Raises PasswordNeeded, PasswordWrong, BackupDamaged, BackupHostile.
    """
    if not password:
        raise PasswordNeeded(file=whole.file)
    if member.method != AES or member.extra.get(WINZIP) != STRENGTH:
        raise whole.damaged("kind of encryption")
    if member.packed != HEADER + member.size + CODE or member.crc:  # AE-2 has no CRC
        raise whole.damaged("two sizes")
    start = locate(whole, member)
    header = whole.read(start, HEADER)
    made = keys(password, header[:SALT])
    if made.header != header:
        if member.extra.get(CHECK) == check_of(header):
            raise PasswordWrong(file=whole.file)
        raise whole.damaged("salt")
    return Unlocked(whole, start, member.packed, made)


def _starts_as_ours(whole: FileSource) -> bool:
    if whole.size < LOCAL.size:
        return False
    fields = LOCAL.unpack(whole.read(0, LOCAL.size))
    length = fields[-2] + fields[-1] + len(_MARK)
    if fields[0] != LOCAL_SIGN or whole.size < LOCAL.size + length:
        return False
    names = whole.read(LOCAL.size, length)
    return names.startswith(README.encode()) and names.endswith(_MARK)


def _ends_as_ours(whole: FileSource) -> bool:
    """Return whether the last member is the one that is last in each of our zips."""
    end = whole.read(max(whole.size - _END, 0), min(whole.size, _END))
    return MANIFEST.encode() in end or LOCKED.encode() in end
