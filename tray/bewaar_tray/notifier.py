"""The desktop's notifications: sends notices and hears their buttons, in a thread of its own.

A desktop without such a service is told to the log once; the icon's mark and the page say the
same. At login the service may start later than we do, so each notice is tried a few times.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bewaar_tray.menu import Action
from bewaar_tray.notices import Notice

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

LOG = logging.getLogger(__name__)
NAME = "Bewaar"
PATIENCE = 10.0  # seconds for the desktop to take a notice
LAST_PATIENCE = 2.0  # seconds to take all notices back at the end
PAUSES = (0.0, 3.0, 10.0, 30.0, 60.0)  # seconds before each try


class Notifier:
    """Starts with the first notice; safe from every thread."""

    def __init__(self, act: Callable[[Action], None], picture: Callable[[], Path | None]) -> None:
        """Prepare; `picture` gives the file of the icon that notices carry."""
        self._act, self._picture = act, picture
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._desktop: DesktopNotifier | None = None
        self._wanted: dict[str, Notice] = {}  # what about → what is to be said of it
        self._shown: dict[str, str] = {}  # what about → the desktop's own id
        self._told_missing = False

    def show(self, notice: Notice) -> None:
        """Send a notice, in place of an earlier one about the same."""
        asyncio.run_coroutine_threadsafe(self._show(notice), self._running_loop())

    def clear(self, about: str) -> None:
        """Take a notice back that is no longer true."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._clear(about), self._loop)

    def close(self) -> None:
        """Take all notices back: their buttons would do nothing any more."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._clear_all(), loop).result(LAST_PATIENCE)
            loop.call_soon_threadsafe(loop.stop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=_run, args=(self._loop,), name="notices", daemon=True
                ).start()
            return self._loop

    async def _show(self, notice: Notice) -> None:
        self._wanted[notice.about] = notice
        for pause in PAUSES:
            await asyncio.sleep(pause)
            if self._wanted.get(notice.about) is not notice or await self._sent(notice):
                return

    async def _sent(self, notice: Notice) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._send(notice)
        except Exception as error:  # noqa: BLE001 - each system's service fails in its own way
            self._disconnect()
            if not self._told_missing:
                LOG.info("no notifications here: %s: %s", type(error).__name__, error)
            self._told_missing = True
            return False
        return True

    async def _send(self, notice: Notice) -> None:
        from desktop_notifier import Button, Notification, Urgency

        self._desktop = desktop = self._desktop or self._make_desktop()
        await desktop.get_capabilities()  # sending itself would swallow that nobody is there
        self._told_missing = False
        await self._take_back(notice.about)
        self._shown[notice.about] = await desktop.send_notification(
            Notification(
                title=notice.title,
                message=notice.message,
                urgency=Urgency.Critical if notice.urgent else Urgency.Normal,
                buttons=tuple(
                    Button(button.text, self._acting(button.action), identifier=str(number))
                    for number, button in enumerate(notice.buttons)
                ),
                on_clicked=self._acting(notice.click),
            )
        )

    def _make_desktop(self) -> "DesktopNotifier":
        from desktop_notifier import DesktopNotifier, Icon

        logging.getLogger("desktop_notifier").setLevel(logging.ERROR)
        picture = self._picture()
        return DesktopNotifier(NAME, Icon(path=picture) if picture else None)

    def _disconnect(self) -> None:
        """Begin anew the next time: the connection may be gone for good, and nobody closes it."""
        bus = getattr(getattr(self._desktop, "_backend", None), "bus", None)
        self._desktop = None
        if bus is not None:
            bus.disconnect()

    def _acting(self, action: Action) -> Callable[[], None]:
        return lambda: self._act(action)

    async def _clear(self, about: str) -> None:
        self._wanted.pop(about, None)
        await self._take_back(about)

    async def _take_back(self, about: str) -> None:
        shown = self._shown.pop(about, None)
        if shown and self._desktop:
            with suppress(Exception):  # read and closed long ago
                await self._desktop.clear(shown)

    async def _clear_all(self) -> None:
        for about in list(self._wanted):
            await self._clear(about)
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()
