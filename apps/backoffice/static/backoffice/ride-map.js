// The map of a booking: lines and spots that the page brings along. What it shows also stands below it in words.

import { asText, mapIn } from "./map.js";

const settings = JSON.parse(document.getElementById("ride-map-settings").textContent);
const map = mapIn(document.getElementById("ride-map"), settings.tiles, { scrollWheelZoom: false });
const drawn = L.featureGroup().addTo(map);

for (const line of settings.lines) L.geoJSON(line, { style: { className: "ridden" } }).addTo(drawn);
for (const { kind, words, latitude, longitude } of settings.spots) {
  L.circleMarker([latitude, longitude], { radius: kind === "agreed" ? 11 : 7, className: `spot ${kind}` })
    .bindTooltip(asText(words))
    .addTo(drawn);
}
map.fitBounds(drawn.getBounds(), { maxZoom: 16, padding: [32, 32] });
