// Shows the steps that the page carries. It computes nothing: every number was written by the engine.

import { showCard, showChecks } from "./card.js";
import { $, element, mark, reveal } from "../shared/dom.js";
import { listing } from "./listing.js";
import { read } from "../shared/packed.js";
import { Picture } from "./picture.js";
import { showPlaying } from "../shared/playing.js";
import { stagesOf } from "./stages.js";
import { timesOf } from "./times.js";
import { Trace } from "./trace.js";

const data = await read($("data"));
const steps = data.steps;
const trace = new Trace(data.formulas);
const given = new Set(data.given);
const nodes = timesOf(steps, [...trace.rows].map(([id, { value }]) => [id, given.has(id) ? value.textContent : null]));

const showSource = listing($("source"), data.code);
const showStages = stagesOf(data.stages ?? [], (start) => { pause(); show(start + 1); });

let position = 0;    // how many steps have been taken
let timer = 0;
let picture = null;  // the graph at the level that is shown, if there is one

function show(count) {
  position = Math.max(0, Math.min(steps.length, count));
  const step = position ? steps[position - 1] : null;
  trace.show(position, steps, nodes);
  if (picture) picture.show(position);
  showCard(step, position, steps.length);
  showSource(step && step.source);
  showStages(position);
  $("counter").textContent = `Step ${position} of ${steps.length}`;
  $("slider").value = position;
  $("first").disabled = $("back").disabled = position === 0;
  $("last").disabled = $("next").disabled = position === steps.length;
  if (position === steps.length) pause();
  showAsides();
  if (step) lookAt(step);
}

function lookAt(step) {
  reveal($("trace"), trace.rows.get(step.target ?? step.node).row.getBoundingClientRect(), 40, 0);
  if (picture) reveal($("view"), picture.about(step), 60, 60);
}

function play() {
  if (position === steps.length) show(0);
  timer = setInterval(() => {
    onward($("by").value);
    if (breakpoints.has(about())) pause();
  }, 1100);
  showPlaying($("play"), true);
}

function pause() {
  clearInterval(timer);
  timer = 0;
  showPlaying($("play"), false);
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
  mark(trace.rows.get(id).row, { breakpoint: breakpoints.has(id) });
  $("live").textContent = `Breakpoint ${breakpoints.has(id) ? "set" : "removed"}.`;
}
function run() {
  const met = steps.findIndex((step, i) => i >= position && (breakpoints.has(step.node) || breakpoints.has(step.target)));
  show(met < 0 ? steps.length : met + 1);
}

// Steps by their numbers, nodes by their names.
const ids = new Map();
for (const [id, { name }] of trace.rows) {
  ids.set(name.textContent, id);
  $("names").append(Object.assign(element("option", ""), { value: name.textContent }));
}
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = $("place").value.trim();
  const id = ids.get(asked) ?? [...ids].find(([name]) => name.endsWith(`.${asked}`))?.[1];
  pause();
  if (/^\d+$/.test(asked)) show(Number(asked));
  else if (id) show(nodes.get(id).complete);
  const found = id || /^\d+$/.test(asked);
  $("place").setAttribute("aria-invalid", String(!found));
  if (found) $("view").focus();
  else $("live").textContent = `There is no node called ${asked}.`;
});

// What the card shows if it is asked to.
function open(button, part, on = part.hidden) {
  part.hidden = !on;
  button.setAttribute("aria-pressed", String(on));
  showAsides();
  if (on) part.scrollIntoView({ block: "nearest" });
  if (position) lookAt(steps[position - 1]);  // there is less room now, or more
}
function showAsides() {
  if (!$("ways").hidden)
    $("ways").textContent = data.paths[about()] ?? (position ? "Paths are told for graphs of Values of up to 150 nodes."
      : "Take a step: the paths are those to its node.");
  if (!$("checks").hidden) showChecks(position ? data.checks[position - 1] : [], data.note);
}

// The same graph, more or less of it folded. A level goes with how far a step goes.
const NAMES = { op: "operations", neuron: "neurons", layer: "layers", model: "the model" };
const SIZES = { op: "step", neuron: "neuron", layer: "layer", model: "phase" };
const pictures = new Map();  // by the name of the level, as they come to be looked at
const levels = data.levels.map((level) => level.name);
for (const level of data.levels)
  $("level").append(Object.assign(element("option", "", NAMES[level.name]), { value: level.name, title: `${level.boxes} boxes` }));
$("folding").hidden = levels.length < 2;

function drawn(name) {
  if (!data.pictures[name]) return $("view").firstElementChild;  // which stands in the page
  const parsed = new DOMParser().parseFromString(data.pictures[name], "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

function fold(name) {
  const level = data.levels.find((one) => one.name === name);
  if (!level || picture?.level === level) return;
  if (!pictures.has(name)) pictures.set(name, new Picture(drawn(name), level, steps, nodes));
  const before = picture;
  picture = pictures.get(name);
  $("view").replaceChildren(picture.svg);
  if (!picture.scale) resize(fitting() > 0.6 ? fitting() : 0.8);
  leaveOut();
  $("level").value = name;
  $("by").value = data.stops[SIZES[name]] ? SIZES[name] : "step";
  if (!before) return;
  picture.show(position);
  if (position) lookAt(steps[position - 1]);
  $("live").textContent = `${level.boxes} boxes: ${NAMES[name]}.`;
}
const finer = (by) => fold(levels[levels.indexOf($("level").value) - by]);
const cycle = () => fold(levels[(levels.indexOf($("level").value) + 1) % levels.length]);
$("level").addEventListener("change", () => fold($("level").value));

// The picture fits into view if it stays readable there; else it is scrolled.
function fitting() {
  const view = $("view"), [width, height] = picture.natural;
  return Math.min((view.clientWidth - 16) / width, (view.clientHeight - 16) / height, 1.25);
}
function resize(to) {
  if (picture) picture.resize(to);
  leaveOut();
}
function leaveOut() {
  if (picture) picture.nearby.update($("view").getBoundingClientRect());
}
$("view").addEventListener("scroll", leaveOut, { passive: true });
window.addEventListener("resize", leaveOut);
$("zoom").hidden = !levels.length;
$("fit").addEventListener("click", () => resize(fitting()));
$("smaller").addEventListener("click", () => resize(picture.scale / 1.25));
$("larger").addEventListener("click", () => resize(picture.scale * 1.25));

const actions = {
  first: () => show(0),
  back: () => backward($("by").value),
  next: () => onward($("by").value),
  last: () => show(steps.length),
  play: () => (timer ? pause() : play()),
  paths: () => open($("paths"), $("ways")),
  check: () => open($("check"), $("checks")),
  help: () => open($("help"), $("keys")),
};
const keys = {
  ArrowRight: actions.next, ArrowLeft: actions.back, Home: actions.first, End: actions.last, " ": actions.play,
  PageDown: () => onward("phase"), PageUp: () => backward("phase"), b: toggleBreakpoint, r: run,
  p: actions.paths, k: actions.check, "?": actions.help, d: () => $("theme").click(), t: () => $("trace").focus(),
  g: () => $("place").select(), "/": () => $("place").select(), c: cycle, "[": () => finer(-1), "]": () => finer(1),
};
const shifted = { ArrowRight: () => onward("node"), ArrowLeft: () => backward("node") };
const still = new Set(["play", "paths", "check", "help"]);
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

// A click on a box or a row goes to where that was computed, on its gradient to where that was complete; a double click
// on a folded part looks into it.
$("view").addEventListener("click", (event) => {
  const box = picture?.boxes.get(event.target.closest(".box")?.id);
  if (!box) return;
  pause();
  show(event.target === box.grad ? box.complete : box.computed);
});
$("view").addEventListener("dblclick", (event) => {
  if (event.target.closest(".fold")) finer(1);
});
$("trace").addEventListener("click", (event) => {
  const cell = event.target.closest("tbody th, .value, .adjoint");
  if (!cell) return;
  const node = nodes.get(cell.parentElement.dataset.node);
  pause();
  show(cell.classList.contains("adjoint") ? node.complete : node.computed);
});

const themes = ["auto", "light", "dark"];
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % 3];
  $("theme").title = `Colors: ${root.dataset.theme}`;
});

fold(data.level);
$("view").scrollTop = ($("view").scrollHeight - $("view").clientHeight) / 2;
show(data.start);
