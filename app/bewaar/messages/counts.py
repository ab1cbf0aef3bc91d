"""Why it is not known what books hold, and what somebody can do about it."""

from bewaar.messages.languages import N_

NOTES = {
    "counts.unknown": N_(
        "What %(path)s holds could not be counted: it is written in a way that Bewaar does not "
        "know, or damaged. It is copied whole all the same. See whether its program opens it."
    ),
    "counts.unknown/elsewhere": N_(
        "What %(path)s holds could not be counted, because it includes a file that is not among "
        "the ledgers of these books. If that file lies elsewhere, it is not in this backup: put "
        "it into the same folder."
    ),
    "counts.unknown/encrypted": N_(
        "What %(path)s holds could not be counted, because a password protects it. It is copied "
        "whole all the same."
    ),
    "counts.unknown/half": N_(
        "What %(path)s holds could not be counted, because it breaks off: something is missing "
        "at its end. It was so already, and is copied as it is. Let its program write it again."
    ),
    "counts.unknown/none": N_(
        "How many bookings there are is not known, because %(path)s holds something else, such "
        "as balances or names. It is copied whole."
    ),
    "counts.unknown/other": N_(
        "What %(path)s holds could not be counted: it is not what its name says, or a password "
        "protects it. It is copied whole all the same. See whether its program opens it."
    ),
}
