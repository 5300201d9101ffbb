// The area of a region: drawn and moved on a map; the text below the map is what is sent.

import { mapIn, polygonOf, takeDrawn } from "./map.js";
import { givePensWords } from "./pens.js";

const SOMEWHERE = [[30, 10], 2];

givePensWords();

for (const place of document.querySelectorAll(".area-on-map")) {
  const text = place.querySelector("textarea");
  const map = mapIn(place.querySelector(".map"), { url: place.dataset.tiles, attribution: place.dataset.attribution });
  const area = L.featureGroup().addTo(map);
  map.addControl(
    new L.Control.Draw({
      draw: { polygon: { allowIntersection: false }, rectangle: true, polyline: false, circle: false, circlemarker: false, marker: false },
      edit: { featureGroup: area },
    }),
  );

  /** Show what the text says; an unfinished text leaves the map as it was. */
  const read = () => {
    let geometry;
    try {
      geometry = JSON.parse(text.value);
    } catch {
      return;
    }
    area.clearLayers();
    if (geometry?.type !== "Polygon") return;
    try {
      L.geoJSON(geometry).eachLayer((layer) => area.addLayer(layer));
    } catch {
      return; // no coordinates of this earth: saving says so
    }
    if (area.getLayers().length) map.fitBounds(area.getBounds(), { maxZoom: 17, padding: [24, 24] });
  };
  const write = () => {
    const [layer] = area.getLayers();
    text.value = layer ? JSON.stringify(polygonOf(layer)) : "";
    text.dispatchEvent(new Event("change", { bubbles: true }));
  };

  map.setView(...SOMEWHERE);
  if (!text.value) text.value = takeDrawn() ?? "";
  read();
  text.addEventListener("input", read);
  map.on(L.Draw.Event.CREATED, ({ layer }) => {
    area.clearLayers();
    area.addLayer(layer);
    write();
  });
  map.on(L.Draw.Event.EDITED, write);
  map.on(L.Draw.Event.DELETED, write);
}
