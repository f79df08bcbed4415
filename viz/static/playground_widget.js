// The playground in a notebook (anywidget): messages, each question with a number that its answer carries.

import { mount } from "./playground.js";

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    const waiting = new Map();
    let last = 0;
    const ask = (message) => new Promise((resolve) => {
      const id = ++last;
      if (["slice", "steps", "code"].includes(message.do)) waiting.set(id, resolve);
      else resolve(null);
      model.send({ ...message, id });
    });
    const view = mount(root, model.get("choices"), ask);
    const hear = (message) => {
      if (message.snapshot) view.show(message.snapshot);
      if (message.to !== undefined) { waiting.get(message.to)?.(message.answer); waiting.delete(message.to); }
    };
    const pause = () => model.send({ do: "pause" });
    model.on("msg:custom", hear);
    addEventListener("pagehide", pause);
    model.send({ do: "hello" });
    return () => {
      model.off("msg:custom", hear);
      removeEventListener("pagehide", pause);
      pause();
    };
  },
};
