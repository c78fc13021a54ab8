// Choosing a point: a click sets two fields, and the fields move the mark.
import { Marker, type Map as Maplibre } from "maplibre-gl";
import { element } from "./controls";

const CLOSE = 15;

export function pick(map: Maplibre, names: string, signal: AbortSignal): void {
  const [lon, lat] = names.split(",").map((id) => document.getElementById(id) as HTMLInputElement | null);
  if (!lon || !lat) return;
  const marker = new Marker({ element: element("div", "map-mark"), draggable: true });
  const show = (move: boolean): void => {
    const at: [number, number] = [degrees(lon), degrees(lat)];
    if (!at.every(Number.isFinite) || Math.abs(at[0]) > 180 || Math.abs(at[1]) > 90) return void marker.remove();
    marker.setLngLat(at).addTo(map);
    if (move) map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE) });
  };
  const take = (at: { lng: number; lat: number }): void => {
    [lon.value, lat.value] = [at.lng.toFixed(6), at.lat.toFixed(6)];
    for (const field of [lon, lat]) field.dispatchEvent(new Event("input", { bubbles: true }));
    show(false);
  };
  map.getCanvas().classList.add("picking");
  map.on("click", (event) => take(event.lngLat));
  marker.on("dragend", () => take(marker.getLngLat()));
  for (const field of [lon, lat]) field.addEventListener("change", () => show(true), { signal });
  show(true);
}

function degrees(field: HTMLInputElement): number {
  return field.value.trim() ? Number(field.value.replace(",", ".")) : NaN;
}
