// Moving the items of a list, by dragging a handle or by its buttons. The elements follow the array.

import { announce, button, h, icon } from "./dom.js";

/**
 * Makes the `<ol>` `list` movable. `items()` is the array it shows; `moved(from, to)` is called after it has
 * changed; `nameOf(element)` says what moves.
 */
export function reorderable(list, { items, moved, nameOf }) {
  let dragged = null;

  const places = () => [...list.children];

  function move(element, to) {
    const from = places().indexOf(element);
    const array = items();
    if (from === to || to < 0 || to >= array.length) return;
    array.splice(to, 0, ...array.splice(from, 1));
    const rest = places().filter((other) => other !== element);
    list.insertBefore(element, rest[to] ?? null);
    moved(from, to);
    announce(interpolate(gettext("%(name)s is now step %(to)s of %(length)s."), { name: nameOf(element), to: to + 1, length: array.length }, true));
  }

  /** The place that a drop at height `y` means, among the items without the dragged one. */
  function placeAt(y) {
    const rest = places().filter((element) => element !== dragged);
    const below = rest.findIndex((element) => {
      const box = element.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    return below === -1 ? rest.length : below;
  }

  function mark(y) {
    const rest = places().filter((element) => element !== dragged);
    const place = placeAt(y);
    for (const element of rest) element.classList.remove("drop-before", "drop-after");
    if (rest[place]) rest[place].classList.add("drop-before");
    else rest.at(-1)?.classList.add("drop-after");
  }

  function unmark() {
    for (const element of places()) element.classList.remove("dragged", "drop-before", "drop-after");
  }

  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    mark(event.clientY);
  });
  list.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    move(dragged, placeAt(event.clientY));
  });

  /** The handle and the two buttons of one element. */
  return function handles(element) {
    const grip = h("span", { class: "grip", draggable: "true", title: gettext("Drag to move"), "aria-hidden": "true" }, icon("drag_indicator"));
    grip.addEventListener("dragstart", (event) => {
      dragged = element;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", nameOf(element));
      event.dataTransfer.setDragImage(element, 10, 10);
      element.classList.add("dragged");
    });
    grip.addEventListener("dragend", () => {
      unmark();
      dragged = null;
    });
    const step = (by, label, symbol) => {
      const control = button(
        "",
        () => {
          move(element, places().indexOf(element) + by);
          control.focus();
        },
        { label, symbol, kind: "small" },
      );
      return control;
    };
    return { grip, buttons: [step(-1, gettext("Move up"), "arrow_upward"), step(1, gettext("Move down"), "arrow_downward")] };
  };
}
