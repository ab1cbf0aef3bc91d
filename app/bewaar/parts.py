"""Parts: pieces of an administration that can be restored on their own, known by their names.

The books themselves, a fiscal year ("2024"), the document archive, the shared files, a folder the
user added ("extra/1"). A name only says what belongs together; it is never a path.
"""

import unicodedata

BOOKS = ""  # what belongs to no other part
DOCUMENTS = "documents"  # document copies
SHARED = "shared"  # layouts, templates, the program's own tables
EXTRA = "extra/"  # a folder outside the place; its number follows

WORD_FOR_BOOKS = "books"  # what people and addresses call the part without a name
LONGEST = 100  # characters


def folded(name: str) -> str:
    """Return what is left of a name where case and the way of writing accents do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_year(name: str) -> bool:
    """Return whether a part is a fiscal year: every name that means nothing else."""
    return name not in (BOOKS, DOCUMENTS, SHARED) and not is_extra(name)


def is_extra(name: str) -> bool:
    """Return whether a part is a folder outside the place."""
    return name.startswith(EXTRA)


def is_booked(name: str) -> bool:
    """Return whether bookings may be in it, so that it is counted."""
    return name != DOCUMENTS and not is_extra(name)


def fits_year(name: str) -> bool:
    """Return whether a fiscal year can be called so: one line of text that means nothing else."""
    return (
        name == name.strip() != ""
        and len(name) <= LONGEST
        and name.isprintable()
        and folded(name) not in (WORD_FOR_BOOKS, DOCUMENTS, SHARED)
        and not folded(name).startswith(EXTRA)
    )


def order(name: str) -> tuple[int, str]:
    """Return what sorts parts as people look for them; fiscal years come in a row."""
    if name in (BOOKS, DOCUMENTS, SHARED):
        return (0, "") if name == BOOKS else (2 if name == DOCUMENTS else 3, "")
    return (4 if is_extra(name) else 1, folded(name))


def word(name: str) -> str:
    """Return what people and addresses call a part."""
    return name or WORD_FOR_BOOKS


def name_of(word: str) -> str:
    """Return the name of the part that people call so."""
    return BOOKS if folded(word.strip()) == WORD_FOR_BOOKS else word.strip()
