"""Safe habits with files: write whole or not at all, hash, name, compare, measure, remove.

Every function answers plain values and raises plain `OSError`; what that means to a user is for
the room that called. Nothing here that removes or measures ever follows a link.
"""

import os
import re
import shutil
import stat
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import EEXIST, EINVAL, EMLINK, ENOSYS, ENOTDIR, ENOTEMPTY, ENOTSUP, ENOTTY, EPERM
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from bewaar.progress import SILENT, Progress

CHUNK = 1 << 20  # bytes read at a time
NO_LINKS = {EPERM, ENOTSUP, ENOSYS, EMLINK}  # what a file system without hard links answers
_SHORT = 240  # characters; Windows makes no folder of 248
NAME_BYTES = 200  # leaves room for endings below the 255 bytes of most file systems

_PAUSES = (0.05, 0.1, 0.2, 0.4) if sys.platform == "win32" else ()  # seconds


# ── Writing ─────────────────────────────────────────────────────────────────────────────────


def replace_atomically(path: Path, data: bytes) -> None:
    """Make `data` the content of `path`; a failure or a power cut leaves the old or the new one.

    Only this user may read the file afterwards. A link stays, and its target is replaced.
    """
    target = Path(os.path.realpath(path))
    handle, temporary = tempfile.mkstemp(prefix=".bewaar-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            sync(handle)
        patiently(lambda: Path(temporary).replace(target))
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    fsync_folder(target.parent)


def rename_new(source: Path, target: Path) -> None:
    """Rename a file or folder to a name that is free; raises FileExistsError, replaces nothing.

    Where there are no hard links, and for folders, the name is looked for first; a folder that
    comes to lie there in between is replaced only when it is empty.
    """
    if os.name != "nt" and not _is_real_folder(source):
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
        else:
            source.unlink()
            return
    if os.path.lexists(target):
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target))
    try:
        source.rename(target)
    except OSError as error:
        if error.errno in {ENOTEMPTY, ENOTDIR}:
            raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target)) from error
        raise


def sync(handle: int) -> None:
    """Bring an open file onto the medium; on macOS out of the drive's own memory too."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):  # network and some foreign file systems do not know it
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def fsync_folder(path: Path) -> None:
    """Bring a folder's names onto the medium; does nothing where the system cannot."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_folder(handle)
    finally:
        os.close(handle)


def sync_folder(handle: int) -> None:
    """Bring an open folder's names onto the medium; some file systems know no such thing."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {EINVAL, ENOTSUP, ENOTTY}:
            raise


def patiently(action: Callable[[], object]) -> None:
    """Do something that a virus scanner or the indexer may forbid for a moment, on Windows."""
    for pause in _PAUSES:
        try:
            action()
        except PermissionError:
            time.sleep(pause)
        else:
            return
    action()


# ── Hashing ─────────────────────────────────────────────────────────────────────────────────


def hash_file(path: Path, progress: Progress = SILENT) -> str:
    """Return the BLAKE3 of a file's content as 64 hexadecimal digits. Raises Cancelled too.

    Read, not mapped: a mapped file that is cut short while it is read kills the process.
    """
    with path.open("rb", buffering=0) as file:
        return hash_stream(file, progress)


def hash_stream(stream: RawIOBase | BinaryIO, progress: Progress = SILENT) -> str:
    """Return the BLAKE3 of the rest of a stream as 64 hexadecimal digits. Raises Cancelled too."""
    from blake3 import blake3  # loaded by those who hash

    digest = blake3()
    buffer = memoryview(bytearray(CHUNK))
    while count := stream.readinto(buffer):  # type: ignore[union-attr]
        digest.update(buffer[:count])
        progress.check()
    return digest.hexdigest()


# ── Names ───────────────────────────────────────────────────────────────────────────────────

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


def safe_name(text: str) -> str:
    """Return `text` as a name that a file can have on Windows, macOS and Linux alike.

    NFC, at most `NAME_BYTES` in UTF-8, never empty, never hidden. Safe names stay as they are;
    different texts may give the same name.
    """
    visible = "".join(map(_visible, unicodedata.normalize("NFC", text)))
    name = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", visible))
    name = " ".join(name.split()).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    name = name.encode()[:NAME_BYTES].decode(errors="ignore").rstrip(" .")
    return name or "_"


def _visible(character: str) -> str:
    """Drop what no one can see or write: controls, text direction marks, half surrogates."""
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs":
            return ""
        case _:
            return character


# ── Places ──────────────────────────────────────────────────────────────────────────────────


def inside(child: Path, parent: Path) -> bool:
    """Return whether `child` is `parent` or lies below it, through links and differences of case.

    Neither has to exist. Names that do not exist yet are compared without regard to case.
    """
    child, parent = _real(child), _real(parent)
    if os.path.lexists(parent):
        return any(_same(above, parent) for above in (child, *child.parents))
    base, start = nearest_existing(parent), nearest_existing(child)
    wanted, given = _folded(parent.relative_to(base)), _folded(child.relative_to(start))
    return _same(base, start) and given[: len(wanted)] == wanted


def overlap(a: Path, b: Path) -> bool:
    """Return whether one of two places lies inside the other, or both are the same."""
    return inside(a, b) or inside(b, a)


def nearest_existing(path: Path) -> Path:
    """Return `path`, or the nearest folder above it that exists."""
    path = path.absolute()
    return next((place for place in (path, *path.parents) if exists(place)), path)


def exists(path: Path) -> bool:
    """Return whether a path leads to something that can be seen.

    Unlike Path.exists it answers for names that are too long, and where we may not look.
    """
    return os.path.exists(path)  # noqa: PTH110


def longest_path() -> int:
    """Return how long a path may be: bytes, on Windows characters."""
    if sys.platform == "win32":
        return 32_766
    return os.pathconf("/", "PC_PATH_MAX") - 1  # it counts the end mark too


def reachable(path: Path, *, below: bool = False) -> Path:
    """Return a path so that Windows opens it however long it is; elsewhere as it is.

    There what is longer than some 250 characters counts as absent unless it begins like this.
    With `below`, all that lies below the path can be opened too.
    """
    short = 0 if below else _SHORT
    return Path(extended(str(path), short)) if sys.platform == "win32" else path


def openable(path: str) -> str:
    """Return a path as text like `reachable`, at no cost elsewhere."""
    return extended(path, _SHORT) if sys.platform == "win32" else path


def extended(path: str, short: int) -> str:
    """Return an absolute Windows path as it is written when it is not that short."""
    if len(path) < short or path.startswith("\\\\?\\"):
        return path
    return f"\\\\?\\UNC\\{path[2:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"


def same_device(a: Path, b: Path) -> bool:
    """Return whether a file can be renamed from one place to the other; neither has to exist."""
    return device_of(a) == device_of(b)


def device_of(path: Path) -> int:
    """Return the number of the disk on which `path` is or would come."""
    return nearest_existing(path).stat().st_dev


def free_space(path: Path) -> int | None:
    """Return the bytes this user may still write where `path` is or would come; None: unknown."""
    try:
        return shutil.disk_usage(nearest_existing(path)).free
    except OSError:
        return None


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # no file can be called that
        return path.absolute()


def _same(a: Path, b: Path) -> bool:
    try:
        if a.samefile(b):
            return True
        # Through FUSE one file has as many numbers as it has spellings.
        return _folded(a) == _folded(b) and _as_listed(a) == _as_listed(b)
    except OSError:
        return False


def _as_listed(path: Path) -> Path:
    """Return an existing path in the spelling its folders list."""
    if path == path.parent:
        return path
    names = [entry.name for entry in path.parent.iterdir()]
    alike = (name for name in names if _fold(name) == _fold(path.name))
    return _as_listed(path.parent) / (path.name if path.name in names else next(alike, path.name))


def _folded(path: Path) -> list[str]:
    return [_fold(part) for part in path.parts]


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


# ── Trees ───────────────────────────────────────────────────────────────────────────────────


def size_of_tree(path: Path) -> int:
    """Return the bytes of all files below `path`, or of the one file it is."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return status.st_size
    return sum(_sizes(path))


def _sizes(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_real_folder(entry):
                yield from _sizes(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # gone since the folder was read
                    yield entry.stat(follow_symlinks=False).st_size


def remove_tree(path: Path) -> None:
    """Remove a folder with all it holds, or a file or link; absent is fine.

    Read-only files and folders go too. Where a link points, nothing is touched.
    """
    if not os.path.lexists(path):
        return
    if not _is_real_folder(path):
        patiently(lambda: path.unlink(missing_ok=True))
        return
    path = reachable(path, below=True)
    try:
        shutil.rmtree(path)
    except OSError:
        _allow_removal(path)
        patiently(lambda: shutil.rmtree(path))


def _allow_removal(folder: Path) -> None:
    folder.chmod(stat.S_IRWXU)
    for inner in folder.iterdir():
        if _is_real_folder(inner):
            _allow_removal(inner)
        elif os.name == "nt" and not inner.is_symlink():
            # There the file's own read-only mark forbids removing it, elsewhere its folder's.
            inner.chmod(stat.S_IRWXU)


def _is_real_folder(path: Path | os.DirEntry[str]) -> bool:
    # A Windows junction says it is a folder, and no symbolic link.
    status = path.stat(follow_symlinks=False)
    junction = getattr(status, "st_reparse_tag", 0) == 0xA0000003
    return stat.S_ISDIR(status.st_mode) and not junction
