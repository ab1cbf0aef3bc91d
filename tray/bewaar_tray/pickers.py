"""The system's own dialogs for folders and files, for the pages in the window.

A page calls `window.pywebview.api.pick_folder(start)` or `pick_file(start)` and gets a promise of
a path, or of null. pywebview's own way to offer functions evaluates strings, which our pages
forbid, so question and answer travel as shared state.
"""

from typing import Any

OFFER = """
(() => {
  if (window.pywebview.api.pick_folder) return;
  const waiting = new Map();
  const state = window.pywebview.state;
  state.addEventListener("change", ({ detail: { key, value } }) => {
    if (key !== "picked" || !waiting.has(value.ticket)) return;
    waiting.get(value.ticket)(value.path);
    waiting.delete(value.ticket);
  });
  const asker = (kind) => (start) => new Promise((answer) => {
    const ticket = `${Date.now()}-${Math.random()}`;
    waiting.set(ticket, answer);
    state.pick = { ticket, kind, start: start || "" };
  });
  window.pywebview.api.pick_folder = asker("folder");
  window.pywebview.api.pick_file = asker("file");
  window.dispatchEvent(new CustomEvent("pywebviewready"));
})();
"""


class Pickers:
    """Answers the questions of the page that is shown."""

    def __init__(self, webview: Any, window: Any) -> None:
        """Listen to the pages of `window`."""
        dialogs = webview.FileDialog
        self._kinds = {"folder": dialogs.FOLDER, "file": dialogs.OPEN}
        self._window = window
        window.state += self._on_change

    def offer(self) -> None:
        """Give the page that was just loaded the functions to ask with."""
        self._window.run_js(OFFER)

    def _on_change(self, change: str, key: str, value: Any) -> None:
        if key != "pick" or change != "change":
            return
        path = self._pick(str(value.get("kind")), str(value.get("start", "")))
        self._window.state.picked = {"ticket": value.get("ticket"), "path": path}
        # The state is written into the next page as it stands: leave no path in it.
        del self._window.state.picked
        del self._window.state.pick

    def _pick(self, kind: str, start: str) -> str | None:
        if kind not in self._kinds:
            return None
        chosen = self._window.create_file_dialog(self._kinds[kind], directory=start)
        return str(chosen[0]) if chosen else None
