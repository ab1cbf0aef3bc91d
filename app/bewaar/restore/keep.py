"""Keeping document copies that a backup left out, when its books replace an administration."""

import shutil

from bewaar.archive import ManifestAdministration
from bewaar.errors import TargetUnwritable
from bewaar.files import hash_file
from bewaar.kit import Kit
from bewaar.model import Administration
from bewaar.progress import Progress
from bewaar.restore.journal import Swap
from bewaar.storage.patterns import matches


def carry_over(
    found: ManifestAdministration,
    replaced: Administration,
    swap: Swap,
    kit: Kit,
    progress: Progress,
) -> None:
    """Copy today's documents into the restored folder when the backup was made without them."""
    patterns = kit.layout_of(replaced).documents
    if found.content.documents or found.content.single_file or not patterns:
        return
    for file in sorted(swap.place.rglob("*")):
        path = file.relative_to(swap.place).as_posix()
        target = swap.new / path
        if not file.is_file() or not matches(path, patterns) or target.exists():
            continue
        progress.check()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        except OSError as error:
            raise TargetUnwritable(place=str(target), reason=str(error)) from error
        if hash_file(file, progress) != hash_file(target, progress):
            raise TargetUnwritable(place=str(target), reason="copied differently")
