"""Databases of things a dump could stumble over, and which tools make dumps."""

from pathlib import Path

from bewaar.servers.connection import ServerKind
from bewaar.servers.kinds import SUFFIXES
from tests.servers import Server

POSTGRESQL = ServerKind.POSTGRESQL
DUMPERS = {POSTGRESQL: "pg_dump", ServerKind.MARIADB: "mariadb-dump"}

_ODD_PG = (
    'CREATE SCHEMA "s.1 ü"',
    (
        'CREATE TABLE "s.1 ü"."t""é\nx" (a int PRIMARY KEY, b text,'
        " g int GENERATED ALWAYS AS (a * 2) STORED)"
    ),
    'INSERT INTO "s.1 ü"."t""é\nx" SELECT i, E\'tab\\tline\\n\\\\.\' FROM generate_series(1, 5) i',
    "CREATE TABLE none ()",
    "INSERT INTO none DEFAULT VALUES",
    "CREATE TABLE empty (a int)",
    "CREATE TABLE parted (a int) PARTITION BY LIST (a)",
    "CREATE TABLE part1 PARTITION OF parted FOR VALUES IN (1)",
    "INSERT INTO parted VALUES (1), (1)",
    (
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\nSELECT '\n"
        "-- Data for Name\nCOPY public.part1 (a) FROM stdin;\n1\n\\.\n'\n$$"
    ),
    "SELECT lo_from_bytea(4711, '\\xdeadbeef')",
    "CREATE VIEW v AS SELECT * FROM parted",
)
_ODD_PG_ROWS = {
    '"s.1 ü"."t""é\nx"': 5,
    "public.none": 1,
    "public.empty": 0,
    "public.part1": 2,
}
_ODD_MARIADB = (
    (
        "CREATE TABLE `t``é\nx` (a int PRIMARY KEY, b text, c blob, g int AS (a * 2) STORED,"
        " v int AS (a + 1) VIRTUAL)"
    ),
    (
        "INSERT INTO `t``é\nx` (a, b, c) VALUES (1, 'a\n);\n(b', NULL), (2, '''\\\\', 0x0027FF),"
        " (3, '😀 (x), (y);', NULL)"
    ),
    "CREATE TABLE empty (a int)",
    "CREATE TABLE hidden (a int INVISIBLE DEFAULT 3, b int)",
    "INSERT INTO hidden (b) VALUES (1), (2)",
    "CREATE TABLE past (x int) WITH SYSTEM VERSIONING",
    "INSERT INTO past VALUES (1)",
    "UPDATE past SET x = 2",
    "CREATE SEQUENCE numbers",
    "CREATE VIEW v AS SELECT * FROM hidden",
    (
        "CREATE TRIGGER tr BEFORE INSERT ON empty FOR EACH ROW BEGIN\n DECLARE x int;\n"
        "INSERT INTO `hidden` VALUES (7, 7);\nEND"
    ),
    "CREATE PROCEDURE pr() BEGIN\nINSERT INTO `hidden` VALUES\n(7, 7);\nEND",
)
_ODD_MARIADB_ROWS = {"t`é\nx": 3, "empty": 0, "hidden": 2, "past": 2}


def odd(server: Server) -> tuple[str, dict[str, int]]:
    """Make a database of things a dump could stumble over."""
    statements, rows = _ODD_MARIADB, _ODD_MARIADB_ROWS
    if server.kind is POSTGRESQL:
        statements, rows = _ODD_PG, _ODD_PG_ROWS
    database = server.new_database()
    server.do(database, *statements)
    return database, rows


def dump_file(server: Server, folder: Path) -> Path:
    return folder / f"dump{SUFFIXES[server.kind]}"
