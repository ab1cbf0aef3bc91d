"""The two ways in which the office asks for its holding back."""

from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office


def as_new(office: Office, file: BackupFile, password: str | None = None) -> RestoreRequest:
    """Ask for it as a new administration, in a folder that is there."""
    into = office.root / "into"
    into.mkdir(exist_ok=True)
    return RestoreRequest(
        file=file,
        code=office.holding.code,
        mode=RestoreMode.NEW,
        new_name="Terug",
        into=into,
        password=password,
    )


def in_place(office: Office, file: BackupFile, password: str | None = None) -> RestoreRequest:
    """Ask for it in place of the books that are there."""
    return RestoreRequest(
        file=file,
        code=office.holding.code,
        mode=RestoreMode.ORIGINAL,
        typed_name=office.holding.name,
        password=password,
    )
