// Lines that say what was removed, each with a button that brings it back. They stay until the page is left.

import { announce, button, h } from "./dom.js";

/** `element` holds the lines; `offer(sentence, restore)` adds one, and gives it. */
export function undoLines() {
  const element = h("div", { class: "undo" });

  function offer(sentence, restore) {
    const undo = () => {
      line.remove();
      restore();
    };
    const control = button(gettext("Undo"), undo, { label: interpolate(gettext("Undo: %(sentence)s"), { sentence }, true), kind: "small" });
    const line = h("p", {}, h("span", {}, sentence), control);
    element.append(line);
    announce(sentence);
    return line;
  }

  return { element, offer };
}
