"""What can be the matter with a database server, and with the databases on it."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

_UNTOUCHED = N_("Nothing was changed, and the backups you have are untouched.")
_NO_BACKUP = N_("No backup was made. Your books and the backups you have are untouched.")

SERVERS = {
    "server.away": Sentence3(
        N_("The database server %(server)s does not answer."),
        _UNTOUCHED,
        N_(
            "See whether that computer is on and this one is in its network. "
            "If it was moved, tell Bewaar its new address."
        ),
        N_("Try again"),
    ),
    "server.refused": Sentence3(
        N_("The database server %(server)s does not let %(user)s in."),
        _UNTOUCHED,
        N_(
            "Enter the user and the password again, or ask whoever looks after the server "
            "whether this user may come in from this computer."
        ),
        N_("Enter the password"),
    ),
    "server.password": Sentence3(
        N_("The database server %(server)s wants the password of %(user)s, and none is kept here."),
        _UNTOUCHED,
        N_("Enter the password once; this computer keeps it in its password store."),
        N_("Enter the password"),
    ),
    "server.rights": Sentence3(
        N_("The user %(user)s may not do that on the database server %(server)s: %(reason)s."),
        _UNTOUCHED,
        N_(
            "Ask whoever looks after the server to give this user the right, "
            "or let Bewaar use another one."
        ),
        N_("Try again"),
    ),
    "server.elsewhere": Sentence3(
        N_("SQL Server writes its backups on its own computer, and %(server)s is another one."),
        _UNTOUCHED,
        N_(
            "Name a folder that both computers see, or install Bewaar on the computer of the "
            "server and add the database there."
        ),
        N_("Try again"),
    ),
    "server.folder.here": Sentence3(
        N_("This computer cannot write in the folder %(folder)s."),
        _UNTOUCHED,
        N_("See whether the folder is there, and let this user read, write and delete in it."),
        N_("Try again"),
    ),
    "server.folder.unseen": Sentence3(
        N_("SQL Server on %(server)s sees no folder %(folder)s."),
        _UNTOUCHED,
        N_(
            "Name the folder as the computer of the server knows it, and let the account of the "
            "SQL Server service read and write in it. A drive letter of a network does not count "
            "there."
        ),
        N_("Try again"),
    ),
    "server.folder.two": Sentence3(
        N_("The folder %(there)s on %(server)s and the folder %(here)s here are not the same."),
        _UNTOUCHED,
        N_("Name one folder: as the server knows it, and as this computer knows it."),
        N_("Try again"),
    ),
    "server.folder.there": Sentence3(
        N_("SQL Server on %(server)s may not open files in the folder %(folder)s."),
        _UNTOUCHED,
        N_(
            "Let the account of the SQL Server service read and write in it, or name another "
            "folder that both see."
        ),
        N_("Try again"),
    ),
    "server.folder.unread": Sentence3(
        N_("This computer may not read or delete what SQL Server writes in the folder %(folder)s."),
        N_(
            "No backup was made, and your books are untouched. A file of Bewaar’s may have been "
            "left in that folder."
        ),
        N_("Let this user read and delete in the folder also what others put there."),
        N_("Try again"),
    ),
    "server.untrusted": Sentence3(
        N_("This computer does not trust the certificate of SQL Server on %(server)s."),
        _UNTOUCHED,
        N_(
            "Ask whoever looks after the server for a certificate that this computer trusts, "
            "or to have that of the server trusted here."
        ),
        N_("Try again"),
    ),
    "server.newer": Sentence3(
        N_("This backup was made by %(made)s, and %(server)s is older: %(now)s."),
        _UNTOUCHED,
        N_("Restore it onto a server of that version or a newer one."),
        N_("Choose another server"),
    ),
    "server.failed": Sentence3(
        N_("The database server %(server)s gave up: %(reason)s."),
        N_("What was there before is untouched, and so are the backups you have."),
        N_("Try again. If it happens again, show this to whoever looks after the server."),
        N_("Try again"),
    ),
    "server.none": Sentence3(
        N_("%(name)s is no database on a server."),
        N_("Nothing was changed."),
        N_("Books in a folder or a file need no sign-in."),
        N_("Show the administration"),
    ),
    "server.database": Sentence3(
        N_("There is no database %(database)s on the server %(server)s."),
        _UNTOUCHED,
        N_("If it was renamed, tell Bewaar its new name. If it is lost, restore the last backup."),
        N_("Show the backups"),
    ),
    "server.taken": Sentence3(
        N_("There is already a database %(database)s on the server %(server)s."),
        N_("It was not touched: nothing is ever overwritten so."),
        N_("Choose another name."),
        N_("Choose another name"),
    ),
    "server.inuse": Sentence3(
        N_("The user %(who)s is connected to the database %(database)s."),
        _UNTOUCHED,
        N_("Close the bookkeeping program everywhere, also its service on the server."),
        N_("Try again"),
    ),
    "server.unmovable": Sentence3(
        N_("The server cannot rename the database %(database)s, because of: %(what)s."),
        _UNTOUCHED,
        N_("Restore as a new administration, and tell the bookkeeping program its new name."),
        N_("Restore as new"),
    ),
    "server.tool": Sentence3(
        N_(
            "The program %(tool)s is not on this computer; without it no such database can be read."
        ),
        _UNTOUCHED,
        N_("Install the client programs of %(server)s, and try again."),
        N_("Try again"),
    ),
    "server.tool.old": Sentence3(
        N_(
            "The program %(tool)s on this computer is version %(version)s, "
            "which is too old for %(server)s."
        ),
        _UNTOUCHED,
        N_("Install newer client programs of the database, and try again."),
        N_("Try again"),
    ),
    "server.name": Sentence3(
        N_(
            "The program %(tool)s cannot copy the events of the database %(database)s: it stumbles "
            "over the quotes or backslashes in that name."
        ),
        _NO_BACKUP,
        N_("Ask whoever looks after the server to give the database a plainer name."),
        "",
    ),
    "server.dump.room": Sentence3(
        N_(
            "The copy of the database %(database)s takes at least about %(needed)s on the disk of "
            "this computer, and %(free)s are free."
        ),
        _NO_BACKUP,
        N_("Make room on the disk with %(folder)s, and try again."),
        N_("Try again"),
    ),
    "server.dump": Sentence3(
        N_("What the server wrote of the database %(database)s is not whole."),
        _NO_BACKUP,
        N_("Try again. If it happens again, show this to whoever looks after the server."),
        N_("Try again"),
    ),
}
