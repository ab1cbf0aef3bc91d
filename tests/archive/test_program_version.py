"""The version of the books' program in a manifest: told, not told, and told wrongly."""

from typing import Any

import pytest

from bewaar.archive.bounds import beyond
from bewaar.archive.fields import Fields
from bewaar.archive.manifest_json import content_values, read_content
from bewaar.model import Code, Content, Counts


def told(version: str = "") -> dict[str, Any]:
    content = Content(
        code=Code("jansen"),
        name="Jansen",
        place="",
        program="gnucash",
        storage="sqlite",
        files=1,
        size=1,
        counts=Counts(),
        program_version=version,
    )
    return content_values(content)


def test_it_comes_back_as_it_was_told() -> None:
    assert read_content(Fields(told("5000012"))).program_version == "5000012"


def test_a_backup_from_before_there_were_versions_is_of_an_unknown_one() -> None:
    older = told()
    del older["program_version"]
    assert read_content(Fields(older)).program_version == ""


@pytest.mark.parametrize("version", [7, None, ["1"], {}, True])
def test_what_is_no_text_is_damage(version: object) -> None:
    with pytest.raises(ValueError, match="program_version"):
        read_content(Fields(told() | {"program_version": version}))


def test_what_cannot_be_written_is_refused_before_a_page_shows_it() -> None:
    assert beyond([read_content(Fields(told("1\udc80")))]) == "words of jansen"
