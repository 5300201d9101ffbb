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
      const options = [["", interpolate(gettext("Default: %(standard)s"), { standard }, true)], ...choices.map((choice) => [choice, choice])];
      control = select(options, settings[name] ?? "", (value) => set(name, value));
    } else {
      control = h("input", { type: "number", min: minimum, max: maximum, step: 1, placeholder: interpolate(gettext("Default: %(standard)s"), { standard }, true), value: settings[name] ?? "" });
      control.addEventListener("input", () => set(name, control.value === "" ? "" : Number(control.value)));
    }
    const bounds = choices.length ? "" : " " + interpolate(gettext("%(minimum)s to %(maximum)s; default %(standard)s."), { minimum, maximum, standard }, true);
    const row = field(inWords(name), control, `${meaning}${bounds}`);
    row.dataset.where = `settings.${name}`;
    container.append(row);
  }
}
