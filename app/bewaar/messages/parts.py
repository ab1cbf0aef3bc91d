"""The parts of an administration, and what becomes of each in a restore, in words."""

from collections.abc import Iterator, Sequence

from bewaar.messages.speech import Speech
from bewaar.model import PartFate
from bewaar.parts import BOOKS, DOCUMENTS, EXTRA, SHARED, is_extra


def part(speech: Speech, name: str, extras: Sequence[str] = ()) -> str:
    """Return what a part is called; `extras` are the places of folders from outside."""
    if is_extra(name):
        return _extra(speech, name.removeprefix(EXTRA), extras)
    known = {
        BOOKS: speech.gettext("The books themselves"),
        DOCUMENTS: speech.gettext("The document archive"),
        SHARED: speech.gettext("Shared files and layouts"),
    }
    return known.get(name) or speech.gettext("Fiscal year %(name)s", name=name)


def fates(
    speech: Speech, all_: Sequence[PartFate], extras: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield what becomes of each part of books that are replaced: its name, and what happens.

    Those that stay, and those that are the same anyhow, are told together, with no name.
    """
    same = [fate for fate in all_ if fate.comes and fate.there and fate.lost == 0]
    for fate in all_:
        if not fate.stays and fate not in same:
            yield part(speech, fate.name, extras), _fate(speech, fate)
    if same:
        told = speech.ngettext(
            "%(n)s part is the same there as in this backup: nothing is lost.",
            "%(n)s parts are the same there as in this backup: nothing is lost.",
            len(same),
        )
        yield "", told % {"n": speech.number(len(same))}
    staying = sum(fate.stays for fate in all_)
    if staying:
        told = speech.ngettext(
            "%(n)s other part stays as it is.", "%(n)s other parts stay as they are.", staying
        )
        yield "", told % {"n": speech.number(staying)}


def _extra(speech: Speech, number: str, extras: Sequence[str]) -> str:
    if number.isdecimal() and 0 < int(number) <= len(extras):
        return speech.gettext("The folder %(place)s", place=extras[int(number) - 1])
    return speech.gettext("Folder %(number)s from outside the books", number=number)


def _fate(speech: Speech, fate: PartFate) -> str:
    if is_extra(fate.name):
        return speech.gettext("into a new folder beside the books; nothing is overwritten")
    if fate.there == 0:
        return speech.gettext("not there now; it comes back")
    if fate.lost is None:
        return speech.gettext("makes way; nobody can tell whether anything was entered since")
    if fate.comes is None:
        told = speech.ngettext(
            "not in this backup: %(n)s file that is there makes way",
            "not in this backup: %(n)s files that are there make way",
            fate.there or 0,
        )
        return told % {"n": speech.number(fate.there or 0)}
    told = speech.ngettext(
        "%(n)s file that is there differs from this backup and makes way",
        "%(n)s files that are there differ from this backup and make way",
        fate.lost,
    )
    return told % {"n": speech.number(fate.lost)}
