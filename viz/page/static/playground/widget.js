// The playground in a notebook (anywidget): messages, each question with a number that its answer carries.

import { mount } from "./playground.js";

const PATIENCE = 8000;

// What the notebook around looks like, where it says so: JupyterLab, then VS Code.
function surroundings({ dataset }) {
  if (dataset.jpThemeLight) return dataset.jpThemeLight === "true" ? "light" : "dark";
  if (dataset.vscodeThemeKind) return dataset.vscodeThemeKind.endsWith("light") ? "light" : "dark";
  return "auto";
}

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.dataset.theme = surroundings(document.body);
    el.append(root);
    const waiting = new Map();
    let last = 0, silent = null, playing = false, met = false;
    const ask = (message) => new Promise((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      model.send({ ...message, id });
      silent ??= setTimeout(() => view.lost(), PATIENCE);
    });
    const view = mount(root, model.get("choices"), ask);
    const hear = (message) => {
      clearTimeout(silent);
      silent = null;
      if (message.snapshot) {
        playing = message.snapshot.playing;
        met = true;
        view.show(message.snapshot);
      }
      if (message.to === undefined) return;
      waiting.get(message.to)?.(message.answer);
      waiting.delete(message.to);
    };
    const pause = () => model.send({ do: "pause" });
    // Says that somebody is there; or once more that somebody came, if that was too early to be heard.
    const alive = setInterval(() => { if (playing || !met) model.send({ do: met ? "look" : "hello" }); }, 2000);
    const watch = new MutationObserver(() => view.retheme(surroundings(document.body)));
    watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
    model.on("msg:custom", hear);
    addEventListener("pagehide", pause);
    ask({ do: "hello" });
    return () => {
      clearTimeout(silent);
      clearInterval(alive);
      watch.disconnect();
      model.off("msg:custom", hear);
      removeEventListener("pagehide", pause);
      pause();
    };
  },
};
