"""Names made from what the user chose: of backup files, and codes of administrations."""

import unicodedata
from collections.abc import Collection
from datetime import datetime, tzinfo
from string import Formatter

from bewaar.errors import InvalidValue
from bewaar.files import NAME_BYTES, safe_name
from bewaar.model import Code

PLACEHOLDERS = ("name", "code", "program", "date", "time")
LONGEST_CODE = 64

# Lie beside the folder of each administration in a backup
_TAKEN_IN_BACKUPS = {"readme.txt", "bewaar-manifest.json"}


def folded(text: str) -> str:
    """Return what is left of a name where case and the way of writing accents do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


# ── Backup files ────────────────────────────────────────────────────────────────────────────


def check_template(template: str) -> None:
    """Raise InvalidValue unless it is text with known placeholders in braces."""
    try:
        fields = list(Formatter().parse(template))
    except ValueError:
        raise InvalidValue(field="name_template", value=template) from None
    for _, name, how, conversion in fields:
        if (name is not None and name not in PLACEHOLDERS) or how or conversion:
            raise InvalidValue(field="name_template", value=template)
    if not template.strip():
        raise InvalidValue(field="name_template", value=template)


def render_name(
    template: str,
    *,
    name: str,
    code: str,
    program: str,
    at: datetime,
    zone: tzinfo | None = None,
) -> str:
    """Return the file name, without an ending, of a backup made `at`, in local time.

    A long name gives way, so that the date stays whole. The same minute gives the same name.
    """
    check_template(template)
    local = at.astimezone(zone)
    values = {
        "name": safe_name(name),
        "code": safe_name(code),
        "program": safe_name(program),
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H%M}",
    }
    while values["name"] and _is_long(template.format_map(values)):
        values["name"] = values["name"][:-1]
    return safe_name(template.format_map(values))


def _is_long(text: str) -> bool:
    return len(text.encode(errors="replace")) > NAME_BYTES


# ── Codes ───────────────────────────────────────────────────────────────────────────────────


def check_code(code: str) -> None:
    """Raise InvalidValue unless the code can be a folder in a backup on every system."""
    fits = safe_name(code) == code and len(code) <= LONGEST_CODE
    if not fits or code.startswith("-") or folded(code) in _TAKEN_IN_BACKUPS:
        raise InvalidValue(field="code", value=code)


def new_code(name: str, taken: Collection[str]) -> Code:
    """Return a short code for an administration of that name, unlike all that are taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    base = safe_name("-".join(words)[:40].rstrip("-") or "books")
    used = {folded(code) for code in taken}
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(used) + 2))
    return Code(next(code for code in candidates if folded(code) not in used))
