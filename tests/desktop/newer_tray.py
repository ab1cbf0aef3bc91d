"""The newer kind of tray, as KDE and GNOME have it: icons come, and are used, over the bus.

"look" on standard input prints the picture's file and the menu's lines of the one icon that came;
"click LINE" chooses a line.
"""

import asyncio
import json
import sys
from typing import Any

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusStr
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

NAME = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class Watcher(ServiceInterface):
    @dbus_method()
    def RegisterStatusNotifierItem(self, item: DBusStr) -> None:  # noqa: N802
        """Take note: `Tray.hear` saw who called."""

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:  # noqa: N802
        return True


class Tray:
    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._who = self._item = self._menu = ""

    def hear(self, message: Message) -> None:
        if message.member == "RegisterStatusNotifierItem":
            self._who, self._item = str(message.sender), str(message.body[0])

    async def look(self) -> dict[str, Any]:
        if not self._who:
            return {"icon": "", "lines": []}
        self._menu = (await self._get("Menu")).value
        return {"icon": (await self._get("IconName")).value, "lines": list(await self._lines())}

    async def click(self, text: str) -> None:
        number = (await self._lines())[text]
        event = [number, "clicked", Variant("i", 0), 0]
        await self._call(self._menu, MENU, "Event", "isvu", event)

    async def _lines(self) -> dict[str, int]:
        """Return the lines that can be chosen, with their numbers."""
        _, (_, _, children) = await self._call(self._menu, MENU, "GetLayout", "iias", [0, -1, []])
        lines = {}
        for number, facts, _ in (child.value for child in children):
            if facts.get("enabled", Variant("b", True)).value and "label" in facts:
                lines[facts["label"].value] = number
        return lines

    async def _get(self, name: str) -> Any:
        properties = "org.freedesktop.DBus.Properties"
        return (await self._call(self._item, properties, "Get", "ss", [ITEM, name]))[0]

    async def _call(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> Any:
        answer = await self._bus.call(
            Message(
                destination=self._who,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )
        assert answer is not None
        return answer.body


async def serve() -> None:
    bus = await MessageBus().connect()
    tray = Tray(bus)
    bus.add_message_handler(tray.hear)
    bus.export("/StatusNotifierWatcher", Watcher(NAME))
    await bus.request_name(NAME)
    print(json.dumps("ready"), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        verb, _, text = line.strip().partition(" ")
        answer = await (tray.click(text) if verb == "click" else tray.look())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
