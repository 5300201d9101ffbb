// What one asset type has of its own: steps of four phases, and conditions.

import { button, checkbox, field, h, select } from "./dom.js";
import { conditionsEditor } from "./conditions.js";
import { phaseEditor } from "./steps.js";
import { undoLines } from "./undo.js";

export function assetTypesEditor(container, { data, changed }) {
  const types = data.document.assetTypes;
  const list = h("div");
  const adding = h("div", { class: "row" });
  const removals = undoLines();
  const removed = new Map();
  const phases = data.phases.filter((phase) => phase.perAssetType);
  const nameOf = (id) => data.assetTypes.find((type) => type.id === id)?.name ?? `${id} (unknown)`;

  /** The steps of one phase; unticked, they stay at hand with their editor, for when it is ticked again. */
  function phaseOf(own, phase, where) {
    const name = phase.phase;
    const body = h("div");
    const hint = h("p", { class: "hint", hidden: true }, gettext("Tick it again to have its own steps back."));
    let aside = null;
    const draw = () => body.replaceChildren(phaseEditor(phase, own.steps, where, { data, changed, keepEmpty: true }));
    const toggle = (on) => {
      if (on) {
        own.steps[name] = aside ?? structuredClone(data.document.steps[name] ?? []);
        if (!aside) draw();
      } else {
        aside = own.steps[name];
        delete own.steps[name];
      }
      body.hidden = !on;
      hint.hidden = on;
      changed();
    };
    if (name in own.steps) draw();
    const box = checkbox(interpolate(gettext("%(name)s: steps of its own"), { name: phase.name }, true), name in own.steps, toggle);
    return h("div", { class: "own-phase", "data-where": where }, box, hint, body);
  }

  function card(id) {
    const own = types[id];
    const where = `assetTypes.${id}`;
    own.steps ??= {};
    const conditions = h("div", { "data-where": `${where}.conditions` }, h("h4", {}, gettext("Conditions of its own")));
    conditionsEditor(conditions, own, `${where}.conditions`, { data, changed });
    const element = h(
      "details",
      { "data-where": where, open: true },
      h("summary", {}, h("h3", {}, nameOf(id)), h("code", {}, id)),
      button(gettext("Remove what is its own"), () => remove(id, element), { label: interpolate(gettext("Remove all of %(name)s's own"), { name: nameOf(id) }, true) }),
      phases.map((phase) => phaseOf(own, phase, `${where}.steps.${phase.phase}`)),
      conditions,
    );
    return element;
  }

  function remove(id, element) {
    const line = removals.offer(interpolate(gettext("All of %(name)s's own is removed."), { name: nameOf(id) }, true), () => restore(id));
    removed.set(id, { own: types[id], element, line });
    delete types[id];
    element.remove();
    drawAdding();
    changed();
    adding.querySelector("select, button")?.focus();
  }

  function restore(id) {
    const { own, element, line } = removed.get(id);
    removed.delete(id);
    line.remove();
    types[id] = own;
    show(element);
  }

  function show(element) {
    list.append(element);
    drawAdding();
    changed();
    element.querySelector("input").focus();
  }

  function add(id) {
    if (removed.has(id)) {
      restore(id);
      return;
    }
    types[id] = { steps: {}, conditions: [] };
    show(card(id));
  }

  function drawAdding() {
    const left = data.assetTypes.filter(({ id }) => !(id in types)).map(({ id, name }) => [id, name]);
    if (!left.length) {
      adding.replaceChildren();
      return;
    }
    const chosen = select(left, left[0][0], () => {});
    const control = button(gettext("Set something of its own"), () => add(chosen.value), { symbol: "add" });
    adding.replaceChildren(field(gettext("Asset type"), chosen), control);
  }

  list.append(...Object.keys(types).map(card));
  drawAdding();
  container.append(list, removals.element, adding);
}
