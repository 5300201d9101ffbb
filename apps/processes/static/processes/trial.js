// "What would this request answer?": a pasted planning request, held against the draft's requirements.

import { button, field, h, icon } from "./dom.js";
import { post } from "./server.js";

const EXAMPLE = {
  from: { coordinates: { lng: 5.1214, lat: 52.0907 } },
  departureTime: "2030-06-01T10:00:00Z",
  nrOfTravelers: 1,
};

export function trial(container, { address, current }) {
  const request = h("textarea", { class: "code", rows: 9, spellcheck: "false", value: JSON.stringify(EXAMPLE, null, 2) });
  const verdict = h("div", { id: "verdict", role: "status" });

  const say = (severity, symbol, sentences) =>
    verdict.replaceChildren(
      h("ul", { class: "findings" }, sentences.map((sentence) => h("li", { class: `finding ${severity}` }, icon(symbol), h("span", {}, sentence)))),
    );

  async function ask() {
    const { status, answer } = await post(address, { document: current(), request: request.value });
    if (status !== 200) say("error", "error", [answer.sentence]);
    else if (!answer.readable) say("warning", "edit", [answer.sentence]);
    else if (answer.unmet.length) say("error", "block", answer.unmet.map((sentence, place) => (place ? interpolate(gettext("Then also: %(sentence)s"), { sentence }, true) : interpolate(gettext("400, refused: %(sentence)s"), { sentence }, true))));
    else say("fine", "check_circle", [gettext("It meets every requirement of this draft, and goes on to the offers.")]);
  }

  container.append(
    field(gettext("Planning request, as sent to POST /planning/offers or /planning/inquiries"), request),
    button(gettext("Try it"), ask, { kind: "main" }),
    verdict,
  );
}
