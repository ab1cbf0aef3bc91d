"""Every failure a user can meet: one class per situation.

Each has a stable `code` that never changes and plain `params`; the sentences live in `messages`.
`Mendable` is what the user can do something about, `Fault` is ours. Operating system errors
become one of these at an adapter's edge.
"""

from typing import ClassVar

Value = str | int | float | bool | None


class BewaarError(Exception):
    """The base of all failures; `template` is English, for logs only."""

    code: ClassVar[str] = "fault"
    template: ClassVar[str] = "something went wrong"

    def __init__(self, **params: Value) -> None:
        """Keep the plain facts of what happened."""
        super().__init__()
        self.params: dict[str, Value] = params

    def __str__(self) -> str:
        """Return the English log line."""
        return self.template.format_map(_Lenient(self.params))


class _Lenient(dict[str, Value]):
    def __missing__(self, key: str) -> str:
        return "?"


class Mendable(BewaarError):
    """Something the user can mend."""

    code = "mendable"


class Fault(BewaarError):
    """Something that is our fault, or the computer's."""

    code = "fault"
    template = "unexpected: {kind}: {detail}"


class Cancelled(BewaarError):
    """The user asked to stop; nothing was left behind."""

    code = "cancelled"
    template = "cancelled"


# ── The administration ──────────────────────────────────────────────────────────────────────


class SourceGone(Mendable):
    """The administration's folder or file is not there."""

    code = "source.gone"
    template = "{place} is not there"


class SourceEmpty(Mendable):
    """The place holds nothing that belongs to an administration (S2)."""

    code = "source.empty"
    template = "{place} holds no files"


class SourceUnreadable(Mendable):
    """A file or folder of the administration cannot be read, so no backup can be whole."""

    code = "source.unreadable"
    template = "{path} cannot be read: {reason}"


class SourceBusy(Mendable):
    """The data kept changing, or stayed locked, so no consistent copy could be had."""

    code = "source.busy"
    template = "{place} kept changing: {path}"


class SourceShrunk(Mendable):
    """Far fewer files or records than in the last proven backup (S2)."""

    code = "source.shrunk"
    template = "{name} had {before} {unit}, now {now}"


class SourceDamaged(Mendable):
    """A database of the administration fails its own integrity check."""

    code = "source.damaged"
    template = "{path} is damaged: {detail}"


class PairBroken(Mendable):
    """One half of two files that belong together is missing (S10)."""

    code = "source.pair"
    template = "{path} needs {missing}"


class UnknownAdministration(Mendable):
    """No administration has that code."""

    code = "administration.unknown"
    template = "no administration {code}"


class AdministrationExists(Mendable):
    """That code or place is already one of the administrations."""

    code = "administration.exists"
    template = "{code} is already kept ({place})"


class ProgramUnknown(Mendable):
    """No profile has that id, or none fits the place."""

    code = "program.unknown"
    template = "no program {program}"


class NothingChosen(Mendable):
    """No administration was chosen, or none has changed."""

    code = "backup.nothing"
    template = "nothing to back up"


# ── The destination ─────────────────────────────────────────────────────────────────────────


class DestinationUnknown(Mendable):
    """No destination has that name or id."""

    code = "destination.unknown"
    template = "no destination {name}"


class DestinationMissing(Mendable):
    """The folder does not exist and may be made when the user says so."""

    code = "destination.missing"
    template = "{folder} does not exist"


class DestinationGone(Mendable):
    """A known destination is not there: unplugged, unmounted, moved."""

    code = "destination.gone"
    template = "{name} is not there ({folder})"


class DestinationOther(Mendable):
    """Something else is where the destination should be (S3)."""

    code = "destination.other"
    template = "{folder} is not {name}"


class DestinationPulled(Mendable):
    """The destination went away while it was written or read."""

    code = "destination.pulled"
    template = "{name} went away while in use"


class DestinationReadOnly(Mendable):
    """Nothing can be written there."""

    code = "destination.readonly"
    template = "{folder} cannot be written: {reason}"


class DestinationFull(Mendable):
    """There is not enough room, before or while writing."""

    code = "destination.full"
    template = "{name} has {free} bytes free, {needed} needed"


class FileTooLarge(Mendable):
    """The file system cannot hold one file that large (FAT32)."""

    code = "destination.filesize"
    template = "{name} ({file_system}) holds files up to {limit} bytes, {needed} needed"


class DestinationInside(Mendable):
    """The destination lies inside an administration, or the reverse (S11)."""

    code = "destination.inside"
    template = "{folder} and {place} lie inside each other"


class DestinationFault(Mendable):
    """The medium answered a read or a write with an error."""

    code = "destination.fault"
    template = "{name}: {reason}"


class DestinationBusy(Mendable):
    """Another Bewaar process is writing there."""

    code = "destination.busy"
    template = "{name} is in use by another Bewaar"


class NameTaken(Mendable):
    """A file of that name is already there; nothing was overwritten."""

    code = "destination.taken"
    template = "{file} is already there"


class DestinationExists(Mendable):
    """A destination of that name or folder is already set up."""

    code = "destination.exists"
    template = "{name} is already a destination"


# ── The backup file ─────────────────────────────────────────────────────────────────────────


class BackupGone(Mendable):
    """The backup's file is no longer where it was."""

    code = "backup.gone"
    template = "{file} is not there"


class BackupUnknown(Mendable):
    """No backup has that id."""

    code = "backup.unknown"
    template = "no backup {id}"


class NotABackup(Mendable):
    """The file is no Bewaar backup (perhaps another zip)."""

    code = "backup.foreign"
    template = "{file} is no Bewaar backup: {detail}"


class BackupNewer(Mendable):
    """The file was made by a newer Bewaar."""

    code = "backup.newer"
    template = "{file} has format {format}, this Bewaar reads up to {supported}"


class BackupDamaged(Mendable):
    """The file is not what was written: cut short, altered, unreadable."""

    code = "backup.damaged"
    template = "{file} is damaged: {detail}"


class BackupHostile(Mendable):
    """The file is built to do harm: names that point outside, bombs, overlaps."""

    code = "backup.hostile"
    template = "{file} is refused: {reason} {entry}"


class PasswordNeeded(Mendable):
    """The backup has a password and none was given."""

    code = "password.needed"
    template = "{file} needs a password"


class PasswordWrong(Mendable):
    """The password does not open the backup."""

    code = "password.wrong"
    template = "wrong password for {file}"


class PasswordOrDamage(Mendable):
    """The password does not open it, and nothing tells whether the file is whole."""

    code = "password.ordamage"
    template = "wrong password for {file}, or the file is damaged"


class PasswordEmpty(Mendable):
    """A password was asked for and an empty one was given."""

    code = "password.empty"
    template = "the password is empty"


class PasswordMismatch(Mendable):
    """The password and its confirmation differ."""

    code = "password.mismatch"
    template = "password and confirmation differ"


class KeyringUnavailable(Mendable):
    """The system's password store is not there or is locked."""

    code = "keyring.unavailable"
    template = "no password store: {reason}"


class ProofFailed(Fault):
    """What was read back is not what was written; the new file does not count."""

    code = "backup.unproven"
    template = "{file} was written but does not read back: {detail}"


class BackupLocked(Mendable):
    """A locked backup, or one of the last two proven ones, is not removed (S1)."""

    code = "backup.locked"
    template = "{file} is kept: {reason}"


# ── Restore ─────────────────────────────────────────────────────────────────────────────────


class TargetExists(Mendable):
    """Something already lies where the new administration should come."""

    code = "restore.exists"
    template = "{place} already exists"


class TargetOpen(Mendable):
    """The administration that would be replaced is open in its program."""

    code = "restore.open"
    template = "{name} is open: {evidence}"


class TargetFull(Mendable):
    """The target's disk has no room for the restored files."""

    code = "restore.full"
    template = "{place} has {free} bytes free, {needed} needed"


class TargetUnwritable(Mendable):
    """The target's folder cannot be written."""

    code = "restore.unwritable"
    template = "{place} cannot be written: {reason}"


class CodesDiffer(Mendable):
    """Back into the original is offered only when the codes match (X07)."""

    code = "restore.codes"
    template = "the backup holds {found}, not {code}"


class NameNotTyped(Mendable):
    """The typed name is not the administration's name (S4)."""

    code = "restore.typed"
    template = "{typed} is not {name}"


class NothingToUndo(Mendable):
    """No restore of that administration can be undone."""

    code = "undo.nothing"
    template = "no restore of {code} to undo"


class UndoBlocked(Mendable):
    """The books changed place or kind since the restore, so undo would lose something."""

    code = "undo.blocked"
    template = "undo of {code}: {reason}"


class RestoreInterrupted(Mendable):
    """An interrupted swap could not be finished or undone by itself; both trees are kept."""

    code = "restore.interrupted"
    template = "{place}: old in {old}, new in {new}"


class UnsafeName(Mendable):
    """A name in the backup cannot exist on this computer."""

    code = "restore.name"
    template = "{path} cannot be a file name here"


# ── Bewaar itself ───────────────────────────────────────────────────────────────────────────


class SettingsDamaged(Mendable):
    """The settings file cannot be read; it was left as it is."""

    code = "settings.damaged"
    template = "{file}: {detail}"


class CatalogueNewer(Mendable):
    """The catalogue was written by a newer Bewaar."""

    code = "catalogue.newer"
    template = "catalogue version {version}, this Bewaar knows {supported}"


class CatalogueDamaged(Mendable):
    """The catalogue cannot be read; it is set aside and can be rebuilt."""

    code = "catalogue.damaged"
    template = "{file}: {detail}"


class HomeFull(Mendable):
    """The disk with Bewaar's own files is full."""

    code = "home.full"
    template = "{folder} has no room: {needed} needed, {free} free"


class HomeUnwritable(Mendable):
    """Bewaar's own folder cannot be written."""

    code = "home.unwritable"
    template = "{folder} cannot be written: {reason}"


class InvalidValue(Mendable):
    """A value that was entered cannot be used."""

    code = "value.invalid"
    template = "{field}: {value}"


class JobUnknown(Mendable):
    """No job has that id."""

    code = "job.unknown"
    template = "no job {id}"


def all_errors() -> list[type[BewaarError]]:
    """Return every class a user can meet, so a test can ask each for its sentences."""
    found: list[type[BewaarError]] = []
    waiting: list[type[BewaarError]] = [BewaarError]
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return [cls for cls in found if cls is not Mendable]


def by_code(code: str, params: dict[str, Value]) -> BewaarError:
    """Return the error that a stored code and its parameters stand for."""
    for cls in all_errors():
        if cls.code == code:
            return cls(**params)
    return Fault(kind=code, detail=str(params))
