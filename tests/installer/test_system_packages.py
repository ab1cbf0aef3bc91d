"""System packages: found with the real dpkg.

apt-get would change the machine, so a stand-in takes its place.
"""

import shutil
from pathlib import Path

import pytest

from installer import system_packages

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-query"), reason="asks dpkg")

# Fails until the lists were fetched, as on a fresh machine, and writes down what it was asked
APT_GET = """#!/bin/sh
echo "$@" >> "{folder}/asked"
case "$*" in
    *update*) touch "{folder}/lists" ;;
    *) test -e "{folder}/lists" || {{ echo "E: Unable to locate package"; exit 100; }} ;;
esac
"""
APT_CACHE = """#!/bin/sh
case "$2" in
    bewaar-nobody-has) printf '%s:\\n  Installed: (none)\\n  Candidate: 1.0\\n' "$2" ;;
    bewaar-old) printf '%s:\\n  Installed: (none)\\n  Candidate: (none)\\n' "$2" ;;
esac
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a PATH on which dpkg-query is the only program of Debian."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("dpkg-query", "env", "sh", "touch"):
        (folder / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the group “window” need one package every Debian has and one that none has."""
    table = tmp_path / "packages.toml"
    table.write_text('[window]\ndpkg = "is there"\nbewaar-nobody-has = "is not"\n[python]\n')
    monkeypatch.setattr(system_packages, "LIST", table)


def script(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o755)


def test_only_what_is_not_installed_is_missing(needs: None) -> None:
    assert system_packages.missing(["window"]) == ["bewaar-nobody-has"]


def test_without_rights_the_exact_command_is_shown(
    needs: None, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert system_packages.provide("window") == ["bewaar-nobody-has"]
    command = "sudo apt-get install --yes --no-install-recommends bewaar-nobody-has\n"
    assert capsys.readouterr().out.endswith(command)


@pytest.mark.root
def test_on_a_fresh_machine_the_package_lists_are_fetched_first(needs: None, path: Path) -> None:
    script(path / "apt-get", APT_GET.format(folder=path))
    script(path / "apt-cache", APT_CACHE)
    assert system_packages.provide("window") == ["bewaar-nobody-has"]  # a stand-in installs nothing
    asked = (path / "asked").read_text().splitlines()
    install = "install --yes --no-install-recommends bewaar-nobody-has"
    assert [line.split("300 ")[1] for line in asked] == [install, "update", install]


@pytest.mark.root
def test_a_package_this_system_does_not_know_is_named_and_the_others_installed(
    tmp_path: Path, path: Path, needs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "packages.toml").open("w") as table:
        table.write('[window]\nbewaar-gone = ""\nbewaar-nobody-has = ""\nbewaar-old = ""\n')
    script(path / "apt-get", APT_GET.format(folder=path))
    script(path / "apt-cache", APT_CACHE)
    system_packages.provide("window")
    assert "no package called: bewaar-gone bewaar-old" in capsys.readouterr().out
    last = (path / "asked").read_text().splitlines()[-1]
    assert last.endswith("--no-install-recommends bewaar-nobody-has")


@pytest.mark.root
def test_a_failing_apt_get_is_told_and_does_not_stop_the_set_up(
    needs: None, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script(path / "apt-get", "#!/bin/sh\necho E: the mirror is away\nexit 100\n")
    script(path / "apt-cache", APT_CACHE)
    system_packages.provide("window")
    assert "E: the mirror is away" in capsys.readouterr().out


def test_a_system_without_dpkg_is_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert system_packages.missing(["window", "tests"]) == []
    assert system_packages.provide("window", "tests") == []


def test_every_package_of_the_list_has_a_reason_and_one_place() -> None:
    names = system_packages.packages_of(["window", "tests"])
    assert len(names) == len(set(names)) > 15
