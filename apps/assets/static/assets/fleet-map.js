// The fleet map: asks the server for what is in view, shows it on the map, and lists it beside the map.

import { areaLayer, ask, asText, keepDrawn, mapIn } from "../backoffice/map.js";
import { givePensWords } from "../backoffice/pens.js";
import { h } from "../processes/dom.js";
import { debounced } from "../processes/server.js";

const EVERY_MS = 30_000;
const MOST_LISTED = 100;
const NAMES_FROM_ZOOM = 15;
const ALREADY_CLOSE = 17;

const settings = JSON.parse(document.getElementById("fleet-map-settings").textContent);
const map = mapIn(document.getElementById("map"), settings.tiles);
map.createPane("areas").style.zIndex = 350;
const layers = { areas: L.layerGroup().addTo(map), stations: L.layerGroup().addTo(map), fleet: L.layerGroup().addTo(map) };
const ring = L.circleMarker([0, 0], { className: "chosen", radius: 12, interactive: false });
const filters = document.getElementById("filters");
const card = document.getElementById("card");
const count = document.getElementById("count");
const list = document.getElementById("in-view");

const number = (value) => value.toLocaleString(document.documentElement.lang);
const assets = (many) => interpolate(ngettext("%(count)s asset", "%(count)s assets", many), { count: number(many) }, true);
const of = (address, id) => address.replace("/0/", `/${id}/`);
const where = (thing) => [thing.latitude, thing.longitude];
const boundsOf = (box) => [[box.south, box.west], [box.north, box.east]];

/** Let a layer show `things` and nothing else; what is known by its key stays as it is, with what is open on it. */
function show(layer, things, key, make) {
  layer.known ??= new Map();
  const wanted = new Map(things.map((thing) => [key(thing), thing]));
  for (const [known, marker] of layer.known) {
    if (wanted.has(known)) continue;
    layer.removeLayer(marker);
    layer.known.delete(known);
  }
  for (const [name, thing] of wanted) {
    if (layer.known.has(name)) continue;
    const marker = make(thing);
    layer.known.set(name, marker);
    layer.addLayer(marker);
  }
}

const inStates = (cluster) =>
  Object.keys(settings.states)
    .filter((state) => cluster.states[state])
    .map((state) => `${number(cluster.states[state])} ${settings.states[state]}`)
    .join(", ");

function clusterMarker(cluster) {
  let from = 0;
  const shares = Object.keys(settings.states).filter((state) => cluster.states[state]).map((state) => {
    const to = from + (100 * cluster.states[state]) / cluster.count;
    const share = `var(--${state}) ${from}% ${to}%`;
    from = to;
    return share;
  });
  const face = h("span", { class: "cluster" }, h("span", {}, number(cluster.count)));
  face.style.background = `conic-gradient(${shares.join(", ")})`;
  const size = 34 + 6 * Math.log10(cluster.count);
  const icon = L.divIcon({ html: face, className: "", iconSize: [size, size] });
  const marker = L.marker(where(cluster), { icon, title: inStates(cluster) });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", interpolate(gettext("%(assets)s: %(states)s. Zoom in."), { assets: assets(cluster.count), states: inStates(cluster) }, true)));
  return marker.on("click", () => zoomTo(cluster));
}

const zoomTo = (box) => map.fitBounds(boundsOf(box), { maxZoom: map.getMaxZoom(), padding: [24, 24] });

function assetMarker(asset) {
  const marker = L.circleMarker(where(asset), { className: `asset ${asset.state}`, radius: 7, weight: 2 });
  marker.bindTooltip(asText(`${asset.code}, ${settings.states[asset.state]}`));
  return marker.on("click", () => choose(asset));
}

function stationMarker(station) {
  const about = interpolate(
    station.capacity === null ? gettext("%(standing)s standing there, %(hireable)s for hire") : gettext("%(standing)s standing there, %(hireable)s for hire, %(capacity)s places"),
    station,
    true,
  );
  const icon = L.divIcon({ html: h("span", {}, `${station.standing}`), className: "station", iconSize: [26, 26] });
  const marker = L.marker(where(station), { icon, title: station.name, alt: station.name, zIndexOffset: -500 });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", interpolate(gettext("Station %(name)s: %(about)s"), { name: station.name, about }, true)));
  marker.bindTooltip(asText(station.name), { direction: "bottom", offset: [0, 12], permanent: false });
  return marker.bindPopup(h("div", {}, h("strong", {}, station.name), h("br"), about, h("br"), h("a", { href: of(settings.station, station.id) }, gettext("Open its page"))));
}

function areaMarker(region) {
  const area = areaLayer(region.area, region.type, { pane: "areas" });
  area.bindTooltip(asText(region.name), { permanent: true, direction: "center", className: "area-name" });
  return area.bindPopup(h("div", {}, h("strong", {}, region.name), h("br"), region.rule, h("br"), h("a", { href: of(settings.region, region.id) }, gettext("Open its page"))));
}

function row(key, text, about, state, onclick) {
  return h("li", {}, h("button", { type: "button", "data-key": key, onclick }, h("span", { class: `dot ${state}`, "aria-hidden": "true" }), h("strong", {}, text), " ", h("small", {}, about)));
}

/** What is in view in words, for those who cannot see or point at the map. */
function tell(view) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const single = view.assets.slice(0, MOST_LISTED).map((asset) =>
    row(`asset-${asset.id}`, asset.code, `${settings.assetTypes[asset.asset_type_id] ?? ""} · ${settings.states[asset.state]}`, asset.state, () => choose(asset)),
  );
  const grouped = view.clusters.slice(0, MOST_LISTED).map((cluster) =>
    row(`cluster-${cluster.latitude}-${cluster.longitude}`, assets(cluster.count), inStates(cluster), "", () => zoomTo(cluster)),
  );
  list.replaceChildren(...single, ...grouped);
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
  const sentences = [interpolate(gettext("%(assets)s in view."), { assets: assets(view.count) }, true)];
  if (view.count === 0) sentences.push(gettext("Zoom out, or show more states."));
  if (grouped.length) sentences.push(interpolate(gettext("More than %(most)s are shown in groups; zoom in on one to see each."), settings, true));
  if (single.length < view.assets.length) sentences.push(interpolate(gettext("The first %(count)s are listed."), { count: MOST_LISTED }, true));
  if (view.stations === null) sentences.push(gettext("Zoom in to see stations."));
  count.textContent = sentences.join(" ");
}

function query() {
  const bounds = map.getBounds();
  const within = (value, most) => Math.min(Math.max(value, -most), most).toFixed(6);
  const box = [within(bounds.getSouth(), 90), within(bounds.getNorth(), 90), within(bounds.getWest(), 180), within(bounds.getEast(), 180)];
  const asked = new URLSearchParams(new FormData(filters));
  asked.set("boundingbox", box.join(","));
  return asked;
}

const look = debounced(async (signal) => {
  try {
    const view = await ask(`${settings.view}?${query()}`, signal);
    show(layers.stations, view.stations ?? [], (one) => JSON.stringify(one), stationMarker);
    const fleet = [...view.clusters, ...view.assets];
    show(layers.fleet, fleet, (one) => JSON.stringify(one), (one) => ("states" in one ? clusterMarker(one) : assetMarker(one)));
    tell(view);
    map.getContainer().dataset.shown = view.clusters.length ? "clusters" : "assets";
  } catch (error) {
    if (error.name === "AbortError") throw error;
    count.textContent = error.message;
  }
}, 150);

async function choose(asset) {
  ring.setLatLng(where(asset)).addTo(map);
  const response = await fetch(of(settings.card, asset.id));
  card.innerHTML = response.ok && !response.redirected ? await response.text() : "";
  card.append(h("button", { type: "button", class: "close", "aria-label": gettext("Close the card"), onclick: close }, "×"));
  card.hidden = false;
  card.querySelector("h2")?.focus();
}

function close() {
  card.hidden = true;
  ring.remove();
}

async function find(event) {
  event.preventDefault();
  const { asset } = await ask(`${settings.find}?${new URLSearchParams(new FormData(event.target))}`);
  if (asset === null) {
    count.textContent = gettext("No asset is found by that. Type how its number begins, or all of a plate or code.");
    return;
  }
  map.setView(where(asset), Math.max(map.getZoom(), ALREADY_CLOSE));
  await choose(asset);
}

function drawRegion() {
  givePensWords();
  const pen = new L.Draw.Polygon(map, { showArea: false, allowIntersection: false, shapeOptions: { className: "area OPERATING" } });
  pen.enable();
  count.textContent = gettext("Click the corners of the region on the map; click the first one again to end. Escape stops.");
}

function start() {
  const [zoom, latitude, longitude] = location.hash.slice(1).split("/").map(Number);
  if (Number.isFinite(longitude)) map.setView([latitude, longitude], zoom);
  else if (settings.extent) map.fitBounds(boundsOf(settings.extent), { maxZoom: 16, padding: [24, 24] });
  else map.setView([30, 10], 2);
  const labelled = () => map.getContainer().classList.toggle("far", map.getZoom() < NAMES_FROM_ZOOM - 3);
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    history.replaceState(null, "", `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
    labelled();
    look();
  });
  labelled();
  filters.addEventListener("change", look);
  document.getElementById("find").addEventListener("submit", find);
  document.getElementById("draw")?.addEventListener("click", drawRegion);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  map.on(L.Draw.Event.CREATED, ({ layer }) => keepDrawn(layer, settings.newRegion));
  setInterval(() => document.hidden || look(), EVERY_MS);
  ask(settings.regions).then((areas) => show(layers.areas, areas, (one) => one.id, areaMarker));
  look();
}

start();
