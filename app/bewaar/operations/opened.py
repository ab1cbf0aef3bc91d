"""What it means for a backup that its books were open when it was made, as a note with a code."""

from bewaar.errors import Fault
from bewaar.kit import Kit
from bewaar.model import Administration, Content, Note, Openness

ROWS = "backup.open/rows"  # half a booking may be in it


def opened_note(kit: Kit, books: Administration | Content) -> Note:
    """Return what is told of a copy of books that were open."""
    try:
        sound = kit.storages(books.storage).sound_while_open
    except Fault:  # a kind that only a newer Bewaar knows
        sound = False
    profile = kit.profile_of(books.program)
    rows = sound and profile is not None and profile.row_by_row
    code = ROWS if rows else "backup.open/sound" if sound else "backup.open"
    return Note(code=code, params={"name": books.name})


def taken_open(kit: Kit, content: Content) -> Note | None:
    """Return what is told of a backup whose books were open then; None when they were not."""
    return opened_note(kit, content) if content.openness is Openness.OPEN else None
