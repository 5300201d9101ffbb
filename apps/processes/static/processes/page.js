// The page of a process profile: one document, edited in parts, looked at by the server after each change.

import { assetTypesEditor } from "./asset-types.js";
import { conditionsEditor } from "./conditions.js";
import { showFindings } from "./findings.js";
import { identifiersEditor } from "./identifiers.js";
import { previewPanel } from "./preview.js";
import { saving } from "./saving.js";
import { debounced, post } from "./server.js";
import { settingsEditor } from "./settings.js";
import { stepsEditor } from "./steps.js";
import { trial } from "./trial.js";

const DELAY = 250;

const root = document.getElementById("profile");
const data = JSON.parse(document.getElementById("profile-data").textContent);
const draft = data.document;
for (const part of ["processIdentifiers", "steps", "settings", "assetTypes"]) draft[part] ??= {};
draft.conditions ??= [];

/** The document as it is sent: without the empty lists and objects that only the page needs. */
function current() {
  const { assetTypes, ...rest } = structuredClone(draft);
  for (const own of Object.values(assetTypes)) {
    if (!Object.keys(own.steps ?? {}).length) delete own.steps;
    if (!own.conditions?.length) delete own.conditions;
  }
  return Object.keys(assetTypes).length ? { ...rest, assetTypes } : rest;
}

const look = debounced(async (signal) => {
  const sent = current();
  const { status, answer } = await post(data.addresses.look, { document: sent, language: preview.language() }, signal);
  const summary = document.getElementById("findings");
  if (status !== 200) {
    summary.replaceChildren(answer.sentence ?? gettext("The draft could not be checked."));
    return;
  }
  showFindings(answer.findings, sent, { root, summary });
  preview.show(answer.meta);
}, DELAY);

const preview = previewPanel(document.getElementById("preview"), { languages: data.languages, relook: look });
const keeper = saving({ data, current });
const changed = () => {
  keeper.changed();
  look();
};

const body = (section) => root.querySelector(`#${section} .body`);
identifiersEditor(body("identifiers"), { data, changed });
stepsEditor(body("steps"), { data, changed });
conditionsEditor(body("conditions"), draft, "conditions", { data, changed });
assetTypesEditor(body("asset-types"), { data, changed });
settingsEditor(body("settings"), { data, changed });
trial(body("trial"), { address: data.addresses.answer, current });
look();
