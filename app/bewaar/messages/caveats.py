"""What to know of a program before its books are backed up or restored; profiles give the codes."""

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech

CAVEATS = {
    "elsewhere.suite": N_(
        "If your accountant's office works with the practice suite, all backups are made there. "
        "Then let Bewaar only watch."
    ),
    "exclusive": N_("Close the program on every computer first: nobody may be logged in to it."),
    "exclusive.services": N_(
        "For a backup of the system, its Backoffice Server and what is linked to it through COM "
        "must be logged out too."
    ),
    "large.hours": N_("These books can be many gigabytes. A backup may take more than an hour."),
    "never.automatic": N_("This program never makes a backup by itself."),
    "restore.accountant": N_(
        "An accountant installs this in the program as a client's database. "
        "Read back the ordinary way, it lets only the client log in."
    ),
    "restore.bankieren": N_(
        "With SnelStart Bankieren, nobody can go on working in restored books together with the "
        "bank account. Ask SnelStart first."
    ),
    "restore.inorde": N_("The package “inOrde” cannot restore a backup."),
    "restore.overwrites": N_(
        "Reading a backup back under a number that exists overwrites that administration. "
        "Give it a new number in the program."
    ),
    "restore.wholefolders": N_("Only whole folders may be put back, never single files."),
    "web.desktoponly": N_("Only the desktop program makes this backup; its web version cannot."),
}


def caveat(speech: Speech, code: str) -> str:
    """Return the sentence for a code; "" for one that has none."""
    return speech.gettext(CAVEATS[code]) if code in CAVEATS else ""
