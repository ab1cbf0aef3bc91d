"""What jobs tell along the way, one line each."""

from bewaar.messages import counts, profiles, salvages, vaults
from bewaar.messages.failures import Facts
from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import Note

NOTES = {
    **counts.NOTES,
    "backup.proven": N_("%(name)s is safely stored and proven: %(file)s, %(size)s."),
    "backup.unchanged": N_("%(name)s has not changed since its last proven backup."),
    "backup.failed": N_("%(name)s could not be backed up."),
    "copy.placed": N_("%(file)s, %(size)s, lies at %(name)s now, too."),
    "backup.open": N_(
        "%(name)s was open in its program. What was not saved there yet is not in this backup. "
        "To have that too, close the program and make another one."
    ),
    "backup.open/sound": N_(
        "%(name)s was open in its program. Its database was copied as it was at one instant, and "
        "that copy is sound."
    ),
    "backup.open/rows": N_(
        "%(name)s was open in its program, which writes a booking in several steps: this backup "
        "may hold half of one. Close the program and make another backup."
    ),
    "counts.declared": N_(
        "%(path)s says it holds %(told)s, but %(found)s are there. Let its program check it."
    ),
    "counts.dropped": N_(
        "%(name)s holds fewer transactions than its last proven backup: %(now)s instead of "
        "%(before)s. If nobody removed any, find out why; that backup still holds them."
    ),
    "counts.incomplete": N_("%(path)s needs %(missing)s, which is not there."),
    "counts.unbalanced": N_(
        "Transactions in %(path)s whose debit and credit differ: %(n)s. They were so in the books "
        "already. Look them up in the program, and correct them there."
    ),
    "counts.unbalanced/open": N_(
        "Transactions in %(path)s whose debit and credit differ: %(n)s. The books were open, so "
        "it may be a booking of which only half was written yet. Close the program and make "
        "another backup; what is still off then is to be corrected in the program."
    ),
    "counts.voucher": N_("“%(voucher)s” of %(day)s is off by %(off)s."),
    "counts.voucher.undated": N_("“%(voucher)s”, without a date, is off by %(off)s."),
    "database.damaged": N_(
        "%(path)s breaks off: not all is there that it says it holds. It was so on the disk "
        "already, and is kept as it is. Let its program check it."
    ),
    "database.references": N_(
        "Entries in %(path)s refer to others that are not there. Let its program check it."
    ),
    "database.unchecked": N_("%(path)s is copied whole, but could not be checked as a database."),
    "destination.samedisk": N_(
        "%(name)s is on the disk of this computer: if that breaks, both are lost. "
        "Keep a second backup on a stick or elsewhere."
    ),
    "drive.unpluggable": N_("You may unplug %(name)s."),
    "file.maps": N_("%(path)s will be called %(as_)s."),
    "file.mapped": N_("%(path)s is called %(as_)s here."),
    "gate.ssb": N_(
        "%(file)s is from SnelStart 11 or older: version 12 cannot restore it. Find the .mdb file "
        "of that time and add it there, as an existing administration."
    ),
    "gate.ssb.instead": N_(
        "%(file)s is from SnelStart 11 or older: version 12 cannot restore it. Add %(instead)s, "
        "which is in this backup too, there instead, as an existing administration."
    ),
    "job.password": N_(
        "Its password was typed and is not kept, so Bewaar could not take it up again."
    ),
    "job.resumed": N_("Bewaar had ended before this was done, and took it up again."),
    "job.twice": N_("It was cut short twice, so Bewaar did not begin it again."),
    "job.unasked": N_("Bewaar began this by itself, because it was due."),
    "names.others": N_(
        "Names that this computer cannot have: %(n)s. These files come under others, and all that "
        "is in them stays as it is."
    ),
    **profiles.MISTAKES,
    "program.open": N_(
        "%(name)s is open in its program (%(evidence)s). Close it first, on every computer: open "
        "books are not replaced."
    ),
    "program.unknown": N_(
        "Nobody can tell whether %(name)s is open. Close its program, to be sure."
    ),
    "rebuild.damaged": N_("%(file)s is damaged and does not count."),
    "references.uncovered": N_(
        "%(name)s names files in %(folder)s that no backup of it holds: %(n)s. "
        "You can keep that folder too, on the page of the administration."
    ),
    "restore.documents": N_(
        "This backup holds no document copies. Those that %(name)s has now are kept."
    ),
    "restore.extras": N_("The folders that belong to the books too are in %(place)s."),
    "restore.loose": N_("The dump of the database is %(place)s. No program works in it yet."),
    "restore.placed": N_("The books are in %(place)s."),
    "restore.program": N_("This backup was made with another program than %(name)s has."),
    "retention.removed": N_("Removed, because enough newer ones are proven: %(file)s"),
    "retention.stuck": N_("An old backup could not be removed: %(file)s"),
    "retention.surplus": N_("May go, because enough newer ones are proven: %(file)s"),
    "safety.impossible": N_(
        "No safety copy of %(name)s could be proven. The books as they were are kept beside it."
    ),
    "safety.made": N_("A safety copy of the books as they were: %(file)s"),
    "salvage.damaged": salvages.DAMAGED,
    "salvage.name": salvages.UNHOLDABLE,
    "salvage.sums": salvages.SUMS,
    "salvage.unlisted": salvages.UNLISTED,
    "server.owners": N_(
        "The owners and rights in %(database)s are not known on this server, so all belongs to "
        "the user Bewaar came as. Give the program's users their rights again."
    ),
    "server.untried": N_(
        "Bewaar was not tried against a live SQL Server yet. "
        "Keep making the backups of the bookkeeping program, too."
    ),
    "sidecar.missing": N_(
        "The small file beside %(file)s could not be written. The backup is good without it."
    ),
    "source.skipped": N_("%(path)s is a link or a device, not a file, and was left out."),
    "version.newer": N_(
        "This backup is from a newer %(program)s than the books in %(name)s (%(then)s, there "
        "%(now)s). An older program may not open it: bring %(program)s up to date first."
    ),
    **vaults.NOTES,
}


def note(speech: Speech, note: Note) -> str:
    """Return the line for a note, and why it is so; an unknown code stands for itself."""
    because = NOTES.get(f"{note.code}/{note.params.get('why')}")
    sentence = because or NOTES.get(note.code, note.code)
    return speech.gettext(sentence) % Facts(speech, note.params)
