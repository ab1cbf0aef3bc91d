// What belongs to a choice is there only while that choice is made; and the quick ways to tick.

function follow(root = document) {
  for (const part of root.querySelectorAll("[data-with]")) {
    const [name, values] = part.dataset.with.split("=");
    const chosen = part.closest("form")?.querySelector(`[name="${name}"]:checked`);
    part.hidden = !values.split("|").includes(chosen?.value);
  }
  for (const part of root.querySelectorAll("[data-pick], [data-picks], [data-print], .looking")) part.hidden = false;
}

function tick(button) {
  const boxes = [...button.closest("form").querySelectorAll("input[data-standing]")];
  const wanted = {
    all: () => true,
    marked: (box) => "marked" in box.dataset,
    changed: (box) => ["changed", "overdue", "failed"].includes(box.dataset.standing),
  }[button.dataset.pickSet];
  for (const box of boxes) box.checked = wanted(box);
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[type=radio]")) follow(event.target.form ?? document);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick-set]");
  if (button) tick(button);
});
document.addEventListener("htmx:after:settle", () => follow());
follow();
