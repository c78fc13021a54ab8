// The quiet basemap: city outline, neighbours, stops and station names, or an operator's tiles.
import type { FilterSpecification, StyleSpecification } from "maplibre-gl";

export interface Ground {
  basemap: string;
  tiles: string;
  credit: string;
}

const kind = (name: string): FilterSpecification => ["==", ["get", "kind"], name];

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function style(ground: Ground): StyleSpecification {
  const basemap = new URL(ground.basemap, location.href).href;
  const sources: StyleSpecification["sources"] = { base: { type: "geojson", data: basemap } };
  if (ground.tiles) sources["tiles"] = { type: "raster", tiles: [ground.tiles], tileSize: 256 };
  return { version: 8, sources, layers: ground.tiles ? overTiles() : offline() };
}

function overTiles(): StyleSpecification["layers"] {
  return [
    { id: "background", type: "background", paint: { "background-color": colour("--around") } },
    { id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.5 } },
    outline(),
  ];
}

function offline(): StyleSpecification["layers"] {
  const [around, land, line] = [colour("--around"), colour("--land"), colour("--map-line")];
  return [
    { id: "background", type: "background", paint: { "background-color": around } },
    { id: "neighbour", type: "line", source: "base", filter: kind("neighbour"), paint: { "line-color": line, "line-width": 1, "line-dasharray": [3, 2] } },
    { id: "city", type: "fill", source: "base", filter: kind("city"), paint: { "fill-color": land } },
    outline(),
    stops(),
    stations(),
    names(),
  ];
}

function outline(): StyleSpecification["layers"][number] {
  return { id: "outline", type: "line", source: "base", filter: kind("city"), layout: { "line-join": "round" }, paint: { "line-color": colour("--map-ink"), "line-width": 1.6 } };
}

function stops(): StyleSpecification["layers"][number] {
  return { id: "stop", type: "circle", source: "base", filter: kind("stop"), paint: { "circle-color": colour("--map-dot"), "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 1.1, 13, 2, 16, 4] } };
}

function stations(): StyleSpecification["layers"][number] {
  return { id: "station", type: "circle", source: "base", filter: kind("station"), minzoom: 11, paint: { "circle-color": colour("--land"), "circle-radius": 3.6, "circle-stroke-width": 1.6, "circle-stroke-color": colour("--map-name") } };
}

function names(): StyleSpecification["layers"][number] {
  return {
    id: "station-name",
    type: "symbol",
    source: "base",
    filter: kind("station"),
    minzoom: 11.5,
    layout: { "text-field": ["get", "name"], "text-font": ["Fira Sans"], "text-size": 13, "text-offset": [0, 0.7], "text-anchor": "top", "text-max-width": 9, "text-padding": 6 },
    paint: { "text-color": colour("--map-name"), "text-halo-color": colour("--land"), "text-halo-width": 1.6 },
  };
}
