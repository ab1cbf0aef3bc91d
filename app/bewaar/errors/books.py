"""Failures of an administration: gone, unreadable, busy, far smaller than before."""

from bewaar.errors.base import Mendable


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


class SourceTooDeep(Mendable):
    """Folders lie so deep within one another that the system cannot open all of them."""

    code = "source.toodeep"
    template = "what lies deep below {path} cannot be opened"


class SourceBusy(Mendable):
    """The data kept changing, or stayed locked, so no consistent copy could be had."""

    code = "source.busy"
    template = "{place} kept changing: {path}"


class SourceOpen(Mendable):
    """A program still has the books open, and the backup was not to be made so (B06)."""

    code = "source.open"
    template = "{name} is still open"


class SourceShrunk(Mendable):
    """Far fewer files or records than in the last proven backup (S2)."""

    code = "source.shrunk"
    template = "{name} had {before} {unit}, now {now}"


class SourceDamaged(Mendable):
    """A database of the administration fails its own integrity check."""

    code = "source.damaged"
    template = "{path} is damaged: {detail}"


class VendorDamaged(SourceDamaged):
    """A backup that another program made is not what it should be, and there is no other."""

    code = "vendor.damaged"
    template = "{path} is damaged: {detail}"


class VaultUnfit(Mendable):
    """A program keeps its books there, not the backups it makes of them."""

    code = "vault.unfit"
    template = "{place} holds books of {program}"


class VaultStays(Mendable):
    """A folder of a program's own backups is never replaced: it holds more than one backup."""

    code = "vault.stays"
    template = "{place} holds backups that {name} made itself"


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


class ExtraInside(Mendable):
    """A folder cannot belong to the books too: it is in them, or they are in it."""

    code = "extra.inside"
    template = "{folder} and {place} of {name} overlap"


class NothingChosen(Mendable):
    """No administration was chosen, or none has changed."""

    code = "backup.nothing"
    template = "nothing to back up"
