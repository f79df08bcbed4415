// Gives a network that Python drew another moment's numbers: line widths, colors by class, values, maps.

import { number } from "./numbers.js";

const THIN = 0.6, THICK = 4.6;

export function networkView(box, info) {
  const svg = box.querySelector("svg");
  const link = new Map(info.links.map((id) => [id, svg.querySelector(`[id="${id}"]`)]));
  const unit = new Map(info.units.map((id) => [id, svg.querySelector(`[id="${id}"]`)]));
  const maps = new Map();

  function strength(x) {
    if (x === null || Number.isNaN(x) || !info.largest) return 0;
    return Math.min(1, Math.abs(x) / info.largest);
  }

  function sign(part, x, extra) {
    const share = strength(x);
    part.classList.toggle("neg", x < 0);
    part.classList.toggle("pos", x >= 0);
    part.classList.remove("none");
    part.style.setProperty("--t", share.toFixed(3));
    if (extra) extra(share);
  }

  function weights(numbers) {
    info.links.forEach((id, i) => sign(link.get(id), numbers[i], (share) =>
      link.get(id).setAttribute("stroke-width", (THIN + (THICK * info.thickness - THIN) * share).toFixed(2))));
  }

  function biases(numbers) {
    info.biased.forEach((id, i) => sign(unit.get(id).querySelector(".bias"), numbers[i]));
  }

  function values(numbers) {
    info.units.forEach((id, i) => {
      const text = unit.get(id).querySelector(".value");
      if (text) text.textContent = number(numbers[i], 3);
    });
  }

  function dead(flags) {
    info.units.forEach((id, i) => unit.get(id).classList.toggle("dead", Boolean(flags[i])));
  }

  // A canvas over each circle, placed in shares of the picture, so that it follows any size.
  function canvases(width, height) {
    const frame = svg.viewBox.baseVal;
    const shift = svg.querySelector("g").transform.baseVal.consolidate()?.matrix.e ?? 0;
    for (const id of info.units) {
      const [x, y] = info.places[id];
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = height;
      canvas.className = "map";
      canvas.dataset.unit = id;
      canvas.setAttribute("aria-hidden", "true");
      const r = 22;
      Object.assign(canvas.style, {
        left: `${(100 * (x + shift - r)) / frame.width}%`, top: `${(100 * (y - r)) / frame.height}%`,
        width: `${(200 * r) / frame.width}%`, height: `${(200 * r) / frame.height}%`,
      });
      box.append(canvas);
      maps.set(id, canvas);
    }
    return maps;
  }

  function onLink(told) {
    for (const [id, path] of link) {
      path.addEventListener("pointerenter", () => told(id, "link"));
      path.addEventListener("pointerleave", () => told(null));
    }
    for (const [id, group] of unit) {
      for (const part of [group, maps.get(id)]) {
        part?.addEventListener("pointerenter", () => told(id, "unit"));
        part?.addEventListener("pointerleave", () => told(null));
      }
    }
  }

  return { svg, link, unit, maps, weights, biases, values, dead, canvases, onLink, strength };
}
