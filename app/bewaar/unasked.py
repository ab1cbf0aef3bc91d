"""Backups that begin by themselves: what is due goes to the usual destination, quietly.

Asked at every beat and answered from stored facts, so nothing is missed and nothing done twice.
What cannot be done without the user is left to the reminders: the destination is away, the
password is not kept, it has failed again and again. Whoever has open what only gives a sound copy
when it is closed is asked to close it, in a job that counts down and waits; where the rules want
nobody asked, the first beat after it was closed begins.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bewaar.catalogue.attempts import Attempt
from bewaar.errors import BewaarError, KeyringUnavailable
from bewaar.jobs import JobQueue
from bewaar.kit import Kit
from bewaar.model import Administration, Code, Destination, Job, Openness, OpenState, State
from bewaar.places import Places
from bewaar.policy import TRIES, begins_by_itself, is_time_to_try, policy_of
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import Protect, SettingsFile
from bewaar.today import in_doubt

LOG = logging.getLogger(__name__)
LONGEST = timedelta(days=1)  # a job that takes longer hangs: the user is reminded all the same


@dataclass(slots=True, kw_only=True)
class Unasked:
    """Begins what is due, with the rooms that takes."""

    kit: Kit
    settings: SettingsFile
    places: Places
    jobs: JobQueue
    kept_password: Callable[[], str | None]  # raises KeyringUnavailable
    back_up: Callable[[BackupRequest], Job]
    postponed: Mapping[Code, OpenState] = field(default_factory=dict)  # at the last beat, by whom

    def begin(self, overdue: Iterable[State]) -> list[State]:
        """Begin what can be done, and return what the user is to be reminded of all the same."""
        general = self.settings.current().policy
        wanted: list[State] = []
        left: list[State] = []
        for state in overdue:
            (wanted if begins_by_itself(state, general) else left).append(state)
        self.postponed = self._held_up(wanted)
        if not wanted or in_doubt(self.kit):
            return left + wanted
        return left + self._begin(wanted)

    def _begin(self, wanted: list[State]) -> list[State]:
        now = self.kit.clock.now()
        under_way = self.jobs.under_way()
        attempts = self.kit.catalogue.attempts.latest()
        ready, left = [], []
        for state in wanted:
            code = state.administration.code
            attempt = attempts.get(code)
            if begun := under_way.get(code):
                if now - begun > self._patience(state):
                    left.append(state)
            elif self._is_time(state, attempt):
                ready.append(state)
            elif attempt and attempt.number >= TRIES:
                left.append(state)
        begun_now = self._begin_ready(ready)
        return left + [state for state in ready if state.administration not in begun_now]

    def _is_time(self, state: State, attempt: Attempt | None) -> bool:
        """Whether enough time has passed since it failed, by itself or when it was clicked."""
        now, failed = self.kit.clock.now(), state.failure
        if failed and not is_time_to_try(now, 1, failed.at):
            return False
        return attempt is None or is_time_to_try(now, attempt.number, attempt.at)

    def _begin_ready(self, ready: list[State]) -> list[Administration]:
        to = self._destination() if ready else None
        if to is None:
            return []
        found = [state.administration for state in ready]
        free = [each for each in found if each.code not in self.postponed]
        secret = [each for each in free if self._gets_password(each, to)]
        plain = [each for each in free if each not in secret]
        begun = self._ask(secret, to, Protection.KEPT) + self._ask(plain, to, Protection.NONE)
        for each in found:
            if each.code in self.postponed and self._minutes(each):
                protection = Protection.KEPT if self._gets_password(each, to) else Protection.NONE
                begun += self._ask([each], to, protection)
        return begun

    def _minutes(self, administration: Administration) -> int:
        """Return how long somebody is asked to close books; 0: nobody is, the beats look."""
        return policy_of(administration, self.settings.current().policy).close_minutes

    def _patience(self, state: State) -> timedelta:
        """Return after how long the user is reminded all the same of what is in hand."""
        administration = state.administration
        if administration.code in self.postponed:
            return timedelta(minutes=self._minutes(administration))
        return LONGEST

    def _destination(self) -> Destination | None:
        """Return the usual destination when it can be used now."""
        for place in self.places.states():
            if place.default and place.here:
                return place.destination
        return None

    def _held_up(self, wanted: Iterable[State]) -> dict[Code, OpenState]:
        """Return who has books open of which only closed ones give a sound copy."""
        found = {}
        for administration in (state.administration for state in wanted):
            storage = self.kit.storage(administration)
            if not storage.sound_while_open:
                state = storage.is_open(self.kit.source(administration))
                if state.openness is Openness.OPEN:
                    found[administration.code] = state
        return found

    def _gets_password(self, administration: Administration, to: Destination) -> bool:
        """Whether its backups there have one: what was locked up never comes to lie open."""
        if self.settings.current().protect is Protect.KEYRING:
            return True
        last = self.kit.catalogue.backups.baseline(administration.code, to.id)
        return last is not None and last.backup.encrypted

    def _ask(
        self, administrations: list[Administration], to: Destination, protection: Protection
    ) -> list[Administration]:
        """Queue one job for them; return those that are in hand now."""
        if not administrations:
            return []
        codes = tuple(each.code for each in administrations)
        request = BackupRequest(
            codes=codes,
            destination=to.id,
            protection=protection,
            one_file=self.settings.current().one_file,
            by_itself=True,
            wait_until_closed=any(code in self.postponed for code in codes),
        )
        if protection is Protection.KEPT and not self._password_kept():
            return []
        for code in codes:
            self.kit.catalogue.attempts.add(code, self.kit.clock.now())
        try:
            self.back_up(request)
        except BewaarError as error:  # also a store for passwords that cannot be asked
            LOG.warning("no backup by itself: %s", error)
        return administrations

    def _password_kept(self) -> bool:
        try:
            return self.kept_password() is not None
        except KeyringUnavailable:
            return True  # asking it again may open a window each time: that counts as an attempt
