"""What can be the matter with looking at one document of a backup."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

DOCUMENTS = {
    "document.unknown": Sentence3(
        N_("%(file)s does not hold %(path)s."),
        N_("Nothing was changed."),
        N_("Look for it in the list of what the backup holds."),
        N_("Show what is inside"),
    ),
    "document.unshown": Sentence3(
        N_("%(path)s is not opened from a backup: a file like this may do more than show itself."),
        N_("Nothing was opened, and nothing was changed."),
        N_("Save it to a folder of your choice, and open it there if you trust it."),
        N_("Save it to a folder"),
    ),
    "document.noviewer": Sentence3(
        N_("No program on this computer opens %(path)s."),
        N_("Nothing was changed."),
        N_("Save it to a folder, and open it with a program of your choice."),
        N_("Save it to a folder"),
    ),
}
