"""What came back from a damaged backup, for the job's line and for the folder itself."""

from collections.abc import Sequence

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech

DAMAGED = N_("%(path)s is damaged and did not come back.")
UNHOLDABLE = N_("%(path)s cannot have that name here and did not come back.")
SUMS = N_(
    "The list in the backup is lost. What came back was checked only by its short sum, "
    "and names may differ."
)
UNLISTED = N_("Nobody can tell what else was in the backup.")
PARTS = N_("These are not whole books. Do not go on working in them unchecked.")
GOOD = N_("To go on working in the books, restore this backup in the ordinary way.")
_REASONS = {"damaged": DAMAGED, "name": UNHOLDABLE}


def outcome(speech: Speech, files: int, lost: int, *, hashed: bool, complete: bool) -> str:
    """Return how much came back, never that the backup is whole."""
    if hashed and not lost:
        return speech.ngettext(
            "The one file of the backup came back just as it was stored.",
            "All %(n)d files of the backup came back just as they were stored.",
            files,
            n=files,
        )
    if complete:
        return speech.ngettext(
            "%(n)d of %(all)d file came back from a damaged backup.",
            "%(n)d of %(all)d files came back from a damaged backup.",
            files + lost,
            n=files,
            all=files + lost,
        )
    return speech.ngettext(
        "%(n)d file came back from a damaged backup; known to be lost: %(lost)d.",
        "%(n)d files came back from a damaged backup; known to be lost: %(lost)d.",
        files,
        lost=lost,
    )


def report(
    speech: Speech,
    file: str,
    files: int,
    lost: Sequence[tuple[str, str]],
    *,
    hashed: bool,
    complete: bool,
) -> tuple[str, str]:
    """Return name and text of the list that lies beside the files."""
    lines = [
        speech.gettext("Saved by Bewaar from %(file)s.", file=file),
        outcome(speech, files, len(lost), hashed=hashed, complete=complete),
        speech.gettext(PARTS if lost or not hashed else GOOD),
        *([] if hashed else [speech.gettext(SUMS)]),
        *([] if complete else [speech.gettext(UNLISTED)]),
        "",
        *(speech.gettext(_REASONS[reason], path=path) for path, reason in lost),
    ]
    return speech.gettext("what-was-lost.txt"), "\n".join(lines) + "\n"
