"""One folder seen from two sides: as SQL Server names it, and as this computer names it.

SQL Server writes and reads backups on its own computer only. Nothing of anybody's books is put
there before it is proven that both names mean one folder, and nothing of it stays there.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from blake3 import blake3

from bewaar.errors import (
    ServerFolderClosed,
    ServerFoldersDiffer,
    ServerFolderUnreadable,
    ServerFolderUnseen,
    ServerFolderUnwritable,
    ServerRights,
)
from bewaar.files import CHUNK, patiently
from bewaar.paths import unwritable
from bewaar.progress import SILENT, Progress
from bewaar.servers import sqlserver_words as words
from bewaar.servers.sqlserver_asking import Asking

MAGIC = b"TAPE"  # as SQL Server's backups begin
OURS = "bewaar-"  # every name we give there begins so
LEFT_OVER = 24 * 3600  # seconds after which nobody works with one of our files any more
SMALL = "model"  # a database that every server has, and that holds nothing of anybody's


def fresh() -> str:
    """Return a word that nobody else has."""
    return secrets.token_hex(16)


def beside(folder: str, name: str) -> str:
    """Return a name in a folder, as the server's computer writes it: Windows or Linux."""
    kind = PurePosixPath if folder.startswith("/") else PureWindowsPath
    return str(kind(folder) / name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A name in the folder that nobody has, as both sides write it."""

    here: Path
    there: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFolder:
    """The folder, and the server that sees it, too."""

    asking: Asking
    here: Path
    there: str
    fresh: Callable[[], str] = fresh

    def prove(self, *, both_ways: bool) -> None:
        """Prove that both names mean one folder; what was put there to prove it is gone again.

        A file of ours is looked for by the server. Where it tells nothing of files, or `both_ways`
        is wanted, it writes a backup of nothing that is looked for here. Raises
        ServerFolderUnwritable, ServerFolderUnseen, ServerFoldersDiffer, ServerFolderClosed,
        ServerFolderUnreadable, and what asking raises.
        """
        seen = self._sees_ours()
        if not seen or both_ways:
            self._try_writing(seen=seen)

    @contextmanager
    def lend(self, ending: str = ".bak") -> Iterator[Lent]:
        """Give a free name; what lies there at the end is removed. Raises ServerFolderUnreadable.

        What goes wrong in the block comes first.
        """
        name = f"{OURS}{self.fresh()}{ending}"
        lent = Lent(here=self.here / name, there=beside(self.there, name))
        try:
            yield lent
        except BaseException:
            with suppress(OSError):
                _remove(lent.here)
            raise
        try:
            _remove(lent.here)
        except OSError as error:
            raise self._unreadable(error) from error

    def take(self, lent: Lent, to: Path, progress: Progress = SILENT) -> str:
        """Copy what the server wrote, and return the BLAKE3 of what was read.

        Raises ServerFoldersDiffer, ServerFolderUnreadable, HomeFull, HomeUnwritable, Cancelled.
        """
        digest = blake3()
        try:
            with to.open("wb") as copy:
                for part in self._written(lent.here, progress):
                    copy.write(part)
                    digest.update(part)
        except OSError as error:
            raise unwritable(error, to.parent) from error
        return digest.hexdigest()

    def give(self, dump: Path, lent: Lent, progress: Progress = SILENT) -> None:
        """Copy a backup to where the server reads it. Raises ServerFolderUnwritable, Cancelled."""
        try:
            with dump.open("rb", buffering=0) as file, lent.here.open("xb") as copy:
                while part := file.read(CHUNK):
                    copy.write(part)
                    progress.check()
        except OSError as error:
            raise self._unwritable(error) from error

    # ── Proving ─────────────────────────────────────────────────────────────────────────────

    def _sees_ours(self) -> bool:
        """Return whether the server sees a file that is put there for it.

        False: it tells of nothing there, perhaps only because this user may not ask.
        """
        with self.lend(".mark") as mark:
            try:
                mark.here.touch(exist_ok=False)
                self._sweep(mark.here.stat().st_mtime)
            except OSError as error:
                raise self._unwritable(error) from error
            is_file, _, in_folder = self.asking.row(words.sees(mark.there), 3)
        if is_file != "1" and in_folder == "1":
            raise self._two()
        return is_file == "1"

    def _try_writing(self, *, seen: bool) -> None:
        """Let the server write a backup of nothing, and read it here."""
        with self.lend() as lent:
            try:
                self.asking.do(words.back_up(SMALL, lent.there), about=SMALL, folder=self.there)
            except ServerRights:
                if not seen:
                    raise self._unseen() from None
                return  # its first real backup shows the rest
            except ServerFolderClosed:
                if not seen:
                    raise self._unseen() from None
                raise
            self._expect_backup(lent.here)

    def _expect_backup(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                if opened.read(len(MAGIC)) == MAGIC:
                    return
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._unreadable(error) from error
        raise self._two()

    def _written(self, file: Path, progress: Progress) -> Iterator[bytes]:
        """Yield what the server wrote."""
        try:
            with file.open("rb", buffering=0) as opened:
                size, done = file.stat().st_size, 0
                while part := opened.read(CHUNK):
                    yield part
                    done += len(part)
                    progress.step(done, size, file.name)
                    progress.check()
        except FileNotFoundError as error:
            raise self._two() from error
        except OSError as error:
            raise self._unreadable(error) from error

    def _sweep(self, now: float) -> None:
        """Remove what runs that were cut off left there; `now` by the clock of the folder."""
        for file in self.here.glob(f"{OURS}{'[0-9a-f]' * 32}.*"):
            with suppress(OSError):
                if now - file.stat().st_mtime > LEFT_OVER:
                    file.unlink()

    # ── Failures ────────────────────────────────────────────────────────────────────────────

    def _two(self) -> ServerFoldersDiffer:
        server = self.asking.connection.server
        return ServerFoldersDiffer(server=server, here=str(self.here), there=self.there)

    def _unseen(self) -> ServerFolderUnseen:
        return ServerFolderUnseen(server=self.asking.connection.server, folder=self.there)

    def _unwritable(self, error: OSError) -> ServerFolderUnwritable:
        return ServerFolderUnwritable(folder=str(self.here), reason=_reason(error))

    def _unreadable(self, error: OSError) -> ServerFolderUnreadable:
        return ServerFolderUnreadable(folder=str(self.here), reason=_reason(error))


def _remove(file: Path) -> None:
    patiently(lambda: file.unlink(missing_ok=True))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
