// Saving the draft, going on to publish it, and what to do where somebody else has saved another one meanwhile.

import { button, h } from "./dom.js";
import { post } from "./server.js";

export function saving({ addresses, seen, current }) {
  const status = document.getElementById("status");
  const conflict = document.getElementById("conflict");
  let known = seen;
  let saved = JSON.stringify(current());

  const isChanged = () => JSON.stringify(current()) !== saved;

  function download() {
    const file = new Blob([JSON.stringify(current(), null, 2)], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(file), download: "my-draft.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function showConflict(answer) {
    const mine = button("Save mine in its place", () => {
      known = answer.seen;
      save();
    });
    const theirs = button("Open theirs, without mine", () => {
      saved = JSON.stringify(current());
      location.reload();
    });
    conflict.replaceChildren(
      h("p", {}, h("strong", {}, answer.sentence)),
      h("p", {}, answer.differences.length ? "Yours against theirs:" : "Yours says the same as theirs."),
      h("ul", { class: "differences" }, answer.differences.map((sentence) => h("li", {}, sentence))),
      h("div", { class: "actions" }, button("Keep mine as a file", download), theirs, mine),
    );
    conflict.hidden = false;
    conflict.focus();
  }

  /** True where the draft is saved now. */
  async function save() {
    status.textContent = "Saving …";
    const sent = current();
    const { status: code, answer } = await post(addresses.save, { document: sent, seen: known });
    if (code !== 200) {
      status.textContent = code === 409 ? "Not saved: the draft was changed meanwhile." : `Not saved. ${answer.sentence ?? ""}`;
      if (code === 409) showConflict(answer);
      return false;
    }
    known = answer.seen;
    saved = JSON.stringify(sent);
    conflict.hidden = true;
    status.textContent = isChanged() ? "Unsaved changes" : "Draft saved.";
    return true;
  }

  async function publish() {
    if (isChanged() && !(await save())) return;
    saved = JSON.stringify(current());
    location.href = addresses.publish;
  }

  document.getElementById("save")?.addEventListener("click", save);
  document.getElementById("publish")?.addEventListener("click", publish);
  window.addEventListener("beforeunload", (event) => {
    if (isChanged()) event.preventDefault();
  });
  return {
    changed() {
      status.textContent = isChanged() ? "Unsaved changes" : "Nothing is changed.";
    },
  };
}
