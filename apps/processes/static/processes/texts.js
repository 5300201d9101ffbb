// A text or an address for travellers: one for all languages, or one for each of the operator's.

import { checkbox, field, h } from "./dom.js";

/**
 * Edits `owner[key]`, a string or an object of strings by language tag. While one text holds for all languages,
 * `aside[key]` keeps the others, for when they are wanted again. `refresh` shows what `owner[key]` has become.
 */
export function textEditor(owner, key, { label, languages, changed, multiline, aside }) {
  const body = h("div", { class: "languages" });
  const hint = h("p", { class: "hint", hidden: true }, gettext("Untick to have the texts of the other languages back."));
  const tagsOf = (texts) => [...new Set([...languages, ...Object.keys(texts)])];
  /** The language whose text is the one for all. */
  const leading = (texts) => tagsOf(texts).find((tag) => texts[tag]) ?? languages[0];
  let inputs = new Map();

  const control = (tag, value, onvalue) => {
    const input = multiline
      ? h("textarea", { rows: 2, value })
      : h("input", { type: "url", placeholder: "https://", value });
    input.addEventListener("input", () => {
      onvalue(input.value);
      changed();
    });
    inputs.set(tag, input);
    return input;
  };

  function draw() {
    inputs = new Map();
    const same = typeof owner[key] === "string";
    hint.hidden = !same || !aside[key];
    if (same) {
      body.replaceChildren(field(interpolate(gettext("%(label)s, all languages"), { label }, true), control("", owner[key], (value) => (owner[key] = value))));
      return;
    }
    const texts = owner[key] ?? {};
    body.replaceChildren(
      ...tagsOf(texts).map((tag) => {
        const set = (value) => {
          owner[key] = texts;
          if (value) texts[tag] = value;
          else delete texts[tag];
        };
        return field(`${label}, ${languageName(tag)}`, control(tag, texts[tag] ?? "", set));
      }),
    );
  }

  function join() {
    const texts = owner[key] ?? {};
    owner[key] = texts[leading(texts)] ?? "";
    aside[key] = texts;
  }

  function part() {
    const same = owner[key];
    const texts = aside[key] ?? Object.fromEntries(languages.map((tag) => [tag, same]));
    texts[leading(texts)] = same;
    owner[key] = Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
    delete aside[key];
  }

  function toggle(same) {
    if (same) join();
    else part();
    draw();
    changed();
  }

  function refresh() {
    const texts = typeof owner[key] === "string" ? { "": owner[key] } : (owner[key] ?? {});
    for (const [tag, input] of inputs) if (input.value !== (texts[tag] ?? "")) input.value = texts[tag] ?? "";
  }

  draw();
  const box = checkbox(gettext("The same in every language"), typeof owner[key] === "string", toggle);
  return { element: h("div", {}, body, box, hint), refresh };
}

/** The name of a language tag in the reader's language; the tag itself where it is none. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}
