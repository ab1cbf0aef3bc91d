"""Two backups of an administration held against each other, or one and today's books."""

from flask import Blueprint, Response, g

from bewaar.compare import Difference
from bewaar.model import BackupId, Code
from bewaar.requests import BackupFile
from bewaar_web import desk, forms

compare = Blueprint("compare", __name__, url_prefix="/compare")


@compare.get("/<code>")
def show_difference(code: Code) -> str:
    """Show what changed between the two that were chosen; without a second one, until today."""
    engine = desk.engine()
    history = engine.history(code)
    known = [backup.id for backup in history]
    one = BackupId(forms.choice("one", ["", *known]) or next(iter(known), ""))
    other = BackupId(forms.choice("other", ["", *known]))
    return desk.page(
        "compare.html",
        administration=engine.state(code).administration,
        history=history,
        one=one,
        other=other,
        difference=_difference(code, one, other) if one and one != other else None,
    )


@compare.post("/<code>/unlock")
def unlock(code: Code) -> Response:
    """Try the password on the first backup that still needs one; it is kept when it fits."""
    chosen = [BackupId(forms.word(name)) for name in ("one", "other") if forms.word(name)]
    files = [BackupFile(backup=id) for id in chosen if desk.engine().backup(id).encrypted]
    for file in [each for each in files if desk.passwords().of(g.session, each) is None][:1]:
        desk.engine().look_inside(file, forms.secret("password"))
        desk.passwords().keep(g.session, file, forms.secret("password"))
    return desk.go(".show_difference", code=code, one=forms.word("one"), other=forms.word("other"))


def _difference(code: Code, one: BackupId, other: BackupId) -> Difference:
    engine, first = desk.engine(), BackupFile(backup=one)
    password = desk.passwords().of(g.session, first)
    if not other:
        return engine.compare_with_today(first, code, password)
    second = BackupFile(backup=other)
    passwords = (password, desk.passwords().of(g.session, second))
    return engine.compare(first, second, code, passwords=passwords)
