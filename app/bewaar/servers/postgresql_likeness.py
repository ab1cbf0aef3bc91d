"""Making a PostgreSQL database like another: owner, sort order, rights and settings of its own.

A dump holds none of these: they belong to the database, not to what is in it. A program whose
login no longer owns its database, or may no longer connect, stands before a locked door.
"""

from typing import TYPE_CHECKING, Any, LiteralString

from bewaar.servers.postgresql_asking import one

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

_SORTED: LiteralString = """
    SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype
    FROM pg_database WHERE datname = %s
"""
_RIGHTS: LiteralString = """
    SELECT a.grantee = 0, CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
        a.privilege_type, a.is_grantable
    FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s
"""
_SETTINGS: LiteralString = """
    SELECT s.setrole = 0, CASE WHEN s.setrole = 0 THEN '' ELSE pg_get_userbyid(s.setrole) END,
        split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
    WHERE d.datname = %s
"""
_OWN_RIGHTS: LiteralString = "SELECT datacl IS NOT NULL FROM pg_database WHERE datname = %s"


def choices(connected: "psycopg.Connection[Any]", like: str) -> "sql.Composable":
    """Return the options of a new database that is to be like an existing one."""
    from psycopg import sql

    row = connected.execute(_SORTED, [like]).fetchone()
    if row is None:
        return sql.SQL("")
    owner, encoding, collation, characters = row
    return sql.SQL(" OWNER {} ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
        sql.Identifier(owner),
        sql.Literal(encoding),
        sql.Literal(collation),
        sql.Literal(characters),
    )


def take_over(connected: "psycopg.Connection[Any]", database: str, like: str) -> None:
    """Give a database the rights and settings of another, all or none."""
    with connected.transaction():
        _take_rights(connected, database, like)
        _take_settings(connected, database, like)


def _take_rights(connected: "psycopg.Connection[Any]", database: str, like: str) -> None:
    from psycopg import sql

    if not one(connected, _OWN_RIGHTS, like):
        return
    name = sql.Identifier(database)
    connected.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for everybody, role, right, passed_on in connected.execute(_RIGHTS, [like]).fetchall():
        grant = sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
            sql.SQL(right),
            name,
            sql.SQL("PUBLIC") if everybody else sql.Identifier(role),
            sql.SQL(" WITH GRANT OPTION" if passed_on else ""),
        )
        connected.execute(grant)


def _take_settings(connected: "psycopg.Connection[Any]", database: str, like: str) -> None:
    """Copy settings by way of this session: some are lists, which only the server can quote."""
    from psycopg import sql

    name = sql.Identifier(database)
    for everybody, role, setting, value in connected.execute(_SETTINGS, [like]).fetchall():
        connected.execute("SELECT set_config(%s, %s, true)", [setting, value])
        whose = sql.SQL("DATABASE {}").format(name)
        if not everybody:
            whose = sql.SQL("ROLE {} IN DATABASE {}").format(sql.Identifier(role), name)
        change = sql.SQL("ALTER {} SET {} FROM CURRENT").format(whose, sql.Identifier(setting))
        connected.execute(change)
