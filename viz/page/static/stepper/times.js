// When each number of a graph is known, and what is written for it then. Nothing here touches the page.

export const UNKNOWN = "—";

// For each node its values and gradients over time, as [how many steps are taken, what is written from then on], and
// after how many steps its value is computed and its gradient complete.
export function timesOf(steps, given) {
  const nodes = new Map();
  for (const [id, text] of given) nodes.set(id, { values: text === null ? [] : [[0, text]], grads: [], computed: 0, complete: 0 });
  steps.forEach((step, i) => {
    const node = nodes.get(step.target ?? step.node);
    if (step.value !== undefined) node.values.push([i + 1, step.value]);
    else node.grads.push([i + 1, step.grad]);
    if (step.phase === "forward") node.computed = i + 1;
    else if (step.target) node.complete = i + 1;
  });
  return nodes;
}

// What is written after so many steps: the last change until then, found by halving.
export function written(changes, count) {
  let low = 0, high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle][0] <= count) low = middle + 1;
    else high = middle;
  }
  return low ? changes[low - 1][1] : UNKNOWN;
}

// The nodes whose numbers differ between two moments.
export function touched(steps, from, to) {
  const found = new Set();
  for (const step of steps.slice(Math.min(from, to), Math.max(from, to))) found.add(step.target ?? step.node);
  return found;
}
