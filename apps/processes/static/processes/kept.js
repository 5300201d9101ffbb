// What saving made of the HTML that was typed: the server removes or rewrites what is not safe.

import { button, h } from "./dom.js";
import { refresh } from "./steps.js";
import { languageName } from "./texts.js";

/** The text's strings by language tag; a text for all languages is under the empty tag. */
const byTag = (text) => (typeof text === "string" ? { "": text } : (text ?? {}));

/** The HTML steps as they are now, to be held against the document that saving gives back. */
export function htmlSteps({ document: draft, phases, assetTypes }) {
  const nameOf = (id) => assetTypes.find((type) => type.id === id)?.name ?? id;
  const owners = [
    { of: "", steps: draft.steps, inside: (saved) => saved },
    ...Object.entries(draft.assetTypes).map(([id, { steps = {} }]) => {
      return { of: `${nameOf(id)}: `, steps, inside: (saved) => saved.assetTypes?.[id] };
    }),
  ];
  return owners.flatMap(({ of, steps, inside }) =>
    phases.flatMap(({ phase, name }) =>
      (steps[phase] ?? []).flatMap((step, position) => {
        if (step.type !== "HTML") return [];
        return {
          step,
          name: interpolate(gettext("%(phase)s, step %(number)s %(action)s"), { phase: `${of}${name}`, number: position + 1, action: step.action ? `(${step.action})` : "" }, true).trim(),
          typed: { ...byTag(step.text) },
          textIn: (saved) => byTag(inside(saved)?.steps?.[phase]?.[position]?.text),
        };
      }),
    ),
  );
}

/**
 * Puts what is kept in the place of what was typed, but for texts that were typed on since.
 * Gives the texts that are kept otherwise than typed: `name`, `typed` and `kept`.
 */
export function takeOver(sent, saved) {
  return sent.flatMap(({ step, name, typed, textIn }) => {
    const kept = textIn(saved);
    const tags = Object.keys(typed).filter((tag) => tag in kept && kept[tag] !== typed[tag]);
    for (const tag of tags) {
      if (step.type !== "HTML" || byTag(step.text)[tag] !== typed[tag]) continue;
      if (tag) step.text[tag] = kept[tag];
      else step.text = kept[tag];
    }
    if (tags.length) refresh(step);
    return tags.map((tag) => ({
      name: tag ? `${name}, ${languageName(tag)}` : name,
      typed: typed[tag],
      kept: kept[tag],
    }));
  });
}

/** Says in `notice` which texts are kept otherwise than typed. */
export function showKept(notice, texts) {
  notice.hidden = !texts.length;
  notice.replaceChildren(
    h("p", {}, h("strong", {}, gettext("Markup was removed or rewritten.")), " ", gettext("Of HTML, what is safe and well formed is kept.")),
    h(
      "dl",
      {},
      texts.flatMap(({ name, typed, kept }) => [
        h("dt", {}, name),
        h("dd", {}, gettext("Kept:"), h("pre", { class: "kept" }, kept || gettext("Nothing"))),
        h("dd", {}, gettext("Typed:"), h("pre", { class: "typed" }, typed)),
      ]),
    ),
    button(gettext("Close"), () => (notice.hidden = true)),
  );
}
