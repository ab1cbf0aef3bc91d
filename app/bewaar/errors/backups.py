"""Failures of a backup file: damaged, foreign, hostile, locked by a password."""

from bewaar.errors.base import Fault, Mendable


class BackupGone(Mendable):
    """The backup's file is no longer where it was."""

    code = "backup.gone"
    template = "{file} is not there"


class BackupUnknown(Mendable):
    """No backup has that id."""

    code = "backup.unknown"
    template = "no backup {id}"


class BackupThere(Mendable):
    """The destination holds this backup already."""

    code = "backup.there"
    template = "{name} holds {file} already"


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


class NothingSaved(Mendable):
    """A damaged backup in which no file is whole any more, or none can be reached."""

    code = "salvage.nothing"
    template = "nothing can be saved from {file}: {detail}"


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
