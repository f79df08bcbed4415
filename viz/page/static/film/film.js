// Shows a recorded training. It computes nothing about the network: every number was recorded by the engine.

import { number, NOTHING } from "../shared/numbers.js";
import { mark, paintSigned, paintWinner, schemeOf, svgElement } from "../shared/field.js";
import { borders, zeroLine } from "../shared/boundary.js";
import { networkView } from "../shared/network.js";
import { curves } from "../shared/curves.js";
import { unpack, inflate, textOf } from "../shared/packed.js";
import { showPlaying } from "../shared/playing.js";

const $ = (id) => document.getElementById(id);
const info = JSON.parse($("data").textContent);
const frames = info.frames;

unpack($("packed").textContent, info.arrays).then(start);

function start(arrays) {
  const view = networkView($("network"), info);
  const drawn = $("network").querySelector("svg").viewBox.baseVal;
  $("network").style.setProperty("--ratio", drawn.width / drawn.height);  // it is to be seen whole
  $("network").style.setProperty("--wide", drawn.width);  // and a small one not larger than life
  const [mapHeight, mapWidth] = info.sides;
  if (arrays.maps) view.canvases(mapWidth, mapHeight);
  let scheme = schemeOf();
  let position = 0, marked = 0, timer = 0, hovered = null;
  const lastUpdate = frames[frames.length - 1].step;
  const stepped = [...new Set(Object.keys(info.pages).map((key) => Number(key.split(":")[0])))].sort((a, b) => a - b);
  if (stepped.length < frames.length) for (const frame of stepped) $("ticks").append(new Option("", frame));

  // The plane with its samples, or the curve of a single feature.
  const points = info.points;
  const SIZE = 300;
  const overlay = svgElement("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "overlay", "aria-hidden": "true" }, $("field"));
  const [x0, x1, y0, y1] = info.bounds ?? [0, 1, 0, 1];
  const place = (x, y) => [(SIZE * (x - x0)) / (x1 - x0), SIZE - (SIZE * (y - y0)) / (y1 - y0)];
  const line = svgElement("path", { class: "answer" }, overlay);
  const boundary = svgElement("path", { class: "boundary" }, overlay);
  const ring = svgElement("circle", { class: "ring", r: 10 }, overlay);
  if (info.kind === "none") $("plane").hidden = true;
  else points.x.forEach((x, i) => {
    const [cx, cy] = place(x[0], info.kind === "curve" ? points.y[i] : x[1]);
    const made = mark(points.class[i], cx, cy, i < points.marked ? 5 : 3.6, overlay);
    if (i < points.marked) made.classList.add("choice");
    made.addEventListener("click", () => (i < points.marked ? choose(i) : other(i)));
  });
  $("plane-title").textContent = info.kind === "curve" ? "Network output along x1" : "Network output";
  if (info.kind === "curve") { $("answer").hidden = true; $("field").classList.add("curve"); }
  const explain = (box, text) => {
    const entry = document.createElement("span");
    const key = svgElement("svg", { viewBox: box, class: box === "0 0 14 14" ? "swatch square" : "swatch", "aria-hidden": "true" }, entry);
    entry.append(text);
    $("key").append(entry);
    return key;
  };
  if (info.kind === "classes") svgElement("path", { d: "M0 4H24", class: "boundary" }, explain("0 0 24 8", "decision boundary"));
  points.names.forEach((name, i) => mark(i, 7, 7, 4.5, explain("0 0 14 14", `target ${name}`)));
  const range = (name, low, high) => `${name} from ${number(low, 2)} to ${number(high, 2)}`;
  if (info.kind !== "none") $("range").textContent = `${range("x1", x0, x1)}, ${range(info.kind === "curve" ? "y" : "x2", y0, y1)}`;
  points.text.forEach((text, i) => $("marked").append(new Option(`${i + 1}: ${text}`, i)));
  $("marked").addEventListener("change", () => choose(Number($("marked").value)));

  const epochs = info.epochs;
  const updatesAnEpoch = epochs.length ? lastUpdate / epochs.length : 1;
  const lines = [{ name: "each batch", points: info.losses }];
  if (epochs.some((e) => e.validation_loss !== undefined))
    lines.push({ name: "validation", points: epochs.map((e, i) => [(i + 1) * updatesAnEpoch, e.validation_loss ?? null]) });
  const moves = [curves($("losses"), lines, lastUpdate, "loss")];
  const norms = Object.entries(info.norms).map(([name, at]) => ({ name, points: at }));
  if (norms.length) moves.push(curves($("norms"), norms, lastUpdate, "norm of the gradient"));

  function row(name, frame) {
    const { shape } = info.arrays[name];
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    return arrays[name].subarray(frame * size, (frame + 1) * size);
  }

  function values(frame) {
    const all = row("values", frame);
    return all.subarray(marked * info.units.length, (marked + 1) * info.units.length);
  }

  function paint() {
    if (info.kind === "curve") {
      const numbers = row("curve", position);
      const d = [...numbers].map((y, i) => place(x0 + ((x1 - x0) * i) / (numbers.length - 1), y));
      line.setAttribute("d", "M" + d.map((p) => p.map((c) => c.toFixed(1)).join(" ")).join("L"));
    } else if (arrays.field) {
      const field = row("field", position), winner = arrays.winner && row("winner", position), side = info.side;
      if (winner) paintWinner($("answer"), winner, field, side, side, scheme);
      else paintSigned($("answer"), field, side, side, scheme, 0.7);
      if (info.kind === "classes")
        boundary.setAttribute("d", winner ? borders(winner, field, side, side, SIZE) : zeroLine((i) => field[i] - 128, side, side, SIZE));
    }
    if (arrays.maps) {
      const all = row("maps", position), size = mapWidth * mapHeight;
      info.units.forEach((id, i) => paintSigned(view.maps.get(id), all.subarray(i * size, (i + 1) * size), mapWidth, mapHeight, scheme));
    }
  }

  function show(to) {
    position = Math.max(0, Math.min(frames.length - 1, to));
    const frame = frames[position];
    view.weights(row("weights", position));
    view.biases(row("biases", position));
    view.dead(row("dead", position));
    paint();
    $("update").textContent = frame.step;
    $("epoch").textContent = frame.epoch;
    $("loss").textContent = number(frame.loss);
    $("rate").textContent = number(frame.lr);
    for (const move of moves) move(frame.step);
    $("counter").textContent = `Update ${frame.step} of ${lastUpdate}`;
    $("slider").value = position;
    $("slider").setAttribute("aria-valuetext", `update ${frame.step}`);
    $("first").disabled = $("back").disabled = position === 0;
    $("last").disabled = $("next").disabled = position === frames.length - 1;
    if (position === frames.length - 1) pause();
    if (!timer) $("live").textContent = `Update ${frame.step}, loss ${number(frame.loss)}.`;
    sample();
    tell();
    if ($("table").open) table();
  }

  function sample() {
    const made = values(position);
    view.values(made);
    if (info.kind !== "none") {
      const [cx, cy] = place(points.x[marked][0], info.kind === "curve" ? points.y[marked] : points.x[marked][1]);
      ring.setAttribute("cx", cx);
      ring.setAttribute("cy", cy);
    }
    const outputs = info.units.flatMap((id, i) => (info.outputs.includes(id) ? [`${info.named[id]} = ${number(made[i])}`] : []));
    $("answers").textContent = outputs.join(", ");
    const [frame, key] = nearest();
    $("open").disabled = !key;
    $("open").textContent = !key || frame === position ? "Step through this sample"
      : `Go to update ${frames[frame].step}, and step through this sample`;
    $("near").textContent = !key ? `${info.no_steps || "This page carries no steps."} In Python: ${inPython(marked)}`
      : stepped.length === frames.length && !info.no_steps ? ""
      : `Steps are kept at ${stepped.length} of ${frames.length} moments, ticked below; here: ${inPython(marked)}`;
  }

  // The page of steps of the ringed sample whose moment is nearest.
  function nearest() {
    const of = stepped.filter((frame) => info.pages[`${frame}:${marked}`]);
    of.sort((a, b) => Math.abs(a - position) - Math.abs(b - position));
    return of.length ? [of[0], `${of[0]}:${marked}`] : [null, ""];
  }

  // Pages of steps are kept as whole ones, in parts, and for each the parts in which it differs from one of these.
  let whole = null;
  async function stepsOf(key) {
    whole ??= inflate(info.shared).then((buffer) => JSON.parse(textOf(buffer)));
    const [base, gaps, own] = JSON.parse(textOf(await inflate(info.pages[key])));
    const parts = [...(await whole)[base]];
    let place = 0;
    gaps.forEach((gap, i) => { parts[place += gap] = own[i]; });
    return parts.join("");
  }

  async function open() {
    const [frame, key] = nearest();
    if (!key) return;
    pause();
    show(frame);
    const page = document.createElement("iframe");
    page.setAttribute("sandbox", "allow-scripts");
    page.title = `Sample ${marked + 1} at update ${frames[frame].step}, step by step`;
    page.srcdoc = (await stepsOf(key)).replace('data-theme="auto"', `data-theme="${document.documentElement.dataset.theme}"`);
    $("which").textContent = `Sample ${points.text[marked]}, at update ${frames[frame].step}`;
    $("frame").replaceChildren(page);
    $("steps").showModal();
    page.focus();
  }

  // What to write for the steps of any sample at any moment.
  const inPython = (i) => `step(history.recording.loss_of(${points.sample[i]}, ${frames[position].step}))`;

  function other(i) {
    $("near").textContent = `film(history, samples=[${points.sample[i]}]) rings this sample; its steps now: ${inPython(i)}`;
  }

  function choose(i) {
    marked = i;
    $("marked").value = i;
    sample();
    tell();
  }

  function tell() {
    if (hovered === null) return;
    const [id, kind] = hovered;
    const text = kind === "link" ? `weight ${info.named[id]} = ${number(row("weights", position)[info.links.indexOf(id)])}`
      : unitText(id);
    $("hovered").textContent = text;
  }

  function unitText(id) {
    const b = info.biased.indexOf(id);
    const bias = b < 0 ? "" : `, bias = ${number(row("biases", position)[b])}`;
    return `unit ${info.named[id]} = ${number(values(position)[info.units.indexOf(id)])} for the selected sample${bias}`;
  }

  view.onLink((id, kind) => { if (id !== null) { hovered = [id, kind]; tell(); } });

  function table() {
    const rows = [
      ...info.links.map((id, i) => [info.named[id], row("weights", position)[i]]),
      ...info.biased.map((id, i) => [`bias of ${info.named[id]}`, row("biases", position)[i]]),
    ];
    const made = document.createElement("dl");
    for (const [name, x] of rows) {
      const term = document.createElement("dt"), told = document.createElement("dd");
      term.textContent = name;
      told.textContent = number(x);
      made.append(term, told);
    }
    $("numbers").replaceChildren(made);
  }
  $("table").addEventListener("toggle", () => { if ($("table").open) table(); });

  function play() {
    if (position === frames.length - 1) show(0);
    timer = setInterval(() => show(position + 1), Math.max(60, Math.min(250, 9000 / frames.length)));
    showPlaying($("play"), true);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    showPlaying($("play"), false);
  }

  const actions = {
    first: () => show(0), back: () => show(position - 1), next: () => show(position + 1),
    last: () => show(frames.length - 1), play: () => (timer ? pause() : play()),
  };
  const keys = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
  for (const [id, action] of Object.entries(actions))
    $(id).addEventListener("click", () => { if (id !== "play") pause(); action(); });
  $("slider").addEventListener("input", () => { pause(); show(Number($("slider").value)); });
  $("open").addEventListener("click", open);
  $("close").addEventListener("click", () => $("steps").close());
  $("steps").addEventListener("close", () => $("frame").replaceChildren());
  document.addEventListener("keydown", (event) => {
    const name = keys[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || $("steps").open) return;
    if (event.target.tagName === "SELECT" || (event.key === " " && ["BUTTON", "SUMMARY"].includes(event.target.tagName))) return;
    event.preventDefault();
    if (name !== "play") pause();
    actions[name]();
  });
  const themes = ["auto", "light", "dark"];
  const recolor = () => { scheme = schemeOf(); paint(); };
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % 3];
    $("theme").title = `Colors: ${root.dataset.theme}`;
    recolor();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
  choose(0);
  show(0);
  document.documentElement.dataset.ready = "yes";
}
