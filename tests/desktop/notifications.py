"""A notification service for a private session bus, as a desktop has one.

Prints every notification as a line of JSON, and every one that is taken back; a line "press ID
KEY" on standard input presses a button.
"""

import asyncio
import json
import sys
from typing import Annotated, Any

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME = "org.freedesktop.Notifications"

Texts = Annotated[list[str], DBusSignature("as")]
Server = Annotated[list[str], DBusSignature("ssss")]
Closed = Annotated[list[int], DBusSignature("uu")]
Pressed = Annotated[list[Any], DBusSignature("us")]


class Notifications(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(NAME)
        self._last = 0

    @dbus_method()
    def GetCapabilities(self) -> Texts:  # noqa: N802
        return ["actions", "body"]

    @dbus_method()
    def GetServerInformation(self) -> Server:  # noqa: N802
        return ["stage", "tests", "1", "1.2"]

    @dbus_method()
    def Notify(  # noqa: N802, PLR0917
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        message: DBusStr,
        actions: Texts,
        hints: DBusDict,
        timeout: DBusInt32,
    ) -> DBusUInt32:
        self._last += 1
        tell(
            id=self._last,
            icon=icon,
            title=title,
            message=message,
            buttons=dict(zip(actions[1::2], actions[::2], strict=True)),
            urgency=hints["urgency"].value,
        )
        return self._last

    @dbus_method()
    def CloseNotification(self, id: DBusUInt32) -> None:  # noqa: N802
        tell(closed=id)
        self.NotificationClosed(id, 3)

    @dbus_signal()
    def NotificationClosed(self, id: int, reason: int) -> Closed:  # noqa: N802
        return [id, reason]

    @dbus_signal()
    def ActionInvoked(self, id: int, key: str) -> Pressed:  # noqa: N802
        return [id, key]


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


async def serve() -> None:
    bus = await MessageBus().connect()
    service = Notifications()
    bus.export("/org/freedesktop/Notifications", service)
    await bus.request_name(NAME)
    tell(ready=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        _, id, key = line.split()
        service.ActionInvoked(int(id), key)


if __name__ == "__main__":
    asyncio.run(serve())
