"""Copies of backups at the desk: where else they may lie, and what is refused in words."""

import pytest

from bewaar.model import Destination, JobState
from tests.scene import Office
from tests.web.conftest import Finished, Visitor


@pytest.fixture
def vault(office: Office) -> Destination:
    return office.engine.add_destination(office.root / "vault", name="Vault", make_folder=True)


def test_the_question_offers_every_place_but_the_one_it_lies_at(
    office: Office, visitor: Visitor, vault: Destination
) -> None:
    backup = office.proven(office.holding)
    page = visitor.read(f"/backups/{backup.id}/copy?destination={office.stick.id}")
    assert f'value="{vault.id}"' in page
    assert f'value="{office.stick.id}"' not in page
    assert 'type="password"' not in page


def test_a_copy_is_listed_under_the_number_of_the_first(
    office: Office, visitor: Visitor, vault: Destination, finished: Finished
) -> None:
    backup = office.proven(office.holding)
    job = finished(visitor.post(f"/backups/{backup.id}/copy", {"where": vault.id}))
    assert job.state is JobState.DONE, job.error
    assert "lies at Vault now" in visitor.read(f"/jobs/{job.id}")
    page = visitor.read(f"/administrations/{office.holding.code}")
    assert page.count('<td class="num">1</td>') == 2
    assert '<td class="num">2</td>' not in page


def test_each_copy_is_locked_looked_at_and_removed_by_its_own_place(
    office: Office, visitor: Visitor, vault: Destination, finished: Finished
) -> None:
    backups = [office.proven(office.bakery, even_unchanged=True) for _ in range(3)]
    for backup in backups:
        finished(visitor.post(f"/backups/{backup.id}/copy", {"where": vault.id}))
    oldest = backups[0]
    asked = f"/backups/{oldest.id}/remove?destination={vault.id}"
    assert "Why (if you like)" in visitor.read(asked)
    assert visitor.post(asked, {"reason": "wrong year"}).status_code == 303
    assert (office.stick.folder / oldest.file).exists()
    assert not (vault.folder / oldest.file).exists()
    page = visitor.read(f"/destinations/{vault.id}")
    assert "wrong year" in page
    assert oldest.file in page


def test_one_with_a_password_asks_for_it(
    office: Office, visitor: Visitor, vault: Destination
) -> None:
    backup = office.proven(office.holding, password="correct horse battery")
    assert 'type="password"' in visitor.read(f"/backups/{backup.id}/copy")
    form: dict[str, object] = {"where": vault.id}
    assert visitor.post(f"/backups/{backup.id}/copy", form).status_code == 422
    form["password"] = "correct horse battery"
    assert visitor.post(f"/backups/{backup.id}/copy", form).status_code == 303


def test_a_file_that_lies_there_and_one_that_is_none_are_refused_in_words(
    office: Office, visitor: Visitor, vault: Destination
) -> None:
    backup = office.proven(office.holding)
    lying = office.stick.folder / backup.file
    again = visitor.post(f"/destinations/{office.stick.id}/take", {"path": str(lying)})
    assert again.status_code == 409
    assert "holds this backup already" in again.text
    letter = office.root / "letter.zip"
    letter.write_bytes(b"no zip")
    none = visitor.post(f"/destinations/{vault.id}/take", {"path": str(letter)})
    assert none.status_code == 422


def test_a_reason_that_is_no_short_text_removes_nothing(office: Office, visitor: Visitor) -> None:
    backups = [office.proven(office.bakery, even_unchanged=True) for _ in range(3)]
    answer = visitor.post(f"/backups/{backups[0].id}/remove", {"reason": "x" * 5000})
    assert answer.status_code == 422
    assert (office.stick.folder / backups[0].file).exists()
