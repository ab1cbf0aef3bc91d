"""What Bewaar says by notification, and what it keeps quiet about."""

from dataclasses import replace
from datetime import timedelta

from bewaar.messages import Text
from bewaar.model import (
    InUse,
    Job,
    JobKind,
    JobState,
    Note,
    Openness,
    OpenState,
    Plea,
    Standing,
    StillOpen,
)
from bewaar_tray import notices
from bewaar_tray.menu import Action, Verb
from bewaar_tray.notices import Notice
from tests.clocks import SetClock
from tests.tray.facts import failure, job, overview, place, state

ENGLISH = Text("en", clock=SetClock())
LATE = state("Jansen Holding", Standing.OVERDUE, overdue_days=3)
WAITING = replace(
    job(), state=JobState.QUEUED, stage="closing", subject="Bakkerij Jansen", done=0, total=0
)
STICK = place("Blue stick", drive=True)


def test_overdue_names_what_is_late_and_offers_both_ways() -> None:
    notice = notices.overdue(overview(LATE), ENGLISH)
    assert notice
    assert notice.title == "Jansen Holding is not safely stored"
    assert notice.message == "Jansen Holding: overdue by 3 days"
    assert [(button.text, button.action.verb) for button in notice.buttons] == [
        ("Back up now", Verb.BACK_UP),
        ("Remind me tomorrow", Verb.REMIND_TOMORROW),
    ]


def test_a_long_list_of_overdue_is_cut_short() -> None:
    many = [state(f"Client {n}", Standing.OVERDUE, overdue_days=1) for n in range(40)]
    notice = notices.overdue(overview(*many), ENGLISH)
    assert notice
    assert notice.title == "40 administrations are not safely stored"
    assert notice.message.splitlines()[-1] == f"and {40 - notices.NAMED} more"


def test_what_only_changed_is_no_reason_to_interrupt() -> None:
    assert notices.overdue(overview(state("One", Standing.CHANGED)), ENGLISH) is None


def test_a_failure_says_what_happened_whether_the_data_is_safe_and_what_to_do() -> None:
    failed = failure()
    said = ENGLISH.failure(failed.code, failed.params)
    notice = notices.failed(failed.code, failed.params, ENGLISH)
    assert notice.title == said.what
    assert notice.message == f"{said.safe}\n{said.todo}"
    assert notice.urgent


def test_a_plugged_stick_offers_a_backup_to_itself() -> None:
    notice = notices.plugged(STICK.destination, overview(LATE), ENGLISH)
    assert notice
    assert notice.buttons[0].action == Action(Verb.BACK_UP_TO, "Blue stick")


def test_a_plugged_stick_is_no_news_when_all_is_stored() -> None:
    good = overview(state("One", Standing.PROVEN))
    assert notices.plugged(STICK.destination, good, ENGLISH) is None


def test_success_is_quiet_but_for_the_stick_that_may_be_unplugged() -> None:
    quiet = job(JobKind.BACKUP, Note(code="backup.proven", params={"name": "Jansen"}))
    assert notices.unpluggable(quiet, ENGLISH) is None
    done = job(JobKind.BACKUP, Note(code="drive.unpluggable", params={"name": "Blue stick"}))
    notice = notices.unpluggable(done, ENGLISH)
    assert notice
    assert notice.title == "You may unplug Blue stick."


def test_books_that_are_wanted_closed_are_named_with_whom_only_people_can_reach() -> None:
    here = InUse(evidence=("a.LCK",), sure=True, program="gnucash")
    there = InUse(evidence=("a.ldb",), sure=True, computer="PC-ANNA")
    state = OpenState(openness=Openness.OPEN, users=(here,))
    notice = wanted_closed(state)
    assert notice
    assert notice.title == "Please close Bakkerij Jansen"
    assert notice.buttons == ()
    assert "close GnuCash" in notice.message
    assert "PC-ANNA" not in notice.message
    both = OpenState(openness=Openness.OPEN, users=(here, there))
    notice = wanted_closed(both)
    assert notice
    assert notice.message.endswith("Bewaar cannot reach PC-ANNA. Ask there yourself.")


def test_nobody_is_asked_to_close_what_is_closed() -> None:
    closed = OpenState(openness=Openness.CLOSED)
    assert wanted_closed(closed) is None


def wanted_closed(state: OpenState, held: Job = WAITING, text: str = "") -> Notice | None:
    plea = Plea(text=text, then=StillOpen.WAIT, sound=False)
    return notices.wanted_closed("Bakkerij Jansen", "GnuCash", state, ENGLISH, job=held, plea=plea)


def test_a_countdown_says_when_in_the_owners_words_and_offers_both_ways() -> None:
    here = InUse(evidence=("a.LCK",), sure=True, program="gnucash")
    there = InUse(evidence=("a.ldb",), sure=True, computer="PC-ANNA", person="anna")
    state = OpenState(openness=Openness.OPEN, users=(here, there))
    counting = replace(WAITING, done=30, total=300)
    notice = wanted_closed(state, counting, "Anna, koffie!")
    assert notice
    lines = notice.message.splitlines()
    assert lines[0] == "The backup of Bakkerij Jansen begins in 5 minutes"
    assert lines[1] == "Anna, koffie!"
    assert lines[-1] == "Bewaar cannot reach PC-ANNA (anna). Ask there yourself."
    assert [button.action for button in notice.buttons] == [
        Action(Verb.BEGIN, "job"),
        Action(Verb.LATER, "job"),
    ]
    assert notice.click == Action(Verb.OPEN, "/jobs/job")


def test_what_is_overdue_because_it_is_open_says_so() -> None:
    since = ENGLISH.now() - timedelta(days=3)
    held = OpenState(
        openness=Openness.OPEN, users=(InUse(evidence=("a.LCK",), sure=True, since=since),)
    )
    seen = replace(overview(LATE), postponed={LATE.administration.code: held})
    notice = notices.overdue(seen, ENGLISH)
    assert notice
    assert "Jansen Holding has been open for 3 days" in notice.message
    assert "begins as soon as it is closed" in notice.message
