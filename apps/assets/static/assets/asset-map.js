// Where an asset was: its trail and its latest ride, on a map below the form.

import { asText, mapIn } from "../backoffice/map.js";

const place = document.querySelector("#asset-map");
if (place) {
  const { tiles, here, trail, ride } = JSON.parse(document.getElementById("asset-trail-of").textContent);
  const map = mapIn(place, tiles);
  const shown = L.featureGroup().addTo(map);
  if (ride) L.geoJSON(ride, { style: { className: "ride", weight: 6 } }).addTo(shown);
  if (trail.length > 1) L.polyline(trail.map((point) => point.at), { className: "trail", weight: 2, interactive: false }).addTo(shown);
  for (const { at, time } of trail) L.circleMarker(at, { className: "point", radius: 4, weight: 1 }).bindTooltip(asText(time)).addTo(shown);
  L.circleMarker(here.at, { className: "here", radius: 9, weight: 3 }).bindTooltip(asText(here.time), { permanent: true, direction: "right" }).addTo(shown);
  map.fitBounds(shown.getBounds(), { maxZoom: 17, padding: [28, 28] });
}
