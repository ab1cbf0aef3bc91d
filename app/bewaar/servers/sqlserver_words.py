"""The statements SQL Server is given, as text; each says all it does.

`COPY_ONLY` leaves the server's own chain of backups alone; `CHECKSUM` lets every page be checked
while it is written, and again by `VERIFYONLY`.
"""

from collections.abc import Iterator, Sequence

_LONGEST = 8000  # characters of counting at once: Windows takes no longer command than 32,767

DATABASES = (
    "SELECT name FROM sys.databases WHERE database_id > 4 AND HAS_DBACCESS(name) = 1 ORDER BY name"
)
VERSION = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))"
TABLES = (
    "SELECT s.name, t.name FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id "
    "WHERE t.is_ms_shipped = 0 ORDER BY s.name, t.name"
)
MARK = (
    "SELECT s.name, t.name, t.modify_date, i.rows, i.rowmodctr FROM sys.tables t "
    "JOIN sys.schemas s ON s.schema_id = t.schema_id "
    "JOIN sys.sysindexes i ON i.id = t.object_id WHERE t.is_ms_shipped = 0 "
    "ORDER BY s.name, t.name, i.indid"
)
FOLDERS = (
    "SELECT CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(260)), "
    "CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(260))"
)
SEES_ALL = "SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE')"


def name(text: str) -> str:
    """Return a name as a statement wants it."""
    return "[{}]".format(text.replace("]", "]]"))


def words(text: str) -> str:
    """Return a text as a statement wants it."""
    return "N'{}'".format(text.replace("'", "''"))


def exists(database: str) -> str:
    """Ask for the number of a database; NULL is none."""
    return f"SELECT DB_ID({words(database)})"


def size(database: str) -> str:
    """Ask how many bytes its files take."""
    pages = "SELECT SUM(CAST(size AS bigint)) * 8192 FROM sys.master_files"
    return f"{pages} WHERE {_of(database)}"


def sessions(database: str) -> str:
    """Ask who else is connected, and since when, in UTC."""
    since = "DATEADD(minute, DATEDIFF(minute, GETDATE(), GETUTCDATE()), login_time)"
    columns = "login_name, ISNULL(host_name, ''), ISNULL(program_name, '')"
    others = f"is_user_process = 1 AND session_id <> @@SPID AND {_of(database)}"
    asked = f"{columns}, CONVERT(char(19), {since}, 126)"
    return f"SELECT {asked} FROM sys.dm_exec_sessions WHERE {others} ORDER BY login_time"  # noqa: S608


def rows(tables: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Ask how many rows each table has, many tables in one statement."""
    together = ""
    for schema, table in tables:
        counted = (
            f"SELECT {words(schema)}, {words(table)}, COUNT_BIG(*) "  # noqa: S608 - quoted
            f"FROM {name(schema)}.{name(table)}"
        )
        if together and len(together) + len(counted) > _LONGEST:
            yield together
            together = ""
        together += f" UNION ALL {counted}" if together else counted
    if together:
        yield together


def back_up(database: str, file: str) -> str:
    """Write a database to a new file on the server's computer."""
    how = "COPY_ONLY, CHECKSUM, FORMAT, INIT, NAME = N'Bewaar'"
    return f"BACKUP DATABASE {name(database)} TO DISK = {words(file)} WITH {how}"


def verify(file: str) -> str:
    """Read such a file to its end, with all checksums."""
    return f"RESTORE VERIFYONLY FROM DISK = {words(file)} WITH CHECKSUM"


def files_in(file: str) -> str:
    """Ask which files a backup holds: logical name, physical name, D for rows or L for the log."""
    return f"RESTORE FILELISTONLY FROM DISK = {words(file)}"


def headers(file: str) -> str:
    """Ask what each backup in a file is, and which server made it."""
    return f"RESTORE HEADERONLY FROM DISK = {words(file)}"


def sees(path: str) -> str:
    """Ask whether the server sees a file; 1 or 0: a file, a folder, in a folder it sees."""
    return f"EXEC master.sys.xp_fileexist {words(path)}"


def check(database: str) -> str:
    """Read all of a database and see whether it is sound; silent when it is."""
    return f"DBCC CHECKDB ({words(database)}) WITH NO_INFOMSGS"


def restore(database: str, file: str, moves: Sequence[tuple[str, str]]) -> str:
    """Make a database of a backup, each of its files in a place of its own."""
    moved = ", ".join(f"MOVE {words(logical)} TO {words(to)}" for logical, to in moves)
    return (
        f"RESTORE DATABASE {name(database)} FROM DISK = {words(file)} "
        f"WITH {moved}, CHECKSUM, RECOVERY"
    )


def create(database: str) -> str:
    """Make an empty database."""
    return f"CREATE DATABASE {name(database)}"


def drop(database: str) -> str:
    """Remove a database."""
    return f"DROP DATABASE {name(database)}"


def rename(database: str, to: str) -> str:
    """Give a database another name."""
    return f"ALTER DATABASE {name(database)} MODIFY NAME = {name(to)}"


def _of(database: str) -> str:
    return f"database_id = DB_ID({words(database)})"
