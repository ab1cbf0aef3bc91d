"""What Bewaar can do for each bookkeeping program, and what to do after a restore of its books."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import Check

if TYPE_CHECKING:
    from bewaar.programs import Ability

CHECKS = {
    "api": N_("Make the API link anew: get a new key on the web, and enter it at the partner."),
    "bank": N_("Link the bank again, and see whether its statements come in."),
    "bank.apply": N_("%(bank)s: apply for the link anew at the bank."),
    "bank.relink": N_("%(bank)s: link it again, that is enough."),
    "database": N_(
        "See that the database and the documents of %(program)s are of the same day: "
        "the one without the other is not all of the books."
    ),
    "documents": N_(
        "Open a document from within %(program)s: it may still look for it in the old place."
    ),
    "licence": N_("See whether the licence is still active; if not, activate it again."),
    "mailbox": N_("Set up the mailbox again."),
    "open": N_("Open the books in %(program)s and see whether the last booking is there."),
    "readback": N_("Read the file back in %(program)s: it still works with the books it has."),
    "reindex": N_("Let %(program)s build its indexes anew before anybody works in it."),
    "repair": N_("Let %(program)s check the books, with its own check or repair."),
    "rights": N_(
        "See who may use the books: the accountant, external and extra users. "
        "Their access may be blocked now."
    ),
}

UNTRIED = N_("Known from descriptions only; not yet tried with anything it made itself.")

LIMITS = {
    "documents.beside": N_(
        "Documents in a folder beside the database are kept once you add that folder."
    ),
    "documents.inside": N_(
        "Its documents lie inside its books and are kept with them; how many is unknown."
    ),
    "documents.none": N_("It keeps no documents of its own."),
    "documents.opaque": N_("Which documents its backups hold is unknown."),
    "documents.uncounted": N_("How many documents there are is unknown."),
    "drafts": N_("Drafts and cancelled bookings are counted with the others."),
    "encrypted": N_("Books that it encrypts are not recognised; chosen by hand they stay whole."),
    "hand": N_("You choose the folder or file yourself."),
    "lines": N_("Each line of a booking is counted as one."),
    "server.hand": N_("A database on a server is added by hand, with its address and a user."),
    "server.later": N_("Books on a database server: not yet."),
    "transfers.twice": N_("A transfer between two accounts counts as two bookings."),
    "untried": UNTRIED,
    "years.assumed": N_(
        "It is assumed that its fiscal years lie in folders called by their year. Where they do "
        "not, they come back only together; all of them are in the backup."
    ),
}

PARTS = {
    "documents": N_("Document copies can be left out, and restored alone."),
    "shared": N_("Layouts and other shared files can be restored alone."),
    "years": N_("Fiscal years can be restored one by one."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What Bewaar does for one program, a word or two for each column."""

    found: str
    while_open: str
    tells_open: str
    counted: str
    names: str
    more: tuple[str, ...]  # what comes back apart, and what it cannot; a sentence each
    untried: str  # the sentence that says so; "" for what was tried


def check(speech: Speech, check_: Check, program: str) -> str:
    """Return what is to be done; `program` is its name. An unknown code stands for itself."""
    sentence = speech.gettext(CHECKS.get(check_.code, check_.code))
    return sentence % {"program": program, "bank": check_.named}


def skill(speech: Speech, ability: "Ability") -> Skill:
    """Return what Bewaar does for a program."""
    return Skill(
        found=_found(speech, ability),
        while_open=_while_open(speech, ability),
        tells_open=_tells_open(speech, ability),
        counted=_counted(speech, ability),
        names=speech.gettext("yes") if ability.names else speech.gettext("no"),
        more=tuple(map(speech.gettext, _more(ability))),
        untried=speech.gettext(UNTRIED) if "untried" in ability.limits else "",
    )


def _more(ability: "Ability") -> Iterator[str]:
    yield from (PARTS[part] for part in ability.parts)
    yield from (LIMITS[code] for code in ability.limits if code != "untried")


def _found(speech: Speech, ability: "Ability") -> str:
    if not ability.found:
        return speech.gettext("by hand")
    return speech.gettext("yes") if ability.certain else speech.gettext("as a guess")


def _while_open(speech: Speech, ability: "Ability") -> str:
    if ability.keeps != "books":
        return "–"
    return speech.gettext("yes") if ability.while_open else speech.gettext("as last saved")


def _tells_open(speech: Speech, ability: "Ability") -> str:
    if ability.keeps != "books":
        return "–"
    seen = ability.tells_open or ability.while_open
    return speech.gettext("yes") if seen else speech.gettext("no")


def _counted(speech: Speech, ability: "Ability") -> str:
    if ability.bookings and ability.documents:
        return speech.gettext("bookings, documents")
    if ability.bookings:
        return speech.gettext("bookings")
    if ability.documents:
        return speech.gettext("rows, documents") if ability.rows else speech.gettext("documents")
    return speech.gettext("rows") if ability.rows else speech.gettext("no")
