"""The names by which things are known, each of its own type, and two that are fixed."""

from typing import NewType

Code = NewType("Code", str)  # an administration's code: unique here, fit for a file name
BackupId = NewType("BackupId", str)  # 32 hexadecimal digits, the same wherever the file goes
DestinationId = NewType("DestinationId", str)  # 32 hexadecimal digits, also in its id file
JobId = NewType("JobId", str)  # 32 hexadecimal digits
Account = NewType("Account", str)  # a login on a server: "server:postgresql:anna@localhost:5432"

VENDOR = "vendor"  # kind of storage: backups that a program makes itself
SAFETY = DestinationId("5afe" * 8)  # Bewaar's own folder, for copies made before a restore
