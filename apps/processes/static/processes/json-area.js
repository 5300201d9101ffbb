// JSON typed by hand inside an object. What is no JSON yet is kept as it is typed, so that nothing is lost.

import { h } from "./dom.js";

export function jsonArea(owner, key, changed, attributes = {}) {
  const shown = owner[key] === undefined ? "" : typeof owner[key] === "string" ? owner[key] : JSON.stringify(owner[key]);
  const control = h("textarea", { class: "code", spellcheck: "false", value: shown, ...attributes });
  const complaint = h("p", { class: "why", role: "status", hidden: true });
  control.addEventListener("input", () => {
    const typed = control.value.trim();
    complaint.hidden = true;
    if (!typed) delete owner[key];
    else {
      try {
        owner[key] = JSON.parse(typed);
      } catch (error) {
        owner[key] = typed;
        complaint.textContent = interpolate(gettext("This is not JSON yet: %(message)s"), { message: error.message }, true);
        complaint.hidden = false;
      }
    }
    changed();
  });
  return { control, complaint };
}
