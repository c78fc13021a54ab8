// What the layers say: the shapes of the JSON that the map reads.
import type { FeatureCollection, Point } from "geojson";

export type State = "good" | "tight" | "bad" | "info" | "none";
export const STATES: readonly State[] = ["good", "tight", "bad", "info", "none"];

export interface LayerInfo {
  slug: string;
  title: string;
  theme: string;
  url: string;
  minZoom: number;
  /** Whether it is on when nobody said anything; most are. */
  shown?: boolean;
  legend: { state: State; title: string }[];
}

export interface PinProperties {
  name: string;
  url: string;
  panel_url: string;
  state: State;
  label: string;
  text: string;
  share: number | null;
  at: string | null;
  stale: boolean;
  small: boolean;
  datastreams: number[];
}

export interface Spot extends PinProperties {
  id: string;
  lon: number;
  lat: number;
}

export type PinCollection = FeatureCollection<Point, PinProperties>;

export function spots(collection: PinCollection): Spot[] {
  return collection.features.map((feature) => ({
    ...feature.properties,
    id: String(feature.id),
    lon: feature.geometry.coordinates[0] ?? 0,
    lat: feature.geometry.coordinates[1] ?? 0,
  }));
}

export async function json<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { Accept: "application/json, application/geo+json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}
