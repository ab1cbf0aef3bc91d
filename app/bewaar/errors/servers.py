"""Failures of database servers: away, refusing, without the tools that are needed."""

from bewaar.errors.base import Mendable


class ServerAway(Mendable):
    """The server does not answer."""

    code = "server.away"
    template = "{server} does not answer: {reason}"


class ServerRefused(Mendable):
    """The server does not let this user in: a wrong name or password, or not from here."""

    code = "server.refused"
    template = "{server} refuses {user}: {reason}"


class ServerPasswordNeeded(Mendable):
    """The server wants a password, and none is kept."""

    code = "server.password"
    template = "{server} wants the password of {user}"


class ServerRights(Mendable):
    """The user may not do what is needed."""

    code = "server.rights"
    template = "{user} may not: {reason}"


class ServerFailed(Mendable):
    """The server, or its tool, gave up in the middle of something."""

    code = "server.failed"
    template = "{server} failed: {reason}"


class NotOnServer(Mendable):
    """The books are no database on a server."""

    code = "server.none"
    template = "{name} is no database on a server"


class DatabaseMissing(Mendable):
    """The server has no database of that name."""

    code = "server.database"
    template = "{server} has no database {database}"


class DatabaseTaken(Mendable):
    """There is a database of that name already."""

    code = "server.taken"
    template = "{server} has a database {database} already"


class DatabaseInUse(Mendable):
    """Somebody works in the database, so it cannot be renamed or removed."""

    code = "server.inuse"
    template = "{database} is in use by {who}"


class DatabaseUnmovable(Mendable):
    """The server cannot rename a database that holds such things."""

    code = "server.unmovable"
    template = "{database} holds what cannot be moved: {what}"


class ToolMissing(Mendable):
    """A tool of the server is not on this computer."""

    code = "server.tool"
    template = "{tool} is not here"


class ToolTooOld(Mendable):
    """The tool on this computer is older than the server, or than the dump."""

    code = "server.tool.old"
    template = "{tool} {version} is older than {server}"


class DumpIncomplete(Mendable):
    """A dump does not hold what the database held, so it is no backup."""

    code = "server.dump"
    template = "the dump of {database} is not whole: {detail}"


class ServerElsewhere(Mendable):
    """The server writes backups on its own computer only, and that is another one."""

    code = "server.elsewhere"
    template = "{server} writes its backups on another computer"
