"""Which backup an address means; a password never stands in one."""

from flask import request

from bewaar.model import BackupId, DestinationId
from bewaar.requests import BackupFile
from bewaar_web import forms

FILE_FIELDS = ("backup", "destination", "name", "path")


def backup_file() -> BackupFile:
    """Return the backup that is meant."""
    return BackupFile(
        backup=BackupId(forms.word("backup")) if forms.word("backup") else None,
        destination=DestinationId(forms.word("destination")) if forms.word("destination") else None,
        name=forms.word("name"),
        path=forms.place("path") if forms.word("path") else None,
    )


def file_trail() -> dict[str, str]:
    """Return the same for the address of another page."""
    return {name: request.values[name] for name in FILE_FIELDS if request.values.get(name)}
