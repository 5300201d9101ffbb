// The form of each kind of condition. Each is given the condition, edits it, and calls `changed`.

import { button, checkbox, field, h, inWords, newId } from "./dom.js";
import { jsonArea } from "./json-area.js";
import { undoLines } from "./undo.js";

function text(condition, key, changed, attributes = {}) {
  const input = h("input", { type: "text", value: condition[key] ?? "", ...attributes });
  input.addEventListener("input", () => {
    const value = input.value.trim();
    if (value) condition[key] = value;
    else delete condition[key];
    changed();
  });
  return input;
}

function number(condition, key, changed, attributes = {}) {
  const input = h("input", { type: "number", value: condition[key] ?? "", ...attributes });
  input.addEventListener("input", () => {
    if (input.value === "") delete condition[key];
    else condition[key] = Number(input.value);
    changed();
  });
  return input;
}

function deposit(condition, { changed }) {
  return h(
    "div",
    { class: "row" },
    field(gettext("Amount"), number(condition, "amount", changed, { min: 0, step: "any" })),
    field(gettext("Currency"), text(condition, "currencyCode", changed, { maxlength: 3, size: 4, placeholder: "EUR" })),
    field(gettext("Amount without VAT"), number(condition, "amountExVat", changed, { min: 0, step: "any" })),
    field(gettext("VAT, in percent"), number(condition, "vatRate", changed, { min: 0, step: "any" })),
    field(gettext("VAT country"), text(condition, "vatCountryCode", changed, { maxlength: 2, size: 3, placeholder: "NL" })),
  );
}

function postponed(condition, { data, changed }) {
  const setting = data.settings.find(({ name }) => name === "postponedResponseMinutes");
  const hint = interpolate(gettext("Left empty, the setting postponedResponseMinutes holds (default %(default)s)."), { default: setting.default }, true);
  return field(gettext("Minutes until we answer"), number(condition, "responseMinutes", changed, { min: 1, step: 1 }), hint);
}

/** Check boxes for which of `known` are in `condition[key]`, in the order of `known`. */
function choices(condition, key, known, legend, changed) {
  const boxes = known.map(([value, label]) =>
    checkbox(label, (condition[key] ?? []).includes(value), (on) => {
      const kept = (condition[key] ?? []).filter((other) => other !== value);
      condition[key] = on ? [...kept, value] : kept;
      changed();
    }),
  );
  return h("fieldset", { class: "choices" }, h("legend", {}, legend), boxes);
}

function bookingData(condition, { data, changed }) {
  const claims = h("input", { type: "text", value: (condition.claims ?? []).join(", ") });
  claims.addEventListener("input", () => {
    const names = claims.value.split(",").map((name) => name.trim()).filter(Boolean);
    if (names.length) condition.claims = names;
    else delete condition.claims;
    changed();
  });
  const known = data.bookingData.map((name) => [name, inWords(name)]);
  return h(
    "div",
    {},
    choices(condition, "requiredFields", known, gettext("A booking needs"), changed),
    field(gettext("Blockchain claims, comma separated"), claims, interpolate(gettext("Only where %(name)s is ticked."), { name: inWords(data.claims).toLowerCase() }, true)),
  );
}

function hours(condition, { data, changed }) {
  const list = h("ul", { class: "hours" });
  const removals = undoLines();
  const days = data.days.map((day) => [day, inWords(day)]);

  function entryRow(entry) {
    return h(
      "li",
      {},
      choices(entry, "days", days, gettext("Days"), changed),
      h(
        "div",
        { class: "row" },
        field(gettext("From"), text(entry, "startTime", changed, { placeholder: "07:30", size: 6 })),
        field(gettext("Until"), text(entry, "endTime", changed, { placeholder: "22:00", size: 6 })),
        button(gettext("Remove hours"), () => remove(entry)),
      ),
    );
  }

  function remove(entry) {
    const position = condition.returnHours.indexOf(entry);
    condition.returnHours.splice(position, 1);
    if (!condition.returnHours.length) delete condition.returnHours;
    draw();
    changed();
    removals.offer(gettext("The hours are removed."), () => {
      (condition.returnHours ??= []).splice(position, 0, entry);
      draw();
      changed();
      list.children[condition.returnHours.indexOf(entry)].querySelector("input").focus();
    });
    add.focus();
  }

  function draw() {
    list.replaceChildren(...(condition.returnHours ?? []).map(entryRow));
  }

  const add = button(gettext("Add hours"), () => {
    (condition.returnHours ??= []).push({ days: [...data.days], startTime: "00:00", endTime: "24:00" });
    draw();
    changed();
  }, { symbol: "add" });
  draw();
  return h("div", {}, h("p", { class: "hint" }, gettext("When it can be returned; always, where no hours are given.")), list, removals.element, add);
}

function returnArea(condition, { data, changed }) {
  const names = newId("stations");
  const stations = h("datalist", { id: names }, data.stations.map((id) => h("option", { value: id })));
  const area = jsonArea(condition, "returnArea", changed, { rows: 4, placeholder: '{"type": "Polygon", "coordinates": [[[5.1, 52.0], …]]}' });
  const point = condition.coordinates ?? {};
  const pointChanged = () => {
    if (Object.keys(point).length) condition.coordinates = point;
    else delete condition.coordinates;
    changed();
  };
  return h(
    "div",
    {},
    field(gettext("Station"), text(condition, "stationId", changed, { list: names }), gettext("The id of one of our stations.")),
    stations,
    field(gettext("Or an area: a GeoJSON polygon, longitude first"), area.control),
    area.complaint,
    h(
      "div",
      { class: "row" },
      field(gettext("Or a point: latitude"), number(point, "lat", pointChanged, { step: "any" })),
      field(gettext("Longitude"), number(point, "lng", pointChanged, { step: "any" })),
    ),
    hours(condition, { data, changed }),
  );
}

const nothingToSay = () => h("p", { class: "hint" }, gettext("There is nothing more to say about it."));

/** What each kind is called and what it means, its form, and how often it can be there. */
export const KINDS = {
  conditionDeposit: { name: gettext("Deposit"), meaning: gettext("A deposit is due before the ride."), form: deposit },
  conditionPayWhenFinished: { name: gettext("Pay when finished"), meaning: gettext("The fare is to be paid as soon as the ride is over."), form: nothingToSay },
  conditionUpfrontPayment: { name: gettext("Upfront payment"), meaning: gettext("The fare is to be paid before the ride begins."), form: nothingToSay },
  conditionPostponedCommit: { name: gettext("Postponed commit"), meaning: gettext("Staff answer a booking in time."), form: postponed },
  conditionRequireBookingData: { name: gettext("Required booking data"), meaning: gettext("A booking without these is refused."), form: bookingData },
  conditionReturnArea: { name: gettext("Return area"), meaning: gettext("Where the asset must be returned."), form: returnArea, repeats: true },
};
