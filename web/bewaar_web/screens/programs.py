"""Programs: which ones Bewaar knows, what it does for each, and what it cannot."""

from flask import Blueprint

from bewaar.programs import Keeps
from bewaar_web import desk

programs = Blueprint("programs", __name__, url_prefix="/programs")


@programs.get("/")
def show_programs() -> str:
    """Show them all, those whose books are kept first."""
    guide = desk.engine().program_guide()
    groups = {keeps: [a for a in guide.abilities if a.keeps is keeps] for keeps in Keeps}
    return desk.page("programs.html", guide=guide, groups=groups)
