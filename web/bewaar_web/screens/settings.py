"""Settings: what the user chose, one form per subject."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, render_template

from bewaar.archive import generate_passphrase, strength_bits
from bewaar.messages import LANGUAGES
from bewaar.model import DestinationId
from bewaar.settings import Protect, Settings, Theme, render_name
from bewaar_web import desk, forms

settings = Blueprint("settings", __name__, url_prefix="/settings")

WEAK_BITS = 60  # below this a stolen file is guessed with rented computers
SAMPLE = ("Bakkerij Jansen", "jansen", "gnucash")


@settings.get("/")
def show_settings() -> str:
    """Show all of them."""
    engine = desk.engine()
    chosen = engine.settings()
    return desk.page(
        "settings.html",
        chosen=chosen,
        languages=LANGUAGES,
        places=[p.destination for p in engine.destinations() if not p.destination.occasional],
        password_kept=engine.password_kept(),
        preview=_preview(chosen.name_template),
    )


@settings.post("/look")
def change_look() -> Response:
    """Change language and colours, and whether Bewaar starts with the computer."""
    language = forms.choice("language", ["", *LANGUAGES])
    theme = Theme(forms.choice("theme", list(Theme)))
    login = forms.ticked("start_at_login")
    return _change(lambda s: replace(s, language=language, theme=theme, start_at_login=login))


@settings.post("/backups")
def change_backups() -> Response:
    """Change where backups go and what their files are called."""
    known = [place.destination.id for place in desk.engine().destinations()]
    where = DestinationId(forms.choice("default_destination", ["", *known])) or None
    template = forms.word("name_template")
    one_file, small = forms.word("files") == "one", forms.ticked("small")
    return _change(
        lambda s: replace(
            s, default_destination=where, name_template=template, one_file=one_file, small=small
        )
    )


@settings.get("/name")
def preview_name() -> str:
    """Show what a file would be called."""
    preview = _preview(forms.word("name_template"))
    return render_template("settings/preview.html", preview=preview)


@settings.post("/rules")
def change_rules() -> Response:
    """Change what is expected of every administration without rules of its own."""
    policy = forms.policy()
    return _change(lambda s: replace(s, policy=policy))


@settings.post("/protection")
def change_protection() -> Response:
    """Choose whether backups get the kept password unless the user says otherwise."""
    protect = Protect(forms.choice("protect", list(Protect)))
    return _change(lambda s: replace(s, protect=protect))


@settings.get("/password")
def choose_password() -> str:
    """Offer a generated passphrase, and room for one of the user's own."""
    return desk.page("settings/password.html", passphrase=generate_passphrase())


@settings.post("/password")
def keep_password() -> Response:
    """Keep a password in this computer's password store; from now on backups get it."""
    engine = desk.engine()
    if forms.word("which") == "generated":
        engine.keep_password(forms.secret("passphrase"), forms.secret("passphrase"))
    else:
        engine.keep_password(forms.secret("password"), forms.secret("confirmation"))
    return _change(lambda s: replace(s, protect=Protect.KEYRING))


@settings.post("/password/strength")
def judge_password() -> str:
    """Say plainly when a password of the user's own is easy to guess."""
    weak = 0 < strength_bits(forms.secret("password")) < WEAK_BITS
    return render_template("settings/strength.html", weak=weak)


@settings.get("/password/forget")
def ask_forget_password() -> str:
    """Ask whether the kept password may go."""
    return desk.ask("settings/forget.html")


@settings.post("/password/forget")
def forget_password() -> Response:
    """Keep no password any more; new backups get none."""
    desk.engine().forget_password()
    return _change(lambda s: replace(s, protect=Protect.NONE))


def _change(change: Callable[[Settings], Settings]) -> Response:
    desk.engine().change_settings(change)
    return desk.go(".show_settings")


def _preview(template: str) -> str:
    name, code, program = SAMPLE
    now = desk.text().now()
    return render_name(template, name=name, code=code, program=program, at=now) + ".zip"
