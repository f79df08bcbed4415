// The evaluation trace: a row for each node, written as far as the steps have come.

import { $, mark, typeset, write } from "../shared/dom.js";
import { touched, written } from "./times.js";

export class Trace {
  constructor(formulas) {
    this.rows = new Map();
    this.position = -1;
    this.marked = [];
    $("trace").querySelectorAll("tbody tr").forEach((row, i) => {
      row.querySelectorAll(".formula, .bar").forEach((cell, k) => typeset(cell, formulas[i][k]));
      this.rows.set(row.dataset.node, {
        row, name: row.querySelector("th"), value: row.querySelector(".value"), adjoint: row.querySelector(".adjoint"),
      });
    });
  }

  show(count, steps, nodes) {
    for (const [part, name] of this.marked) part.classList.remove(name);
    const changed = this.position < 0 ? nodes.keys() : touched(steps, this.position, count);
    for (const id of changed) {
      const node = nodes.get(id), { row, value, adjoint } = this.rows.get(id);
      write(value, written(node.values, count));
      write(adjoint, written(node.grads, count));
      mark(row, { uncomputed: count < node.computed, unswept: !node.complete || count < node.complete });
    }
    this.position = count;
    const step = count ? steps[count - 1] : null;
    this.marked = step ? [[this.rows.get(step.node).row, "current"]] : [];
    if (step?.target && step.target !== step.node) this.marked.push([this.rows.get(step.target).row, "target"]);
    for (const [part, name] of this.marked) part.classList.add(name);
  }
}
