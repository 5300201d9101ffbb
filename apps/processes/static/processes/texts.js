// A text or an address for travellers: one for all languages, or one for each of the operator's.

import { checkbox, field, h } from "./dom.js";

/** Edits `owner[key]`, a string or an object of strings by language tag. */
export function textEditor(owner, key, { label, languages, changed, multiline }) {
  const body = h("div", { class: "languages" });

  const control = (value, onvalue) => {
    const input = multiline ? h("textarea", { rows: 2, value }) : h("input", { type: "url", placeholder: "https://", value });
    input.addEventListener("input", () => {
      onvalue(input.value);
      changed();
    });
    return input;
  };

  function draw() {
    if (typeof owner[key] === "string") {
      body.replaceChildren(field(`${label}, all languages`, control(owner[key], (value) => (owner[key] = value))));
      return;
    }
    const texts = owner[key] ?? {};
    const tags = [...new Set([...languages, ...Object.keys(texts)])];
    body.replaceChildren(
      ...tags.map((tag) => {
        const set = (value) => {
          owner[key] = texts;
          if (value) texts[tag] = value;
          else delete texts[tag];
        };
        return field(`${label}, ${languageName(tag)}`, control(texts[tag] ?? "", set));
      }),
    );
  }

  function toggle(same) {
    const kept = owner[key] ?? {};
    if (same) owner[key] = languages.map((tag) => kept[tag]).find(Boolean) ?? "";
    else owner[key] = kept === "" ? {} : Object.fromEntries(languages.map((tag) => [tag, kept]));
    draw();
    changed();
  }

  draw();
  return h("div", {}, body, checkbox("The same in every language", typeof owner[key] === "string", toggle));
}

function languageName(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}
