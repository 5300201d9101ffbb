// Process steps: the cards of a phase, in their order.

import { announce, button, field, h, inWords, select } from "./dom.js";
import { reorderable } from "./reorder.js";
import { textEditor } from "./texts.js";
import { undoLines } from "./undo.js";

const editors = new WeakMap();

/** Shows what the text of a step, changed elsewhere, is now. */
export const refresh = (step) => editors.get(step)?.refresh();

/** One phase of `steps`, an object of lists; `where` is its path in the document. */
export function phaseEditor(phase, steps, where, { data, changed, keepEmpty = false }) {
  const list = h("ol", { class: "steps" });
  const empty = h("p", { class: "hint" }, gettext("No steps."));
  const removals = undoLines();
  const items = () => (steps[phase.phase] ??= []);
  const nameOf = (element) => element.step.action ?? gettext("Step");

  function renumber() {
    const count = list.children.length;
    [...list.children].forEach((card, position) => {
      card.dataset.where = `${where}[${position}]`;
      card.querySelector(".number").textContent = String(position + 1);
      const [up, down] = card.querySelectorAll(".moves button");
      up.setAttribute("aria-label", interpolate(gettext("Move up: %(name)s"), { name: nameOf(card) }, true));
      down.setAttribute("aria-label", interpolate(gettext("Move down: %(name)s"), { name: nameOf(card) }, true));
      up.setAttribute("aria-disabled", String(position === 0));
      down.setAttribute("aria-disabled", String(position === count - 1));
      card.querySelector(".remove").setAttribute("aria-label", interpolate(gettext("Remove step %(position)s: %(name)s"), { position: position + 1, name: nameOf(card) }, true));
    });
    empty.hidden = count > 0;
  }

  const handles = reorderable(list, {
    items,
    nameOf,
    moved: () => {
      renumber();
      changed();
    },
  });

  function remove(card) {
    const position = [...list.children].indexOf(card);
    const next = card.nextElementSibling ?? card.previousElementSibling;
    items().splice(position, 1);
    if (!items().length && !keepEmpty) delete steps[phase.phase];
    card.remove();
    renumber();
    changed();
    removals.offer(interpolate(gettext("%(name)s is removed."), { name: nameOf(card) }, true), () => restore(card, position));
    (next?.querySelector(".remove") ?? add).focus();
  }

  function restore(card, position) {
    items().splice(position, 0, card.step);
    list.insertBefore(card, list.children[position] ?? null);
    renumber();
    changed();
    announce(interpolate(gettext("%(name)s is back."), { name: nameOf(card) }, true));
    card.querySelector(".remove").focus();
  }

  function card(step) {
    const element = h("li", { class: "step" });
    element.step = step;
    const { grip, buttons } = handles(element);
    const content = h("div", { class: "content" });
    // What another type or one text for all languages leaves out, until it is wanted again.
    const aside = {};
    const asideByLanguage = {};
    const isLinked = () => data.linkedTypes.includes(step.type);

    const drawContent = () => {
      const linked = isLinked();
      const label = linked ? gettext("Address") : gettext("Text");
      const editor = textEditor(step, linked ? "url" : "text", {
        label,
        languages: data.languages,
        changed,
        multiline: !linked,
        aside: asideByLanguage,
      });
      editors.set(step, editor);
      const other = linked ? "text" : "url";
      const hint = linked ? gettext("Choose the type that it had to have its text back.") : gettext("Choose the type that it had to have its address back.");
      content.replaceChildren(editor.element, ...(other in aside ? [h("p", { class: "hint" }, hint)] : []));
    };
    const changeType = () => {
      const [wanted, other] = isLinked() ? ["url", "text"] : ["text", "url"];
      const back = aside[wanted];
      delete aside[wanted];
      if (back !== undefined) step[wanted] = back;
      if (isFilled(step[other])) aside[other] = step[other];
      delete step[other];
      drawContent();
    };
    const set = (key, after) => (value) => {
      if (value) step[key] = value;
      else delete step[key];
      after?.();
      changed();
    };
    const removal = button("", () => remove(element), { label: gettext("Remove"), symbol: "delete", kind: "small remove" });
    const goals = [["", gettext("No goal")], ...data.goals.map((goal) => [goal, inWords(goal)])];
    const types = data.stepTypes.map((type) => [type, type === "URL" || type === "HTML" ? type : inWords(type)]);
    element.append(
      h(
        "div",
        { class: "head" },
        grip,
        h("span", { class: "number" }),
        field(gettext("Action"), select(phase.actions, step.action ?? "", set("action", renumber))),
        field(gettext("Type"), select(types, step.type ?? "", set("type", changeType))),
        field(gettext("Goal"), select(goals, step.goal ?? "", set("goal"))),
        h("div", { class: "moves" }, buttons, removal),
      ),
      content,
    );
    drawContent();
    return element;
  }

  const chosen = select(phase.actions, phase.actions[0], () => {});
  const add = button(gettext("Add step"), () => {
    const step = { type: "PLAIN_TEXT", goal: "INSTRUCTIONS", action: chosen.value, text: {} };
    items().push(step);
    const element = card(step);
    list.append(element);
    renumber();
    changed();
    announce(interpolate(gettext("%(action)s is added as step %(length)s."), { action: step.action, length: list.children.length }, true));
    element.querySelector("textarea").focus();
  }, { symbol: "add" });

  list.append(...(steps[phase.phase] ?? []).map(card));
  renumber();
  const adding = h("div", { class: "row" }, field(interpolate(gettext("New step of %(phase)s"), { phase: phase.name.toLowerCase() }, true), chosen), add);
  return h("div", {}, list, empty, removals.element, adding);
}

/** Is there anything in a text, for all languages or for one? */
function isFilled(text) {
  return typeof text === "string" ? text !== "" : Object.values(text ?? {}).some(Boolean);
}

/** The six phases of the profile. */
export function stepsEditor(container, { data, changed }) {
  const steps = data.document.steps;
  for (const phase of data.phases) {
    const used = (steps[phase.phase] ?? []).length > 0;
    const count = h("span", { class: "count" });
    const tell = () => {
      const number = (steps[phase.phase] ?? []).length;
      count.textContent = number ? interpolate(ngettext("%s step", "%s steps", number), [number]) : gettext("no steps");
    };
    const editor = phaseEditor(phase, steps, `steps.${phase.phase}`, {
      data,
      changed: () => {
        tell();
        changed();
      },
    });
    tell();
    container.append(
      h(
        "details",
        { "data-phase": phase.phase, "data-where": `steps.${phase.phase}`, open: used },
        h("summary", {}, h("h3", {}, phase.name), count),
        h("p", { class: "hint" }, phase.meaning),
        editor,
      ),
    );
  }
}
