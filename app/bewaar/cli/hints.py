"""What to do about a failure, where a terminal has a better answer than a button."""

from bewaar.messages import N_

HINTS = {
    "backup.nothing": N_("Name an administration, or give --all."),
    "destination.missing": N_("Give --make-folder to have it made, or plug in its drive first."),
    "destination.unknown": N_("Give a folder, or the name of a destination you set up."),
    "administration.unknown": N_("See “bewaar list” for the codes there are."),
    "backup.unknown": N_("Have its destination looked through with “bewaar rebuild DESTINATION”."),
    "catalogue.damaged": N_("Have the list made again with “bewaar rebuild DESTINATION”."),
    "keyring.unavailable": N_("Give the password on standard input, with --password-stdin."),
    "password.needed": N_("Give the password on standard input, with --password-stdin."),
    "server.elsewhere": N_(
        "Name a folder that both computers see, with --folder-there and --folder-here."
    ),
    "server.password": N_("Give the password on standard input, with --password-stdin."),
    "restore.typed": N_("Type the name exactly as it is shown, or give --yes."),
    "source.shrunk": N_("If this is right, back up anyway with --accept-fewer."),
}
