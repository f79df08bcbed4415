"use strict";
// Shows the steps that the page carries. It computes nothing: every number was written by the engine.
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const steps = data.steps;
  const NOTHING = "—";

  // One entry a node: its box in the picture, its row in the table, and what is written there at the end.
  const nodes = new Map();
  for (const row of document.querySelectorAll("#trace tbody tr")) {
    const id = row.dataset.node;
    const box = document.querySelector(`#graph [id="${id}"]`);
    nodes.set(id, {
      row, box,
      value: row.querySelector(".value"), adjoint: row.querySelector(".adjoint"),
      forward: [...row.querySelectorAll("td:nth-child(-n+4)")], reverse: [...row.querySelectorAll("td:nth-child(n+5)")],
      boxValue: box && box.querySelector(".data"), boxGrad: box && box.querySelector(".grad"),
      given: row.querySelector(".value").textContent, final: row.querySelector(".adjoint").textContent,
    });
  }
  const edges = new Map([...document.querySelectorAll("#graph .edge")].map((edge) => [edge.id, edge]));

  let position = 0;   // how many steps have been taken
  let timer = 0;

  // What is written once so many steps have been taken.
  function stateAt(count) {
    const value = new Map(), grad = new Map();
    for (const id of data.given) value.set(id, nodes.get(id).given);
    for (let i = 0; i < count; i++) {
      const step = steps[i];
      if (step.value !== undefined) value.set(step.node, step.value);
      else grad.set(step.target, step.grad);
    }
    return { value, grad };
  }

  // Whether everything that a node receives has arrived.
  const lastArrival = new Map();
  steps.forEach((step, i) => { if (step.target) lastArrival.set(step.target, i); });

  function show(count) {
    position = Math.max(0, Math.min(steps.length, count));
    const { value, grad } = stateAt(position);
    const step = position ? steps[position - 1] : null;
    for (const [id, node] of nodes) {
      const known = value.has(id);
      write(node.value, known ? value.get(id) : NOTHING);
      write(node.adjoint, grad.get(id) ?? NOTHING);
      if (node.boxValue) write(node.boxValue, known ? value.get(id) : NOTHING);
      if (node.boxGrad) write(node.boxGrad, `∇ ${grad.get(id) ?? NOTHING}`);
      const current = step !== null && step.node === id;
      const target = step !== null && step.target === id && step.target !== step.node;
      mark(node.row, { current, target });
      if (node.box) mark(node.box, { current, target, pending: !known });
      if (node.boxGrad) mark(node.boxGrad, { fresh: step !== null && step.target === id });
      for (const cell of node.forward) mark(cell, { pending: !known });
      for (const cell of node.reverse) mark(cell, { pending: !(lastArrival.get(id) < position) });
    }
    for (const [id, edge] of edges) {
      const into = "n" + id.slice(1).split("_")[0];
      const forward = step !== null && step.phase === "forward" && step.node === into;
      const reverse = step !== null && step.edge === id;
      mark(edge, { active: forward || reverse, reverse, pending: !value.has(into) });
    }
    showCard(step);
    showStages();
    $("counter").textContent = `Step ${position} of ${steps.length}`;
    $("slider").value = position;
    $("first").disabled = $("back").disabled = position === 0;
    $("last").disabled = $("next").disabled = position === steps.length;
    if (position === steps.length) pause();
    showWays();
    const near = step && nodes.get(step.target ?? step.node);
    if (near) for (const part of [near.row, near.box]) part && part.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // The stages of a lecture, if the steps are sorted into these.
  const stages = (data.stages ?? []).map(([name, start, stop], i) => {
    const button = element("button", "", `${i + 1}  ${name}`);
    button.title = `Stage ${i + 1}: steps ${start + 1} to ${stop}`;
    button.addEventListener("click", () => { pause(); show(start + 1); });
    $("stages").append(button);
    return { button, start, stop };
  });
  $("stages").hidden = !stages.length;
  function showStages() {
    for (const { button, start, stop } of stages) {
      const current = start < position && position <= stop;
      button.setAttribute("aria-current", current ? "step" : "false");
      mark(button, { done: stop <= position });
      if (current) button.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  const showSource = listing($("source"), data.code);

  const LONGEST_BESIDE = 16;  // characters of a result

  function showCard(step) {
    const lines = $("lines");
    lines.replaceChildren();
    showSource(step && step.source);
    if (step === null) {
      $("phase").textContent = `Step 0 of ${steps.length}`;
      $("heading").textContent = "Numbers are given; nothing is computed yet";
      $("live").textContent = "At the start.";
      const hint = element("p", "caption", "Press Next or → to take the first step.");
      hint.style.gridColumn = "1 / -1";
      lines.append(hint);
      return;
    }
    $("phase").replaceChildren(element("b", "", step.phase), ` · step ${position} of ${steps.length}`,
      step.stage ? ` · stage ${step.stage}` : "", step.scope ? ` · ${step.scope}` : "");
    $("heading").textContent = step.heading;
    $("live").textContent = `Step ${position}, ${step.phase}: ${step.sentence}`;
    const beneath = step.lines.some((line) => line[3].length > LONGEST_BESIDE);  // arrays leave no room beside a sum
    lines.classList.toggle("beneath", beneath);
    step.lines.forEach(([caption, symbols, numbers, result], i) => {
      const sum = element("span", result ? "sum" : "sum words", "");
      for (const part of [symbols, numbers]) if (part) sum.append(typeset(part));
      lines.append(element("span", "caption", caption), sum,
        element("span", i === step.lines.length - 1 ? "result last" : "result", result));
    });
  }

  function element(kind, name, text) {
    const made = document.createElement(kind);
    if (name) made.className = name;
    made.textContent = text;
    return made;
  }

  function typeset(markup) {  // MathML and escaped text, both written by the engine's own typesetter
    const span = document.createElement("span");
    span.innerHTML = markup;
    return span;
  }

  function write(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  function mark(part, classes) {
    for (const [name, on] of Object.entries(classes)) part.classList.toggle(name, on);
  }

  function play() {
    if (position === steps.length) show(0);
    timer = setInterval(() => {
      onward($("by").value);
      if (breakpoints.has(about())) pause();
    }, 1100);
    $("play").setAttribute("aria-label", "Pause");
    $("play").classList.add("playing");
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    $("play").setAttribute("aria-label", "Play");
    $("play").classList.remove("playing");
  }

  // Coarser steps: the engine's own, several at once, up to a stop.
  for (const size of Object.keys(data.stops)) $("by").append(element("option", "", size));
  for (const stop of data.stops.phase) $("ticks").append(Object.assign(element("option", ""), { value: stop }));
  const stopsOf = (size) => data.stops[size] ?? steps.map((_, i) => i + 1);
  const onward = (size) => show(stopsOf(size).find((stop) => stop > position) ?? steps.length);
  const backward = (size) => show(stopsOf(size).findLast((stop) => stop < position) ?? 0);

  // The node that a step is about: the one that receives, else the one that is computed.
  const about = () => (position ? steps[position - 1].target ?? steps[position - 1].node : null);

  const breakpoints = new Set();
  function toggleBreakpoint() {
    const id = about();
    if (id === null) return;
    if (!breakpoints.delete(id)) breakpoints.add(id);
    mark(nodes.get(id).row, { breakpoint: breakpoints.has(id) });
    $("live").textContent = `Breakpoint ${breakpoints.has(id) ? "set" : "removed"}.`;
  }
  function run() {
    const met = steps.findIndex((step, i) => i >= position && (breakpoints.has(step.node) || breakpoints.has(step.target)));
    show(met < 0 ? steps.length : met + 1);
  }

  // Steps by their numbers, nodes by their names.
  const ids = new Map();
  for (const [id, node] of nodes) {
    const name = node.row.querySelector("th").textContent;
    ids.set(name, id);
    $("names").append(Object.assign(element("option", ""), { value: name }));
  }
  $("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = $("place").value.trim();
    const id = ids.get(asked) ?? [...ids].find(([name]) => name.endsWith(`.${asked}`))?.[1];
    pause();
    if (/^\d+$/.test(asked)) show(Number(asked));
    else if (id) show((lastArrival.get(id) ?? -1) + 1);
    const found = id || /^\d+$/.test(asked);
    $("place").setAttribute("aria-invalid", String(!found));
    if (found) $("view").focus();
    else $("live").textContent = `There is no node called ${asked}.`;
  });

  function open(button, part, on = part.hidden) {
    part.hidden = !on;
    button.setAttribute("aria-pressed", String(on));
    showWays();
  }
  function showWays() {
    if (!$("ways").hidden)
      $("ways").textContent = data.paths[about()] ?? (position ? "Paths are told for graphs of Values of up to 150 nodes."
        : "Take a step: the paths are those to its node.");
  }

  const actions = {
    first: () => show(0),
    back: () => backward($("by").value),
    next: () => onward($("by").value),
    last: () => show(steps.length),
    play: () => (timer ? pause() : play()),
    paths: () => open($("paths"), $("ways")),
    help: () => open($("help"), $("keys")),
  };
  const keys = {
    ArrowRight: actions.next, ArrowLeft: actions.back, Home: actions.first, End: actions.last, " ": actions.play,
    PageDown: () => onward("phase"), PageUp: () => backward("phase"), b: toggleBreakpoint, r: run,
    p: actions.paths, "?": actions.help, d: () => $("theme").click(), t: () => $("trace").focus(),
    g: () => $("place").select(), "/": () => $("place").select(),
  };
  const shifted = { ArrowRight: () => onward("node"), ArrowLeft: () => backward("node") };
  const still = new Set(["play", "paths", "help"]);
  for (const [id, action] of Object.entries(actions))
    $(id).addEventListener("click", () => { if (!still.has(id)) pause(); action(); });
  $("slider").addEventListener("input", () => { pause(); show(Number($("slider").value)); });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "place") {
      if (event.key === "Escape") $("view").focus();
      return;
    }
    const action = (event.shiftKey ? shifted[event.key] : undefined) ?? keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;  // the button's own key
    if (event.target.tagName === "SELECT" && event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (action !== actions.play) pause();
    action();
  });

  // A click on a box or a row goes to where that node was computed, on its adjoint to where that was complete.
  const computed = new Map();
  steps.forEach((step, i) => { if (step.phase === "forward") computed.set(step.node, i + 1); });
  for (const [id, node] of nodes) {
    const toValue = () => { pause(); show(computed.get(id) ?? 0); };
    const toAdjoint = () => { pause(); show((lastArrival.get(id) ?? -1) + 1); };
    for (const part of [node.row.querySelector("th"), node.value]) part.addEventListener("click", toValue);
    node.adjoint.addEventListener("click", toAdjoint);
    if (node.box) node.box.addEventListener("click", (event) => (event.target === node.boxGrad ? toAdjoint : toValue)());
  }

  const themes = ["auto", "light", "dark"];
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % 3];
    $("theme").title = `Colours: ${root.dataset.theme}`;
  });

  // The picture fits into view if it stays readable there; else it is scrolled.
  const svg = document.querySelector("#view > svg");
  const natural = svg ? [svg.width.baseVal.value, svg.height.baseVal.value] : [0, 0];
  let scale = 1;
  function fitting() {
    const view = $("view");
    return Math.min((view.clientWidth - 16) / natural[0], (view.clientHeight - 16) / natural[1], 1.25);
  }
  function resize(to) {
    if (!svg) return;
    scale = Math.max(0.05, Math.min(4, to));
    svg.style.width = `${natural[0] * scale}px`;
    svg.style.height = `${natural[1] * scale}px`;
  }
  $("zoom").hidden = !svg;
  $("fit").addEventListener("click", () => resize(fitting()));
  $("smaller").addEventListener("click", () => resize(scale / 1.25));
  $("larger").addEventListener("click", () => resize(scale * 1.25));
  resize(fitting() > 0.6 ? fitting() : 0.8);
  $("view").scrollTop = ($("view").scrollHeight - $("view").clientHeight) / 2;
  show(data.start);
})();
