// The card: one step in words and numbers, and beside it, if asked, central differences.

import { $, element, typeset } from "../shared/dom.js";

const LONGEST_BESIDE = 16;  // characters of a result

export function showCard(step, position, total) {
  const lines = $("lines");
  lines.replaceChildren();
  if (step === null) {
    $("phase").textContent = `Step 0 of ${total}`;
    $("heading").textContent = "Numbers are given; nothing is computed yet";
    $("live").textContent = "At the start.";
    const hint = element("p", "caption", "Press Next or → to take the first step.");
    hint.style.gridColumn = "1 / -1";
    lines.append(hint);
    return;
  }
  $("phase").replaceChildren(element("b", "", step.phase), ` · step ${position} of ${total}`,
    step.stage ? ` · stage ${step.stage}` : "", step.scope ? ` · ${step.scope}` : "");
  $("heading").textContent = step.heading;
  $("live").textContent = `Step ${position}, ${step.phase}: ${step.sentence}`;
  const beneath = step.lines.some((line) => line[3].length > LONGEST_BESIDE);  // arrays leave no room beside a sum
  lines.classList.toggle("beneath", beneath);
  step.lines.forEach(([caption, symbols, numbers, result], i) => {
    const sum = element("span", result ? "sum" : "sum words", "");
    for (const part of [symbols, numbers]) if (part) sum.append(typeset(document.createElement("span"), part));
    lines.append(element("span", "caption", caption), sum,
      element("span", i === step.lines.length - 1 ? "result last" : "result", result));
  });
  const wide = [...lines.querySelectorAll(".sum")].filter((sum) => sum.scrollWidth > sum.clientWidth);
  for (const sum of wide) sum.classList.add("wide");  // its result has to stand beneath it
}

// Derivatives beside differences, computed when the page was made.
export function showChecks(checks, note) {
  const rows = checks.map(([name, derivative, difference, apart, verdict]) => {
    const row = element("tr", verdict, "");
    const head = element("th", "", name);
    head.scope = "row";
    row.append(head, element("td", "", derivative), element("td", "", difference), element("td", "apart", apart));
    return row;
  });
  $("differences").hidden = !rows.length;
  $("differences").tBodies[0].replaceChildren(...rows);
  $("unchecked").textContent = rows.length ? note : "Derivatives are computed, and checked, in backward steps.";
}
