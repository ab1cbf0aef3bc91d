"""Failures of a restore: something is in the way, open, or does not match."""

from bewaar.errors.base import Mendable


class TargetExists(Mendable):
    """Something already lies where the new administration should come."""

    code = "restore.exists"
    template = "{place} already exists"


class TargetInside(Mendable):
    """The restored books would become a part of other books."""

    code = "restore.inside"
    template = "{place} lies inside the books of {name}"


class TargetOpen(Mendable):
    """The administration that would be replaced is open in its program."""

    code = "restore.open"
    template = "{name} is open: {evidence}"


class TargetMoved(Mendable):
    """Somebody wrote to the books of which a part was being replaced."""

    code = "restore.moved"
    template = "{name} was written to meanwhile"


class PartUnknown(Mendable):
    """The backup holds no such part."""

    code = "restore.part"
    template = "{name} has no part {part}: {parts}"


class NoPartChosen(Mendable):
    """Only some parts are wanted, and none was named."""

    code = "restore.nothing"
    template = "no part of {name} was chosen"


class TargetFull(Mendable):
    """The target's disk has no room for the restored files."""

    code = "restore.full"
    template = "{place} has {free} bytes free, {needed} needed"


class TargetUnwritable(Mendable):
    """The target's folder cannot be written."""

    code = "restore.unwritable"
    template = "{place} cannot be written: {reason}"


class TargetUnfit(Mendable):
    """A database cannot take the place of files, nor files that of a database."""

    code = "restore.unfit"
    template = "{found} cannot go to {name}"


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


class ChecklistUnknown(Mendable):
    """No restore left that list of things to do."""

    code = "checklist.unknown"
    template = "no checklist {number}"


class RestoreInterrupted(Mendable):
    """An interrupted swap could not be finished or undone by itself; both trees are kept."""

    code = "restore.interrupted"
    template = "{place}: old in {old}, new in {new}"


class TargetTooDeep(Mendable):
    """Some of the books would lie so deep that the system cannot open them."""

    code = "restore.toodeep"
    template = "names below {place} would become longer than this computer can open"


class UnsafeName(Mendable):
    """A name in the backup cannot exist on this computer."""

    code = "restore.name"
    template = "{path} cannot be a file name here"
