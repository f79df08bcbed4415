// Maps of numbers over the plane: bytes to colors, samples as marks.

export function colorOf(name, root) {
  const text = getComputedStyle(root).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
}

export function schemeOf(root = document.documentElement) {
  const [negative, positive, neutral, background, text] =
    ["--negative", "--positive", "--neutral", "--background", "--text"].map((name) => colorOf(name, root));
  return {
    negative, positive, neutral, background, text,
    classes: ["#0877bd", "#f59322", "#009e73", "#cc79a7", "#e6c700", "#56b4e9"].map((hex) =>
      [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))),
  };
}

const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * t);

// A signed map: byte 128 is 0 and has the neutral color.
export function paintSigned(canvas, bytes, width, height, scheme, strong = 0.85) {
  const table = scheme.signed ??= Array.from({ length: 256 }, (_, byte) => {
    const v = (byte - 128) / 127;
    return mix(scheme.neutral, v < 0 ? scheme.negative : scheme.positive, Math.min(1, Math.abs(v)) * strong);
  });
  paint(canvas, width, height, (i) => table[bytes[i]]);
}

// Who wins, and by how much.
export function paintWinner(canvas, winner, lead, width, height, scheme) {
  paint(canvas, width, height, (i) =>
    mix(scheme.background, scheme.classes[winner[i] % 6], 0.18 + (0.42 * lead[i]) / 255));
}

function paint(canvas, width, height, color) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = color(i);
    image.data[4 * i] = r; image.data[4 * i + 1] = g; image.data[4 * i + 2] = b; image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

const SVG = "http://www.w3.org/2000/svg";

export function svgElement(kind, attributes, parent) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

// A sample's mark: classes differ in shape as well as in color.
export function mark(kind, x, y, size, parent) {
  const s = size;
  const shapes = [
    () => svgElement("circle", { cx: x, cy: y, r: s }, parent),
    () => svgElement("rect", { x: x - s * 0.9, y: y - s * 0.9, width: s * 1.8, height: s * 1.8 }, parent),
    () => svgElement("path", { d: `M${x} ${y - s * 1.2}L${x + s * 1.1} ${y + s * 0.8}H${x - s * 1.1}Z` }, parent),
    () => svgElement("path", { d: `M${x} ${y - s * 1.3}L${x + s * 1.3} ${y}L${x} ${y + s * 1.3}L${x - s * 1.3} ${y}Z` }, parent),
    () => svgElement("path", { d: `M${x} ${y + s * 1.2}L${x + s * 1.1} ${y - s * 0.8}H${x - s * 1.1}Z` }, parent),
    () => svgElement("ellipse", { cx: x, cy: y, rx: s * 1.3, ry: s * 0.7 }, parent),
  ];
  const made = shapes[kind % shapes.length]();
  made.setAttribute("class", `sample class-${kind % shapes.length}`);
  return made;
}
