"""What to know of a program before its books are backed up or restored; profiles give the codes."""

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech

CAVEATS = {
    "elsewhere.suite": N_(
        "If your accountant's office works with the practice suite, all backups are made there. "
        "Then let Bewaar only watch."
    ),
    "exclusive": N_("Close the program on every computer first: nobody may be logged in to it."),
    "large.hours": N_("These books can be many gigabytes. A backup may take more than an hour."),
    "never.automatic": N_("This program never makes a backup by itself."),
    "restore.accountant": N_(
        "An accountant installs this in the program as a client's database. "
        "Read back the ordinary way, it lets only the client log in."
    ),
    "restore.bank": N_(
        "Bank links lapse with a restore. Link ABN AMRO and Knab again; "
        "apply anew at ING, Triodos and Rabobank."
    ),
    "restore.inorde": N_("The package “inOrde” cannot restore a backup."),
    "restore.links": N_(
        "After a restore, check who may see the books, and set up the API link "
        "and the mailbox again."
    ),
    "restore.overwrites": N_(
        "Reading a backup back under a number that exists overwrites that administration. "
        "Give it a new number in the program."
    ),
    "restore.ssb": N_(
        "Version 12 cannot restore a .ssb file. "
        "Add the .mdb of that time instead, as an existing administration."
    ),
    "restore.wholefolders": N_("Only whole folders may be put back, never single files."),
    "web.desktoponly": N_("Only the desktop program makes this backup; its web version cannot."),
}


def caveat(speech: Speech, code: str) -> str:
    """Return the sentence for a code; "" for one that has none."""
    return speech.gettext(CAVEATS[code]) if code in CAVEATS else ""
