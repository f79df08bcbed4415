// The playground: Python trains and computes; this page shows the state and sends requests.

import { schemeOf } from "../shared/field.js";
import { curves } from "../shared/curves.js";
import { number } from "../shared/numbers.js";
import { settings } from "./choices.js";
import { plane } from "./samples.js";
import { weights } from "./weights.js";
import { optimizerState } from "./optimizer_state.js";

const LAYOUT = `
<div class="top">
 <div class="buttons" role="group" aria-label="Training">
  <button type="button" data-do="play" class="primary">Train</button>
  <span class="group"><span class="muted">step by</span>
  <button type="button" data-size="operation">operation</button>
  <button type="button" data-size="sample">sample</button>
  <button type="button" data-size="batch">batch</button>
  <button type="button" data-size="epoch">epoch</button></span>
  <button type="button" data-do="rewind">Reset</button>
 </div>
 <p class="facts"><span>epoch <b data-is="epoch"></b></span><span>update <b data-is="updates"></b></span>
  <span>loss <b data-is="loss"></b></span><span><span data-is="score"></span> <b data-is="amount"></b></span>
  <span class="busy" role="status" hidden>Computing …</span></p>
 <button type="button" data-do="theme" aria-label="Change colors">◐</button>
</div>
<div class="badges" role="status"></div>
<div class="main">
 <section aria-label="Data">
  <h2>Data</h2>
  <div class="row"><label>data set <select data-set="dataset"></select></label>
  <label class="made">noise <input type="text" inputmode="decimal" data-set="noise"></label>
  <label class="made">samples <input type="number" data-set="samples" min="8" max="200" step="4"></label>
  <label>seed <input type="number" data-set="seed" min="0" max="1000000" step="1"></label></div>
  <div class="row axes" hidden><label>across <select></select></label><label>up <select></select></label>
  <span class="muted">others as in the selected sample</span></div>
  <div class="field"><canvas aria-hidden="true"></canvas></div>
  <div class="row"><span class="new"></span><button type="button" data-do="undo">Undo</button></div>
  <details><summary>By keyboard and by numbers</summary>
   <p class="hint">A click adds, dragging moves, a double click removes. In the plane, ← → go from sample to sample, Shift with an
   arrow moves one, Insert adds one beside it, Delete removes it, C changes its class, Z undoes.</p>
   <div class="row"><label>x1 <input type="text" inputmode="decimal" data-new="0" value="0"></label>
   <label class="second">x2 <input type="text" inputmode="decimal" data-new="1" value="0"></label>
   <button type="button" data-do="add">Add</button></div>
  </details>
 </section>
 <section class="net" aria-label="Network">
  <h2>Network</h2>
  <div class="row"><span class="row flat owned"><span>your own network</span> <button type="button" data-do="fresh">Make a new one</button></span>
  <span class="row flat shaped" role="group" aria-label="Hidden layers"><span class="muted">hidden layers</span> <span class="layers row flat"></span>
  <button type="button" data-do="fewer" aria-label="One layer less">−</button>
  <button type="button" data-do="more" aria-label="One layer more">+</button></span>
  <label class="shaped">activation <select data-set="activation"></select></label>
  <span class="row flat" role="radiogroup" aria-label="Edges show"><span class="muted">edges show</span>
  <label><input type="radio" data-color value="weight" checked> weight</label>
  <label><input type="radio" data-color value="gradient"> gradient</label>
  <label><input type="radio" data-color value="update"> update</label></span></div>
  <div class="scroll"><div class="network"></div></div>
  <div class="card" aria-live="polite"></div>
  <p class="key hint"></p>
  <p class="readout hint">Select an edge (or a circle for its bias) to set its value and see the loss around it.</p>
  <div class="weight" hidden>
   <label><span data-is="link"></span> <input type="number" data-weight step="0.1"></label>
   <div class="slice"></div>
  </div>
 </section>
 <section aria-label="Training">
  <h2>Training</h2>
  <div class="grid">
  <label>optimizer <select data-set="optimizer"></select></label>
  <label>learning rate <input type="text" inputmode="decimal" data-set="lr"></label></div>
  <div class="grid options" role="group" aria-label="Options of the optimizer"></div>
  <div class="grid">
  <label>loss <select data-set="loss"></select></label>
  <label>batch size <input type="number" data-set="batch" min="1" max="400"></label>
  <label>regularizer <select data-set="regularizer"></select></label>
  <label>strength <input type="text" inputmode="decimal" data-set="strength"></label></div>
  <div class="losses"></div>
  <div class="row"><button type="button" data-do="steps">Step through this sample</button>
  <button type="button" data-do="code">Copy as Python</button></div>
 </section>
</div>
<details class="optimizer-state"><summary>Optimizer state: gradient, stored state and last update of every weight</summary>
 <div class="book"><pre class="rule"></pre><div class="rows" tabindex="0" role="region" aria-label="Optimizer state"></div></div></details>
<p class="unseen" role="status"></p>
<dialog class="sheet"><div class="row"><button type="button" data-do="close">Close (Esc)</button><span class="said" role="status"></span></div><div class="inside"></div></dialog>`;

let mounted = 0;

// `send(message)` asks Python and resolves to its answer; what is new comes through `show`.
export function mount(root, choices, send) {
  const own = `playground${++mounted}`;  // names of radio buttons hold for a whole document
  root.classList.add("playground");
  root.dataset.theme ??= "auto";
  root.innerHTML = LAYOUT;  // a constant of this file
  const $ = (selector) => root.querySelector(selector);
  const put = (name, text) => { $(`[data-is="${name}"]`).textContent = text; };
  const say = (text) => { $(".unseen").textContent = text; };
  const sheet = $("dialog");
  let state = null, scheme = schemeOf(root), complaints = "", carded = "", kinds = "";

  const ask = async (message) => {
    const late = setTimeout(() => { $(".busy").hidden = false; }, 600);
    const answer = await send(message);
    clearTimeout(late);
    $(".busy").hidden = true;
    if (["step", "rewind", "pause"].includes(message.do)) say(summary());
    return answer;
  };
  const summary = () => (state ? `epoch ${state.epoch}, update ${state.updates}, loss ${number(state.loss)}, ${state.score.join(" ")}` : "");

  for (const one of root.querySelectorAll("[data-color]")) one.name = `${own}-color`;
  const boxes = settings(root, choices, ask);
  const field = plane($(".field"), ask, target, say);
  const net = weights(root, ask);
  const book = optimizerState($(".optimizer-state"), ask, net.choose);

  function show(fresh) {
    state = fresh;
    if (!net.show(fresh)) return;
    classes();
    field.paint(fresh, scheme);
    net.paint(scheme);
    put("epoch", fresh.epoch);
    put("updates", fresh.updates);
    put("loss", number(fresh.loss));
    put("score", fresh.score[0]);
    put("amount", fresh.score[1]);
    $('[data-do="play"]').textContent = fresh.playing ? "Pause" : "Train";
    $('[data-do="undo"]').disabled = !fresh.undo;
    root.dataset.playing = fresh.playing ? "yes" : "no";
    boxes.show(fresh);
    $(".losses").replaceChildren();
    curves($(".losses"), [{ name: "loss", points: fresh.losses }], Math.max(1, fresh.updates), "loss of each update");
    complain([...fresh.badges.map(({ name, text }) => [name, text]), ...(fresh.notice ? [["note", fresh.notice]] : [])]);
    card(fresh.card);
    book.follow(fresh);
  }

  // What a new sample is: one of the classes, or a number.
  function classes() {
    const now = JSON.stringify([state.classes, state.map]);
    if (now === kinds) return;
    kinds = now;
    const made = state.classes.map((name, k) => {
      const label = document.createElement("label"), one = document.createElement("input"), sign = document.createElement("i");
      Object.assign(one, { type: "radio", name: `${own}-class`, value: k, checked: k === 0 });
      sign.className = `sign sign-${k}`;
      label.append(one, " ", sign, ` ${name}`);
      return label;
    });
    if (!made.length && state.map !== "curve") {
      const label = document.createElement("label"), one = document.createElement("input");
      Object.assign(one, { type: "text", inputMode: "decimal", value: "0" });
      one.dataset.target = "";
      label.append("target ", one);
      made.push(label);
    }
    $(".new").replaceChildren(made.length ? "click adds" : "a click adds a sample", ...made);
    $(".second").hidden = state.x[0].length < 2 && state.task !== "numbers";
    $(".second").firstChild.textContent = state.x[0].length < 2 ? "target " : "x2 ";
  }

  function target() {
    const radio = $(`input[name="${own}-class"]:checked`);
    return radio ? Number(radio.value) : $("[data-target]")?.value ?? 0;
  }

  function complain(list) {
    const now = JSON.stringify(list);
    if (now === complaints) return;  // said once, not with every picture
    complaints = now;
    if (list.length) $(".badges").classList.add("used");
    $(".badges").replaceChildren(...list.map(([name, text]) => {
      const made = document.createElement("p"), head = document.createElement("b");
      made.className = "badge";
      made.dataset.badge = name;
      head.textContent = name;
      made.append(head, ` ${text}`);
      return made;
    }));
  }

  function card(shown) {
    const now = JSON.stringify(shown);
    if (now === carded) return;
    carded = now;
    $(".card").replaceChildren();
    if (!shown) return;
    const head = document.createElement("p"), list = document.createElement("dl");
    head.textContent = `${shown.phase} · ${shown.position} · ${shown.heading}`;
    for (const [caption, text, numbers, result] of shown.lines) {
      const term = document.createElement("dt"), said = document.createElement("dd");
      term.textContent = caption;
      said.textContent = [text, numbers, result].filter(Boolean).join(" = ");
      list.append(term, said);
    }
    $(".card").append(head, list);
  }

  function open(inside, said = "") {
    $(".inside").replaceChildren(inside);
    $(".said").textContent = said;
    sheet.showModal();
  }

  const actions = {
    play: () => ask({ do: state.playing ? "pause" : "play" }),
    rewind: () => ask({ do: "rewind" }),
    undo: () => ask({ do: "undo" }),
    add: () => {
      const [first, second] = [0, 1].map((i) => $(`[data-new="${i}"]`).value);
      ask(state.x[0].length < 2 ? { do: "add", x: [first], target: state.task === "numbers" ? second : target() } : { do: "add", x: [first, second], target: target() });
    },
    steps: async () => {
      const answer = await ask({ do: "steps" });
      if (!answer) return;
      const page = document.createElement("iframe");
      page.setAttribute("sandbox", "allow-scripts");
      page.title = "The selected sample, step by step";
      page.srcdoc = answer.page;
      open(page);
    },
    code: async () => {
      const answer = await ask({ do: "code" });
      if (!answer) return;
      const text = document.createElement("textarea");
      text.value = answer.code;
      text.readOnly = true;
      text.spellcheck = false;
      text.setAttribute("aria-label", "The same as Python");
      open(text);
      text.select();
      try { await navigator.clipboard.writeText(answer.code); $(".said").textContent = "Copied."; }
      catch { $(".said").textContent = "Press Ctrl+C to copy."; }
    },
    close: () => sheet.close(),
    theme: () => {
      const themes = ["auto", "light", "dark"];
      retheme(themes[(themes.indexOf(root.dataset.theme) + 1) % 3]);
    },
  };
  for (const button of root.querySelectorAll("[data-do]"))
    if (actions[button.dataset.do]) button.addEventListener("click", actions[button.dataset.do]);
  for (const button of root.querySelectorAll("[data-size]"))
    button.addEventListener("click", () => ask({ do: "step", size: button.dataset.size }));
  sheet.addEventListener("close", () => $(".inside").replaceChildren());
  root.addEventListener("keydown", (event) => event.stopPropagation());  // a notebook would take letters as its commands

  function retheme(name = root.dataset.theme) {
    root.dataset.theme = name;
    scheme = schemeOf(root);
    if (!state) return;
    field.paint(state, scheme);
    net.paint(scheme);
  }
  // A notebook shows the element after it was filled, and until then it has no colors.
  new ResizeObserver(() => { if (Number.isNaN(scheme.neutral[0])) retheme(); }).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => retheme());

  const gone = "Python does not answer: it is busy with something else, or has ended. What was trained so far is kept there.";
  return { show, retheme, lost: () => complain([["note", gone]]) };
}
