// Asks what happened since the last answer, and lets the page fetch itself again when something did.
// When Bewaar does not answer any more, the page says so instead of showing old truth.

const BUSY = 1000; // milliseconds between questions while a job runs
const CALM = 5000;
const PATIENCE = 2; // questions without an answer before the page says so

const lost = document.getElementById("lost");
let cursor = Number(document.body.dataset.cursor ?? 0);
let unanswered = 0;

function say(isLost) {
  if (!lost || lost.hidden !== isLost) return;
  lost.hidden = !isLost;
  document.getElementById("sheet").inert = isLost;
  if (!isLost) news();
}

function news() {
  document.body.dispatchEvent(new CustomEvent("bewaar:news"));
}

async function ask() {
  let wait = unanswered ? BUSY : CALM;
  try {
    const answer = await fetch(`/events?since=${cursor}`, { signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error(answer.status);
    const { cursor: latest, gap, busy, events } = await answer.json();
    cursor = latest;
    unanswered = 0;
    say(false);
    if (gap || events.length) news();
    if (busy) wait = BUSY;
  } catch {
    unanswered += 1;
    wait = BUSY;
    if (unanswered >= PATIENCE) say(true);
  }
  setTimeout(ask, wait);
}

if (document.body.dataset.cursor) {
  setTimeout(ask, BUSY);
  document.addEventListener("visibilitychange", () => document.hidden || news());
}
