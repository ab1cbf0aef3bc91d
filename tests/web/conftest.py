"""Somebody at the desk: a browser without a screen, let in by the guard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bewaar.model import Job, JobId
from bewaar.progress import SILENT
from bewaar_web import Guard, create_app
from tests.scene import Office

PORT = 8765


class Visitor:
    """A browser that came in through an entry address, and sends what browsers send."""

    def __init__(self, app: Flask, guard: Guard) -> None:
        self.guard = guard
        self.client: FlaskClient = app.test_client()
        self.get(guard.new_entry_address().removeprefix(guard.origin))
        cookie = self.client.get_cookie(guard.cookie, domain="127.0.0.1")
        session = guard.session(cookie.value) if cookie else None
        assert session is not None
        self.csrf = guard.csrf(session)

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, base_url=self.guard.origin, **options)

    def post(
        self, path: str, data: dict[str, object] | None = None, **options: object
    ) -> TestResponse:
        """Send a form as the page itself would."""
        options.setdefault("headers", {"Origin": self.guard.origin})
        form = {"csrf": self.csrf, **(data or {})}
        return self.client.post(path, base_url=self.guard.origin, data=form, **options)

    def read(self, path: str) -> str:
        """Return the page at a path, which must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.engine.close()


@pytest.fixture
def guard() -> Guard:
    return Guard(PORT)


@pytest.fixture
def app(office: Office, guard: Guard) -> Flask:
    return create_app(office.engine, guard=guard)


@pytest.fixture
def visitor(app: Flask, guard: Guard) -> Visitor:
    return Visitor(app, guard)


@pytest.fixture(scope="session")
def lasting_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests that change nothing: each new one costs a moment."""
    root = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BEWAAR_HOME", str(root / "home"))
        office = Office(root)
    yield office
    office.engine.close()


@pytest.fixture(scope="session")
def lasting_app(lasting_office: Office) -> Flask:
    return create_app(lasting_office.engine, guard=Guard(PORT))


@pytest.fixture(scope="session")
def reader(lasting_app: Flask) -> Visitor:
    return Visitor(lasting_app, lasting_app.extensions["bewaar.guard"])


@pytest.fixture
def finished(office: Office) -> "Finished":
    return Finished(office)


class Finished:
    """Runs the job that an answer points to."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self, answer: TestResponse) -> Job:
        assert answer.status_code == 303, answer.text
        id = JobId(answer.location.rsplit("/", 1)[-1])
        return self._office.engine.run(id, SILENT)
