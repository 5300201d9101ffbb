// Conditions, of the profile or of an asset type: a card for each.

import { button, field, h, select } from "./dom.js";
import { KINDS } from "./condition-forms.js";
import { undoLines } from "./undo.js";

/** Edits `owner.conditions`; `where` is its path in the document. */
export function conditionsEditor(container, owner, where, { data, changed }) {
  const list = h("ul", { class: "conditions" });
  const adding = h("div", { class: "row" });
  const removals = undoLines();
  const items = () => (owner.conditions ??= []);
  const nameOf = (condition) => KINDS[condition.conditionType]?.name ?? condition.conditionType;

  function remove(condition) {
    const position = items().indexOf(condition);
    owner.conditions = items().filter((other) => other !== condition);
    draw();
    changed();
    removals.offer(interpolate(gettext("%(name)s is removed."), { name: nameOf(condition) }, true), () => restore(condition, position));
    adding.querySelector("select")?.focus();
  }

  function restore(condition, position) {
    items().splice(position, 0, condition);
    draw();
    changed();
    list.children[items().indexOf(condition)].querySelector("button").focus();
  }

  function card(condition, position) {
    const kind = KINDS[condition.conditionType];
    const name = nameOf(condition);
    const removal = button(gettext("Remove"), () => remove(condition), { label: interpolate(gettext("Remove %(name)s"), { name }, true) });
    return h(
      "li",
      { class: "condition", "data-where": `${where}[${position}]` },
      h("div", { class: "head" }, h("h4", {}, name), removal),
      kind ? h("p", { class: "hint" }, kind.meaning) : h("pre", {}, JSON.stringify(condition, null, 2)),
      kind?.form(condition, { data, changed }) ?? null,
    );
  }

  function draw() {
    list.replaceChildren(...items().map(card));
    const present = new Set(items().map((condition) => condition.conditionType));
    const left = Object.entries(KINDS).filter(([kind, { repeats }]) => repeats || !present.has(kind));
    const chosen = select(left.map(([kind, { name }]) => [kind, name]), left[0][0], () => {});
    const add = button(gettext("Add condition"), () => {
      items().push({ conditionType: chosen.value });
      draw();
      changed();
      list.lastElementChild.querySelector("input, textarea, select, button:not([aria-label])")?.focus();
    }, { symbol: "add" });
    adding.replaceChildren(field(gettext("New condition"), chosen), add);
  }

  draw();
  container.append(list, removals.element, adding);
}
