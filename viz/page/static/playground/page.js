// The playground as a page of its own: it sends requests only to the process that served it.

import { mount } from "./playground.js";

const root = document.getElementById("playground");
let drawn = -1, last = Promise.resolve(), waiting = 0, playing = false;

async function tell(message) {
  try {
    const reply = await fetch("do", { method: "POST", body: JSON.stringify({ ...message, drawn }) });
    const { snapshot, answer } = await reply.json();
    drawn = snapshot.revision;
    playing = snapshot.playing;
    view.show(snapshot);
    return answer;
  } catch {
    playing = false;
    view.lost();
    return null;
  }
}

// One after the other, so that no older picture comes after a newer one.
function ask(message) {
  waiting += 1;
  const mine = last.then(() => tell(message));
  last = mine.then(() => { waiting -= 1; });
  return mine;
}

const view = mount(root, JSON.parse(document.getElementById("choices").textContent), ask);
ask({ do: "hello" });
setInterval(() => { if (playing && !waiting) ask({ do: "look" }); }, 120);
addEventListener("pagehide", () => {
  if (playing) fetch("do", { method: "POST", body: JSON.stringify({ do: "pause" }), keepalive: true });
});
addEventListener("pageshow", (event) => { if (event.persisted) ask({ do: "hello" }); });
