// Numbers as viz.labels writes them: fixed width, a real minus sign, never 0.0000 for what is not zero.

export const NOTHING = "—";

export function number(x, digits = 4) {
  if (x === null || x === undefined) return NOTHING;
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const plain = size === 0 || (size >= 1e-3 && size < 1e6);
  let text = plain ? halfToEven(size, digits) : size.toExponential(digits - 1).replace(/e([+-])(\d)$/, "e$10$2");
  if (x < 0) text = "−" + text;
  return text.replace("e-", "e−");
}

// toFixed rounds an exact half away from zero; Python, and so every number of ours, to the even digit.
function halfToEven(size, digits) {
  const up = size.toFixed(digits), whole = size.toFixed(digits + 40);
  const down = whole.slice(0, -40), rest = whole.slice(-40);
  return /^50*$/.test(rest) && "02468".includes(down.at(-1)) ? down : up;
}
