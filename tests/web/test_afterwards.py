"""What is left to do after a restore, ticked off on the pages; and what Bewaar says it knows."""

from typing import Any

import pytest

from bewaar.model import Code
from bewaar.paths import home
from bewaar.programs import load
from tests.scene import Office
from tests.vendorfiles import backups


@pytest.fixture
def number(office: Office) -> int:
    place = office.root / "books" / "SnelStart"
    place.mkdir()
    backups.kept_by_maker(place / "Jansen.ssb", b"old backup")
    handel = office.engine.add(place, name="Jansen Handel", code=Code("handel"))
    job = office.restore_original(office.proven(handel), handel.code, typed="Jansen Handel")
    return int(str(job.result["checklist"]))


def test_a_list_is_on_the_result_and_at_the_administration_until_it_is_done(
    office: Office, number: int, visitor: Any
) -> None:
    job = office.engine.jobs(limit=1)[0]
    for page in (f"/jobs/{job.id}", "/administrations/handel"):
        shown = visitor.read(page)
        assert "ABN AMRO: link it again" in shown
        assert "SnelStart 12" in shown
    count = len(office.engine.checklist(number).checks)
    tick = f"/administrations/handel/checklists/{number}"
    answer = visitor.post(tick, {"done": ["0", "3"]})
    assert (answer.status_code, answer.location) == (303, "/administrations/handel")
    assert visitor.read("/administrations/handel").count(" checked>") == 2
    assert f"{count - 2} things are left to do." in visitor.read(f"/jobs/{job.id}")
    visitor.post(tick, {"done": [str(place) for place in range(count)]})
    assert f"checklist-{number}" not in visitor.read("/administrations/handel")
    assert "Everything is done." in visitor.read(f"/jobs/{job.id}")


def test_a_tick_with_scripts_answers_with_the_list_alone(
    office: Office, number: int, visitor: Any
) -> None:
    headers = {"Origin": visitor.guard.origin, "HX-Request": "true"}
    answer = visitor.post(
        f"/administrations/handel/checklists/{number}", {"done": ["1"]}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<form")
    assert answer.text.count(" checked>") == 1


def test_a_list_can_be_put_away(office: Office, number: int, visitor: Any) -> None:
    job = office.engine.jobs(limit=1)[0]
    visitor.post(f"/administrations/handel/checklists/{number}/away")
    assert f"checklist-{number}" not in visitor.read("/administrations/handel")
    assert f"checklist-{number}" not in visitor.read(f"/jobs/{job.id}")
    assert office.engine.checklist(number).left


@pytest.mark.parametrize("done", [["99"], ["-1"], ["x"], ["²"], ["9" * 5000], []])
def test_odd_ticks_tick_nothing(done: list[str], office: Office, number: int, visitor: Any) -> None:
    before = office.engine.checklist(number)
    answer = visitor.post(f"/administrations/handel/checklists/{number}", {"done": done})
    assert answer.status_code == 303
    assert office.engine.checklist(number) == before


def test_a_list_that_is_gone_is_told(visitor: Any) -> None:
    answer = visitor.post("/administrations/handel/checklists/77", {"done": ["0"]})
    assert answer.status_code == 404
    assert "no longer there" in answer.text


def test_the_summary_says_what_cannot_be_read_back_and_what_comes_after(
    office: Office, number: int, visitor: Any
) -> None:
    backup = office.engine.history(Code("handel"))[-1]
    page = visitor.read(f"/restore/summary?backup={backup.id}&code=handel&mode=original")
    assert "version 12 cannot restore it" in page
    assert "SnelStart Bankieren" in page
    assert "Afterwards there are 10 things to do" in page


def test_the_page_programs_says_what_can_and_cannot_be_done(reader: Any) -> None:
    page = reader.read("/programs/")
    for name in ("GnuCash", "Odoo", "kivitendo", "Manager.io", "ERP (.zip + .ztx)"):
        assert name in page
    assert "A database on a server is added by hand" in page
    assert "It is assumed that its fiscal years lie in folders called by their year." in page
    untried = [profile for profile in load() if "untried" in profile.limits]
    assert page.count(">untried<") == len(untried) + 1  # the word is explained once
    assert "/programs/" in reader.read("/administrations/")


def test_a_profile_that_cannot_be_used_is_told_and_breaks_no_page(visitor: Any) -> None:
    own = home().programs
    own.mkdir(parents=True)
    (own / "stuk.toml").write_text('name = "<b>"\nstorages = ["<script>"]')
    (own / "mijn.toml").write_text('name = "<i>Kasboek"\nstorages = ["fileset"]')
    page = visitor.read("/programs/")
    assert "stuk.toml, line 2: “&lt;script&gt;” means nothing there." in page
    assert "&lt;i&gt;Kasboek" in page
    assert "your own" in page
