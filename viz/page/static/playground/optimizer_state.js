// The optimizer state: every weight with its gradient, its stored state, and its last update.

import { number } from "../shared/numbers.js";

export function optimizerState(details, ask, choose) {
  const body = details.querySelector(".book");
  let asked = "", last = -1e9, later = null, state = null;

  function follow(fresh = state) {
    state = fresh;
    if (!details.open || !state || later !== null) return;
    const now = JSON.stringify([state.shown, state.revision, state.settings]);
    if (now === asked) return;
    const wait = state.playing ? last + 500 - performance.now() : 0;
    if (wait > 0) {
      later = setTimeout(() => { later = null; follow(); }, wait);
      return;
    }
    asked = now;
    last = performance.now();
    ask({ do: "table" }).then((found) => { if (found) write(found); });
  }

  function write({ columns, rows, rule }) {
    const table = document.createElement("table");
    const add = (kind, row, content, scope) => {
      const cell = document.createElement(kind);
      if (scope) cell.scope = scope;
      cell.append(content);
      row.append(cell);
    };
    const head = table.createTHead().insertRow();
    for (const name of ["", ...columns]) add("th", head, name, "col");
    const inside = table.createTBody();
    for (const [id, name, ...numbers] of rows) {
      const row = inside.insertRow(), button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: name });
      button.addEventListener("click", () => choose(id));
      add("th", row, button, "row");
      for (const x of numbers) add("td", row, number(x));
    }
    body.querySelector(".rule").textContent = rule.join("\n");
    body.querySelector(".rows").replaceChildren(table);
  }

  details.addEventListener("toggle", () => follow());
  return { follow };
}
