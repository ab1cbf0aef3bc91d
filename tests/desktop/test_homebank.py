"""HomeBank, really open: it reads its book and lets go of it, so nobody may say "closed"."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bewaar.model import Openness, OpenState, Source
from bewaar.programs import load
from bewaar.storage.opened import is_open
from tests.desktop.stage import Stage, eventually

pytestmark = pytest.mark.skipif(not shutil.which("homebank"), reason="HomeBank is not here")

BOOK = """<?xml version="1.0"?>
<homebank v="1.4" d="050504">
<properties title="Jansen" curr="1" auto_smode="1" auto_weekday="1"/>
<cur key="1" iso="EUR" name="Euro" symb="E" syprf="0" dchar="," gchar=" " frac="2"/>
<account key="1" pos="1" type="1" curr="1" name="Bank" initial="0" minimum="0"/>
<ope date="738000" amount="-12.5" account="1" dst_account="0" paymode="0" st="0" flags="1"/>
</homebank>
"""


def state(book: Path) -> OpenState:
    layout = next(profile.layout for profile in load() if profile.id == "homebank")
    return is_open(Source(place=book, layout=layout))


def test_while_homebank_runs_nobody_can_tell_and_it_is_named(tmp_path: Path, stage: Stage) -> None:
    book = tmp_path / "jansen.xhb"
    book.write_text(BOOK, encoding="utf-8")
    assert state(book).openness is Openness.CLOSED
    env = stage.env | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["homebank", str(book)], env=env, **nowhere) as program:  # type: ignore[call-overload]
        try:
            eventually(lambda: stage.windows("jansen.xhb"), "HomeBank shows the book")
            found = state(book)
        finally:
            program.kill()
    assert (found.openness, found.in_use) == (Openness.UNKNOWN, True)
    assert [user.program for user in found.users] == ["homebank"]
    assert state(book).openness is Openness.CLOSED
