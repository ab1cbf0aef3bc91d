"""Administrations: the books that are kept, and what is expected of each."""

from flask import Blueprint, Response, render_template, request

from bewaar.model import Code
from bewaar_web import charts, desk, forms

administrations = Blueprint("administrations", __name__, url_prefix="/administrations")


@administrations.get("/")
def show_administrations() -> str:
    """List them all."""
    return desk.page("administrations.html", live=True, states=desk.overview().states)


@administrations.get("/add")
def add_administration() -> str:
    """Ask which books to keep too."""
    return desk.ask("administrations/add.html", programs=desk.engine().programs())


@administrations.post("/add")
def keep_administration() -> Response:
    """Keep the books at a place the user named."""
    added = desk.engine().add(
        forms.place("place"),
        name=forms.word("name") or None,
        program=forms.word("program") or None,
        vault=forms.ticked("vault"),
    )
    return desk.go(".show_administration", code=added.code)


@administrations.get("/find")
def find_administrations() -> str:
    """Look for books on this computer that are not kept yet."""
    found = desk.new_books(*forms.places("root")) if forms.ticked("look") else None
    return desk.page("administrations/find.html", found=found, root=forms.word("root"))


@administrations.get("/found")
def list_found() -> str:
    """Look, for a page that is there already: it takes seconds on a large disk."""
    found = desk.new_books(*forms.places("root"))
    return render_template("part/found.html", found=found, root=forms.word("root"))


@administrations.post("/find")
def keep_found() -> Response:
    """Keep the ticked ones of what was found."""
    for place, program in forms.found():
        desk.engine().add(place, program=program)
    return desk.go(".show_administrations")


@administrations.get("/<code>")
def show_administration(code: Code) -> str:
    """Show one: how it stands, its backups, its rules."""
    engine = desk.engine()
    numbered = engine.numbered_history(code)
    history = [backup for _, backup in numbered]
    counts = charts.counts(history, code)
    return desk.page(
        "administration.html",
        live=True,
        state=engine.state(code),
        history=history,
        numbered=numbered,
        counts=counts,
        sizes=charts.sizes(history),
        transactions=charts.transactions(history, counts),
        places={place.destination.id: place.destination for place in engine.destinations()},
        drop=engine.drop(code),
        findings=engine.findings(history[0]) if history else (),
        undo=engine.undoable(code),
        general=engine.settings().policy,
        checklists=engine.open_checklists(code),
    )


@administrations.post("/<code>/drop")
def read_drop(code: Code) -> Response:
    """Take the user's word that fewer transactions are right."""
    desk.engine().read_drop(code)
    return desk.go(".show_administration", code=code)


@administrations.get("/<code>/users")
def show_users(code: Code) -> str:
    """Show who has it open now, since when, and how that is known."""
    facts = {
        "adm": desk.engine().state(code).administration,
        "state": desk.engine().open_state(code),
    }
    if "HX-Request" in request.headers:
        return render_template("part/users.html", **facts)
    return desk.ask("administrations/users.html", **facts)


@administrations.post("/<code>/checklists/<int:number>")
def tick_checklist(code: Code, number: int) -> Response | str:
    """Tick off what was done after a restore."""
    checklist = desk.engine().tick_checklist(number, forms.numbers("done"))
    if "HX-Request" in request.headers:
        return render_template("part/checklist.html", checklist=checklist)
    return desk.go(".show_administration", code=code)


@administrations.post("/<code>/checklists/<int:number>/away")
def put_away_checklist(code: Code, number: int) -> Response:
    """Show what is left to do after a restore no longer."""
    desk.engine().put_away_checklist(number)
    return desk.go(".show_administration", code=code)


@administrations.get("/<code>/rules")
def show_rules(code: Code) -> str:
    """Show what is expected of it."""
    engine = desk.engine()
    administration = engine.state(code).administration
    general = engine.settings().policy
    return desk.ask("administrations/rules.html", administration=administration, general=general)


@administrations.post("/<code>/rules")
def change_rules(code: Code) -> Response:
    """Change its name and what is expected of it."""
    desk.engine().change_administration(
        code,
        name=forms.word("name"),
        marked=forms.ticked("marked"),
        documents=forms.ticked("documents"),
        managed_elsewhere=forms.ticked("managed_elsewhere"),
        policy=forms.policy() if forms.word("whose") == "own" else None,
    )
    return desk.go(".show_administration", code=code)


@administrations.post("/<code>/vault")
def keep_each(code: Code) -> Response:
    """Keep each new backup that the program makes from now on, or no more."""
    desk.engine().change_administration(code, vault=forms.ticked("keep"))
    return desk.go(".show_administration", code=code)


@administrations.get("/<code>/older")
def ask_older(code: Code) -> str:
    """Ask whether older backups of its program are to be stored too."""
    engine = desk.engine()
    administration, older = engine.state(code).administration, engine.older(code)
    return desk.ask("administrations/older.html", administration=administration, older=older)


@administrations.post("/<code>/older")
def store_older(code: Code) -> Response:
    """Store those that have room too, one after the other."""
    desk.engine().want_older(code)
    return desk.go(".show_administration", code=code)


@administrations.get("/<code>/extra")
def ask_extra(code: Code) -> str:
    """Ask which folder outside belongs to its backups too."""
    state = desk.engine().state(code)
    return desk.ask("administrations/extra.html", administration=state.administration)


@administrations.post("/<code>/extra")
def add_extra(code: Code) -> Response:
    """Let a folder outside belong to its backups too."""
    desk.engine().add_extra(code, forms.place("folder"))
    return desk.go(".show_administration", code=code)


@administrations.post("/<code>/extra/remove")
def remove_extra(code: Code) -> Response:
    """Leave a folder out of its backups from now on."""
    desk.engine().remove_extra(code, forms.place("folder"))
    return desk.go(".show_administration", code=code)


@administrations.get("/<code>/outside")
def show_outside(code: Code) -> str:
    """Look which files the books name that no backup holds."""
    outside = desk.engine().outside(code)
    if "HX-Request" in request.headers:
        return render_template("administrations/outside.html", outside=outside, code=code)
    return desk.page("administrations/outside_page.html", outside=outside, code=code)


@administrations.get("/<code>/forget")
def ask_forget(code: Code) -> str:
    """Ask whether it need not be kept any more."""
    state = desk.engine().state(code)
    return desk.ask("administrations/forget.html", administration=state.administration)


@administrations.post("/<code>/forget")
def forget_administration(code: Code) -> Response:
    """Keep it no more; its backups stay where they are."""
    desk.engine().forget(code)
    return desk.go(".show_administrations")


@administrations.get("/<code>/undo")
def ask_undo(code: Code) -> str:
    """Ask whether the books from before the restore shall come back."""
    engine = desk.engine()
    return desk.ask(
        "administrations/undo.html",
        administration=engine.state(code).administration,
        undo=engine.undoable(code),
    )


@administrations.post("/<code>/undo")
def start_undo(code: Code) -> Response:
    """Put the books from before the restore back."""
    job = desk.engine().start_undo(code)
    return desk.go("jobs.show_job", job=job.id)
