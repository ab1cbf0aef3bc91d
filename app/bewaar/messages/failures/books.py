"""What can be the matter with the books."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

BOOKS = {
    "source.gone": Sentence3(
        N_("%(place)s cannot be found."),
        N_("No backup was made. The backups you have are untouched."),
        N_(
            "If the books are on a drive or a server, connect it and try again. "
            "If they were moved, tell Bewaar their new place."
        ),
        N_("Try again"),
    ),
    "source.empty": Sentence3(
        N_("There are no books in %(place)s."),
        N_(
            "No backup was made: an empty one protects nothing. The backups you have are untouched."
        ),
        N_("Look whether this is the right place, or choose another one."),
        N_("Choose another place"),
    ),
    "source.unreadable": Sentence3(
        N_("%(path)s cannot be read."),
        N_("No backup was made: it would not be whole. The backups you have are untouched."),
        N_(
            "Close the program that uses it, or ask whoever looks after this computer "
            "for the right to read it."
        ),
        N_("Try again"),
    ),
    "source.toodeep": Sentence3(
        N_(
            "Below %(path)s folders lie so deep within one another "
            "that this computer cannot open all of them."
        ),
        N_("No backup was made: it would not be whole. The backups you have are untouched."),
        N_("Shorten the names of these folders, or move what is in them further up."),
        N_("Try again"),
    ),
    "source.open": Sentence3(
        N_("%(name)s is still open in its program."),
        N_("No backup of it was made now. The books and the backups you have are untouched."),
        N_(
            "Save your work and close the program, on other computers too. "
            "Then try again, or back up all the same."
        ),
        N_("Try again"),
    ),
    "source.busy": Sentence3(
        N_("%(place)s kept changing while it was being read."),
        N_(
            "No backup was made: it would have mixed old and new. "
            "Your books and the backups you have are untouched."
        ),
        N_("Close the bookkeeping program, or wait until it is done, and try again."),
        N_("Try again"),
    ),
    "source.shrunk": Sentence3(
        N_("%(name)s holds far less than before: %(now)s now, %(before)s in the last backup."),
        N_(
            "No new backup was made, and no earlier one was removed. The last one holds everything."
        ),
        N_(
            "If you removed much yourself, back up anyway. "
            "If something is missing, restore it from the last backup."
        ),
        N_("Back up anyway"),
    ),
    "source.shrunk/files": Sentence3(
        N_(
            "%(name)s holds far fewer files than before: "
            "%(now)s now, %(before)s in the last backup."
        ),
        N_(
            "No new backup was made, and no earlier one was removed. The last one holds everything."
        ),
        N_(
            "If you removed much yourself, back up anyway. "
            "If something is missing, restore it from the last backup."
        ),
        N_("Back up anyway"),
    ),
    "source.shrunk/transactions": Sentence3(
        N_(
            "%(name)s holds far fewer bookings than before: "
            "%(now)s now, %(before)s in the last backup."
        ),
        N_(
            "No new backup was made, and no earlier one was removed. The last one holds everything."
        ),
        N_(
            "If you removed much yourself, back up anyway. "
            "If something is missing, restore it from the last backup."
        ),
        N_("Back up anyway"),
    ),
    "source.damaged": Sentence3(
        N_("A database in these books is damaged: %(path)s."),
        N_("No backup was made of it. The backups you have are untouched."),
        N_("Let the bookkeeping program check or repair it, or restore the last backup."),
        N_("Show the backups"),
    ),
    "vendor.damaged": Sentence3(
        N_("The program’s own backup is damaged: %(path)s."),
        N_("It was not taken. The backups you have are untouched."),
        N_("Let the program make a new one."),
        N_("Try again"),
    ),
    "vault.unfit": Sentence3(
        N_("In %(place)s lie books of %(program)s, not backups that it made."),
        N_("Nothing was changed."),
        N_("Choose the folder in which the program puts its own backups."),
        N_("Choose another place"),
    ),
    "vault.stays": Sentence3(
        N_("%(place)s is never replaced: the program’s other backups lie there too."),
        N_("Nothing was changed."),
        N_("Restore it as a new administration, and read the file back in the program."),
        N_("Choose another place"),
    ),
    "source.pair": Sentence3(
        N_("%(path)s is worth nothing without %(missing)s, and that is not there."),
        N_("No backup was made. The backups you have are untouched."),
        N_("Export it again in the bookkeeping program, so that both files are there."),
        N_("Try again"),
    ),
    "administration.unknown": Sentence3(
        N_("There is no administration with the code %(code)s."),
        N_("Nothing was changed."),
        N_("Choose one from the list."),
        N_("Show the administrations"),
    ),
    "administration.exists": Sentence3(
        N_("There is already an administration %(code)s, in %(place)s."),
        N_("Nothing was changed."),
        N_("Choose another code, or other books."),
        N_("Show the administrations"),
    ),
    "program.unknown": Sentence3(
        N_("Bewaar knows no bookkeeping program called %(program)s."),
        N_("Nothing was changed."),
        N_("Choose a program from the list. “Any folder” always fits."),
        N_("Choose another program"),
    ),
    "extra.inside": Sentence3(
        N_("%(folder)s and %(place)s of %(name)s overlap."),
        N_("Nothing was changed: what lies in both is in the backups once already."),
        N_("Choose a folder outside the books."),
        N_("Choose another folder"),
    ),
    "backup.nothing": Sentence3(
        N_("There was nothing to back up."),
        N_("Nothing was chosen, or what was chosen is already safely stored."),
        N_("Choose what to back up, or ask for a new backup of everything."),
        N_("Choose"),
    ),
}
