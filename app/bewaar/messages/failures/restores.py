"""What can be the matter with giving books back."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

RESTORES = {
    "restore.exists": Sentence3(
        N_("There is already something at %(place)s."),
        N_("Nothing was overwritten."),
        N_("Choose another name or another folder."),
        N_("Choose another place"),
    ),
    "restore.inside": Sentence3(
        N_("%(place)s lies among the books of %(name)s."),
        N_("Nothing was written: the restored books would have become a part of those."),
        N_("Choose a folder outside the books."),
        N_("Choose another place"),
    ),
    "restore.open": Sentence3(
        N_("%(name)s is open in its program."),
        N_("Nothing was changed."),
        N_("Close it, on every computer that uses it, and try again."),
        N_("Try again"),
    ),
    "restore.moved": Sentence3(
        N_("Somebody wrote to %(name)s while a part of it was being restored."),
        N_("Nothing was changed."),
        N_("Close its program, on every computer that uses it, and try again."),
        N_("Try again"),
    ),
    "restore.nothing": Sentence3(
        N_("No part of %(name)s was chosen."),
        N_("Nothing was changed."),
        N_("Say yes to at least one part, or take all of it."),
        N_("Choose again"),
    ),
    "restore.part": Sentence3(
        N_("The backup of %(name)s holds no part called %(part)s."),
        N_("Nothing was changed."),
        N_("Choose one that is there: %(parts)s."),
        N_("Choose again"),
    ),
    "restore.full": Sentence3(
        N_("There is not enough room at %(place)s: %(needed)s needed, %(free)s free."),
        N_("Nothing was changed."),
        N_("Make room there, or choose another folder."),
        N_("Choose another place"),
    ),
    "restore.unwritable": Sentence3(
        N_("Nothing can be written at %(place)s."),
        N_("Nothing was changed, and the backup is as it was."),
        N_("Ask for the right to write there, or choose another folder."),
        N_("Choose another place"),
    ),
    "restore.unfit": Sentence3(
        N_(
            "The books of %(found)s cannot go to %(name)s: only one of the two is a database "
            "on a server."
        ),
        N_("Nothing was changed, and the backup is as it was."),
        N_("Choose another administration, or restore it as a new one."),
        N_("As a new administration"),
    ),
    "restore.codes": Sentence3(
        N_("The backup holds %(found)s, not %(code)s."),
        N_("Nothing was changed."),
        N_("Restore it as a new administration, or say yourself which one it replaces."),
        N_("As a new administration"),
    ),
    "restore.typed": Sentence3(
        N_("What was typed is not the name %(name)s."),
        N_("Nothing was changed."),
        N_("Type the name exactly as it is shown."),
        N_("Type it again"),
    ),
    "checklist.unknown": Sentence3(
        N_("That list of things to do after a restore is no longer there."),
        N_("Nothing was changed."),
        N_("Look at the administration: what is still to be done stands there."),
        N_("Show the administrations"),
    ),
    "restore.interrupted": Sentence3(
        N_("The restore at %(place)s was cut short and could not be finished."),
        N_("Nothing is lost: the books from before are in %(old)s, the restored ones in %(new)s."),
        N_("Close the bookkeeping program and start Bewaar again."),
        N_("Try again"),
    ),
    "restore.interrupted/database": Sentence3(
        N_("The restore of %(place)s was cut short, and its server did not let it be finished."),
        N_(
            "Nothing is lost: the books from before are in the database %(place)s or in %(old)s, "
            "the restored ones in %(new)s or in %(place)s."
        ),
        N_("Bewaar finishes it by itself as soon as the server answers again."),
        N_("Try again"),
    ),
    "restore.toodeep": Sentence3(
        N_("In %(place)s some files would lie deeper than this computer can open."),
        N_("Nothing was changed, and the backup is as it was."),
        N_("Choose a folder with a shorter path, for instance one in your own folder."),
        N_("Choose another folder"),
    ),
    "restore.name": Sentence3(
        N_("%(path)s in the backup cannot be a file name on this computer."),
        N_("Nothing was changed, and the backup is as it was."),
        N_(
            "Restore it on the kind of computer it was made on, "
            "or take the file out with a zip program."
        ),
        N_("Choose another file"),
    ),
    "undo.nothing": Sentence3(
        N_("There is no restore of %(code)s to undo."),
        N_("Nothing was changed."),
        N_("A restore can be undone for 30 days. Earlier books are among the backups."),
        N_("Show the backups"),
    ),
    "undo.blocked": Sentence3(
        N_("The restore of %(code)s cannot be undone as it stands."),
        N_("Nothing was changed: the books and the copy from before the restore are both there."),
        N_("Restore the safety copy as a new administration instead."),
        N_("Show the backups"),
    ),
}
