// Asks for the progress of a run again and again, and for the whole page once it has ended.
"use strict";
const live = document.querySelector("[data-live]");
const EVERY = 2000;

async function look() {
  try {
    const answer = await fetch(live.dataset.live, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) {
      location.reload();
      return;
    }
    live.innerHTML = await answer.text();
  } catch {
    // The network is away: the next look may find it.
  }
  if (live.querySelector("[data-ended]")) {
    location.reload();
  } else {
    setTimeout(look, EVERY);
  }
}

if (live) {
  setTimeout(look, EVERY);
}
