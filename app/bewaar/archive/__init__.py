"""The backup file: an ordinary zip with a manifest, or that zip inside an encrypted one.

README.md beside this file is the format specification. Everything read is checked before it is
believed; nothing here knows where backups lie or how books were copied.
"""

from bewaar.archive.info import SIDECAR_SUFFIX, Info, info_of
from bewaar.archive.manifest import (
    FORMAT,
    Item,
    Manifest,
    ManifestAdministration,
    ManifestFile,
    Written,
)
from bewaar.archive.passphrase import generate_passphrase, strength_bits
from bewaar.archive.reader import Archive, Verified, needs_password, open_archive
from bewaar.archive.salvage import Lost, Salvaged, Wreck, unlock_wreck
from bewaar.archive.writer import write

__all__ = [
    "FORMAT",
    "SIDECAR_SUFFIX",
    "Archive",
    "Info",
    "Item",
    "Lost",
    "Manifest",
    "ManifestAdministration",
    "ManifestFile",
    "Salvaged",
    "Verified",
    "Wreck",
    "Written",
    "generate_passphrase",
    "info_of",
    "needs_password",
    "open_archive",
    "strength_bits",
    "unlock_wreck",
    "write",
]
