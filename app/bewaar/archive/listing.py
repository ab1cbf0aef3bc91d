"""The manifest held against what the zip holds: nothing missing, nothing more."""

from dataclasses import dataclass

from bewaar.archive import names
from bewaar.archive.directory import Member
from bewaar.archive.manifest import Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.manifest_json import from_bytes
from bewaar.archive.members import contents
from bewaar.archive.sources import Source
from bewaar.model import Code

_MANIFEST_BASE = 16 << 20  # bytes a manifest may have anyhow, and for each member
_MANIFEST_EACH = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file that the manifest and the zip both know."""

    code: Code
    file: ManifestFile
    stored: str  # its name in the zip, below the code
    member: Member


def read_manifest(source: Source, found: dict[str, Member], *, file: str) -> Manifest:
    """Read the manifest. Raises BackupNewer, BackupDamaged, BackupHostile."""
    member = found.get(names.MANIFEST)
    if member is None:
        raise source.damaged("no manifest")
    if member.size > _MANIFEST_BASE + _MANIFEST_EACH * len(found):
        raise source.hostile("ratio", member.name)
    return from_bytes(b"".join(contents(source, member)), file=file)


def compare(source: Source, found: dict[str, Member], manifest: Manifest) -> tuple[Listed, ...]:
    """Return every file of the backup. Raises BackupDamaged, BackupHostile when they differ."""
    rest = dict(found)
    for name in (names.README, names.MANIFEST):
        _take(source, rest, name)
    listed: list[Listed] = []
    for inside in manifest.administrations:
        _check_code(source, inside.content.code)
        _check_paths(source, inside)
        listed += [_listed(source, rest, inside, file) for file in inside.files]
        for folder in inside.folders:
            _take(source, rest, f"{inside.content.code}/{inside.renamed.get(folder, folder)}/")
    if rest:
        raise source.hostile("unlisted", next(iter(rest)))
    return tuple(listed)


def _listed(
    source: Source, rest: dict[str, Member], inside: ManifestAdministration, file: ManifestFile
) -> Listed:
    code = inside.content.code
    stored = inside.renamed.get(file.path, file.path)
    member = _take(source, rest, f"{code}/{stored}")
    if member.size != file.size:
        raise source.damaged("two sizes", file.path)
    return Listed(code=code, file=file, stored=stored, member=member)


def _take(source: Source, rest: dict[str, Member], name: str) -> Member:
    """Return the member and strike it off; each is wanted once."""
    try:
        return rest.pop(name)
    except KeyError:
        raise source.damaged("missing", name) from None


def _check_code(source: Source, code: Code) -> None:
    if reason := names.fault(code) or ("folder" if "/" in code else ""):
        raise source.hostile(reason, code)


def _check_paths(source: Source, inside: ManifestAdministration) -> None:
    paths = [*(file.path for file in inside.files), *inside.folders]
    for path in paths:
        if not names.sound(path):
            raise source.hostile("outside", path)
    if len(set(paths)) != len(paths):
        raise source.hostile("duplicate", inside.content.code)
