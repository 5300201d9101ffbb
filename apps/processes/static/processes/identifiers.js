// Process identifiers: check boxes by module. What conflicts with a ticked one is greyed out, and says why.

import { announce, button, field, h, icon } from "./dom.js";

const EFFECT_ICONS = { full: "check_circle", part: "rule", later: "schedule", none: "info" };

/** Why an identifier cannot be ticked now, or what it lacks while it is; empty where nothing is in the way. */
export function reason(identifier, on) {
  const others = identifier.excludes.filter((name) => on.has(name));
  if (others.length) return interpolate(gettext("Cannot be on together with %(others)s."), { others: others.join(", ") }, true);
  if (identifier.unsupported) return gettext("Not supported: it cannot be published.");
  if (!on.has(identifier.name)) return "";
  const lacking = identifier.needs.filter((group) => !group.some((name) => on.has(name)));
  return lacking.map((group) => interpolate(gettext("Needs one of %(group)s."), { group: group.join(", ") }, true)).join(" ");
}

export function identifiersEditor(container, { data, changed }) {
  const rows = [];
  const listed = data.document.processIdentifiers;
  const on = () => new Set(Object.values(listed).flat());

  function refresh() {
    const names = on();
    for (const { identifier, box, row, why } of rows) {
      const sentence = reason(identifier, names);
      const blocked = Boolean(sentence) && !names.has(identifier.name);
      why.textContent = sentence;
      why.hidden = !sentence;
      row.classList.toggle("blocked", blocked);
      box.setAttribute("aria-disabled", String(blocked));
    }
    for (const group of container.querySelectorAll("details")) {
      const count = (listed[group.dataset.module] ?? []).length;
      group.querySelector(".count").textContent = count ? interpolate(gettext("%(count)s on"), { count }, true) : gettext("none on");
    }
  }

  function toggle(module, name, wanted) {
    const rest = (listed[module] ?? []).filter((other) => other !== name);
    listed[module] = wanted ? [...rest, name] : rest;
    refresh();
    changed();
  }

  function identifierRow(module, identifier) {
    const id = `identifier-${identifier.name}`;
    const box = h("input", {
      type: "checkbox",
      id,
      checked: (listed[module] ?? []).includes(identifier.name),
      "aria-describedby": `${id}-why ${id}-meaning`,
      onclick: (event) => {
        if (box.getAttribute("aria-disabled") !== "true") return;
        event.preventDefault();
        announce(`${identifier.name}: ${reason(identifier, on())}`);
      },
      onchange: () => toggle(module, identifier.name, box.checked),
    });
    const why = h("p", { class: "why", id: `${id}-why`, hidden: true });
    const row = h(
      "div",
      { class: "identifier", "data-where": `identifier:${identifier.name}` },
      box,
      h(
        "div",
        {},
        h(
          "p",
          { class: "name" },
          h("label", { for: id }, identifier.name),
          identifier.deprecated ? h("span", { class: "tag old" }, identifier.deprecated) : null,
          identifier.unsupported ? h("span", { class: "tag old" }, gettext("Not supported")) : null,
          identifier.since ? h("small", {}, interpolate(gettext("since TOMP %(since)s"), { since: identifier.since }, true)) : null,
          h(
            "a",
            { href: identifier.definition, target: "_blank", rel: "noreferrer", "aria-label": interpolate(gettext("Definition of %(name)s"), { name: identifier.name }, true) },
            icon("open_in_new"),
          ),
        ),
        h("p", { id: `${id}-meaning` }, identifier.meaning),
        h(
          "p",
          { class: `effect ${identifier.effect}` },
          icon(EFFECT_ICONS[identifier.effect]),
          h("span", {}, `${sentenceOf(identifier.kinds)} ${identifier.effectText}`),
        ),
        why,
      ),
    );
    rows.push({ identifier, box, row, why });
    return row;
  }

  function others(module, known) {
    const list = h("ul", { class: "others" });
    const input = h("input", { type: "text", maxlength: 100, autocomplete: "off" });

    function draw() {
      const names = (listed[module.module] ?? []).filter((name) => !known.has(name));
      list.replaceChildren(
        ...names.map((name) =>
          h(
            "li",
            { "data-where": `identifier:${name}` },
            h("strong", {}, name),
            h("span", { class: "tag" }, gettext("Informational")),
            button(gettext("Remove"), () => (toggle(module.module, name, false), draw(), input.focus()), { label: interpolate(gettext("Remove %(name)s"), { name }, true) }),
          ),
        ),
      );
    }

    function add() {
      const name = input.value.trim();
      if (!name || (listed[module.module] ?? []).includes(name)) return;
      input.value = "";
      toggle(module.module, name, true);
      for (const { identifier, box } of rows) if (identifier.name === name && known.has(name)) box.checked = true;
      draw();
    }

    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      add();
    });
    draw();
    const hint = gettext("Published as it is written; nothing here depends on it.");
    return h("div", { class: "add-other" }, list, h("div", { class: "row" }, field(gettext("Another identifier"), input, hint), button(gettext("Add"), add)));
  }

  for (const module of data.catalogue) {
    const known = new Set(module.identifiers.map((identifier) => identifier.name));
    const used = (listed[module.module] ?? []).length > 0;
    container.append(
      h(
        "details",
        { "data-module": module.module, "data-where": `processIdentifiers.${module.module}`, open: used },
        h("summary", {}, h("h3", {}, module.name), h("span", { class: "count" })),
        known.size || used ? null : h("p", { class: "hint" }, gettext("TOMP has no identifiers for this module.")),
        module.identifiers.map((identifier) => identifierRow(module.module, identifier)),
        known.size || used ? others(module, known) : null,
      ),
    );
  }
  refresh();
}

function sentenceOf(kinds) {
  const text = kinds.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
