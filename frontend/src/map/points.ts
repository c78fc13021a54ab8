// Small points (bays, trees) are drawn by the map itself, as shapes, from a zoom on.
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, Map as Maplibre, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import { STATES, type Spot } from "./model";
import { picture } from "./signs";
import { colour } from "./style";

// From so many on, points of a layer stand together while the map shows much.
const MANY = 500;
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
    const many = spots.length > MANY;
    this.map.addSource(id, { type: "geojson", data: collection(spots), ...(many ? { cluster: true, clusterRadius: 46, clusterMaxZoom: 16 } : {}) });
    if (many) this.addCrowds(id, minzoom);
    this.map.addLayer({
      id,
      type: "symbol",
      source: id,
      minzoom,
      ...(many ? { filter: ["!", ["has", "point_count"]] as FilterSpecification } : {}),
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

  /** From far away a circle with their number stands for many points; a click goes nearer. */
  private addCrowds(source: string, minzoom: number): void {
    const filter: FilterSpecification = ["has", "point_count"];
    const radius: ExpressionSpecification = ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 500, 26];
    this.map.addLayer({ id: `${source}-crowd`, type: "circle", source, filter, minzoom: Math.max(0, minzoom - 3), paint: { "circle-color": colour("--city"), "circle-radius": radius, "circle-stroke-width": 2, "circle-stroke-color": colour("--land") } });
    this.map.addLayer({ id: `${source}-number`, type: "symbol", source, filter, minzoom: Math.max(0, minzoom - 3), layout: { "text-field": ["to-string", ["get", "point_count"]], "text-font": ["Fira Sans"], "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": colour("--land") } });
    this.map.on("click", `${source}-crowd`, (event: Hit) => this.map.easeTo({ center: event.lngLat, zoom: this.map.getZoom() + 2 }));
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
