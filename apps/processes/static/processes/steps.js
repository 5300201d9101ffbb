// Process steps: the cards of a phase, in their order.

import { announce, button, field, h, inWords, select } from "./dom.js";
import { reorderable } from "./reorder.js";
import { textEditor } from "./texts.js";

/** One phase of `steps`, an object of lists; `where` is its path in the document. */
export function phaseEditor(phase, steps, where, { data, changed, keepEmpty = false }) {
  const list = h("ol", { class: "steps" });
  const empty = h("p", { class: "hint" }, "No steps.");
  const items = () => (steps[phase.phase] ??= []);
  const nameOf = (element) => element.step.action ?? "Step";

  function renumber() {
    const count = list.children.length;
    [...list.children].forEach((card, position) => {
      card.dataset.where = `${where}[${position}]`;
      card.querySelector(".number").textContent = String(position + 1);
      const [up, down] = card.querySelectorAll(".moves button");
      up.setAttribute("aria-label", `Move up: ${nameOf(card)}`);
      down.setAttribute("aria-label", `Move down: ${nameOf(card)}`);
      up.setAttribute("aria-disabled", String(position === 0));
      down.setAttribute("aria-disabled", String(position === count - 1));
      card.querySelector(".remove").setAttribute("aria-label", `Remove step ${position + 1}: ${nameOf(card)}`);
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
    announce(`${nameOf(card)} is removed.`);
    (next?.querySelector(".remove") ?? add).focus();
  }

  function card(step) {
    const element = h("li", { class: "step" });
    element.step = step;
    const { grip, buttons } = handles(element);
    const content = h("div", { class: "content" });

    const drawContent = () => {
      const linked = data.linkedTypes.includes(step.type);
      const wanted = linked ? "url" : "text";
      const label = linked ? "Address" : "Text";
      content.replaceChildren(textEditor(step, wanted, { label, languages: data.languages, changed, multiline: !linked }));
    };
    const changeType = () => {
      delete step[data.linkedTypes.includes(step.type) ? "text" : "url"];
      drawContent();
    };
    const set = (key, after) => (value) => {
      if (value) step[key] = value;
      else delete step[key];
      after?.();
      changed();
    };
    const goals = [["", "No goal"], ...data.goals.map((goal) => [goal, inWords(goal)])];
    const types = data.stepTypes.map((type) => [type, type === "URL" || type === "HTML" ? type : inWords(type)]);
    element.append(
      h(
        "div",
        { class: "head" },
        grip,
        h("span", { class: "number" }),
        field("Action", select(phase.actions, step.action ?? "", set("action", renumber))),
        field("Type", select(types, step.type ?? "", set("type", changeType))),
        field("Goal", select(goals, step.goal ?? "", set("goal"))),
        h("div", { class: "moves" }, buttons, button("", () => remove(element), { label: "Remove", symbol: "delete", kind: "small remove" })),
      ),
      content,
    );
    drawContent();
    return element;
  }

  const chosen = select(phase.actions, phase.actions[0], () => {});
  const add = button("Add step", () => {
    const step = { type: "PLAIN_TEXT", goal: "INSTRUCTIONS", action: chosen.value, text: {} };
    items().push(step);
    const element = card(step);
    list.append(element);
    renumber();
    changed();
    announce(`${step.action} is added as step ${list.children.length}.`);
    element.querySelector("textarea").focus();
  }, { symbol: "add" });

  list.append(...(steps[phase.phase] ?? []).map(card));
  renumber();
  return h("div", {}, list, empty, h("div", { class: "row" }, field(`New step of ${phase.name.toLowerCase()}`, chosen), add));
}

/** The six phases of the profile. */
export function stepsEditor(container, { data, changed }) {
  const steps = data.document.steps;
  for (const phase of data.phases) {
    const used = (steps[phase.phase] ?? []).length > 0;
    const count = h("span", { class: "count" });
    const tell = () => {
      const number = (steps[phase.phase] ?? []).length;
      count.textContent = number === 1 ? "1 step" : `${number || "no"} steps`;
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
