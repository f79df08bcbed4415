// The playground as a page of its own: it asks the process that served it, and nobody else.

import { mount } from "./playground.js";

const root = document.getElementById("playground");
let view = null, drawn = -1, busy = false, playing = false;

async function ask(message) {
  const reply = await fetch("do", { method: "POST", body: JSON.stringify({ ...message, drawn }) });
  const { snapshot, answer } = await reply.json();
  drawn = snapshot.revision;
  playing = snapshot.playing;
  view.show(snapshot);
  return answer;
}

view = mount(root, JSON.parse(document.getElementById("choices").textContent), ask);
ask({ do: "hello" });
setInterval(async () => {
  if (!playing || busy) return;
  busy = true;
  try { await ask({ do: "look" }); } catch { playing = false; view.lost(); }
  busy = false;
}, 120);
addEventListener("pagehide", () => {
  if (playing) fetch("do", { method: "POST", body: JSON.stringify({ do: "pause" }), keepalive: true });
});
