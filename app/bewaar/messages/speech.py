"""One language: its translated words, its dates, sizes and numbers.

Times are told in the local time zone. Babel is loaded by the first date or number that needs it,
so that the idle tray does without.
"""

import datetime as dt
from decimal import Decimal
from gettext import NullTranslations
from typing import TYPE_CHECKING

from bewaar.clock import Clock, SystemClock
from bewaar.messages.languages import FALLBACK, translations

if TYPE_CHECKING:
    from babel import Locale

Day = dt.date | dt.datetime
_UNITS = ("kB", "MB", "GB", "TB", "PB")
_NO_BREAK = "\N{NO-BREAK SPACE}"


class Speech:
    """Words and formats of one language; `clock` and `tz` say when and where it is spoken."""

    def __init__(
        self,
        language: str,
        *,
        catalogue: NullTranslations | None = None,
        clock: Clock | None = None,
        tz: dt.tzinfo | None = None,
    ) -> None:
        """Speak `language`, or English when it has no catalogue; `tz` None is the computer's."""
        found = catalogue or translations(language)
        self.language = language if found else FALLBACK
        self._words = found or NullTranslations()
        self._clock = clock or SystemClock()
        self._tz = tz

    # ── Words ───────────────────────────────────────────────────────────────────────────────

    def gettext(self, message: str, /, **params: object) -> str:
        """Return the translation; with parameters it is filled in, without it stays a template."""
        return _filled(self._words.gettext(message), params)

    def ngettext(self, one: str, many: str, n: int, /, **params: object) -> str:
        """Return the form for `n` things; filled in with `n` when there are parameters."""
        return _filled(self._words.ngettext(one, many, n), params and {"n": n, **params})

    def pgettext(self, context: str, message: str, /, **params: object) -> str:
        """Return the translation of a word that means different things in different places."""
        return _filled(self._words.pgettext(context, message), params)

    def npgettext(self, context: str, one: str, many: str, n: int, /, **params: object) -> str:
        """Return the form for `n` things, in a context."""
        form = self._words.npgettext(context, one, many, n)
        return _filled(form, params and {"n": n, **params})

    # ── Days and times ──────────────────────────────────────────────────────────────────────

    def now(self) -> dt.datetime:
        """Return the present moment."""
        return self._clock.now()

    def local(self, at: dt.datetime) -> dt.datetime:
        """Return a moment as the clock on the wall shows it."""
        return at.astimezone(self._tz)

    def time(self, at: dt.datetime) -> str:
        """Return "18:02"."""
        local = self.local(at)
        return f"{local.hour}:{local.minute:02}"

    def day(self, at: Day, *, now: dt.datetime | None = None) -> str:
        """Return "Monday 16 November", with the year when it is another one."""
        day = self._day(at)
        if day.year == self._day(now or self.now()).year:
            return self._date(day, self.pgettext("date pattern", "EEEE d MMMM"))
        return self.date(day)

    def date(self, at: Day) -> str:
        """Return "16 November 2026"."""
        return self._date(self._day(at), self.pgettext("date pattern", "d MMMM y"))

    def short_date(self, at: Day) -> str:
        """Return "16 Nov 2026", for columns."""
        return self._date(self._day(at), self.pgettext("date pattern", "d MMM y"))

    def moment(self, at: dt.datetime, *, now: dt.datetime | None = None) -> str:
        """Return "today, 12:40", "yesterday, 18:02" or "Monday 16 November, 18:02"."""
        now, time = now or self.now(), self.time(at)
        today = self._day(now)
        if self._day(at) == today:
            return self.pgettext("moment", "today, %(time)s", time=time)
        if self._day(at) == today - dt.timedelta(days=1):
            return self.pgettext("moment", "yesterday, %(time)s", time=time)
        return self.pgettext("moment", "%(day)s, %(time)s", day=self.day(at, now=now), time=time)

    def short_moment(self, at: dt.datetime, *, now: dt.datetime | None = None) -> str:
        """Return "today 12:40", "yesterday 18:02" or "Mon 16 Nov 18:02", for lists and badges."""
        now, time = now or self.now(), self.time(at)
        day, today = self._day(at), self._day(now)
        if day == today:
            return self.pgettext("moment", "today %(time)s", time=time)
        if day == today - dt.timedelta(days=1):
            return self.pgettext("moment", "yesterday %(time)s", time=time)
        if day.year != today.year:
            return f"{self.short_date(day)} {time}"
        near = self._date(day, self.pgettext("date pattern", "EEE d MMM"))
        return f"{near} {time}"

    def ago(self, at: dt.datetime, *, now: dt.datetime | None = None) -> str:
        """Return "just now", "5 minutes ago", "3 days ago"; a moment to come is "just now"."""
        seconds = ((now or self.now()) - at).total_seconds()
        if seconds < 60:
            return self.gettext("just now")
        if seconds < 3600:
            n = int(seconds // 60)
            return self.ngettext("%(n)d minute ago", "%(n)d minutes ago", n, n=n)
        if seconds < 86400:
            n = int(seconds // 3600)
            return self.ngettext("%(n)d hour ago", "%(n)d hours ago", n, n=n)
        n = int(seconds // 86400)
        return self.ngettext("%(n)d day ago", "%(n)d days ago", n, n=n)

    def duration(self, span: dt.timedelta | float) -> str:
        """Return "41 seconds", "3 minutes", "2 hours" or "4 days", for a span or its seconds."""
        seconds = span.total_seconds() if isinstance(span, dt.timedelta) else span
        if seconds < 90:
            n = max(1, round(seconds))
            return self.ngettext("%(n)d second", "%(n)d seconds", n, n=n)
        if seconds < 90 * 60:
            n = round(seconds / 60)
            return self.ngettext("%(n)d minute", "%(n)d minutes", n, n=n)
        if seconds < 36 * 3600:
            n = round(seconds / 3600)
            return self.ngettext("%(n)d hour", "%(n)d hours", n, n=n)
        n = round(seconds / 86400)
        return self.ngettext("%(n)d day", "%(n)d days", n, n=n)

    # ── Numbers ─────────────────────────────────────────────────────────────────────────────

    def number(self, value: float) -> str:
        """Return "12,345"."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._locale())

    def amount(self, value: Decimal) -> str:
        """Return "1,234.50", with two places at least."""
        from babel.numbers import format_decimal

        return format_decimal(value, format="#,##0.00####", locale=self._locale())

    def percent(self, share: float) -> str:
        """Return "12%" for 0.12."""
        from babel.numbers import format_percent

        return format_percent(share, locale=self._locale())

    def size(self, count: int) -> str:
        """Return "238 MB": decimal units, as drives are sold."""
        if abs(count) < 1000:
            return self.ngettext("%(n)d byte", "%(n)d bytes", count, n=count)
        power = next(
            (p for p in range(1, len(_UNITS)) if abs(count) < 999.5 * 1000**p), len(_UNITS)
        )
        value = count / 1000**power
        shown = self.number(round(value, 1 if abs(value) < 9.95 else None))
        return f"{shown}{_NO_BREAK}{_UNITS[power - 1]}"

    # ── Within ──────────────────────────────────────────────────────────────────────────────

    def _day(self, at: Day) -> dt.date:
        return self.local(at).date() if isinstance(at, dt.datetime) else at

    def _date(self, day: dt.date, pattern: str) -> str:
        from babel.dates import format_date

        return format_date(day, pattern, locale=self._locale())

    def _locale(self) -> "Locale":
        from babel import Locale

        return Locale.parse("en_GB" if self.language == "en" else self.language)


def _filled(template: str, params: dict[str, object]) -> str:
    return template % params if params else template
