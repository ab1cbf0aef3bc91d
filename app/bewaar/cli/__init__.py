"""Bewaar's verbs for people with a terminal, for schedulers and for scripts.

A verb reads its words, calls the engine, and answers in sentences or, with `--json`, in one JSON
value. Passwords come from a hidden prompt or from the first line of standard input, never from
arguments or the environment. `bewaar_tray` adds the verbs that open windows.
"""

from bewaar.cli.copying import copy
from bewaar.cli.group import Verbs
from bewaar.cli.knowing import checklist, programs
from bewaar.cli.looking import history, list_, show, status
from bewaar.cli.peeking import compare, files, open_
from bewaar.cli.removing import remove
from bewaar.cli.restoring import restore, undo
from bewaar.cli.serving import databases, login, servers
from bewaar.cli.settingup import add, extra, find, vault
from bewaar.cli.storing import backup, rebuild, verify
from bewaar.cli.users import users
from bewaar.messages import N_

__all__ = ["cli"]

cli = Verbs(
    help=N_("Keep the books of small businesses safe: proven backups, and the way back."),
    commands=[
        find,
        add,
        extra,
        servers,
        databases,
        login,
        list_,
        status,
        users,
        backup,
        copy,
        history,
        show,
        files,
        open_,
        compare,
        verify,
        remove,
        restore,
        undo,
        checklist,
        vault,
        rebuild,
        programs,
    ],
)
