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
_REASONS = {"damaged": DAMAGED, "name": UNHOLDABLE}


def outcome(speech: Speech, files: int, lost: int) -> str:
    """Return how much came back, never that the backup is whole."""
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
        outcome(speech, files, len(lost)),
        speech.gettext("These are not whole books. Do not go on working in them unchecked."),
        *([] if hashed else [speech.gettext(SUMS)]),
        *([] if complete else [speech.gettext(UNLISTED)]),
        "",
        *(speech.gettext(_REASONS[reason], path=path) for path, reason in lost),
    ]
    return speech.gettext("what-was-lost.txt"), "\n".join(lines) + "\n"
