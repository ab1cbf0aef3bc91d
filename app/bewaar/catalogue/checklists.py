"""What is to be done after each restore, ticked off by the user, kept until it is put away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import dump, readable
from bewaar.errors import ChecklistUnknown
from bewaar.model import Checklist, Code


class Checklists:
    """One list for each restore that left something to do."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def add(self, checklist: Checklist) -> Checklist:
        """Keep a list and return it with its number."""
        with self._database.change() as db:
            code = checklist.administration
            row = db.execute(
                "INSERT INTO checklists (administration, checklist) VALUES (?, '')", (code,)
            )
            kept = replace(checklist, number=row.lastrowid or 0)
            self._write(kept)
        return kept

    def get(self, number: int) -> Checklist:
        """Return one list. Raises ChecklistUnknown."""
        for checklist in self._read("number = ?", number):
            return checklist
        raise ChecklistUnknown(number=number)

    def open_of(self, code: Code) -> tuple[Checklist, ...]:
        """Return an administration's lists on which something is left, newest first."""
        found = self._read("administration = ?", code)
        return tuple(each for each in found if each.left and not each.put_away)

    def tick(self, number: int, done: set[int], at: datetime) -> Checklist:
        """Have the checks at these places ticked off, and no others. Raises ChecklistUnknown."""

        def ticked(checklist: Checklist) -> Checklist:
            checks = (
                replace(check, done_at=(check.done_at or at) if place in done else None)
                for place, check in enumerate(checklist.checks)
            )
            return replace(checklist, checks=tuple(checks))

        return self._change(number, ticked)

    def put_away(self, number: int) -> Checklist:
        """Close a list, whatever is left. Raises ChecklistUnknown."""
        return self._change(number, lambda checklist: replace(checklist, put_away=True))

    def put_away_since(self, code: Code, restored_at: datetime) -> None:
        """Close the lists of restores that were undone."""
        for checklist in self.open_of(code):
            if checklist.restored_at >= restored_at:
                self.put_away(checklist.number)

    def forget(self, code: Code) -> None:
        """Remove the lists of an administration."""
        with self._database.change() as db:
            db.execute("DELETE FROM checklists WHERE administration = ?", (code,))

    def _change(self, number: int, change: Callable[[Checklist], Checklist]) -> Checklist:
        with self._database.change():
            changed = change(self.get(number))
            self._write(changed)
        return changed

    def _write(self, checklist: Checklist) -> None:
        with self._database.change() as db:
            db.execute(
                "UPDATE checklists SET checklist = ? WHERE number = ?",
                (dump(checklist), checklist.number),
            )

    def _read(self, where: str, value: object) -> list[Checklist]:
        rows = self._database.rows(
            f"SELECT checklist FROM checklists WHERE {where} ORDER BY number DESC",  # noqa: S608
            (value,),
        )
        return readable(Checklist, [row["checklist"] for row in rows])
