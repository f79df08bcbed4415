// What Python packed: deflated, in base64; numbers with differences from frame to frame where that is shorter.

const TYPES = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };

export async function inflate(base64) {
  if (!globalThis.DecompressionStream) throw new Error("this browser is older than 2023 and cannot unpack them");
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export const textOf = (buffer) => new TextDecoder().decode(buffer);

// The data of a page: JSON, as it is or packed.
export async function read({ type, textContent }) {
  return JSON.parse(type === "application/json" ? textContent : textOf(await inflate(textContent)));
}

export async function unpack(base64, index) {
  const buffer = await inflate(base64.trim());
  const arrays = {};
  for (const [name, { at, shape, type, delta }] of Object.entries(index)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const array = new TYPES[type](buffer, at, size);
    const step = size / (shape[0] || 1);
    if (delta) for (let i = step; i < size; i++) array[i] += array[i - step];  // bytes wrap around, as in Python
    arrays[name] = array;
  }
  return arrays;
}
