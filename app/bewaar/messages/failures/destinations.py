"""What can be the matter with the place where backups go."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

DESTINATIONS = {
    "destination.unknown": Sentence3(
        N_("There is no destination called %(name)s."),
        N_("Nothing was written."),
        N_("Choose a destination from the list, or a folder."),
        N_("Choose another destination"),
    ),
    "destination.missing": Sentence3(
        N_("The folder %(folder)s does not exist."),
        N_("Nothing was written."),
        N_("Bewaar can make it. If it should be on a stick or a drive, plug that in first."),
        N_("Make the folder"),
    ),
    "destination.gone": Sentence3(
        N_("%(name)s is not there."),
        N_("Your books are untouched, and so are the backups on it."),
        N_("Plug it in or connect to it, and try again."),
        N_("Try again"),
    ),
    "destination.slow": Sentence3(
        N_("%(name)s does not answer."),
        N_("Your books are untouched, and so are the backups on it."),
        N_(
            "Look whether it is switched on and connected. A drive that often does this is failing."
        ),
        N_("Try again"),
    ),
    "destination.other": Sentence3(
        N_("Something else is where %(name)s should be (%(folder)s)."),
        N_("Nothing was written to it."),
        N_("Plug in %(name)s, or choose another destination."),
        N_("Choose another destination"),
    ),
    "destination.pulled": Sentence3(
        N_("%(name)s was pulled out while it was in use."),
        N_("Your books are untouched, and so are the earlier backups on it."),
        N_("Plug it in and try again."),
        N_("Try again"),
    ),
    "destination.readonly": Sentence3(
        N_("Nothing can be written to %(folder)s."),
        N_("Your books are untouched, and so are the backups you have."),
        N_(
            "If it is a stick with a small switch, unlock it. "
            "Otherwise ask for the right to write there, or choose another destination."
        ),
        N_("Choose another destination"),
    ),
    "destination.full": Sentence3(
        N_("There is not enough room on %(name)s: %(needed)s needed, %(free)s free."),
        N_("Your books are untouched, and so are the backups you have."),
        N_("Make room there, or choose another destination."),
        N_("Choose another destination"),
    ),
    "destination.filesize": Sentence3(
        N_("%(name)s cannot hold a file of %(needed)s; its limit is %(limit)s."),
        N_("Your books are untouched, and so are the backups you have."),
        N_(
            "Give each administration a file of its own, or choose another destination. "
            "A stick formatted as exFAT has no such limit."
        ),
        N_("Choose another destination"),
    ),
    "destination.inside": Sentence3(
        N_("%(folder)s and %(place)s lie one inside the other."),
        N_("Nothing was written: a backup among its own books would be lost with them."),
        N_("Choose a destination outside the books, best on another drive."),
        N_("Choose another destination"),
    ),
    "destination.fault": Sentence3(
        N_("%(name)s could not be read or written properly."),
        N_("Your books are untouched; what was being written does not count."),
        N_("Try again. If it happens more often, replace the stick or drive."),
        N_("Try again"),
    ),
    "destination.busy": Sentence3(
        N_("Another Bewaar is using %(name)s just now."),
        N_("Nothing was changed."),
        N_("Wait until it is done, and try again."),
        N_("Try again"),
    ),
    "destination.taken": Sentence3(
        N_("There is already a file called %(file)s."),
        N_("It was not overwritten."),
        N_("Choose another name."),
        N_("Choose another name"),
    ),
    "destination.exists": Sentence3(
        N_("%(name)s is already one of your destinations."),
        N_("Nothing was changed."),
        N_("Use the one you have, or choose another name or folder."),
        N_("Show the destinations"),
    ),
}
