// Links marked data-dialog open their page on top of this one; Escape, "Cancel" and a click beside
// it close it.

import htmx from "../vendor/htmx.js";

function frameFor(link) {
  const within = link.closest("#picker") || link.dataset.dialog === "picker";
  return document.getElementById(within ? "picker" : "dialog");
}

export async function open(address, content) {
  const headers = { "X-Bewaar-Dialog": content.id };
  content.inert = true; // a click on what is about to go would do what nobody means any more
  try {
    await htmx.ajax("GET", address, { target: content, swap: "innerHTML", headers });
  } finally {
    content.inert = false;
  }
  const dialog = content.closest("dialog");
  if (!content.childElementCount) return;
  if (!dialog.open) dialog.showModal();
  content.querySelector("[autofocus], input:not([type=hidden]), select, .button.main, a, button")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(link.getAttribute("href"), frameFor(link));
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) event.preventDefault();
  const beside = event.target.matches("dialog:not(:has(> [inert]))");
  if (closer || beside) event.target.closest("dialog").close();
});

// What came with an answer: a failure that must be seen, a question such as "make the folder?"
document.addEventListener("htmx:after:settle", (event) => {
  if (event.target.matches?.(".answer")) event.target.scrollIntoView({ block: "nearest" });
  for (const dialog of document.querySelectorAll("dialog[data-open]:not([open])")) {
    dialog.removeAttribute("data-open");
    dialog.showModal();
  }
});
