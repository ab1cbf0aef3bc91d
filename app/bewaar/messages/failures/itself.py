"""What can be the matter with Bewaar itself, or with what was asked of it."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

ITSELF = {
    "settings.damaged": Sentence3(
        N_("The settings in %(file)s cannot be read."),
        N_("Your books and backups are untouched, and the file was left as it is."),
        N_("Put the file right, or rename it: Bewaar then starts with fresh settings."),
        "",
    ),
    "catalogue.newer": Sentence3(
        N_("The list of backups was written by a newer Bewaar."),
        N_("Your books and backups are untouched."),
        N_("Update Bewaar on this computer."),
        "",
    ),
    "catalogue.busy": Sentence3(
        N_("Another program keeps the list of backups busy."),
        N_("Your books and backups are untouched."),
        N_("Wait until it is done, and try again."),
        N_("Try again"),
    ),
    "catalogue.damaged": Sentence3(
        N_("The list of backups cannot be read and was set aside."),
        N_("The backups themselves are untouched, and so are your books."),
        N_("Have the list made again from your destinations."),
        N_("Make the list again"),
    ),
    "home.full": Sentence3(
        N_("The disk of this computer is full: %(free)s free."),
        N_("Your books are untouched, and so are the backups you have."),
        N_("Make room on the disk with %(folder)s, and try again."),
        N_("Try again"),
    ),
    "home.unwritable": Sentence3(
        N_("Bewaar cannot write in its own folder %(folder)s."),
        N_("Your books are untouched, and so are the backups you have."),
        N_("Ask whoever looks after this computer for the right to write there."),
        N_("Try again"),
    ),
    "value.invalid": Sentence3(
        N_("“%(value)s” cannot be used here."),
        N_("Nothing was changed."),
        N_("Type something else."),
        N_("Type it again"),
    ),
    "job.unknown": Sentence3(
        N_("That task is not in the Log."),
        N_("Nothing was changed."),
        N_("Look in the Log for what was done."),
        N_("Open the Log"),
    ),
    "cancelled": Sentence3(
        N_("It was stopped, as you asked."),
        N_("Nothing half-done was left behind, and your books are untouched."),
        N_("Start again whenever it suits you."),
        N_("Start again"),
    ),
    "fault": Sentence3(
        N_("Bewaar met something it did not expect."),
        N_("Only proven backups count, and those you have are untouched."),
        N_("Try again. If it happens again, show the Log to whoever helps you with Bewaar."),
        N_("Try again"),
    ),
}
