"""The computer's password store: real ones, and every way in which there is none."""

import gc
import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from bewaar.errors import KeyringUnavailable, PasswordEmpty
from bewaar.model import DestinationId
from bewaar.secrets import KeyringSecrets

STICK = DestinationId("a" * 32)

PLAINTEXT = """
from pathlib import Path
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        Path(__file__).with_name("readable").write_text(password)
"""


def reason(secrets: KeyringSecrets) -> object:
    """Return why there is no store, the same for reading, keeping and forgetting."""
    found = set()
    for question in (secrets.get, lambda: secrets.set("hush"), secrets.forget):
        with pytest.raises(KeyringUnavailable) as refused:
            question()
        found.add(refused.value.params["reason"])
        assert "hush" not in f"{refused.value!r} {refused.value}"
    assert len(found) == 1
    return found.pop()


# ── A real store ────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("unlocked")
def test_passwords_are_kept_for_each_destination_and_in_general() -> None:
    KeyringSecrets().set("gehe\u0301im")
    KeyringSecrets().set("other", STICK)
    assert KeyringSecrets().get() == "geh\u00e9im"
    assert KeyringSecrets().get(STICK) == "other"
    KeyringSecrets().set("newer", STICK)
    assert KeyringSecrets().get(STICK) == "newer"
    KeyringSecrets().forget(STICK)
    KeyringSecrets().forget(STICK)
    assert KeyringSecrets().get(STICK) is None
    assert KeyringSecrets().get() == "geh\u00e9im"


@pytest.mark.usefixtures("unlocked")
def test_another_home_s_passwords_are_not_touched() -> None:
    KeyringSecrets().set("real")
    KeyringSecrets(service="Bewaar demo").set("demo")
    KeyringSecrets(service="Bewaar demo").forget()
    assert KeyringSecrets().get() == "real"


@pytest.mark.usefixtures("unlocked")
def test_an_empty_password_is_not_kept() -> None:
    KeyringSecrets().set("before")
    with pytest.raises(PasswordEmpty):
        KeyringSecrets().set("")
    assert KeyringSecrets().get() == "before"


@pytest.mark.usefixtures("unlocked")
def test_no_password_reaches_a_log_or_a_file(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        secrets = KeyringSecrets()
        secrets.set("very-hush")
        assert secrets.get() == "very-hush"
    assert "very-hush" not in f"{caplog.text} {secrets!r} {vars(secrets)}"
    kept = [path.read_bytes() for path in Path.home().rglob("*") if path.is_file()]
    assert kept
    assert not any(b"very-hush" in content for content in kept)


@pytest.mark.usefixtures("unlocked")
def test_many_may_ask_at_once() -> None:
    secrets = KeyringSecrets()
    secrets.set("shared")
    answers: list[str | None] = []
    threads = [threading.Thread(target=lambda: answers.append(secrets.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["shared"] * 8


@pytest.mark.usefixtures("locked")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # keyring leaves its connection open
def test_a_locked_store_that_nobody_opens_is_no_store() -> None:
    assert reason(KeyringSecrets(deadline=5)) in {"KeyringLocked", "TimeoutError"}
    gc.collect()


# ── No store ────────────────────────────────────────────────────────────────────────────────


def test_without_a_bus_there_is_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("elsewhere the store needs no bus")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    assert reason(KeyringSecrets()) == "none"


@pytest.mark.usefixtures("bus")
def test_on_a_bus_without_one_there_is_no_store() -> None:
    assert reason(KeyringSecrets()) == "none"


def test_a_store_that_comes_later_is_found(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with monkeypatch.context() as early:
        early.delenv("PYTHON_KEYRING_BACKEND")
        secrets = KeyringSecrets()
        if sys.platform == "linux":
            reason(secrets)
    request.getfixturevalue("unlocked")
    secrets.set("at last")
    assert secrets.get() == "at last"


def test_a_store_that_never_answers_blocks_nobody_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("needs a bus to fall silent")
    address = tmp_path / "silent"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(address))
        silent.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={address}")
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        secrets = KeyringSecrets(deadline=0.3)
        start = time.monotonic()
        for expected in ("TimeoutError", "busy", "busy"):
            with pytest.raises(KeyringUnavailable) as refused:
                secrets.get()
            assert refused.value.params["reason"] == expected
        assert time.monotonic() - start < 5
    gc.collect()


# ── Stores that are none ────────────────────────────────────────────────────────────────────


def test_a_store_that_keeps_passwords_readable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plaintext_store.py").write_text(PLAINTEXT)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plaintext_store.Keyring")
    assert reason(KeyringSecrets()) == "refused"
    assert not (tmp_path / "readable").exists()


def test_a_store_configured_in_a_file_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.util import platform_

    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    config = Path(str(platform_.config_root())) / "keyringrc.cfg"
    assert Path.home() in config.parents
    config.parent.mkdir(parents=True)
    config.write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    assert reason(KeyringSecrets()) == "refused"


@pytest.mark.parametrize("name", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
def test_a_store_that_keeps_nothing_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert reason(KeyringSecrets()) == "refused"


def test_a_store_that_does_not_exist_is_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Keyring")
    assert reason(KeyringSecrets()) == "ModuleNotFoundError"


class Forgetful(KeyringBackend):
    priority = 0.1

    def get_password(self, service: str, username: str) -> str | None:
        return "half of it"

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


def test_a_password_that_is_not_read_back_was_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{Forgetful.__module__}.Forgetful"
    monkeypatch.setitem(sys.modules, Forgetful.__module__, sys.modules[__name__])
    monkeypatch.setattr("bewaar.secrets._TRUSTED", (name,))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    with pytest.raises(KeyringUnavailable) as refused:
        KeyringSecrets().set("half of it and more")
    assert refused.value.params["reason"] == "not kept"


def test_starting_loads_no_password_store() -> None:
    check = "import sys, bewaar.secrets; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
