// The graph at one level: its boxes and lines, and which of them a step changes. A box may stand for many nodes.

import { mark, write } from "../shared/dom.js";
import { Nearby } from "./nearby.js";
import { UNKNOWN, touched, written } from "./times.js";

export class Picture {
  constructor(svg, level, steps, nodes) {
    this.svg = svg;
    this.level = level;
    this.natural = [svg.width.baseVal.value, svg.height.baseVal.value];
    this.scale = 0;      // not shown yet
    this.position = -1;  // nor brought to any step
    this.steps = steps;
    this.nodes = nodes;
    this.boxes = new Map();   // id of a box to it
    this.place = new Map();   // id of a node to the box that shows or hides it
    this.into = new Map();    // id of a node to the lines that enter it
    this.along = new Map();   // id of an edge to the line that shows it
    this.marked = [];
    this.nearby = new Nearby(svg);
    for (const part of svg.querySelectorAll(".box")) this.addBox(part);
    for (const part of svg.querySelectorAll(".edge")) this.addLine(part);
  }

  addBox(part) {
    const members = (this.level.folds[part.id] ?? []).map((i) => `n${i}`);
    const node = this.nodes.get(part.id);
    if (!node && !members.length) return;  // a constant
    const data = part.querySelector(".data"), grad = part.querySelector(".grad");
    const box = { part, data, grad, sign: "∇", ...node };
    if (!node) {
      const norms = this.level.norms[part.id];
      box.sign = "‖∇‖";
      box.computed = Math.max(...members.map((id) => this.nodes.get(id).computed));
      box.values = [[box.computed, data.textContent]];
      box.grads = norms;
      box.complete = norms.length ? norms[norms.length - 1][0] : 0;
    }
    this.boxes.set(part.id, box);
    for (const id of node ? [part.id] : members) this.place.set(id, box);
  }

  addLine(part) {
    const ways = this.level.edges[part.id] ?? [part.id];
    const heads = new Set(ways.map((way) => `n${way.slice(1).split("_")[0]}`));
    const line = { part, computed: Math.max(...[...heads].map((id) => this.nodes.get(id).computed)) };
    for (const way of ways) this.along.set(way, line);
    for (const id of heads) this.into.set(id, [...(this.into.get(id) ?? []), line]);
  }

  // Brings the picture to a step: only what changed since it was last looked at is touched.
  show(count) {
    for (const [part, name] of this.marked) part.classList.remove(name);
    this.marked = [];
    const changed = this.position < 0 ? this.nodes.keys() : touched(this.steps, this.position, count);
    const boxes = new Set();
    for (const id of changed) {
      boxes.add(this.place.get(id));
      for (const line of this.into.get(id) ?? []) mark(line.part, { pending: count < line.computed });
    }
    for (const box of boxes) {
      mark(box.part, { pending: count < box.computed });
      if (box.data) write(box.data, written(box.values, count));
      if (box.grad) write(box.grad, `${box.sign} ${written(box.grads, count)}`);
    }
    this.position = count;
    if (count) this.point(this.steps[count - 1], count);
  }

  point(step, count) {
    const box = this.place.get(step.node), target = step.target && this.place.get(step.target);
    this.markWith(box.part, "current");
    if (target && target !== box) this.markWith(target.part, "target");
    if (target && target.grad && written(target.grads, count) !== UNKNOWN) this.markWith(target.grad, "fresh");
    const lines = step.phase === "forward" ? this.into.get(step.node) ?? [] : [this.along.get(step.edge)];
    for (const line of lines) {
      if (!line) continue;
      this.markWith(line.part, "active");
      if (step.phase !== "forward") this.markWith(line.part, "reverse");
    }
  }

  markWith(part, name) {
    part.classList.add(name);
    this.marked.push([part, name]);
  }

  // Where on the screen the box is that a step is about: the one that receives, else the one that is computed.
  about(step) {
    return this.nearby.rectangle(this.place.get(step.target ?? step.node).part);
  }

  resize(to) {
    this.scale = Math.max(0.05, Math.min(4, to));
    this.svg.style.width = `${this.natural[0] * this.scale}px`;
    this.svg.style.height = `${this.natural[1] * this.scale}px`;
  }
}
