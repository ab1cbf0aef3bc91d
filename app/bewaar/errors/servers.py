"""Failures of database servers: away, refusing, without the tools that are needed."""

from bewaar.errors.base import Mendable
from bewaar.errors.itself import HomeFull


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


class DatabaseNameUnfit(Mendable):
    """The server's own tool does not find a database of that name, though it is there."""

    code = "server.name"
    template = "{tool} does not find {database}"


class DumpHasNoRoom(HomeFull):
    """A dump would not fit on the disk with Bewaar's own files; none was begun."""

    code = "server.dump.room"
    template = "{folder} has no room for {database}: {needed} needed, {free} free"


class ServerElsewhere(Mendable):
    """The server writes backups on its own computer only, and that is another one."""

    code = "server.elsewhere"
    template = "{server} writes its backups on another computer"


class ServerFolderUnwritable(Mendable):
    """The folder shared with a server cannot be written in from here."""

    code = "server.folder.here"
    template = "cannot write in {folder}: {reason}"


class ServerFolderUnseen(Mendable):
    """The server does not see a folder that somebody named."""

    code = "server.folder.unseen"
    template = "{server} sees no folder {folder}"


class ServerFoldersDiffer(Mendable):
    """What the server and this computer were told is one folder are two."""

    code = "server.folder.two"
    template = "{there} on {server} is another folder than {here}"


class ServerFolderClosed(Mendable):
    """The server may not open files in a folder."""

    code = "server.folder.there"
    template = "{server} cannot open files in {folder}: {reason}"


class ServerFolderUnreadable(Mendable):
    """What a server wrote for us cannot be read or removed from here."""

    code = "server.folder.unread"
    template = "cannot take what the server wrote from {folder}: {reason}"


class DumpTooNew(Mendable):
    """A dump was made by a newer server than the one it is to be loaded into."""

    code = "server.newer"
    template = "made by {made}, and {server} is {now}"


class ServerUntrusted(Mendable):
    """The certificate of the server is not trusted on this computer."""

    code = "server.untrusted"
    template = "the certificate of {server} is not trusted: {reason}"
