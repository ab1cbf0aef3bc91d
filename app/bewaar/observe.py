"""Looking at live books: whether they are there, and changed since they were proven safe.

A cheap signature says quickly that something moved; only the content says that nothing did. What
was seen is kept in the catalogue, so that a page or a restart can tell it without looking.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bewaar.catalogue.backups import Baseline
from bewaar.errors import BewaarError
from bewaar.events import EventLog
from bewaar.kit import Kit
from bewaar.model import Administration, BackupId, Code, Observation
from bewaar.servers.connection import ServerKind

LOG = logging.getLogger(__name__)
WRITE_EVERY = timedelta(minutes=10)
THOROUGH_EVERY = timedelta(days=1)  # content is read even when nothing seems to have moved

_SERVED = frozenset(ServerKind)


class Observer:
    """Looks at administrations one at a time."""

    def __init__(self, kit: Kit, events: EventLog) -> None:
        """Look with the kit's storages; say what changed in the events."""
        self._kit = kit
        self._events = events
        self._one = threading.Lock()
        self._read: dict[Code, datetime] = {}
        self._read_for: dict[Code, BackupId] = {}  # the backup the content was compared with
        self._latest: dict[Code, Observation] = {}

    def scan(self, administrations: Iterable[Administration]) -> None:
        """Look at all of them."""
        for administration in administrations:
            self.look(administration)

    def latest(self, code: Code) -> Observation | None:
        """Return what was last seen, by this process or an earlier one."""
        return self._latest.get(code) or self._kit.catalogue.observations.get(code)

    def forget(self, code: Code) -> None:
        """Remove all that was seen of an administration."""
        self._latest.pop(code, None)
        self._read.pop(code, None)
        self._kit.catalogue.observations.forget(code)

    def trust(self, now: datetime) -> None:
        """Let nothing have been seen after `now`: the user says that the clock is right."""
        with self._one:
            seen = self._kit.catalogue.observations
            for code, each in (seen.all() | self._latest).items():
                changed = each.changed_since and min(each.changed_since, now)
                right = replace(each, seen_at=min(each.seen_at, now), changed_since=changed)
                self._latest[code] = right
                seen.save(code, right)
            seen.known_since(now)

    def look(self, administration: Administration) -> Observation:
        """Look at one, keep what was seen, and publish when it is news."""
        with self._one:
            before = self.latest(administration.code)
            seen = self._with_vault(administration, self._see(administration, before))
            return self._keep(administration.code, before, seen)

    def _see(self, administration: Administration, before: Observation | None) -> Observation:
        now = self._kit.clock.now()
        changed_since = before.changed_since if before else None
        try:
            signature = self._kit.storage(administration).signature(
                self._kit.source(administration)
            )
        except BewaarError as error:
            LOG.info("%s cannot be looked at: %s", administration.code, error)
            return Observation(
                seen_at=now, reachable=False, signature="", changed_since=changed_since
            )
        seen = Observation(
            seen_at=now,
            reachable=True,
            signature=signature,
            changed_since=changed_since,
            vault=before.vault if before else None,
        )
        baseline = self._kit.catalogue.backups.baseline(administration.code, now=now)
        if baseline is None:
            return replace(seen, changed_since=changed_since or now)
        return self._compare(administration, baseline, before, seen)

    def _with_vault(self, administration: Administration, seen: Observation) -> Observation:
        """Add what lies in a folder where a program puts its own backups."""
        if not seen.reachable:
            return seen
        try:
            return replace(seen, vault=self._kit.vault(administration))
        except BewaarError as error:
            LOG.info("%s cannot be looked at: %s", administration.code, error)
            return replace(seen, reachable=False, signature="")

    def _compare(
        self,
        administration: Administration,
        baseline: Baseline,
        before: Observation | None,
        seen: Observation,
    ) -> Observation:
        code = administration.code
        if seen.signature == baseline.signature and not self._wants_reading(code, seen.seen_at):
            return replace(seen, changed_since=None)
        known_changed = before and before.changed_since
        as_before = before and before.signature == seen.signature
        settled = as_before or self._is_spared(administration, baseline)
        if known_changed and settled and seen.signature != baseline.signature:
            return seen
        if seen.signature != baseline.signature:
            changed = replace(seen, changed_since=seen.changed_since or seen.seen_at)
            self._keep(code, before, changed)  # said at once; reading the content takes longer
            seen = changed
        if not self._same_content(administration, baseline):
            return replace(seen, changed_since=seen.changed_since or seen.seen_at)
        if seen.signature != baseline.signature:
            self._kit.catalogue.backups.resign(baseline, seen.signature)
        return replace(seen, changed_since=None)

    def _same_content(self, administration: Administration, baseline: Baseline) -> bool:
        if not baseline.content.fingerprint:
            return False
        storage, source = self._kit.storage(administration), self._kit.source(administration)
        try:
            same = storage.fingerprint(source) == baseline.content.fingerprint
        except BewaarError as error:
            LOG.info("%s cannot be read: %s", administration.code, error)
            return False
        self._read[administration.code] = self._kit.clock.now()
        self._read_for[administration.code] = baseline.backup.id
        return same

    def _is_spared(self, administration: Administration, baseline: Baseline) -> bool:
        """Return whether the content is not read again for every move.

        Reading a database costs everybody who works on its server. That somebody took a change
        back is then only seen by the next backup.
        """
        read_for = self._read_for.get(administration.code)
        return administration.storage in _SERVED and read_for == baseline.backup.id

    def _wants_reading(self, code: Code, now: datetime) -> bool:
        """Whether it is a day since the content was read; the first look only starts the day."""
        last = self._read.setdefault(code, now)
        return abs(now - last) >= THOROUGH_EVERY

    def _keep(self, code: Code, before: Observation | None, seen: Observation) -> Observation:
        """Remember what was seen; write it down when it is news, or old, so that idle is idle."""
        self._latest[code] = seen
        news = before is None or _news(before, seen)
        if news or before is None or seen.seen_at - before.seen_at >= WRITE_EVERY:
            self._kit.catalogue.observations.save(code, seen)
        if news:
            self._events.publish("administration.changed", code=code)
        return seen


def _news(before: Observation, seen: Observation) -> bool:
    return (before.reachable, before.changed_since, before.vault) != (
        seen.reachable,
        seen.changed_since,
        seen.vault,
    )
