"""Looking into backups: calm lists, and nothing of a user’s is served."""

import os
from pathlib import Path

import pytest

from tests.scene import Office
from tests.web.conftest import Visitor


def test_a_backup_is_looked_into_folder_by_folder(office: Office, visitor: Visitor) -> None:
    (office.folder_books / "<b>x.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    backup = office.proven(office.holding)
    top = visitor.read(f"/peek/?backup={backup.id}")
    assert "index.txt" in top
    assert "journaal" not in top
    assert "<b>x" not in top
    assert "alert(1)" not in top
    assert "journaal 3 é.dat" in visitor.read(f"/peek/?backup={backup.id}&folder=2025")
    assert "journaal 3 é.dat" in visitor.read(f"/peek/?backup={backup.id}&search=JOURNAAL+3")
    assert visitor.get(f"/peek/?backup={backup.id}&page=x").status_code == 422


def test_a_document_is_opened_by_the_system_and_never_served(
    office: Office, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{tmp_path}/shown"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    backup = office.proven(office.holding)
    form = {"backup": backup.id, "code": office.holding.code, "document": "index.txt"}
    answer = visitor.post("/peek/open", dict(form))
    assert (answer.status_code, answer.data) == (204, b"")
    assert Path((tmp_path / "shown").read_text(encoding="utf-8")).read_text() == "Jansen Holding\n"
    refused = visitor.post("/peek/open", {**form, "document": "2025/journaal 0 é.dat"})
    assert refused.status_code == 422


def test_a_document_is_saved_where_the_user_says(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    backup = office.proven(office.holding)
    form = {"backup": backup.id, "code": office.holding.code, "document": "index.txt"}
    assert visitor.post("/peek/save", {**form, "into": str(tmp_path)}).status_code == 200
    assert (tmp_path / "index.txt").read_text() == "Jansen Holding\n"
    assert visitor.post("/peek/save", {**form, "into": str(tmp_path)}).status_code == 422
    among = visitor.post("/peek/save", {**form, "into": str(office.folder_books / "leeg")})
    assert among.status_code == 422


def test_the_password_is_asked_once_for_all_looking(office: Office, visitor: Visitor) -> None:
    backup = office.proven(office.holding, password="correct horse battery")
    asked = visitor.get(f"/peek/?backup={backup.id}")
    assert asked.status_code == 422
    assert "/peek/unlock" in asked.text
    form: dict[str, object] = {"backup": backup.id, "password": "correct horse battery", "code": ""}
    assert visitor.post("/peek/unlock", form).status_code == 303
    assert "index.txt" in visitor.read(f"/peek/?backup={backup.id}")
