// Saving the draft, going on to publish it, and what to do where somebody else has saved another one meanwhile.

import { button, h } from "./dom.js";
import { htmlSteps, showKept, takeOver } from "./kept.js";
import { post } from "./server.js";

/** The document as text, the same whatever the order of its members. */
function told(document_) {
  const ordered = (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return JSON.stringify(document_, ordered);
}

/** Shows a notice, and goes there unless somebody is typing. */
function attend(notice) {
  notice.hidden = false;
  if (!document.activeElement?.matches("input, textarea, select")) notice.focus();
}

export function saving({ data, current }) {
  const { addresses } = data;
  const status = document.getElementById("status");
  const conflict = document.getElementById("conflict");
  const cleaned = document.getElementById("cleaned");
  const buttons = ["save", "publish"].map((id) => document.getElementById(id)).filter(Boolean);
  let seen = data.seen;
  let saved = told(current());
  let busy = false;

  const isChanged = () => told(current()) !== saved;

  function setBusy(now) {
    busy = now;
    for (const control of buttons) control.setAttribute("aria-disabled", String(now));
  }

  function download() {
    const file = new Blob([JSON.stringify(current(), null, 2)], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(file), download: "my-draft.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function showConflict(answer) {
    const mine = button(gettext("Save mine in its place"), () => {
      seen = answer.seen;
      save();
    });
    const theirs = button(gettext("Open theirs, without mine"), () => {
      saved = told(current());
      location.reload();
    });
    conflict.replaceChildren(
      h("p", {}, h("strong", {}, answer.sentence)),
      h("p", {}, answer.differences.length ? gettext("Yours against theirs:") : gettext("Yours says the same as theirs.")),
      h("ul", { class: "differences" }, answer.differences.map((sentence) => h("li", {}, sentence))),
      h("div", { class: "actions" }, button(gettext("Keep mine as a file"), download), theirs, mine),
    );
    attend(conflict);
  }

  /** Sends the draft; true where all that the page shows is saved now, as it was typed. */
  async function send() {
    status.textContent = gettext("Saving …");
    const sent = current();
    const html = htmlSteps(data);
    const { status: code, answer } = await post(addresses.save, { document: sent, seen });
    if (code !== 200) {
      status.textContent = interpolate(gettext("Not saved. %(sentence)s"), { sentence: answer.sentence ?? "" }, true);
      if (code === 409) {
        status.textContent = gettext("Not saved: the draft was changed meanwhile.");
        showConflict(answer);
      }
      return false;
    }
    seen = answer.seen;
    conflict.hidden = true;
    const edited = told(current()) !== told(sent);
    const otherwise = takeOver(html, answer.document);
    saved = told(edited ? answer.document : current());
    showKept(cleaned, otherwise);
    if (otherwise.length) attend(cleaned);
    if (edited) status.textContent = gettext("Saved, without what you changed meanwhile.");
    else status.textContent = otherwise.length ? gettext("Draft saved, not all of it as typed.") : gettext("Draft saved.");
    return !edited && !otherwise.length;
  }

  /** One at a time: a second one would be held against the draft from before the first. */
  async function save() {
    if (busy) return false;
    setBusy(true);
    try {
      return await send();
    } finally {
      setBusy(false);
    }
  }

  async function publish() {
    if (busy || (isChanged() && !(await save()))) return;
    location.href = addresses.publish;
  }

  document.getElementById("save")?.addEventListener("click", save);
  document.getElementById("publish")?.addEventListener("click", publish);
  window.addEventListener("beforeunload", (event) => {
    if (isChanged()) event.preventDefault();
  });
  return {
    changed() {
      status.textContent = isChanged() ? gettext("Unsaved changes") : gettext("Nothing is changed.");
    },
  };
}
