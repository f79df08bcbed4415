// Curves over the updates of a training, with a line at the moment that is shown.

import { svgElement } from "./field.js";
import { number } from "./numbers.js";

const WIDTH = 320, HEIGHT = 124, LEFT = 46, BOTTOM = 20, TOP = 18;

// lines: [{ name, points: [[update, y], …], kind }]; a logarithmic axis where all is positive and spread far.
export function curves(box, lines, last, title) {
  const every = lines.flatMap((line) => line.points.map((p) => p[1])).filter((y) => y !== null && Number.isFinite(y));
  const positive = every.filter((y) => y > 0);
  const log = positive.length > 0 && positive.length > 0.98 * every.length && Math.max(...positive) / Math.min(...positive) > 50;
  const scale = log ? (y) => Math.log10(Math.max(y, Math.min(...positive))) : (y) => y;
  let low = log ? Math.log10(Math.min(...positive)) : Math.min(0, ...every);
  let high = every.length ? scale(Math.max(...every)) : 1;
  if (!(high > low)) high = low + 1;
  const at = (u, y) => [
    LEFT + ((WIDTH - LEFT - 6) * u) / Math.max(1, last),
    HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (scale(y) - low)) / (high - low),
  ];
  const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curves", role: "img", "aria-label": title }, box);
  svgElement("path", { d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 6}`, class: "axis" }, svg);
  const label = (text, x, y, anchor) => {
    svgElement("text", { x, y, "text-anchor": anchor, class: "tick" }, svg).textContent = text;
  };
  const back = (v) => number(log ? 10 ** v : v, 2);
  label(back(high), LEFT - 4, TOP + 6, "end");
  label(back(low), LEFT - 4, HEIGHT - BOTTOM, "end");
  label(title, LEFT, 10, "start");
  label("0", LEFT, HEIGHT - 6, "middle");
  label(`update ${last}`, WIDTH - 6, HEIGHT - 6, "end");
  lines.forEach((line, i) => {
    let d = "", pen = false;
    for (const [u, y] of line.points) {
      if (y === null || !Number.isFinite(y) || (log && y <= 0)) { pen = false; continue; }
      d += `${pen ? "L" : "M"}${at(u, y).map((c) => c.toFixed(1)).join(" ")}`;
      pen = true;
    }
    svgElement("path", { d, class: `curve curve-${i % 6}` }, svg);
  });
  const cursor = svgElement("path", { class: "cursor", d: "" }, svg);
  if (lines.length > 1) {
    const legend = document.createElement("p");
    legend.className = "legend";
    lines.forEach((line, i) => {
      const swatch = svgElement("svg", { viewBox: "0 0 24 8", class: "swatch", "aria-hidden": "true" }, legend);
      svgElement("path", { d: "M1 4H23", class: `curve curve-${i % 6}` }, swatch);
      legend.append(line.name);
    });
    box.append(legend);
  }
  return (update) => {
    const x = at(update, 10 ** low)[0].toFixed(1);
    cursor.setAttribute("d", `M${x} ${TOP}V${HEIGHT - BOTTOM}`);
  };
}
