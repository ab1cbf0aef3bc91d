// Choosing a folder or file: the window's own picker where there is one, else a list of folders.

import { open } from "./dialogs.js";

const native = () => window.pywebview?.api;

function take(input, path) {
  input.value = path;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

async function pick(button) {
  const input = document.getElementById(button.dataset.for);
  const file = button.dataset.pick === "file";
  const picker = file ? native()?.pick_file : native()?.pick_folder;
  if (picker) {
    const path = await picker(input.value);
    if (path) take(input, path);
    return;
  }
  const wish = new URLSearchParams({ for: input.id });
  if (input.value) wish.set("path", input.value);
  open(`${button.dataset.browse}?${wish}`, document.getElementById("picker"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) pick(button);
  const taken = event.target.closest("[data-take]");
  if (taken) {
    taken.closest("dialog").close();
    take(document.getElementById(taken.dataset.into), taken.dataset.take);
  }
  if (event.target.closest("[data-print]")) window.print();
});
