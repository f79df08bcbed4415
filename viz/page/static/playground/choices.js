// What can be chosen in a playground: boxes that say what is so, and tell Python what was chosen.

const text = (value) => (Array.isArray(value) ? value.join(", ") : String(value));

export function settings(root, choices, ask) {
  const box = (name) => root.querySelector(`[data-set="${name}"]`);
  let known = "", layers = [], state = null, pending = 0;

  for (const name of ["activation", "optimizer", "regularizer", "dataset"])
    for (const choice of choices[name].filter((one) => one !== "yours")) box(name).append(new Option(choice, choice));

  async function set(name, value) {
    pending += 1;
    await ask({ do: "set", name, value });
    pending -= 1;
    show(state);
  }
  // A number is sent as a number; what is none is sent as it was written, for Python to say what is wrong with it.
  const read = (one) => (one.value.trim() !== "" && Number.isFinite(Number(one.value)) ? Number(one.value) : one.value);
  for (const one of root.querySelectorAll("[data-set]"))
    one.addEventListener("change", () => set(one.dataset.set, one.tagName === "SELECT" ? one.value : read(one)));

  function show(fresh) {
    state = fresh;
    if (pending) return;  // what is on its way is not to be overwritten by what was so before
    const { settings: now, refused } = fresh;
    if (now.dataset === "yours" && ![...box("dataset").options].some((one) => one.value === "yours")) box("dataset").append(new Option("yours", "yours"));
    refill(box("loss"), fresh.options.loss);
    for (const one of root.querySelectorAll("[data-set]")) keep(one, now[one.dataset.set], refused === one.dataset.set);
    for (const one of root.querySelectorAll(".made")) one.hidden = now.dataset === "yours";
    axes(fresh);
    units(now, refused === "layers");
    options(now, refused === "options");
    for (const one of root.querySelectorAll(".shaped")) one.hidden = now.own;
    root.querySelector(".owned").hidden = !now.own;
  }

  // What was refused stays as it was written, to be corrected.
  function keep(one, value, refused) {
    one.toggleAttribute("aria-invalid", refused);
    if (refused) one.setAttribute("aria-invalid", "true");
    if (refused || root.getRootNode().activeElement === one) return;
    if (one.type === "checkbox") one.checked = value;
    else one.value = text(value);
  }

  function refill(select, values) {
    if ([...select.options].map((one) => one.value).join() !== values.join()) select.replaceChildren(...values.map((one) => new Option(one.replaceAll("_", " "), one)));
  }

  function axes({ features, settings: now }) {
    const row = root.querySelector(".axes");
    row.hidden = features < 3;
    if (row.hidden) return;
    const both = [...row.querySelectorAll("select")];
    both.forEach((select, k) => {
      if (select.length !== features) select.replaceChildren(...Array.from({ length: features }, (_, i) => new Option(`x${i + 1}`, i)));
      select.value = now.axes[k];
      select.onchange = () => set("axes", both.map((one) => Number(one.value)));
    });
  }

  function units(now, refused) {
    const row = root.querySelector(".layers");
    root.querySelector('[data-do="fewer"]').disabled = now.layers.length === 0;
    root.querySelector('[data-do="more"]').disabled = now.layers.length >= 5;
    layers = now.layers;
    if (row.childElementCount !== layers.length)
      row.replaceChildren(...layers.map((_, i) => {
        const one = document.createElement("input");
        Object.assign(one, { type: "number", min: 1, max: 10 });
        one.dataset.layer = i;
        one.setAttribute("aria-label", `units of hidden layer ${i + 1}`);
        one.addEventListener("change", () => set("layers", [...row.children].map(read)));
        return one;
      }));
    [...row.children].forEach((one, i) => keep(one, layers[i], refused));
  }

  function options(now, refused) {
    const row = root.querySelector(".options"), names = Object.keys(now.options);
    if (known !== `${now.optimizer} ${names}`) {
      known = `${now.optimizer} ${names}`;
      row.replaceChildren(...names.map((name) => {
        const label = document.createElement("label"), one = document.createElement("input"), value = now.options[name];
        one.type = typeof value === "boolean" ? "checkbox" : "text";
        one.dataset.option = name;
        one.addEventListener("change", () => set("options",
          Object.fromEntries([...row.querySelectorAll("input")].map((each) => [each.dataset.option, each.type === "checkbox" ? each.checked : each.value]))));
        label.append(name.replaceAll("_", " "), one);
        return label;
      }));
    }
    for (const one of row.querySelectorAll("input")) keep(one, now.options[one.dataset.option], refused);
  }

  const another = { more: () => [...layers, layers.at(-1) ?? 4], fewer: () => layers.slice(0, -1), fresh: () => layers };
  for (const name of ["more", "fewer", "fresh"]) root.querySelector(`[data-do="${name}"]`).addEventListener("click", () => set("layers", another[name]()));

  return { show };
}
