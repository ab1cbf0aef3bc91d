"""What can be the matter with a backup file and its password."""

from bewaar.messages.failures.three import Sentence3
from bewaar.messages.languages import N_

BACKUPS = {
    "backup.gone": Sentence3(
        N_("%(file)s is no longer where it was."),
        N_("Your books and your other backups are untouched."),
        N_("Plug in the drive it was on, or choose another backup."),
        N_("Show the backups"),
    ),
    "backup.unknown": Sentence3(
        N_("This backup is not in the list."),
        N_("Nothing was changed."),
        N_("Choose one from the list, or open the backup file itself."),
        N_("Show the backups"),
    ),
    "backup.foreign": Sentence3(
        N_("%(file)s is not a backup made by Bewaar."),
        N_("Nothing was changed."),
        N_("Choose another file. If this is another zip, any zip program opens it."),
        N_("Choose another file"),
    ),
    "backup.newer": Sentence3(
        N_("%(file)s was made by a newer Bewaar."),
        N_("Nothing was changed, and the backup may well be good."),
        N_("Update Bewaar on this computer. Any zip program opens the file too."),
        N_("Choose another file"),
    ),
    "backup.damaged": Sentence3(
        N_("%(file)s is damaged."),
        N_("Your books are untouched, but do not count on this backup."),
        N_("Use another backup, and make a new one soon."),
        N_("Show the backups"),
    ),
    "salvage.nothing": Sentence3(
        N_("No file in %(file)s is whole any more."),
        N_("Your books are untouched, and the damaged backup was not changed."),
        N_("Use another backup. Keep this file: a specialist may still get something out of it."),
        N_("Show the backups"),
    ),
    "backup.hostile": Sentence3(
        N_("%(file)s is built in a way that could do harm, and was refused."),
        N_("Nothing was unpacked from it; your books are untouched."),
        N_("Do not use this file. Ask whoever gave it to you for another one."),
        N_("Choose another file"),
    ),
    "backup.unproven": Sentence3(
        N_("The new backup %(file)s does not read back as it was written."),
        N_("It does not count. Your books and the earlier backups are untouched."),
        N_("Try again, best with another stick or drive: this one may be failing."),
        N_("Try again"),
    ),
    "backup.locked": Sentence3(
        N_("%(file)s was not removed."),
        N_("All backups are as they were."),
        N_("It is one of the last two proven backups of these books. Make newer ones first."),
        N_("Show the backups"),
    ),
    "backup.locked/locked": Sentence3(
        N_("%(file)s is locked and was not removed."),
        N_("All backups are as they were."),
        N_("If you are sure, unlock it first."),
        N_("Show the backups"),
    ),
    "backup.there": Sentence3(
        N_("%(name)s holds this backup already: %(file)s."),
        N_("Nothing was written."),
        N_(
            "Nothing needs to be done. If it is not in the list, choose “Make the list again” on "
            "the page of the destination."
        ),
        N_("Show the destinations"),
    ),
    "password.needed": Sentence3(
        N_("%(file)s has a password."),
        N_("Nothing was changed."),
        N_("Type the password it was made with."),
        N_("Type the password"),
    ),
    "password.wrong": Sentence3(
        N_("The password does not open %(file)s."),
        N_("Nothing was changed."),
        N_("Mind capitals and the keyboard's language, and type it again."),
        N_("Type it again"),
    ),
    "password.ordamage": Sentence3(
        N_("%(file)s does not open: the password is another one, or the file is damaged."),
        N_("Nothing was changed."),
        N_("Type the password again. If you are sure of it, use another backup."),
        N_("Type it again"),
    ),
    "password.empty": Sentence3(
        N_("No password was typed."),
        N_("Nothing was changed."),
        N_("Type a password, or choose to have none."),
        N_("Type it again"),
    ),
    "password.mismatch": Sentence3(
        N_("The two passwords are not the same."),
        N_("Nothing was changed."),
        N_("Type the password twice, the same way."),
        N_("Type it again"),
    ),
    "keyring.unavailable": Sentence3(
        N_("The password store of this computer cannot be used now."),
        N_("Your books and backups are untouched. No password was kept."),
        N_("Unlock the password store and try again, or type the password each time."),
        N_("Type the password"),
    ),
}
