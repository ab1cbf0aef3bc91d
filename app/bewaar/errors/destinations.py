"""Failures of a destination: gone, full, read-only, pulled out, not the right one."""

from bewaar.errors.base import Mendable


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


class DestinationSlow(Mendable):
    """It does not answer: a server that is off, or a disk that is failing."""

    code = "destination.slow"
    template = "{name} does not answer"


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
