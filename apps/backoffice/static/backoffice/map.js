// A Leaflet map in the look of the admin. Leaflet itself (`L`) and the words (/admin/words.js) are loaded by the page before this.

/** The map of `element`; `tiles` says where to get pictures of the ground, if anywhere. */
export function mapIn(element, tiles, options = {}) {
  const map = L.map(element, { maxZoom: 20, minZoom: 2, maxBounds: [[-90, -180], [90, 180]], zoomControl: false, ...options });
  L.control.zoom({ zoomInTitle: gettext("Zoom in"), zoomOutTitle: gettext("Zoom out") }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (tiles.url) L.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: 20 }).addTo(map);
  else element.classList.add("plain");
  L.control.scale({ imperial: false }).addTo(map);
  return map;
}

/** An area with a rule, in the colours of its kind. */
export function areaLayer(area, type, options = {}) {
  const style = { className: `area ${type}`, weight: 2, ...options };
  return L.geoJSON({ type: "Feature", geometry: area, properties: {} }, { style });
}

/** What Leaflet is to show as it is written: it takes a string for HTML. */
export function asText(words) {
  const shown = document.createElement("span");
  shown.textContent = words;
  return shown;
}

/** JSON from an address; an error that says so in words where there is none. */
export async function ask(address, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
  if (!response.ok || response.redirected) throw new Error(gettext("The server did not answer as it should. Are you still logged in?"));
  return response.json();
}

const DRAWN = "drawn-area";

/** A layer's polygon as GeoJSON: longitude first, to some ten centimetres. */
export const polygonOf = (layer) => layer.toGeoJSON(6).geometry;

/** Take what was drawn along to the form of a new region at `address`. */
export function keepDrawn(layer, address) {
  sessionStorage.setItem(DRAWN, JSON.stringify(polygonOf(layer)));
  location.assign(address);
}

/** What was drawn on the way here, once. */
export function takeDrawn() {
  const drawn = sessionStorage.getItem(DRAWN);
  sessionStorage.removeItem(DRAWN);
  return drawn;
}
