"""What every failure has: a code that never changes, plain parameters, an English log line."""

from typing import ClassVar

Value = str | int | float | bool | None


class BewaarError(Exception):
    """The base of all failures; `template` is English, for logs only."""

    code: ClassVar[str] = "fault"
    template: ClassVar[str] = "something went wrong"

    def __init__(self, **params: Value) -> None:
        """Keep the plain facts of what happened, as text that can be written anywhere."""
        super().__init__()
        self.params: dict[str, Value] = {key: _writable(each) for key, each in params.items()}

    def __str__(self) -> str:
        """Return the English log line."""
        return self.template.format_map(_Lenient(self.params))


def _writable(value: Value) -> Value:
    # The name of a file may be no text: Python then has half surrogates in it.
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    return value


class _Lenient(dict[str, Value]):
    def __missing__(self, key: str) -> str:
        return "?"


class Mendable(BewaarError):
    """Something the user can mend."""

    code = "mendable"


class Fault(BewaarError):
    """Something that is our fault, or the computer's."""

    code = "fault"
    template = "unexpected: {kind}: {detail}"


class Cancelled(BewaarError):
    """The user asked to stop; nothing was left behind."""

    code = "cancelled"
    template = "cancelled"
