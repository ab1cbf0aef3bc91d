"""What a job was asked to do, as text in the catalogue, so that a later start can take it up.

A typed password is never written: a job with one cannot be taken up.
"""

from bewaar.catalogue.records import dump, readable
from bewaar.model import JobKind
from bewaar.requests import (
    BackupRequest,
    CopyRequest,
    Protection,
    RebuildRequest,
    VerifyRequest,
)

# Restores are never begun unasked.
Request = BackupRequest | CopyRequest | VerifyRequest | RebuildRequest

_KINDS: dict[JobKind, type[Request]] = {
    JobKind.BACKUP: BackupRequest,
    JobKind.COPY: CopyRequest,
    JobKind.VERIFY: VerifyRequest,
    JobKind.REBUILD: RebuildRequest,
}


def written(request: Request | None) -> str | None:
    """Return a request as text; None when it must not be written."""
    if request is None or needs_typing(request):
        return None
    return dump(request)


def read(kind: JobKind, text: str) -> Request | None:
    """Return the request a job of that kind was given; None when it cannot be read."""
    return next(iter(readable(_KINDS[kind], [text])), None) if kind in _KINDS else None


def needs_typing(request: Request) -> bool:
    """Return whether only the user knows the password it needs."""
    match request:
        case BackupRequest(protection=protection, password=password):
            return protection is Protection.GIVEN or password is not None
        case CopyRequest(password=password) | VerifyRequest(password=password):
            return password is not None
        case RebuildRequest():
            return False
