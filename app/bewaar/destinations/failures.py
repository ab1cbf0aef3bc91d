"""What an operating system's error means at a destination: decided here and nowhere else."""

import errno

from bewaar import errors
from bewaar.model import Destination, Room

# From winerror.h; Python's own translation of these says EINVAL or EACCES.
_WINDOWS = {
    19: errno.EROFS,  # WRITE_PROTECT
    21: errno.ENODEV,  # NOT_READY
    23: errno.EIO,  # CRC
    39: errno.ENOSPC,  # HANDLE_DISK_FULL
    53: errno.ENODEV,  # BAD_NETPATH
    55: errno.ENODEV,  # DEV_NOT_EXIST
    59: errno.ENODEV,  # UNEXP_NET_ERR
    64: errno.ENODEV,  # NETNAME_DELETED
    112: errno.ENOSPC,  # DISK_FULL
    123: errno.EILSEQ,  # INVALID_NAME
    206: errno.ENAMETOOLONG,  # FILENAME_EXCED_RANGE
    223: errno.EFBIG,  # FILE_TOO_LARGE
    433: errno.ENODEV,  # NO_SUCH_DEVICE
    1167: errno.ENODEV,  # DEVICE_NOT_CONNECTED
}


_OF_FILE = {
    errno.EEXIST: errors.NameTaken,
    errno.ENOENT: errors.BackupGone,
    errno.ELOOP: errors.BackupGone,  # a link is none of ours
}
_OF_PLACE = {
    errno.EROFS: errors.DestinationReadOnly,
    errno.EACCES: errors.DestinationReadOnly,
    errno.EPERM: errors.DestinationReadOnly,
    errno.ENODEV: errors.DestinationPulled,
    errno.ENXIO: errors.DestinationPulled,
    errno.ESTALE: errors.DestinationPulled,
    errno.ENOTCONN: errors.DestinationPulled,
}
_UNKNOWN = Room(free=None, total=None, largest_file=None)


def ours(
    error: OSError,
    destination: Destination,
    room: Room = _UNKNOWN,
    *,
    file: str = "",
    needed: int = 0,
) -> errors.BewaarError:
    """Return our error for the system's, met while `file` grew to `needed` bytes."""
    name, folder = destination.name, str(destination.folder)
    code = _WINDOWS.get(getattr(error, "winerror", 0), error.errno) or errno.EIO
    if code in {errno.ENOSPC, errno.EDQUOT}:
        # A quota or a full list of names: then the free bytes explain nothing.
        free = room.free if room.free is not None and room.free < needed else None
        return errors.DestinationFull(name=name, folder=folder, free=free, needed=needed)
    if code == errno.EFBIG:
        return errors.FileTooLarge(
            name=name,
            folder=folder,
            file_system=room.file_system,
            limit=room.largest_file,
            needed=needed,
        )
    if code in {errno.ENAMETOOLONG, errno.EILSEQ}:
        return errors.UnsafeName(path=file)
    if code in _OF_FILE:
        return _OF_FILE[code](file=file, name=name, folder=folder)
    reason = error.strerror or type(error).__name__
    return _OF_PLACE.get(code, errors.DestinationFault)(name=name, folder=folder, reason=reason)
