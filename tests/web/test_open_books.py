"""Books that somebody has open, at the desk: who it is, and the choice to wait or not."""

import sys
from typing import Any

import pytest

from bewaar.jobs import closing
from bewaar.model import JobId, JobState, Openness
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.holding import held_open
from tests.scene import Office, rows_in
from tests.unkind.promises import rest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")

RULES = {"every": "daily", "keep": "5", "close_text": "", "still_open": "wait"}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "LOOK_SECONDS", 0.05)


@pytest.fixture
def working(office: Office) -> Office:
    """An office in which jobs run by themselves."""
    rest(office.root / "books")
    office.engine.start()
    return office


def form(office: Office, code: str, **more: str) -> dict[str, Any]:
    return {"code": [code], "destination": office.stick.id, "protection": "none", **more}


def test_the_plan_says_who_has_books_open_and_offers_both_ways(
    visitor: Any, office: Office
) -> None:
    with held_open(office.folder_books / "index.txt") as pid:
        plan = visitor.post("/backup/plan", form(office, office.holding.code)).text
        assert "on this computer has it open. The program was started" in plan
        assert 'value="now" checked' in plan
        assert "What is not saved in the program yet is not in the backup" in plan
        again = visitor.post("/backup/plan", form(office, office.holding.code, when="closed")).text
        assert 'value="closed" checked' in again
        users = visitor.read(f"/administrations/{office.holding.code}/users")
        assert f"({pid})" in users
    closed = visitor.post("/backup/plan", form(office, office.holding.code)).text
    assert 'name="when"' not in closed


def test_of_a_database_it_is_said_that_the_copy_is_sound(visitor: Any, office: Office) -> None:
    with held_open(office.sqlite_books):
        plan = visitor.post("/backup/plan", form(office, office.bakery.code)).text
    assert "also while somebody works in it" in plan


def test_waiting_is_seen_on_today_and_ends_with_a_proven_backup(
    visitor: Any, working: Office
) -> None:
    with held_open(working.folder_books / "index.txt"):
        answer = visitor.post("/backup/", form(working, working.holding.code, when="closed"))
        page = visitor.read(answer.location)
        assert "The backup of Jansen Holding waits until its program is closed." in page
        assert "The program was started" in page
        today = visitor.read("/")
        assert "The backup of Jansen Holding waits until its program is closed." in today
        assert "is being backed up" not in today
        assert "Back up the 2 now" in today  # nothing else is held up
    id = JobId(answer.location.rsplit("/", 1)[-1])
    assert working.engine.wait(id, timeout=60).state is JobState.DONE
    assert "waits until" not in visitor.read("/")


def test_who_waits_may_begin_all_the_same_and_it_is_told_what_that_means(
    visitor: Any, working: Office
) -> None:
    with held_open(working.folder_books / "index.txt"):
        answer = visitor.post("/backup/", form(working, working.holding.code, when="closed"))
        assert visitor.post(f"{answer.location}/now").status_code == 303
        id = JobId(answer.location.rsplit("/", 1)[-1])
        assert working.engine.wait(id, timeout=60).state is JobState.DONE
    assert "What was not saved there yet is not in this backup." in visitor.read(answer.location)
    inside = working.engine.look_inside(
        BackupFile(backup=working.engine.history(working.holding.code)[0].id)
    )
    assert inside.manifest.administrations[0].open_state.openness is Openness.OPEN


def test_asking_again_asks_only_for_what_is_open(visitor: Any, working: Office) -> None:
    with held_open(working.sqlite_books):
        answer = visitor.post("/backup/", form(working, working.bakery.code, when="closed"))
        cursor = working.engine.events.cursor
        visitor.post(f"{answer.location}/ask")
        visitor.post(f"{answer.location}/cancel")
    events = working.engine.events.since(cursor).events
    assert [e.params["code"] for e in events if e.code == "closing.asked"] == [working.bakery.code]


def test_before_a_restore_over_open_books_waiting_is_offered_and_kept_to(
    visitor: Any, working: Office
) -> None:
    backup = working.engine.backup(
        working.engine.wait(
            JobId(
                visitor.post("/backup/", form(working, working.bakery.code)).location.rsplit("/")[
                    -1
                ]
            ),
            timeout=60,
        ).backups[0]
    )
    trail = {"backup": backup.id, "code": working.bakery.code, "mode": "original"}
    address = "/restore/summary?" + "&".join(f"{k}={v}" for k, v in trail.items())
    assert 'name="wait"' not in visitor.read(address)
    with held_open(working.sqlite_books):
        page = visitor.read(address)
        assert 'name="wait"' in page
        assert "open books are not replaced" not in page  # said once
        sent = {**trail, "typed_name": "Bakkerij Jansen", "wait": "on"}
        answer = visitor.post("/restore/", sent)
        assert "The restore of Bakkerij Jansen waits" in visitor.read(answer.location)
    id = JobId(answer.location.rsplit("/", 1)[-1])
    assert working.engine.wait(id, timeout=60).state is JobState.DONE
    assert rows_in(working.sqlite_books) == 120


def test_a_name_of_a_lock_never_becomes_markup(visitor: Any, office: Office) -> None:
    books = office.root / "books" / "<b>x.mdb"
    books.write_bytes(b"\0\1\0\0Standard Jet DB\0" + bytes(4096))
    record = b"<i>PC".ljust(32, b"\0") + b"<u>Jan".ljust(32, b"\0")
    books.with_suffix(".ldb").write_bytes(record)
    kept = office.engine.add(books)
    users = visitor.read(f"/administrations/{kept.code}/users")
    assert "<i>" not in users
    assert "<u>" not in users
    assert "PC" in users


def test_a_restore_without_waiting_is_refused_in_words(office: Office) -> None:
    rest(office.root / "books")
    backup = office.proven(office.bakery)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.bakery.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="Bakkerij Jansen",
    )
    with held_open(office.sqlite_books):
        job = office.finish(office.engine.start_restore(request))
    assert job.error
    assert job.error.code == "restore.open"
    assert rows_in(office.sqlite_books) == 120


def test_a_countdown_is_seen_with_the_owners_words_and_what_follows(
    visitor: Any, working: Office
) -> None:
    code = working.bakery.code
    plea = "Anna, sluit even <af>"
    visitor.post(
        f"/administrations/{code}/rules",
        {
            "name": "Bakkerij Jansen",
            "whose": "own",
            "every": "daily",
            "keep": "5",
            "close_minutes": "7",
            "close_text": plea,
            "still_open": "copy",
        },
    )
    with held_open(working.sqlite_books):
        answer = visitor.post("/backup/", form(working, code, when="closed"))
        page = visitor.read(answer.location)
        assert 'It begins in <span class="numbers" data-seconds="4' in page
        assert "Anna, sluit even &lt;af&gt;" in page
        assert "it is backed up all the same: as it is at one instant." in page
        for word in ("Start now", "Later: in an hour", "Back up now all the same"):
            assert word in page
        assert 'data-seconds="4' in visitor.read("/today")
        refused = visitor.post(f"{answer.location}/start")
        assert refused.status_code == 409
        assert "Bakkerij Jansen is still open in its program." in refused.text
        assert "The books and the backups you have are untouched." in refused.text
        assert visitor.post(f"{answer.location}/later").status_code == 303
        assert 'data-seconds="3' in visitor.read(answer.location)
    id = JobId(answer.location.rsplit("/", 1)[-1])
    assert working.engine.wait(id, timeout=60).state is JobState.DONE
    assert "data-seconds" not in visitor.read(answer.location)


def test_where_nothing_is_counted_down_only_waiting_is_offered(
    visitor: Any, working: Office
) -> None:
    visitor.post("/settings/rules", {**RULES, "close_minutes": "0"})
    with held_open(working.sqlite_books):
        answer = visitor.post("/backup/", form(working, working.bakery.code, when="closed"))
        page = visitor.read(answer.location)
        assert "data-seconds" not in page
        assert "Start now" not in page
        assert "Ask again to close it" in page
        visitor.post(f"{answer.location}/cancel")
