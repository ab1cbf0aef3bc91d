"""The wheel: holds what the app reads at run time, and the translated texts compiled."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app/bewaar", "web/bewaar_web", "tray/bewaar_tray")
LEFT_OUT = {".mo", ".po", ".pot", ".pyc"}
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "é"\n'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout without git and without compiled texts."""
    copy = tmp_path_factory.mktemp("source")
    for folder in ("app", "web", "tray", "installer"):
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    for file in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / file, copy)
    for language in ("nl", "xx"):
        texts = copy / f"app/bewaar/locale/{language}/LC_MESSAGES/bewaar.po"
        texts.parent.mkdir(parents=True, exist_ok=True)
        texts.touch()
    texts.write_text(PO)
    return copy


def build(source: Path, *options: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", *options]
    subprocess.run(command, cwd=source, check=True, stdin=subprocess.DEVNULL)
    return max((source / "dist").iterdir(), key=lambda file: file.stat().st_mtime_ns)


def test_the_wheel_holds_all_files_of_the_packages(source: Path) -> None:
    with zipfile.ZipFile(build(source, "-t", "wheel")) as wheel:
        packed = set(wheel.namelist())
    for package in PACKAGES:
        root = (source / package).parent
        for file in (source / package).rglob("*"):
            if file.is_file() and file.suffix not in LEFT_OUT:
                assert file.relative_to(root).as_posix() in packed
    assert "bewaar/locale/nl/LC_MESSAGES/bewaar.mo" in packed
    assert not [name for name in packed if name.endswith((".po", ".pot"))]


def test_a_wheel_from_the_source_archive_holds_the_texts_too(source: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xf", build(source, "-t", "sdist"), "-C", tmp_path], check=True)
    (unpacked,) = tmp_path.iterdir()
    with zipfile.ZipFile(build(unpacked, "-t", "wheel")) as wheel:
        assert "é".encode() in wheel.read("bewaar/locale/xx/LC_MESSAGES/bewaar.mo")
