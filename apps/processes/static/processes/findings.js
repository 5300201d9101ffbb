// The check's findings: all of them listed, and each beside what it is about.

import { h, icon } from "./dom.js";

const SYMBOLS = { error: "error", warning: "warning" };
const NAMES = { error: gettext("Error"), warning: gettext("Warning") };

/** Paths of identifiers are by position; on the page each has a place of its own. */
function placeOf(where, document_) {
  const match = /^processIdentifiers\.(\w+)\[(\d+)\]/.exec(where);
  const name = match && document_.processIdentifiers?.[match[1]]?.[Number(match[2])];
  return name ? `identifier:${name}` : where;
}

/** The element that shows `place`, or the nearest one around it. */
function elementFor(place, root) {
  let best = null;
  for (const element of root.querySelectorAll("[data-where]")) {
    const where = element.dataset.where;
    const inside = place === where || place.startsWith(`${where}.`) || place.startsWith(`${where}[`);
    if (inside && (!best || where.length > best.dataset.where.length)) best = element;
  }
  return best;
}

function line(finding, ...more) {
  return h(
    "li",
    { class: `finding ${finding.severity}` },
    icon(SYMBOLS[finding.severity]),
    h("span", {}, h("strong", {}, `${NAMES[finding.severity]}: `), finding.sentence, ...more),
  );
}

function goTo(element) {
  for (let around = element; around; around = around.parentElement) if (around.tagName === "DETAILS") around.open = true;
  const target = element.querySelector("input, select, textarea, summary") ?? element;
  target.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}

/** Shows `findings` about `document_` in `summary` and within `root`. */
export function showFindings(findings, document_, { root, summary }) {
  for (const old of root.querySelectorAll(".beside-it")) old.remove();
  const placed = new Map();
  const listed = findings.map((finding) => {
    const element = elementFor(placeOf(finding.where, document_), root);
    if (!element) return line(finding);
    placed.set(element, [...(placed.get(element) ?? []), finding]);
    return line(finding, " ", h("button", { type: "button", class: "link", onclick: () => goTo(element) }, gettext("Go there")));
  });
  for (const [element, about] of placed) {
    const list = h("ul", { class: "findings beside-it" }, about.map((finding) => line(finding)));
    const head = element.querySelector(":scope > summary, :scope > .head, :scope > .hint, :scope > h4");
    if (head) head.after(list);
    else element.append(list);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const told = findings.length
    ? `${interpolate(ngettext("%s error", "%s errors", errors), [errors])}, ${interpolate(ngettext("%s warning", "%s warnings", warnings), [warnings])}.${errors ? ` ${gettext("It cannot be published like this.")}` : ""}`
    : gettext("None: the draft holds together.");
  const total = summary.querySelector("[role=status]") ?? h("p", { role: "status" });
  if (total.textContent !== told) total.textContent = told;
  summary.querySelector(".findings")?.remove();
  summary.prepend(total);
  summary.append(h("ul", { class: "findings" }, listed));
}
