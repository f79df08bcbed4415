// A network to play with. Python trains and measures; this shows what it is told, and says what was asked for.

import { number } from "./numbers.js";
import { mark, paintSigned, schemeOf, svgElement } from "./field.js";
import { networkView } from "./network.js";
import { curves } from "./curves.js";

const SIZE = 300;
const LAYOUT = `
<div class="top">
 <div class="buttons" role="group" aria-label="Training">
  <button type="button" data-do="play" class="primary">Train</button>
  <span class="group"><span class="muted">one</span>
  <button type="button" data-size="operation">operation</button>
  <button type="button" data-size="sample">sample</button>
  <button type="button" data-size="batch">batch</button>
  <button type="button" data-size="epoch">epoch</button></span>
  <button type="button" data-do="rewind">Rewind</button>
 </div>
 <p class="facts"><span>epoch <b data-is="epoch"></b></span><span>update <b data-is="updates"></b></span>
  <span>loss <b data-is="loss"></b></span><span>right <b data-is="right"></b></span></p>
 <button type="button" data-do="theme" aria-label="Change colours">◐</button>
</div>
<div class="badges" role="status"></div>
<div class="main">
 <section aria-label="Data">
  <h2>Data</h2>
  <div class="row"><label>set <select data-set="dataset"></select></label>
  <label>noise <input type="number" data-set="noise" min="0" max="1" step="0.05"></label>
  <label>samples <input type="number" data-set="samples" min="8" max="200" step="4"></label>
  <label>seed <input type="number" data-set="seed" min="0" max="1000000" step="1"></label></div>
  <div class="field"><canvas role="img" aria-label="The network's answer over the plane"></canvas></div>
  <div class="row"><span>a click adds</span>
  <label><input type="radio" name="class" value="0" checked> −1</label>
  <label><input type="radio" name="class" value="1"> +1</label>
  <span class="muted">drag moves, double click removes</span></div>
  <div class="row"><label>x1 <input type="number" data-new="0" step="0.1" value="0"></label>
  <label>x2 <input type="number" data-new="1" step="0.1" value="0"></label>
  <button type="button" data-do="add">Add</button></div>
 </section>
 <section class="net" aria-label="Network">
  <div class="row"><label>hidden layers <input type="text" data-set="layers" size="9" inputmode="numeric"></label>
  <label>activation <select data-set="activation"></select></label></div>
  <div class="network"></div>
  <p class="told hint">Choose a line to set its weight and see the loss around it. Dashed lines are negative, squares are biases.</p>
  <div class="weight" hidden>
   <label><span data-is="link"></span> <input type="number" data-weight step="0.1"></label>
   <div class="slice"></div>
  </div>
 </section>
 <section aria-label="Training">
  <h2>Training</h2>
  <div class="grid">
  <label>optimiser <select data-set="optimizer"></select></label>
  <label>rate <input type="number" data-set="lr" min="0" step="any"></label>
  <label>loss <select data-set="loss"></select></label>
  <label>batch <input type="number" data-set="batch" min="1" max="200"></label>
  <label>regulariser <select data-set="regularizer"></select></label>
  <label>strength <input type="number" data-set="strength" min="0" step="any"></label></div>
  <div class="losses"></div>
  <div class="card" aria-live="polite"></div>
  <div class="row"><button type="button" data-do="steps">Ringed sample in the stepper</button>
  <button type="button" data-do="code">Copy as Python</button></div>
 </section>
</div>
<dialog class="sheet"><div class="row"><button type="button" data-do="close">Close (Esc)</button><span class="said" role="status"></span></div><div class="inside"></div></dialog>`;

// `ask(message)` sends to Python and resolves to its answer; what is new comes through `show`.
export function mount(root, choices, ask) {
  root.classList.add("playground");
  root.dataset.theme ??= "auto";
  root.innerHTML = LAYOUT;  // a constant of this file
  const $ = (selector) => root.querySelector(selector);
  const is = (name) => $(`[data-is="${name}"]`);
  const sheet = $("dialog");
  let told = null, view = null, scheme = schemeOf(root), chosen = null, moving = null;

  for (const name of ["activation", "optimizer", "regularizer", "loss", "dataset"])
    for (const choice of name === "dataset" ? choices.datasets : choices[name])
      $(`[data-set="${name}"]`).append(new Option(choice, choice));

  const overlay = svgElement("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "overlay" }, $(".field"));

  function show(fresh) {
    told = fresh;
    if (fresh.svg) draw(fresh);
    if (!view) return;
    Object.assign(info, { largest: fresh.largest, thickness: fresh.thickness });
    view.weights(fresh.weights.map(known));
    view.biases(fresh.biases.map(known));
    view.values(fresh.values.map(known));
    view.dead(fresh.dead);
    paint();
    points();
    is("epoch").textContent = fresh.epoch;
    is("updates").textContent = fresh.updates;
    is("loss").textContent = number(fresh.losses.length ? fresh.losses.at(-1)[1] : null);
    is("right").textContent = `${fresh.right} of ${fresh.x.length}`;
    $('[data-do="play"]').textContent = fresh.playing ? "Pause" : "Train";
    root.dataset.playing = fresh.playing ? "yes" : "no";
    settings(fresh.settings);
    $(".losses").replaceChildren();
    curves($(".losses"), [{ name: "loss", points: fresh.losses }], Math.max(1, fresh.updates), "loss of each update");
    badges(fresh);
    card(fresh.card);
    weight();
    follow();
  }

  const known = (x) => (x === null ? NaN : x);
  const info = {};

  function draw(fresh) {
    const box = $(".network");
    const svg = new DOMParser().parseFromString(fresh.svg, "image/svg+xml").documentElement;
    svg.querySelector(".legend").remove();  // the scale changes as one plays
    svg.viewBox.baseVal.height -= 46;
    svg.removeAttribute("height");
    box.replaceChildren(document.importNode(svg, true));
    for (const key of ["links", "units", "biased", "places", "named", "largest", "thickness"]) info[key] = fresh[key];
    view = networkView(box, info);
    view.canvases(...fresh.sides);
    chosen = info.links.includes(chosen) ? chosen : null;
    for (const [id, path] of view.link) {
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", `weight ${info.named[id]}`);
      path.addEventListener("click", () => choose(id));
      path.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(id); });
    }
    view.onLink((id, kind) => {
      if (id === null) return;
      const list = kind === "link" ? told.weights[told.links.indexOf(id)] : told.values[told.units.indexOf(id)];
      $(".told").textContent = kind === "link" ? `weight ${info.named[id]} = ${number(list)}`
        : `unit ${info.named[id]} = ${number(list)} for the ringed sample`;
    });
  }

  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  function paint() {
    paintSigned($(".field canvas"), bytes(told.field), told.side, told.side, scheme, 0.7);
    const maps = bytes(told.maps), [height, width] = told.sides, size = height * width;
    told.units.forEach((id, i) => paintSigned(view.maps.get(id), maps.subarray(i * size, (i + 1) * size), width, height, scheme));
  }

  // The samples: a click rings one, dragging moves it, a double click removes it; a click beside adds one.
  const place = (x) => {
    const [x0, x1, y0, y1] = told.bounds;
    return [(SIZE * (x[0] - x0)) / (x1 - x0), SIZE - (SIZE * (x[1] - y0)) / (y1 - y0)];
  };
  const back = (event) => {
    const box = overlay.getBoundingClientRect(), [x0, x1, y0, y1] = told.bounds;
    const round = (x) => Number(x.toPrecision(4));
    return [round(x0 + ((x1 - x0) * (event.clientX - box.left)) / box.width),
      round(y1 - ((y1 - y0) * (event.clientY - box.top)) / box.height)];
  };

  function points() {
    if (moving) return;
    overlay.replaceChildren();
    told.x.forEach((x, i) => {
      const [cx, cy] = place(x);
      mark(told.class[i], cx, cy, 4.2, overlay).dataset.sample = i;
    });
    const [cx, cy] = place(told.x[told.ringed]);
    svgElement("circle", { class: "ring", r: 9, cx, cy }, overlay);
  }

  let pressed = { time: -1e9, sample: null };
  overlay.addEventListener("pointerdown", (event) => {
    const sample = event.target.dataset.sample;
    // Two presses on one sample remove it; its mark is drawn anew between them, so there is no dblclick.
    const twice = sample !== undefined && sample === pressed.sample && event.timeStamp - pressed.time < 400;
    pressed = { time: event.timeStamp, sample: twice ? null : sample };
    if (sample === undefined) return;
    moving = { sample: Number(sample), part: event.target, from: [event.clientX, event.clientY], moved: false, twice };
    overlay.setPointerCapture(event.pointerId);
  });
  overlay.addEventListener("pointermove", (event) => {
    if (!moving) return;
    const by = [event.clientX - moving.from[0], event.clientY - moving.from[1]];
    if (Math.hypot(...by) > 3) moving.moved = true;
    const scale = SIZE / overlay.getBoundingClientRect().width;
    if (moving.moved) moving.part.setAttribute("transform", `translate(${by[0] * scale} ${by[1] * scale})`);
  });
  overlay.addEventListener("pointerup", (event) => {
    if (!moving) {
      ask({ do: "add", x: back(event), class: Number($('input[name="class"]:checked').value) });
      return;
    }
    const { sample, moved, twice } = moving;
    moving = null;
    if (moved) ask({ do: "move", sample, x: back(event) });
    else ask({ do: twice ? "remove" : "ring", sample });
  });
  // A weight: set it, and see the loss around it.
  function choose(id) {
    chosen = id;
    weight();
    follow();
  }

  function weight() {
    $(".weight").hidden = chosen === null;
    if (chosen === null) return;
    is("link").textContent = `weight ${info.named[chosen]}`;
    const box = $("[data-weight]"), now = told.weights[told.links.indexOf(chosen)];
    if (document.activeElement !== box) box.value = now === null ? "" : Number(now.toPrecision(6));
    for (const [id, path] of view.link) path.classList.toggle("chosen", id === chosen);
  }

  // Draws the slice anew when what it depends on has changed, at most twice a second while a training runs.
  let sliced = "", asked = -1e9, later = null;
  function follow() {
    const now = JSON.stringify([chosen, told.weights, told.biases, told.x, told.class, told.settings.loss]);
    if (chosen === null || now === sliced || later !== null) return;
    const wait = told.playing ? asked + 500 - performance.now() : 0;
    if (wait > 0) {
      later = setTimeout(() => { later = null; follow(); }, wait);
      return;
    }
    sliced = now;
    asked = performance.now();
    slice(chosen);
  }

  async function slice(link) {
    const found = await ask({ do: "slice", link });
    if (!found || link !== chosen) return;
    const W = 320, H = 110, box = $(".slice");
    box.replaceChildren();
    const losses = found.loss.filter((x) => x !== null);
    const low = Math.min(...losses), high = Math.max(...losses, low + 1e-9);
    const at = (w, y) => [40 + ((W - 50) * (w - found.w[0])) / (found.w.at(-1) - found.w[0]), H - 20 - ((H - 34) * (y - low)) / (high - low)];
    const svg = svgElement("svg", { viewBox: `0 0 ${W} ${H}`, class: "curves", role: "img",
      "aria-label": `The loss on all samples around this weight, from ${number(low)} to ${number(high)}` }, box);
    svgElement("path", { class: "axis", d: `M40 10V${H - 20}H${W - 10}` }, svg);
    const d = found.w.flatMap((w, i) => (found.loss[i] === null ? [] : [at(w, found.loss[i]).map((c) => c.toFixed(1)).join(" ")]));
    svgElement("path", { class: "curve curve-0 wide", d: `M${d.join("L")}` }, svg);
    const [x] = at(found.now, low);
    svgElement("path", { class: "cursor", d: `M${x} 10V${H - 20}` }, svg);
    const label = (text, lx, ly, anchor) => { svgElement("text", { x: lx, y: ly, "text-anchor": anchor, class: "tick" }, svg).textContent = text; };
    label(number(high, 2), 37, 16, "end");
    label(number(low, 2), 37, H - 20, "end");
    label(number(found.w[0], 2), 40, H - 6, "start");
    label(`w = ${number(found.now, 3)}`, x, H - 6, "middle");
    label(number(found.w.at(-1), 2), W - 10, H - 6, "end");
    label("loss on all samples", 46, 12, "start");
    svg.addEventListener("click", (event) => {
      const box2 = svg.getBoundingClientRect();
      const share = ((event.clientX - box2.left) * W / box2.width - 40) / (W - 50);
      set(found.w[0] + Math.max(0, Math.min(1, share)) * (found.w.at(-1) - found.w[0]));
    });
  }

  async function set(value) {
    await ask({ do: "weight", link: chosen, value: Number(value.toPrecision(6)) });
  }
  $("[data-weight]").addEventListener("change", (event) => {
    if (event.target.value !== "" && Number.isFinite(Number(event.target.value))) set(Number(event.target.value));
  });

  function settings(values) {
    const sets = $('[data-set="dataset"]');
    if (values.dataset === "yours" && ![...sets.options].some((o) => o.value === "yours")) sets.append(new Option("yours", "yours"));
    for (const box of root.querySelectorAll("[data-set]")) {
      const value = values[box.dataset.set];
      if (document.activeElement !== box) box.value = Array.isArray(value) ? value.join(" ") : value;
    }
    for (const name of ["layers", "activation"]) $(`[data-set="${name}"]`).title = values.own ? "This network is yours; a change makes a new one" : "";
  }
  for (const box of root.querySelectorAll("[data-set]"))
    box.addEventListener("change", () => {
      const name = box.dataset.set;
      const value = name === "layers" ? (box.value.match(/\d+/g) ?? []).map(Number) : box.type === "number" ? Number(box.value) : box.value;
      ask({ do: "set", name, value });
    });

  function badges(fresh) {
    const made = fresh.badges.map(({ name, text }) => badge(name, text));
    if (fresh.notice) made.push(badge("note", fresh.notice));
    $(".badges").replaceChildren(...made);
  }

  function badge(name, text) {
    const made = document.createElement("p"), head = document.createElement("b");
    made.className = "badge";
    head.textContent = name;
    made.append(head, ` ${text}`);
    return made;
  }

  function card(shown) {
    const box = $(".card");
    box.replaceChildren();
    if (!shown) return;
    const head = document.createElement("p");
    head.textContent = `${shown.phase} · ${shown.position} · ${shown.heading}`;
    const list = document.createElement("dl");
    for (const [caption, text, numbers, result] of shown.lines) {
      const term = document.createElement("dt"), said = document.createElement("dd");
      term.textContent = caption;
      said.textContent = [text, numbers, result].filter(Boolean).join(" = ");
      list.append(term, said);
    }
    box.append(head, list);
  }

  function open(inside, said = "") {
    $(".inside").replaceChildren(inside);
    $(".said").textContent = said;
    sheet.showModal();
  }

  const actions = {
    play: () => ask({ do: told.playing ? "pause" : "play" }),
    rewind: () => ask({ do: "rewind" }),
    add: () => ask({ do: "add", x: [0, 1].map((i) => Number($(`[data-new="${i}"]`).value)), class: Number($('input[name="class"]:checked').value) }),
    steps: async () => {
      const answer = await ask({ do: "steps" });
      if (!answer) return;
      const page = document.createElement("iframe");
      page.setAttribute("sandbox", "allow-scripts");
      page.title = "The ringed sample, step by step";
      page.srcdoc = answer.page;
      open(page);
    },
    code: async () => {
      const answer = await ask({ do: "code" });
      if (!answer) return;
      const text = document.createElement("textarea");
      text.value = answer.code;
      text.readOnly = true;
      text.setAttribute("aria-label", "The same as Python");
      open(text);
      text.select();
      try { await navigator.clipboard.writeText(answer.code); $(".said").textContent = "Copied."; }
      catch { $(".said").textContent = "Press Ctrl+C to copy."; }
    },
    close: () => sheet.close(),
    theme: () => {
      const themes = ["auto", "light", "dark"];
      root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % 3];
      scheme = schemeOf(root);
      paint();
    },
  };
  for (const button of root.querySelectorAll("[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
  for (const button of root.querySelectorAll("[data-size]"))
    button.addEventListener("click", () => ask({ do: "step", size: button.dataset.size }));
  sheet.addEventListener("close", () => $(".inside").replaceChildren());
  root.addEventListener("keydown", (event) => event.stopPropagation());  // a notebook would take letters as its commands
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { scheme = schemeOf(root); if (told) paint(); });

  return { show, lost: () => badges({ badges: [], notice: "Python does not answer any more: it has ended." }) };
}
