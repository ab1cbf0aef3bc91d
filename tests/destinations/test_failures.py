"""What the system's errors are called at a destination."""

import errno
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.failures import ours
from bewaar.model import Destination, DestinationId, DestinationKind, Room

HERE = Destination(
    id=DestinationId("b" * 32), name="Blue", kind=DestinationKind.FOLDER, folder=Path("/media/blue")
)
ROOM = Room(free=100, total=1000, largest_file=500, file_system="vfat")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, errors.DestinationFull),
        (errno.EDQUOT, errors.DestinationFull),
        (errno.EFBIG, errors.FileTooLarge),
        (errno.EROFS, errors.DestinationReadOnly),
        (errno.EACCES, errors.DestinationReadOnly),
        (errno.ENODEV, errors.DestinationPulled),
        (errno.ENXIO, errors.DestinationPulled),
        (errno.ESTALE, errors.DestinationPulled),
        (errno.ENOTCONN, errors.DestinationPulled),
        (errno.EIO, errors.DestinationFault),
        (errno.EBADMSG, errors.DestinationFault),
        (errno.EEXIST, errors.NameTaken),
        (errno.ENOENT, errors.BackupGone),
        (errno.ENAMETOOLONG, errors.UnsafeName),
    ],
)
def test_every_error_of_the_system_has_one_meaning(
    code: int, expected: type[errors.BewaarError]
) -> None:
    error = ours(OSError(code, "text"), HERE, ROOM, file="a.zip", needed=700)
    assert type(error) is expected
    assert "?" not in str(error)


def test_a_full_disk_tells_what_it_has_and_what_is_needed() -> None:
    error = ours(OSError(errno.ENOSPC, "text"), HERE, ROOM, needed=700)
    assert (error.params["free"], error.params["needed"]) == (100, 700)


def test_free_bytes_that_explain_nothing_are_not_told() -> None:
    error = ours(OSError(errno.EDQUOT, "text"), HERE, ROOM, needed=50)
    assert error.params["free"] is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (112, errors.DestinationFull),
        (1167, errors.DestinationPulled),
        (19, errors.DestinationReadOnly),
        (23, errors.DestinationFault),
    ],
)
def test_what_windows_says_is_understood(number: int, expected: type[errors.BewaarError]) -> None:
    error = OSError(errno.EINVAL, "text")
    error.winerror = number  # type: ignore[attr-defined]
    assert type(ours(error, HERE, ROOM)) is expected
