"""A profile: what Bewaar knows of one bookkeeping program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bewaar.model import Layout


class Unit(StrEnum):
    """What is one administration of a program."""

    FILE = "file"
    FOLDER = "folder"
    DATABASE = "database"  # on a server


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to recognise an administration; all that is said must hold.

    Patterns are of names, not of paths; one that ends in `/` is of a folder.
    """

    unit: Unit
    names: tuple[str, ...] = ()  # of the file or folder itself; one of them
    never: tuple[str, ...] = ()  # names the program gives to its own backups and logs
    tables: tuple[str, ...] = ()  # a SQLite database with all of these; on a server patterns
    text: str = ""  # stands in the first 4 KiB, which may be compressed
    holds: tuple[str, ...] = ()  # in the folder lies something for each of these
    only: tuple[str, ...] = ()  # and no file that is none of these
    named: bool = False  # its name must fit, also where its content tells: others look the same
    sure: bool = True  # False: other programs make such files too

    @property
    def weight(self) -> tuple[bool, bool, int]:
        """How much is known when it holds: the weightiest rule wins."""
        return self.sure, bool(self.tables or self.text), len(self.tables) + len(self.holds)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What gives the books away."""
        return self.tables or ((self.text,) if self.text else self.holds or self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Where the books say whose they are; the file's or folder's own name is used without."""

    sql: str = ""  # a question to a SQLite book
    text: str = ""  # a regular expression with one group, for the first 64 KiB
    files: str = ""  # a regular expression with one group, for the names of files


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Where the books say of which version they are; unknown without.

    The number is the program's own, or that of its way of writing: only ever compared with another
    of the same program.
    """

    sql: str = ""  # a question to a SQLite book
    text: str = ""  # a regular expression with one group, for the first 64 KiB
    byte: str = ""  # the same, its group one character whose number is the version
    files: str = ""  # a regular expression with one group, for the names of files; the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Files that today's program cannot read back."""

    names: tuple[str, ...]
    instead: tuple[str, ...] = ()  # what it can take in their place
    code: str  # of the sentence that says so


class Keeps(StrEnum):
    """What of a program Bewaar keeps."""

    BOOKS = "books"  # the books it works with
    BACKUPS = "backups"  # the backups it makes itself
    FILES = "files"  # what lies beside its database


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A bookkeeping program."""

    id: str  # "gnucash": the name of its file
    name: str  # as its makers write it
    storages: tuple[str, ...]  # kinds its books may have, the best first
    rules: tuple[Rule, ...] = ()  # none: it is only chosen by hand
    general: bool = False  # no program: for what none knows
    keeps: Keeps = Keeps.BOOKS
    folders: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # "windows" → where to look
    layout: Layout = field(default_factory=Layout)
    naming: Naming = field(default_factory=Naming)
    version: Release = field(default_factory=Release)
    gates: tuple[Gate, ...] = ()
    caveats: tuple[str, ...] = ()  # codes of what to know before a backup or restore
    limits: tuple[str, ...] = ()  # codes of what Bewaar cannot do for it
    checklist: tuple[str, ...] = ()  # what to do after a restore: "bank.apply: ING"
    row_by_row: bool = False  # while it is open, a database of it can hold half a booking
    refers: str = ""  # how its books name files that lie elsewhere, see `references`
    own: bool = False  # the user's, not one that comes with Bewaar
