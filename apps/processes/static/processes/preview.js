// What the MP will read at /operator/meta, drawn by the server from the draft being edited.

import { field, h, inWords, select } from "./dom.js";

const ORDER = ["processIdentifiers", "steps", "scenarios", "endpoints"];
const CLOSED = new Set(["endpoints"]);

/** The preview inside `container`; `relook` is called when another language is wanted. */
export function previewPanel(container, { languages, relook }) {
  let language = languages[0];
  const parts = new Map();
  const version = h("p", { class: "hint" });
  const body = h("div");
  const choice = select(languages, language, (value) => {
    language = value;
    relook();
  });
  container.append(field(gettext("Language that the MP asks for"), choice), version, body);

  function part(name) {
    if (!parts.has(name)) {
      const text = h("pre", { tabindex: 0, "aria-label": inWords(name) });
      const details = h("details", { open: !CLOSED.has(name), "data-preview": name }, h("summary", {}, inWords(name)), text);
      parts.set(name, text);
      body.append(details);
    }
    return parts.get(name);
  }

  return {
    language: () => language,
    show(meta) {
      version.textContent = interpolate(gettext("GET /operator/meta, version %(version)s"), { version: meta.version }, true);
      for (const name of ORDER) part(name).textContent = shown(name, meta[name]);
    },
  };
}

/** Lists of names on a line each, endpoints on one line each: JSON, but short. */
function shown(name, value) {
  if (name === "endpoints") return value.map((row) => JSON.stringify(row)).join("\n");
  return JSON.stringify(value, null, 2);
}
