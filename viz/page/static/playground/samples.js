// The plane of a playground: what the network answers there, and the samples, moved by mouse, finger or keyboard.

import { mark, paintSigned, paintWinner, svgElement } from "../shared/field.js";
import { number } from "../shared/numbers.js";

const SIZE = 300, NEAR = 3;
const round = (x) => Number(x.toPrecision(4));

export const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

// `chosen()` is the target that a new sample gets; `say(text)` is for those who listen.
export function plane(box, ask, chosen, say) {
  const canvas = box.querySelector("canvas");
  const overlay = svgElement("svg", {
    viewBox: `0 0 ${SIZE} ${SIZE}`, class: "overlay", tabindex: "0", role: "application",
    "aria-roledescription": "plane of samples",
  }, box);
  let state = null, moving = null, pressed = { time: -1e9, sample: null }, drawn = "";

  const ends = () => (state.map === "curve" ? [...state.bounds, ...state.across] : state.bounds);
  const spot = (i) => (state.map === "curve" ? [state.x[i][0], state.task === "classes" ? state.class[i] : state.target[i]] : state.x[i]);
  const place = ([x, y]) => {
    const [x0, x1, y0, y1] = ends();
    return [(SIZE * (x - x0)) / (x1 - x0), SIZE - (SIZE * (y - y0)) / (y1 - y0)];
  };
  const back = (event) => {
    const frame = overlay.getBoundingClientRect(), [x0, x1, y0, y1] = ends();
    return [x0 + ((x1 - x0) * (event.clientX - frame.left)) / frame.width,
      y1 - ((y1 - y0) * (event.clientY - frame.top)) / frame.height];
  };
  // What a message says of a place: of a curve, the height is the target, if that is a number.
  const at = ([x, y]) => (state.map !== "curve" ? { x: [round(x), round(y)] }
    : state.task === "numbers" ? { x: [round(x)], target: round(y) } : { x: [round(x)] });
  const named = (i) => (state.task === "numbers" ? number(state.target[i], 2) : `class ${state.classes[state.class[i]]}`);
  const tell = (i) => `sample ${i + 1} of ${state.x.length}, ${state.axes.map((axis, k) => `${axis} ${number(state.x[i][k], 2)}`).join(", ")}, ${named(i)}`;

  function paint(fresh, scheme) {
    state = fresh;
    canvas.hidden = state.map === "curve";
    if (state.map === "signed") paintSigned(canvas, bytes(state.field), state.side, state.side, scheme, 0.7);
    if (state.map === "winner") paintWinner(canvas, bytes(state.winner), bytes(state.field), state.side, state.side, scheme);
    overlay.setAttribute("aria-label", `Samples and the network output. ${tell(state.ringed)}`);
    const now = JSON.stringify([state.x, state.target, state.ringed, ends(), state.curves, state.map, state.scale, scheme.text]);
    if (moving || now === drawn) return;
    drawn = now;
    overlay.replaceChildren();
    (state.curves ?? []).forEach((curve, k) => {
      const [x0, x1] = state.bounds, step = (x1 - x0) / (curve.length - 1);
      const d = curve.map((y, i) => place([x0 + i * step, y]).map((c) => Math.max(-999, Math.min(999, c)).toFixed(1)).join(" "));
      svgElement("path", { class: `answer answer-${k}`, d: `M${d.join("L")}` }, overlay);
    });
    state.x.forEach((_, i) => {
      const made = mark(state.class[i], ...place(spot(i)), 4.2, overlay);
      if (state.task === "numbers" && state.map !== "curve") {
        const byte = Math.round(128 + 127 * Math.max(-1, Math.min(1, state.target[i] / state.scale)));
        made.style.fill = `rgb(${scheme.signed[byte].map(Math.round)})`;
        made.style.stroke = "var(--text)";
      }
      made.dataset.sample = i;
    });
    const [cx, cy] = place(spot(state.ringed));
    svgElement("circle", { class: "ring", r: 9, cx, cy }, overlay);
  }

  // A click rings a sample, dragging moves it, a double click removes it; a click beside all adds one.
  overlay.addEventListener("pointerdown", (event) => {
    const sample = event.target.dataset.sample;
    // Two presses on one sample remove it; its mark is drawn anew between them, so there is no dblclick.
    const twice = sample !== undefined && sample === pressed.sample && event.timeStamp - pressed.time < 400;
    pressed = { time: event.timeStamp, sample: twice ? null : sample };
    moving = { sample, part: event.target, from: [event.clientX, event.clientY], moved: false, twice };
    overlay.setPointerCapture(event.pointerId);
  });
  overlay.addEventListener("pointermove", (event) => {
    if (!moving) return;
    const by = [event.clientX - moving.from[0], event.clientY - moving.from[1]];
    if (Math.hypot(...by) > NEAR) moving.moved = true;
    const scale = SIZE / overlay.getBoundingClientRect().width;
    const down = state.map === "curve" && state.task !== "numbers" ? 0 : by[1];
    if (moving.moved && moving.sample !== undefined) moving.part.setAttribute("transform", `translate(${by[0] * scale} ${down * scale})`);
  });
  overlay.addEventListener("pointerup", (event) => {
    if (!moving) return;
    const { sample, moved, twice } = moving;
    moving = null;
    drawn = "";
    if (sample === undefined) {
      if (!moved) ask({ do: "add", target: chosen(), ...at(back(event)) });
    } else if (moved) ask({ do: "move", sample: Number(sample), ...at(back(event)) });
    else ask({ do: twice ? "remove" : "ring", sample: Number(sample) });
  });
  overlay.addEventListener("pointercancel", () => {
    moving = null;
    drawn = "";
  });

  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  overlay.addEventListener("keydown", async (event) => {
    const i = state.ringed, many = state.x.length, way = ways[event.key], [x0, x1, y0, y1] = ends();
    let message = null;
    if (way && event.shiftKey) {
      const [x, y] = spot(i);
      message = { do: "move", sample: i, ...at([x + (way[0] * (x1 - x0)) / 40, y + (way[1] * (y1 - y0)) / 40]) };
    } else if (way) message = { do: "ring", sample: (i + way[0] + way[1] + many) % many };
    else if (event.key === "Home") message = { do: "ring", sample: 0 };
    else if (event.key === "End") message = { do: "ring", sample: many - 1 };
    else if (event.key === "Delete" || event.key === "Backspace") message = { do: "remove", sample: i };
    else if (event.key === "Insert" || event.key === "Enter") {
      const [x, y] = spot(i);
      message = { do: "add", target: chosen(), ...at([x + (x1 - x0) / 30, y]) };
    } else if (event.key === "c" && state.classes.length) message = { do: "relabel", sample: i, target: (state.class[i] + 1) % state.classes.length };
    else if (event.key === "z") message = { do: "undo" };
    if (!message || (event.ctrlKey && event.key !== "z") || event.metaKey || event.altKey) return;
    event.preventDefault();
    await ask(message);
    say(tell(state.ringed));
  });

  return { paint };
}
