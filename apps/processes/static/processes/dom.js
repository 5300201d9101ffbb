// Elements. Text is always text, never markup.

let ids = 0;

export const newId = (prefix) => `${prefix}-${++ids}`;

/** An element: attributes by name (`onclick` and the like are listeners, true and false are switches), and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const icon = (name) => h("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);

/** A control with its label above it, and a hint below it where there is one. */
export function field(label, control, hint = "") {
  control.id ||= newId("field");
  const about = hint ? h("small", { id: `${control.id}-hint` }, hint) : null;
  if (about) control.setAttribute("aria-describedby", about.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, about);
}

/** A select of `options`, each a value or `[value, label]`. */
export function select(options, value, onchange, attributes = {}) {
  const pairs = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  if (!pairs.some(([known]) => known === value)) pairs.push([value, value ? interpolate(gettext("%(value)s (unknown)"), { value }, true) : "–"]);
  const choices = pairs.map(([known, label]) => h("option", { value: known, selected: known === value }, label));
  const control = h("select", { ...attributes, onchange: () => onchange(control.value) }, choices);
  return control;
}

/** A check box with its label beside it. */
export function checkbox(label, checked, onchange) {
  const control = h("input", { type: "checkbox", checked, id: newId("check"), onchange: () => onchange(control.checked) });
  return h("span", { class: "check" }, control, h("label", { for: control.id }, label));
}

/** A button that looks like one; `label` is what is read out where only an icon is seen. */
export function button(text, onclick, { label = "", symbol = "", kind = "" } = {}) {
  return h(
    "button",
    { type: "button", class: `button ${kind}`, onclick, "aria-label": label || null, title: label || null },
    symbol ? icon(symbol) : null,
    text,
  );
}

/** NAMES_LIKE_THIS and namesLikeThis as people write them. */
export function inWords(name) {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Say something to those who cannot see it happen. */
export function announce(sentence) {
  document.getElementById("announcement").textContent = sentence;
}
