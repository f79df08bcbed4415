// The user's own lines, as a page carries them, with the expression of a step marked. Made of text, never of markup.

export function listing(place, files) {
  const made = new Map();
  for (const [file, { title, parts }] of Object.entries(files)) {
    const lines = new Map();
    const list = Object.assign(document.createElement("ol"), { className: "lines" });
    parts.forEach(([first, texts], i) => texts.forEach((text, k) => {
      const line = document.createElement("li");
      line.value = first + k;
      line.classList.toggle("apart", i > 0 && k === 0);  // lines are left out before it
      const code = document.createElement("code");
      code.append(text);
      line.append(code);
      list.append(line);
      lines.set(line.value, { line, code, text });
    }));
    made.set(file, { title, list, lines });
  }

  let shown = null;
  let marked = [];
  return (source) => {  // [file, first line, last line, column it begins at, column it ends at]
    for (const { line, code, text } of marked) {
      code.replaceChildren(text);
      line.classList.remove("current");
    }
    marked = [];
    place.hidden = !source;
    if (!source) return;
    const [file, first, last, start, stop] = source;
    const { title, list, lines } = made.get(file);
    if (shown !== file) {
      const heading = document.createElement("p");
      place.replaceChildren(heading, list);
      shown = file;
    }
    place.firstChild.textContent = first === last ? `${title}, line ${first}` : `${title}, lines ${first} to ${last}`;
    for (let k = first; k <= last; k++) {
      if (!lines.has(k)) continue;
      const { line, code, text } = lines.get(k);
      const from = k === first ? start ?? 0 : text.length - text.trimStart().length;
      const to = k === last ? stop ?? text.length : text.length;
      const mark = document.createElement("mark");
      mark.append(text.slice(from, to));
      code.replaceChildren(text.slice(0, from), mark, text.slice(to));
      line.classList.add("current");
      marked.push({ line, code, text });
    }
    const top = marked.length && marked[0].line.offsetTop;
    if (marked.length && (top < list.scrollTop || top + 40 > list.scrollTop + list.clientHeight))
      list.scrollTop = top - list.clientHeight / 3;
  };
}
