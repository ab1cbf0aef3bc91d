"""The manifest held against what the zip holds: nothing missing, nothing more."""

from dataclasses import dataclass

from bewaar.archive import names
from bewaar.archive.bounds import MOST_ADMINISTRATIONS, beyond, credible, fault_of_codes
from bewaar.archive.directory import Member
from bewaar.archive.manifest import Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.manifest_json import from_bytes
from bewaar.archive.members import contents
from bewaar.archive.records import AES
from bewaar.archive.sources import Source
from bewaar.model import Code

# What a manifest may have anyhow, for each member, and for each byte of a member's name: that
# stands in it up to three times, partly escaped.
_BYTES = 16 << 20, 640, 8
_VALUES = 400_000, 24, 3
_LONGEST_TRUE = 4 * names.LONGEST_PATH  # characters
_SIGNS = (b",", b"[", b"{")  # no value without one of these before or after it


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
    if member.size > _most(_BYTES, found, sum(map(len, found))):
        raise source.hostile("ratio", member.name)
    data = b"".join(contents(source, member))
    in_names = sum(name.count(sign.decode()) for name in found for sign in _SIGNS)
    if sum(map(data.count, _SIGNS)) > _most(_VALUES, found, in_names):
        raise source.hostile("ratio", member.name)
    return from_bytes(data, file=file)


def compare(source: Source, found: dict[str, Member], manifest: Manifest) -> tuple[Listed, ...]:
    """Return every file of the backup. Raises BackupDamaged, BackupHostile when they differ."""
    rest = dict(found)
    for name in (names.README, names.MANIFEST):
        _take(source, rest, name)
    listed: list[Listed] = []
    check_manifest(source, manifest)
    for inside in manifest.administrations:
        listed += [_listed(source, rest, inside, file) for file in inside.files]
        for folder in inside.folders:
            _take(source, rest, f"{inside.content.code}/{_stored(source, inside, folder)}/")
    if rest:
        raise source.hostile("unlisted", next(iter(rest)))
    return tuple(listed)


def check_manifest(source: Source, manifest: Manifest) -> None:
    """Refuse what no backup says of itself. Raises BackupDamaged, BackupHostile."""
    _check_administrations(source, manifest)
    for inside in manifest.administrations:
        _check_paths(source, inside)


def _listed(
    source: Source, rest: dict[str, Member], inside: ManifestAdministration, file: ManifestFile
) -> Listed:
    code = inside.content.code
    stored = _stored(source, inside, file.path)
    member = _take(source, rest, f"{code}/{stored}")
    if member.size != file.size:
        raise source.damaged("two sizes", file.path)
    return Listed(code=code, file=file, stored=stored, member=member)


def _stored(source: Source, inside: ManifestAdministration, path: str) -> str:
    """Return the name in the zip, which lies as deep as the true one."""
    stored = inside.renamed.get(path, path)
    if stored.count("/") != path.count("/"):
        raise source.hostile("folder", path)
    return stored


def _take(source: Source, rest: dict[str, Member], name: str) -> Member:
    """Return the member and strike it off; each is wanted once, and none has its own password."""
    member = rest.pop(name, None)
    if member is None:
        raise source.damaged("missing", name)
    if member.method == AES:
        raise source.damaged("method", name)
    return member


def _most(limits: tuple[int, int, int], found: dict[str, Member], in_names: int) -> int:
    """Return more than an honest manifest of these members has; each value takes memory."""
    anyhow, each, of_names = limits
    return anyhow + each * len(found) + of_names * in_names


def _check_administrations(source: Source, manifest: Manifest) -> None:
    if not 0 < len(manifest.administrations) <= MOST_ADMINISTRATIONS:
        raise source.damaged("number of administrations")
    if not credible(manifest.made_at):
        raise source.damaged("time")
    contents = [inside.content for inside in manifest.administrations]
    if found := fault_of_codes(content.code for content in contents):
        raise source.hostile(*found)
    if what := beyond(contents):
        raise source.damaged(what)
    for inside in manifest.administrations:
        if not inside.files:
            raise source.damaged("no files", inside.content.code)


def _check_paths(source: Source, inside: ManifestAdministration) -> None:
    """Refuse true paths that lead outside, come twice, or lie in a file instead of a folder."""
    files = [file.path for file in inside.files]
    paths = [*files, *inside.folders]
    for path in paths:
        if len(path) > _LONGEST_TRUE:
            raise source.hostile("long", path[:100])
        if not names.sound(path):
            raise source.hostile("outside", path)
    if len({*paths}) != len(paths):
        raise source.hostile("duplicate", inside.content.code)
    # What has its own name in the zip was looked at there.
    if inside.renamed and (inner := _file_as_folder(files, paths)):
        raise source.hostile("folder", inner)


def _file_as_folder(files: list[str], paths: list[str]) -> str:
    """Return a file that other paths lead through; "" = there is none."""
    numbers: dict[tuple[int, str], int] = {}  # a number for each folder: deep ones cost no more
    for path in paths:
        folder = 0
        for name in path.split("/")[:-1]:
            folder = numbers.setdefault((folder, name), len(numbers) + 1)
    for path in files:
        folder = 0
        for name in path.split("/"):
            folder = numbers.get((folder, name), -1)
        if folder > 0:
            return path
    return ""
