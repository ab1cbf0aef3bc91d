// Counts down what the page was told is left; with each news the page brings the true number.

function count() {
  for (const shown of document.querySelectorAll("[data-seconds]")) {
    const left = Math.max(0, Number(shown.dataset.seconds) - 1);
    shown.dataset.seconds = left;
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

setInterval(count, 1000);
