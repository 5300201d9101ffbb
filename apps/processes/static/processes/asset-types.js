// What one asset type has of its own: steps of four phases, and conditions.

import { button, checkbox, field, h, select } from "./dom.js";
import { conditionsEditor } from "./conditions.js";
import { phaseEditor } from "./steps.js";

export function assetTypesEditor(container, { data, changed }) {
  const types = data.document.assetTypes;
  const list = h("div");
  const adding = h("div", { class: "row" });
  const phases = data.phases.filter((phase) => phase.perAssetType);
  const nameOf = (id) => data.assetTypes.find((type) => type.id === id)?.name ?? `${id} (unknown)`;

  function phaseOf(own, phase, where) {
    const body = h("div");
    const draw = () => {
      const editor = phase.phase in own.steps ? phaseEditor(phase, own.steps, where, { data, changed, keepEmpty: true }) : null;
      body.replaceChildren(...(editor ? [editor] : []));
    };
    const toggle = (on) => {
      if (on) own.steps[phase.phase] = structuredClone(data.document.steps[phase.phase] ?? []);
      else delete own.steps[phase.phase];
      draw();
      changed();
    };
    draw();
    return h("div", { class: "own-phase", "data-where": where }, checkbox(`${phase.name}: steps of its own`, phase.phase in own.steps, toggle), body);
  }

  function card(id) {
    const own = types[id];
    const where = `assetTypes.${id}`;
    own.steps ??= {};
    const conditions = h("div", { "data-where": `${where}.conditions` }, h("h4", {}, "Conditions of its own"));
    conditionsEditor(conditions, own, `${where}.conditions`, { data, changed });
    const remove = () => {
      delete types[id];
      draw();
      changed();
      adding.querySelector("select, button")?.focus();
    };
    return h(
      "details",
      { "data-where": where, open: true },
      h("summary", {}, h("h3", {}, nameOf(id)), h("code", {}, id)),
      button("Remove what is its own", remove, { label: `Remove all of ${nameOf(id)}'s own` }),
      phases.map((phase) => phaseOf(own, phase, `${where}.steps.${phase.phase}`)),
      conditions,
    );
  }

  function draw() {
    list.replaceChildren(...Object.keys(types).map(card));
    const left = data.assetTypes.filter(({ id }) => !(id in types)).map(({ id, name }) => [id, name]);
    if (!left.length) {
      adding.replaceChildren();
      return;
    }
    const chosen = select(left, left[0][0], () => {});
    const add = button("Set something of its own", () => {
      types[chosen.value] = { steps: {}, conditions: [] };
      draw();
      changed();
      list.lastElementChild.querySelector("input").focus();
    }, { symbol: "add" });
    adding.replaceChildren(field("Asset type", chosen), add);
  }

  draw();
  container.append(list, adding);
}
