// Settings: a number or a choice each; what is left empty has its default.

import { field, h, inWords, select } from "./dom.js";

export function settingsEditor(container, { data, changed }) {
  const settings = data.document.settings;
  const set = (name, value) => {
    if (value === "") delete settings[name];
    else settings[name] = value;
    changed();
  };
  for (const { name, default: standard, meaning, minimum, maximum, choices } of data.settings) {
    let control;
    if (choices.length) {
      const options = [["", `Default: ${standard}`], ...choices.map((choice) => [choice, choice])];
      control = select(options, settings[name] ?? "", (value) => set(name, value));
    } else {
      control = h("input", { type: "number", min: minimum, max: maximum, step: 1, placeholder: `Default: ${standard}`, value: settings[name] ?? "" });
      control.addEventListener("input", () => set(name, control.value === "" ? "" : Number(control.value)));
    }
    const bounds = choices.length ? "" : ` ${minimum} to ${maximum}; default ${standard}.`;
    const row = field(inWords(name), control, `${meaning}${bounds}`);
    row.dataset.where = `settings.${name}`;
    container.append(row);
  }
}
