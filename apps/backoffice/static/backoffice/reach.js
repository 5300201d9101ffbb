// What the theme opens with a mouse alone is reached by keyboard too, and what it leaves without a name gets one.

const CLICKED = "a:not([href])[x-on\\:click], div[x-on\\:click], span[x-on\\:click]";
const TYPED_INTO = "input, textarea, select, [contenteditable]";

function reachable(element) {
  if (element.closest("[tabindex]") || element.id === "changelist-filter-close") return;
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  if (element.textContent.trim() === "dock_to_right") element.setAttribute("aria-label", document.body.dataset.menu);
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    element.click();
  });
}

// Cells of a table inside a page have their heading as a name; a search box in place of a select has its label.
function named(root) {
  for (const field of root.querySelectorAll("td[data-label] :is(input, select, textarea)")) {
    if (!field.labels?.length && !field.ariaLabel) field.ariaLabel = field.closest("td").dataset.label;
  }
  for (const box of root.querySelectorAll(".select2-container [role=combobox], .select2-container [role=searchbox]")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const name = select?.labels?.[0]?.textContent.trim().replace(/\*$/, "") || select?.ariaLabel;
    if (!name) continue;
    for (const part of [box, box.querySelector("[role=textbox]")].filter(Boolean)) {
      part.removeAttribute("aria-labelledby");
      part.ariaLabel = name;
    }
  }
}

// An icon beside words is a picture; its own name is not for reading out.
function silenced(icon) {
  const beside = icon.closest("a, button, li")?.textContent.trim();
  if (beside && beside !== icon.textContent.trim()) icon.ariaHidden = "true";
}

function prepared() {
  document.querySelectorAll(CLICKED).forEach(reachable);
  document.querySelectorAll(".material-symbols-outlined").forEach(silenced);
  named(document);
}

// Escape closes what is open, as a click beside it does.
function closed(event) {
  if (event.key !== "Escape" || event.target.matches(TYPED_INTO)) return;
  window.Alpine.$data(document.body).sidebarMobileOpen = false;
  document.body.click();
}

// The search boxes of selects come when their own script has run, which may be later.
const comes = new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]);
  if (added.some((node) => node.classList?.contains("select2-container"))) named(document);
});

window.addEventListener("load", () => {
  prepared();
  comes.observe(document.body, { childList: true, subtree: true });
});
document.addEventListener("formset:added", prepared);
document.addEventListener("keydown", closed);
