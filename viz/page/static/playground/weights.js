// The network of a playground: what its edges show, and the selected weight or bias with its loss curve.

import { paintSigned, svgElement } from "../shared/field.js";
import { networkView } from "../shared/network.js";
import { number } from "../shared/numbers.js";
import { bytes } from "./samples.js";

const W = 320, H = 118, EDGE = 50;

export function weights(root, ask) {
  const $ = (selector) => root.querySelector(selector);
  const info = {}, box = $(".network");
  let state = null, view = null, chosen = null, color = "weight", hint = null;
  const known = (x) => (x === null ? NaN : x);
  const numbers = (quantity = color) => state.shown[quantity];
  const ids = () => [...info.links, ...info.biased];
  const part = (id) => (id.startsWith("l") ? view.link.get(id) : view.unit.get(id).querySelector(".bias"));
  const title = (id) => (id.startsWith("l") ? `weight ${info.named[id]}` : `bias ${info.named[id]}`);

  function draw(fresh) {
    const svg = new DOMParser().parseFromString(fresh.svg, "image/svg+xml").documentElement;
    svg.querySelector(".legend").remove();  // the scale changes as one plays
    svg.viewBox.baseVal.height -= 46;
    svg.removeAttribute("height");
    svg.removeAttribute("width");
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", "Weights and biases. Arrow keys go from one to the next, Enter chooses one.");
    box.replaceChildren(document.importNode(svg, true));
    box.style.minWidth = `${0.85 * svg.viewBox.baseVal.width}px`;  // no smaller than can be read
    for (const key of ["links", "units", "biased", "places", "named", "thickness"]) info[key] = fresh[key];
    view = networkView(box, info);
    view.canvases(...fresh.sides);
    chosen = ids().includes(chosen) ? chosen : null;
    ids().forEach((id, i) => {
      const one = part(id);
      one.setAttribute("tabindex", i ? "-1" : "0");  // one stop for Tab; arrows go on from there
      one.setAttribute("role", "button");
      one.setAttribute("aria-label", title(id));
      one.addEventListener("click", () => choose(id));
      one.addEventListener("focus", () => {
        for (const other of ids()) part(other).setAttribute("tabindex", other === id ? "0" : "-1");
        tell(id);
      });
      one.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], all = ids();
        const next = way ? (i + way + all.length) % all.length : { Home: 0, End: all.length - 1 }[event.key];
        if (event.key === "Enter" || event.key === " ") choose(id);
        else if (next !== undefined) part(all[next]).focus();
        else return;
        event.preventDefault();
      });
    });
    for (const id of info.biased)
      for (const circle of [view.maps.get(id), view.unit.get(id)]) circle.addEventListener("click", () => choose(id));
    view.onLink((id, kind) => {
      if (id === null) return;
      tell(id, kind);
    });
  }

  function tell(id, kind = "link") {
    hint = [id, kind];
    if (kind === "unit") {
      $(".readout").textContent = `unit ${info.named[id]} = ${number(state.values[state.units.indexOf(id)])} for the selected sample`;
      return;
    }
    const i = ids().indexOf(id), share = state.shown.update[i];
    $(".readout").textContent = `${title(id)} = ${number(state.shown.weight[i])}, gradient ${number(state.shown.gradient[i])}, last update ` +
      (share === null ? "—" : `${number(100 * share, 3)} % of its layer’s weights`);
  }

  function show(fresh) {
    state = fresh;
    if (fresh.svg) draw(fresh);
    if (!view) return false;
    const all = numbers().map(known), links = all.slice(0, info.links.length);
    const largest = Math.max(0, ...links.map(Math.abs).filter(Number.isFinite));
    Object.assign(info, { thickness: fresh.thickness, largest: color === "weight" ? Math.max(1, largest) : largest });
    view.weights(links);
    view.biases(all.slice(info.links.length));
    view.values(fresh.values.map(known));
    view.dead(fresh.dead);
    for (const [id, line] of [...view.link, ...view.unit]) line.classList.toggle("working", fresh.working.includes(id));
    for (const id of info.biased) part(id).classList.toggle("working", fresh.working.includes(`bias ${id}`));
    const size = color === "update" ? `${number(100 * largest, 2)} % of its layer’s weights` : number(largest, 3);
    $(".key").textContent = all.every(Number.isNaN) ? `There is no ${color} yet: make a step.`
      : `Largest ${color} of a line: ${size}. Solid orange is positive, dashed blue negative; squares are biases.`;
    if (hint && info.named[hint[0]]) tell(...hint);
    edit();
    follow();
    return true;
  }

  function paint(scheme) {
    const maps = bytes(state.maps), [height, width] = state.sides, size = height * width;
    state.units.forEach((id, i) => paintSigned(view.maps.get(id), maps.subarray(i * size, (i + 1) * size), width, height, scheme));
  }

  function choose(id) {
    chosen = id;
    edit();
    follow();
  }

  function edit() {
    $(".weight").hidden = chosen === null;
    if (chosen === null) return;
    $('[data-is="link"]').textContent = title(chosen);
    const field = $("[data-weight]"), now = state.shown.weight[ids().indexOf(chosen)];
    if (root.getRootNode().activeElement !== field) field.value = now === null ? "" : Number(now.toPrecision(6));
    for (const id of ids()) part(id).classList.toggle("chosen", id === chosen);
  }

  // Draws the slice anew when what it depends on has changed, at most twice a second while a training runs.
  let sliced = "", asked = -1e9, later = null;
  function follow() {
    if (chosen === null || later !== null) return;
    const now = JSON.stringify([chosen, state.shown.weight, state.x, state.target, state.settings.loss, state.revision]);
    if (now === sliced) return;
    const wait = state.playing ? asked + 500 - performance.now() : 0;
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
    const into = $(".slice"), losses = found.loss.filter((x) => x !== null);
    into.replaceChildren();
    if (!losses.length) return;
    const low = Math.min(...losses), high = Math.max(...losses), reach = Math.max(high - low, 1e-12);
    const [first, last] = [found.w[0], found.w.at(-1)];
    const at = (w, y) => [EDGE + ((W - EDGE - 10) * (w - first)) / (last - first), H - 20 - ((H - 42) * (y - low)) / reach];
    const svg = svgElement("svg", { viewBox: `0 0 ${W} ${H}`, class: "curves", role: "img",
      "aria-label": `The loss on all samples around this ${link.startsWith("l") ? "weight" : "bias"}, from ${number(low)} to ${number(high)}` }, into);
    svgElement("path", { class: "axis", d: `M${EDGE} 18V${H - 20}H${W - 10}` }, svg);
    const d = found.w.flatMap((w, i) => (found.loss[i] === null ? [] : [at(w, found.loss[i]).map((c) => c.toFixed(1)).join(" ")]));
    svgElement("path", { class: "curve curve-0 wide", d: `M${d.join("L")}` }, svg);
    const [x, y] = at(found.now, found.loss[(found.w.length - 1) / 2] ?? low);
    svgElement("path", { class: "cursor", d: `M${x} 18V${H - 20}` }, svg);
    svgElement("circle", { class: "here", cx: x, cy: y, r: 3.6 }, svg);
    const label = (text, lx, ly, anchor) => { svgElement("text", { x: lx, y: ly, "text-anchor": anchor, class: "tick" }, svg).textContent = text; };
    const digits = [2, 3, 4, 5, 6].find((n) => number(low, n) !== number(high, n)) ?? 6;
    label(number(high, digits), EDGE - 4, 25, "end");
    label(number(low, digits), EDGE - 4, H - 20, "end");
    label(number(first, 2), EDGE, H - 6, "start");
    label(`w = ${number(found.now, 3)}`, x, H - 6, "middle");
    label(number(last, 2), W - 10, H - 6, "end");
    label("loss on all samples; a click sets the weight", EDGE, 11, "start");
    svg.addEventListener("click", (event) => {
      const frame = svg.getBoundingClientRect();
      const share = (((event.clientX - frame.left) * W) / frame.width - EDGE) / (W - EDGE - 10);
      set(first + Math.max(0, Math.min(1, share)) * (last - first));
    });
  }

  const set = (value) => ask({ do: "weight", link: chosen, value: typeof value === "number" ? Number(value.toPrecision(6)) : value });
  $("[data-weight]").addEventListener("change", (event) => set(event.target.value === "" ? "" : Number(event.target.value)));
  for (const button of root.querySelectorAll("[data-color]"))
    button.addEventListener("change", () => {
      color = button.value;
      show({ ...state, svg: null });
    });

  return { show, paint, choose };
}
