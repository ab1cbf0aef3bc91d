"""What a backup holds, folder by folder; one document of it opened or saved.

What is in a backup is never served: a document is opened by the system's program, or saved.
"""

from flask import Blueprint, Response, g, render_template, request

from bewaar.model import Code
from bewaar.peek import is_opened, listing
from bewaar.verify import administration_in
from bewaar_web import desk, forms
from bewaar_web.trail import backup_file, file_trail

peek = Blueprint("peek", __name__, url_prefix="/peek")


@peek.get("/")
def show_files() -> str:
    """Show one page of one folder, or of what was found."""
    file, code = backup_file(), Code(forms.word("code"))
    inside = desk.engine().leaf_through(file, desk.passwords().of(g.session, file))
    found = administration_in(inside.manifest, code) or inside.manifest.administrations[0]
    page = forms.number("page", least=1, most=10**9) if forms.word("page") else 1
    return desk.page(
        "peek.html",
        inside=inside,
        content=found.content,
        others=[one.content for one in inside.manifest.administrations if one is not found],
        listing=listing(found, folder=forms.word("folder"), search=forms.word("search"), page=page),
        is_opened=is_opened,
        file={**file_trail(), "code": found.content.code},
    )


@peek.post("/unlock")
def unlock() -> Response:
    """Try the password; it is kept for this backup when it fits."""
    file, password = backup_file(), forms.secret("password")
    desk.engine().look_inside(file, password)
    desk.passwords().keep(g.session, file, password)
    return desk.go(".show_files", **file_trail(), code=forms.word("code"))


@peek.post("/open")
def open_document() -> str:
    """Open a document with the program the user has for it, and say so."""
    file = backup_file()
    password = desk.passwords().of(g.session, file)
    code, document = Code(forms.word("code")), forms.word("document")
    copy = desk.engine().open_document(file, code, document, password)
    if "HX-Request" in request.headers:  # told above the list
        return render_template("peek/opened.html", name=copy.name)
    return desk.page("peek/shown.html", name=copy.name)


@peek.get("/save")
def ask_where() -> str:
    """Ask for the folder it is saved to."""
    trail = {**file_trail(), "code": forms.word("code"), "document": forms.word("document")}
    return desk.ask("peek/save.html", trail=trail)


@peek.post("/save")
def save_document() -> str:
    """Save a document, and say where it lies."""
    file = backup_file()
    saved = desk.engine().save_document(
        file,
        Code(forms.word("code")),
        forms.word("document"),
        forms.place("into"),
        desk.passwords().of(g.session, file),
    )
    if "HX-Request" in request.headers:  # told in the form that asked
        return render_template("peek/told.html", saved=saved)
    return desk.page("peek/saved.html", saved=saved)
