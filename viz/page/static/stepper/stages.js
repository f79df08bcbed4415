// The stages of a lecture, if the steps are sorted into these: a button each, which goes to where it begins.

import { $, element, mark, reveal } from "../shared/dom.js";

export function stagesOf(named, go) {
  const stages = named.map(([name, start, stop], i) => {
    const button = element("button", "", `${i + 1}  ${name}`);
    button.title = `Stage ${i + 1}: steps ${start + 1} to ${stop}`;
    button.addEventListener("click", () => go(start));
    $("stages").append(button);
    return { button, start, stop };
  });
  $("stages").hidden = !stages.length;
  return (position) => {
    for (const { button, start, stop } of stages) {
      const current = start < position && position <= stop;
      button.setAttribute("aria-current", current ? "step" : "false");
      mark(button, { done: stop <= position });
      if (current) reveal($("stages"), button.getBoundingClientRect(), 0, 0);
    }
  };
}
