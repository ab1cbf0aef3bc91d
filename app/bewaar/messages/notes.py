"""What jobs tell along the way, one line each."""

from bewaar.messages.failures import Facts, failure
from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import Note

NOTES = {
    "backup.unchanged": N_("%(name)s has not changed since its last proven backup."),
    "retention.removed": N_("Removed, because enough newer ones are proven: %(file)s"),
    "retention.stuck": N_("An old backup could not be removed: %(file)s"),
    "sidecar.missing": N_(
        "The small file beside %(file)s could not be written; it can be without."
    ),
    "drive.unpluggable": N_("You may unplug %(name)s."),
    "restore.placed": N_("The books are in %(place)s."),
    "safety.made": N_("A safety copy of the books as they were: %(file)s"),
    "file.mapped": N_("%(path)s is called %(as_)s here."),
}


def note(speech: Speech, note: Note) -> str:
    """Return the line for a note; an unknown code stands for itself."""
    match note.code:
        case "backup.proven":
            return _proven(speech, note)
        case "backup.failed":
            return failure(speech, str(note.params.get("code", "fault")), note.params).what
        case _:
            return speech.gettext(NOTES.get(note.code, note.code)) % Facts(speech, note.params)


def _proven(speech: Speech, note: Note) -> str:
    files = int(note.params.get("files") or 0)
    return speech.ngettext(
        "%(name)s: %(n)d file read back and compared, %(size)s, %(duration)s.",
        "%(name)s: %(n)d files read back and compared, %(size)s, %(duration)s.",
        files,
        name=note.params.get("name", "?"),
        size=speech.size(int(note.params.get("size") or 0)),
        duration=speech.duration(float(note.params.get("seconds") or 0)),
    )
