"""A backup of SQL Server put back by the server: asked what it is, verified, loaded, checked.

All that could refuse it is asked before anything is changed: a backup of a newer server, one that
is damaged, one that holds something else than one whole database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bewaar.errors import DumpTooNew, InvalidValue, ServerFailed, SourceDamaged
from bewaar.files import safe_name
from bewaar.progress import SILENT, Progress
from bewaar.servers import sqlserver_words as words
from bewaar.servers.sqlserver_asking import NULL, Asking, numbers, release
from bewaar.servers.sqlserver_folder import beside

# Columns of RESTORE HEADERONLY, and what stands there.
_HEADER = 40  # that many at least
_KIND, _VENDOR, _MAJOR, _MINOR, _HAS_SUMS, _IS_DAMAGED = 2, 24, 25, 26, 38, 39
_WHOLE_DATABASE, _MICROSOFT = "1", "4608"
# Columns of RESTORE FILELISTONLY: logical name, physical name, D, L, S or F, …
_LISTED = 21
_TYPE = 2
_ROWS, _LOG, _FILES, _WORDS = "D", "L", "S", "F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A backup where the server can read it, and what is to be made of it."""

    asking: Asking
    file: str  # as the server writes it
    folder: str  # where that lies
    name: str  # as people know it

    def admit(self, version: str) -> None:
        """Refuse what is no whole database, or of a newer server than this `version`.

        Raises SourceDamaged, DumpTooNew, and what asking raises.
        """
        found = self._told(words.headers(self.file), _HEADER)
        now = numbers(version)
        if now is None or any(row[_VENDOR] != _MICROSOFT for row in found):
            raise ServerFailed(server=self.asking.connection.server, reason="an unknown version")
        kinds = [(row[_KIND], row[_HAS_SUMS], row[_IS_DAMAGED]) for row in found]
        if kinds != [(_WHOLE_DATABASE, "1", "0")]:
            raise SourceDamaged(path=self.name, detail="not one whole database with its checksums")
        made = int(found[0][_MAJOR]), int(found[0][_MINOR])
        if made > now:
            server = self.asking.connection.server
            raise DumpTooNew(made=release(made), server=server, now=release(now))

    def moves(self, database: str, mark: str) -> list[tuple[str, str]]:
        """Return for each of its files what the new one is called; nobody has such a name."""
        files = self._told(words.files_in(self.file), _LISTED)
        kinds = [row[_TYPE] for row in files]
        if not {*kinds} <= {_ROWS, _LOG, _FILES, _WORDS} or len({*map(len, files)}) > 1:
            raise ServerFailed(
                server=self.asking.connection.server, reason="an answer of another shape"
            )
        if _ROWS not in kinds or _LOG not in kinds:
            raise SourceDamaged(path=self.name, detail="not all of its files")
        data, log = self._folders()
        endings = {_LOG: ".ldf", _ROWS: ".ndf"}
        return [
            (
                row[0],
                beside(
                    log if row[_TYPE] == _LOG else data,
                    f"{safe_name(database)}_{mark}_{n}"
                    f"{'.mdf' if n == kinds.index(_ROWS) + 1 else endings.get(row[_TYPE], '')}",
                ),
            )
            for n, row in enumerate(files, start=1)
        ]

    def verify(self, progress: Progress = SILENT) -> None:
        """Let the server read all of it, with all checksums. Raises SourceDamaged, Cancelled."""
        self.asking.do(words.verify(self.file), progress, about=self.name, folder=self.folder)

    def put(
        self, database: str, moves: Sequence[tuple[str, str]], progress: Progress = SILENT
    ) -> None:
        """Make a database of it, and let the server read all of that, too."""
        statement = words.restore(database, self.file, moves)
        self.asking.do(statement, progress, about=database, folder=self.folder)
        self.asking.do(words.check(database), progress, about=self.name)

    def _told(self, statement: str, columns: int) -> Sequence[tuple[str, ...]]:
        return self.asking.rows(statement, columns, about=self.name, folder=self.folder, more=True)

    def _folders(self) -> tuple[str, str]:
        """Return where rows and log go: where somebody said, or where the server puts new ones."""
        chosen = self.asking.connection.data_folder
        data, log = (chosen, chosen) if chosen else self.asking.row(words.FOLDERS, 2)
        if NULL in {data, log}:
            raise InvalidValue(field="data_folder", value="")
        return data, log
