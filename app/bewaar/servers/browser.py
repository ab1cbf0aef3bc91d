"""SQL Server's own directory: which of its instances a computer runs, and where each listens.

The service that Microsoft calls its browser answers on one port, to one computer or to a call to
all (MC-SQLR). What it says is read as what strangers say. Not tried against a live server.
"""

import re
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

ALL = "255.255.255.255"  # every computer of this network
PORT = 1434

_ASK_ALL, _ASK_ONE = b"\x02", b"\x03"
_ANSWER = 0x05
_MOST = 200  # answers; more than a small office has
_UNNAMED = "MSSQLSERVER"  # an instance that is reached by the computer's name alone
_PIPE = re.compile(r"(?:MSSQL\$(?P<instance>[^\\]+)\\)?sql\\query", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One SQL Server of a computer, which may run several."""

    computer: str
    name: str
    version: str = ""
    port: int | None = None  # None: it does not listen to the network, or does not say

    def at(self, computer: str) -> str:
        """Return how its tools name it."""
        return computer if self.name.upper() == _UNNAMED else f"{computer}\\{self.name}"


def ask(address: str, until: float) -> Iterator[Instance]:
    """Yield what the directories answer until that moment of `time.monotonic`; never raises."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with suppress(OSError, ValueError), socket.socket(family, socket.SOCK_DGRAM) as line:
        if address == ALL:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            line.sendto(_ASK_ALL, (address, PORT))
        else:
            line.connect((address, PORT))  # then a computer without one says so at once
            line.send(_ASK_ONE)
        for _ in range(_MOST if address == ALL else 1):
            line.settimeout(max(0.01, until - time.monotonic()))
            yield from read(line.recv(1 << 16))


def read(said: bytes) -> list[Instance]:
    """Return the instances an answer names: `ServerName;X;InstanceName;Y;…;;` for each."""
    size = int.from_bytes(said[1:3], "little")
    if said[:1] != bytes([_ANSWER]) or size != len(said) - 3:
        return []
    each = said[3:].decode("utf-8", "replace").split(";;")
    return [found for found in map(_instance, each) if found]


def piped(pipes: Iterable[str]) -> Iterator[Instance]:
    """Yield the instances whose pipes are there, by the names Windows lists."""
    for pipe in pipes:
        if found := _PIPE.fullmatch(pipe):
            yield Instance(computer="", name=found["instance"] or _UNNAMED)


def _instance(told: str) -> Instance | None:
    words = told.split(";")
    facts = dict(zip(words[::2], words[1::2], strict=False))
    computer, name = facts.get("ServerName", ""), facts.get("InstanceName", "")
    if not computer or not name or not told.isprintable():
        return None
    port = facts.get("tcp", "")
    known = port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536
    return Instance(
        computer=computer,
        name=name,
        version=facts.get("Version", ""),
        port=int(port) if known else None,
    )
