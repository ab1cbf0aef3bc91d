"""The texts to translate: nothing is lost, guesses and gaps are seen, diffs stay small."""

import gettext
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError, read_po
from jinja2 import TemplateSyntaxError

from installer.strings import LANGUAGES, main, written

SOURCE = '''
"""A room."""

def greet(name, count):
    _("Your books are safe, %(name)s.") % {"name": name}
    ngettext("%(count)d booking", "%(count)d bookings", count)
    pgettext("a button", "Open")
    # Translators: the tray is the row of small icons
    N_("In the tray")
    "not for translation"
'''
PAGE = "<h1>{{ _('Today') }}</h1>{% trans %}Back up now{% endtrans %}"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with one text room and one page."""
    for folder in ("app/bewaar", "web/bewaar_web/templates/_parts", "tray/bewaar_tray"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app/bewaar/room.py").write_text(SOURCE)
    (tmp_path / "web/bewaar_web/templates/_parts/today.html").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dutch(tree: Path) -> Path:
    return tree / "app/bewaar/locale/nl/LC_MESSAGES/bewaar.po"


def translate_everything(tree: Path) -> None:
    """Translate as somebody with a dictionary of one word would, in each language."""
    for language in LANGUAGES:
        file = tree / f"app/bewaar/locale/{language}/LC_MESSAGES/bewaar.po"
        with file.open("rb") as content:
            catalog = read_po(content, locale=language)
        for message in catalog:
            message.string = a_translation(message.id)
        file.write_bytes(written(catalog))


def a_translation(text: str | Sequence[str]) -> str | tuple[str, ...]:
    if not isinstance(text, str):
        return ("een boeking", "%(count)d boekingen")
    return "ja %(name)s" if "%(name)s" in text else "ja"


def test_texts_of_python_and_of_pages_are_collected(tree: Path) -> None:
    assert main([]) == 0
    template = (tree / "app/bewaar/locale/bewaar.pot").read_text()
    for text in ("Your books are safe, %(name)s.", "%(count)d bookings", "Today", "Back up now"):
        assert f'"{text}"' in template
    assert 'msgctxt "a button"\nmsgid "Open"' in template
    assert "#. the tray is the row of small icons" in template
    assert "not for translation" not in template
    assert dutch(tree).exists()


def test_a_moved_line_changes_no_catalogue(tree: Path) -> None:
    main([])
    before = {file: file.read_bytes() for file in tree.rglob("bewaar.po*")}
    assert len(before) == 4
    room = tree / "app/bewaar/room.py"
    room.write_text("\n\n" + room.read_text())
    main([])
    assert {file: file.read_bytes() for file in before} == before


def test_the_check_passes_only_when_everything_is_translated(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    assert main(["--check"]) == 1
    assert "not translated: 'Today'" in capsys.readouterr().out
    translate_everything(tree)
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_the_check_writes_nothing(tree: Path) -> None:
    assert main(["--check"]) == 1
    assert not (tree / "app/bewaar/locale").exists()


def test_a_new_text_fails_the_check_until_it_is_collected(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    translate_everything(tree)
    (tree / "tray/bewaar_tray/icon.py").write_text('_("Quit")')
    assert main(["--check"]) == 1
    assert "is behind the sources" in capsys.readouterr().out


def test_a_changed_text_keeps_its_translation_only_as_a_guess(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    translate_everything(tree)
    room = tree / "app/bewaar/room.py"
    room.write_text(SOURCE.replace("Your books are safe", "All your books are safe"))
    main([])
    assert main(["--check"]) == 1
    assert "only a guess: 'All your books are safe, %(name)s.'" in capsys.readouterr().out
    compiled = dutch(tree).with_suffix(".mo")
    with compiled.open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("All your books are safe, %(name)s.").startswith("All your books")


@pytest.mark.parametrize("wrong", ["ja", "ja %(naam)s", "ja %(name)s %(other)s"])
def test_a_translation_with_other_placeholders_fails_the_check(
    tree: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    translate_everything(tree)
    file = dutch(tree)
    file.write_text(file.read_text().replace('"ja %(name)s"', f'"{wrong}"'))
    assert main(["--check"]) == 1
    assert "other placeholders than in English" in capsys.readouterr().out


def test_a_removed_text_leaves_the_catalogues(tree: Path) -> None:
    main([])
    translate_everything(tree)
    (tree / "web/bewaar_web/templates/_parts/today.html").unlink()
    main([])
    assert "Today" not in dutch(tree).read_text()
    assert main(["--check"]) == 0


def test_the_compiled_texts_speak_the_language(tree: Path) -> None:
    main([])
    translate_everything(tree)
    main([])
    with dutch(tree).with_suffix(".mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("Today") == "ja"
    assert texts.ngettext("%(count)d booking", "%(count)d bookings", 1) == "een boeking"
    assert texts.ngettext("%(count)d booking", "%(count)d bookings", 2) == "%(count)d boekingen"


def test_a_page_that_cannot_be_read_is_no_silent_gap(tree: Path) -> None:
    (tree / "web/bewaar_web/templates/_parts/today.html").write_text("{% trans %}Today")
    with pytest.raises(TemplateSyntaxError):
        main([])


def test_a_catalogue_in_the_middle_of_a_merge_is_not_overwritten(tree: Path) -> None:
    main([])
    translate_everything(tree)
    torn = dutch(tree).read_text().replace('msgid "Today"', '<<<<<<< ours\nmsgid "Today"')
    dutch(tree).write_text(torn)
    with pytest.raises(PoFileError):
        main([])
    assert dutch(tree).read_text() == torn
