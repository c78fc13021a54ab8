// Small points (bays, trees) are drawn by the map itself, as shapes, from a zoom on.
import type { GeoJSONSource, Map as Maplibre, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import { STATES, type Spot } from "./model";
import { picture } from "./signs";
import { colour } from "./style";

type Hit = MapMouseEvent & { features?: MapGeoJSONFeature[] };

export class Points {
  private readonly spots = new Map<string, Spot[]>();
  private readonly hint = document.createElement("div");

  constructor(
    private readonly map: Maplibre,
    host: HTMLElement,
    private readonly open: (spot: Spot, event: MouseEvent) => void,
  ) {
    this.hint.className = "map-hint";
    this.hint.hidden = true;
    this.hint.ariaHidden = "true";
    host.append(this.hint);
  }

  /** After every change of style: the pictures, and all that was shown. */
  restore(zooms: Map<string, number>): void {
    for (const state of STATES) {
      for (const stale of [false, true]) this.addPicture(state, stale);
    }
    for (const [slug, spots] of this.spots) this.show(slug, spots, zooms.get(slug) ?? 0);
  }

  show(slug: string, spots: Spot[], minZoom: number): void {
    this.spots.set(slug, spots);
    const source = this.map.getSource(`points-${slug}`) as GeoJSONSource | undefined;
    if (source) source.setData(collection(spots));
    else if (spots.length) this.add(slug, spots, minZoom);
  }

  private add(slug: string, spots: Spot[], minzoom: number): void {
    const id = `points-${slug}`;
    this.map.addSource(id, { type: "geojson", data: collection(spots) });
    this.map.addLayer({
      id,
      type: "symbol",
      source: id,
      minzoom,
      layout: {
        "icon-image": ["concat", ["get", "state"], ["case", ["get", "stale"], "-stale", ""]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.5, 18, 1.2],
        "icon-allow-overlap": true,
      },
    });
    this.map.on("click", id, (event: Hit) => this.clicked(event));
    this.map.on("mousemove", id, (event: Hit) => this.hover(event));
    this.map.on("mouseleave", id, () => this.leave());
  }

  private addPicture(state: Spot["state"], stale: boolean): void {
    const name = stale ? `${state}-stale` : state;
    const image = picture(state, stale, colour(`--${state}`), colour("--land"));
    if (this.map.hasImage(name)) this.map.updateImage(name, image);
    else this.map.addImage(name, image, { pixelRatio: 2 });
  }

  private find(event: Hit): Spot | undefined {
    const place = event.features?.[0]?.properties["place"] as string | undefined;
    return [...this.spots.values()].flat().find((spot) => spot.id === place);
  }

  private clicked(event: Hit): void {
    const spot = this.find(event);
    if (spot) this.open(spot, event.originalEvent);
  }

  private hover(event: Hit): void {
    const spot = this.find(event);
    if (!spot) return;
    this.map.getCanvas().style.cursor = "pointer";
    this.hint.textContent = `${spot.name}: ${spot.text || spot.label}`;
    this.hint.hidden = false;
    this.hint.style.transform = `translate(${event.point.x}px,${event.point.y}px) translate(-50%,-150%)`;
  }

  private leave(): void {
    this.map.getCanvas().style.cursor = "";
    this.hint.hidden = true;
  }
}

function collection(spots: Spot[]): GeoJSON.FeatureCollection {
  const features = spots.map((spot) => ({
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: [spot.lon, spot.lat] },
    properties: { place: spot.id, state: spot.state, stale: spot.stale },
  }));
  return { type: "FeatureCollection", features };
}
