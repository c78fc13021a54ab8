// The view of the map in the page's address: where, which layers, which place, which time.
import type { Map as Maplibre } from "maplibre-gl";

export interface View {
  lat: number;
  lon: number;
  zoom: number;
}

/** `51.54,7.22,12.5`; nothing where that is no place on earth. */
export function view(text: string | null | undefined): View | null {
  const [lat = NaN, lon = NaN, zoom = NaN] = (text ?? "").split(",").map(Number);
  const fits = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 22;
  return fits ? { lat, lon, zoom } : null;
}

export function said(map: Maplibre): string {
  const { lat, lng } = map.getCenter();
  return `${lat.toFixed(5)},${lng.toFixed(5)},${map.getZoom().toFixed(2)}`;
}

export function given(name: string): string {
  return new URL(location.href).searchParams.get(name) ?? "";
}

/** What stands there with commas between. */
export function listed(name: string): string[] {
  return given(name).split(",").filter(Boolean);
}

/** Replaces parts of the address; an empty one goes. */
export function put(parts: Record<string, string>): void {
  const address = new URL(location.href);
  for (const [name, text] of Object.entries(parts)) {
    if (text) address.searchParams.set(name, text);
    else address.searchParams.delete(name);
  }
  const shown = address.href.replaceAll("%2C", ",").replaceAll("%3A", ":");
  if (shown !== location.href) history.replaceState(history.state, "", shown);
}
