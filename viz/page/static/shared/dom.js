// Small things that are done to the page. What is already there is not written again: each change costs a layout.

export const $ = (id) => document.getElementById(id);

export function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

// MathML and escaped text, both written by the engine's own typesetter.
export function typeset(place, markup) {
  place.innerHTML = markup;
  return place;
}

export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

export function mark(part, classes) {
  for (const [name, on] of Object.entries(classes)) if (part.classList.contains(name) !== on) part.classList.toggle(name, on);
}

// Scrolls within one panel, and never the page around it, until a rectangle of the screen can be seen.
export function reveal(panel, box, above, beside) {
  const frame = panel.getBoundingClientRect();
  const across = needed(box.left - frame.left - beside, frame.right - box.right - beside);
  const down = needed(box.top - frame.top - above, frame.bottom - box.bottom - beside);
  if (across || down) panel.scrollBy(across, down);
}

const needed = (before, after) => (before < 0 ? before : after < 0 ? Math.min(-after, before) : 0);
