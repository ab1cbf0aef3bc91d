"""What a user asks for: the typed values that web, tray and command line hand to the engine.

Passwords travel only here, in memory; they never show in a repr, a log or a stored job.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bewaar.model import BackupId, Code, DestinationId


class Protection(StrEnum):
    """Which password a backup gets."""

    KEPT = "kept"  # the one kept on this computer
    GIVEN = "given"  # one for this time
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRequest:
    """Back up these administrations to that destination."""

    codes: tuple[Code, ...]
    destination: DestinationId
    protection: Protection = Protection.NONE
    password: str | None = field(default=None, repr=False)  # with Protection.GIVEN
    one_file: bool = False  # all in one archive instead of one each
    small: bool | None = None  # smaller files, which take longer; None: as the settings say
    documents: bool | None = None  # None: as each administration says
    name: str | None = None  # a name template for this time
    even_unchanged: bool = False  # also those whose last proven backup still fits
    accept_fewer: bool = False  # the user has seen that there is far less than before (S2)
    by_itself: bool = False  # nobody clicked: it was due
    wait_until_closed: bool = False  # begin when the last program that has the books open is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """Which archive is meant: one at a destination, or any file on this computer."""

    backup: BackupId | None = None  # a known backup
    destination: DestinationId | None = None  # of its copies the one there; or with `name`
    name: str = ""  # of a file at the destination
    path: Path | None = None  # any file


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """Read this backup back to its end."""

    file: BackupFile
    password: str | None = field(default=None, repr=False)  # None: the kept one when needed


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """Copy this backup to that destination, and prove it there."""

    file: BackupFile
    destination: DestinationId
    password: str | None = field(default=None, repr=False)  # None: the kept one when needed


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """Compare what this backup holds of an administration with another, or with the books now."""

    code: Code
    one: BackupFile
    other: BackupFile | None = None  # None: the books as they are now
    passwords: tuple[str | None, str | None] = field(default=(None, None), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalvageRequest:
    """Save what can be saved from this damaged backup."""

    file: BackupFile
    place: Path  # the folder that is made for it
    password: str | None = field(default=None, repr=False)  # None: the kept one when needed


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildRequest:
    """Make the index of that destination again."""

    destination: DestinationId


class RestoreMode(StrEnum):
    """Where the books go (X07)."""

    NEW = "new"  # a new administration; nothing is overwritten
    ORIGINAL = "original"  # back into the administration with the same code
    OVER = "over"  # into another administration


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """Give these books back."""

    file: BackupFile
    code: Code  # which administration of the archive
    mode: RestoreMode
    password: str | None = field(default=None, repr=False)
    new_name: str = ""  # with NEW
    into: Path | None = None  # with NEW: the folder in which it comes
    over: Code | None = None  # with OVER: the administration that is replaced
    typed_name: str = ""  # with ORIGINAL and OVER: the typed control name (S4)
    parts: tuple[str, ...] | None = None  # None: everything
    wait_until_closed: bool = False  # with ORIGINAL and OVER
