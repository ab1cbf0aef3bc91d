"""The lock files: everything that is asked for, on every system, with hashes and without places."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer.locks import ORDER, requirements

ROOT = Path(__file__).parents[2]
PLATFORMS = ("linux", "win32", "darwin")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def text_of(name: str) -> str:
    return (ROOT / "installer/locks" / f"{name}.txt").read_text()


def locked(name: str) -> list[Requirement]:
    """Return what a lock file pins, each with its marker."""
    lines = text_of(name).replace("\\\n", " ").splitlines()
    return [Requirement(line.split("--hash")[0]) for line in lines if line.strip()]


def names(pins: list[Requirement], surroundings: dict[str, str]) -> dict[str, Requirement]:
    return {
        normal(pin.name): pin
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(surroundings)
    }


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_that_is_asked_for_is_locked(platform: str, python: str) -> None:
    surroundings = {
        "sys_platform": platform,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    for lock, asked in requirements(ROOT).items():
        pins = names(locked(lock), surroundings)
        for wanted in names([Requirement(line) for line in asked], surroundings).values():
            pin = pins[normal(wanted.name)]
            version = str(pin.specifier).removeprefix("==")
            assert wanted.specifier.contains(version), f"{lock}: {pin} is not {wanted}"


@pytest.mark.parametrize("name", ORDER)
def test_every_pin_is_exact_and_has_hashes(name: str) -> None:
    entries = text_of(name).replace("\\\n", " ").splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("name", ORDER)
def test_no_lock_names_a_place_to_fetch_from(name: str) -> None:
    assert not re.search(r"://|index-url|find-links|trusted-host", text_of(name))


def test_a_package_has_one_version_in_all_locks() -> None:
    versions: dict[str, set[str]] = {}
    for lock in ORDER:
        for pin in locked(lock):
            versions.setdefault(pin.name, set()).add(str(pin.specifier))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
