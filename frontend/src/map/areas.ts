// Areas with a state (hexagons of measured coverage), drawn by the map below everything else.
import type { FeatureCollection, Polygon } from "geojson";
import type { ExpressionSpecification, Map as Maplibre, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import { json, STATES, type LayerInfo, type State } from "./model";
import { colour } from "./style";

interface AreaProperties {
  state: State;
  text: string;
  /** Little is known here: drawn lighter, with a dashed edge. */
  few: boolean;
  /** The page that a click leads to, where there is one. */
  url?: string;
}

type AreaCollection = FeatureCollection<Polygon, AreaProperties> & { title?: string; legend?: LayerInfo["legend"] };
type Hit = MapMouseEvent & { features?: MapGeoJSONFeature[] };

const SOURCE = "areas";
const LAYERS = ["areas-fill", "areas-edge", "areas-dashes", "areas-sign"];
// From here on a hexagon is wide enough for a sign of its state.
const SIGNS_FROM = 12.5;
const FEW: ExpressionSpecification = ["==", ["get", "few"], true];

export class Areas {
  title = "";
  legend: LayerInfo["legend"] = [];
  private isOn = true;
  private found: AreaCollection | null = null;
  private readonly hint = document.createElement("div");

  constructor(
    private readonly map: Maplibre,
    host: HTMLElement,
    private readonly url: string,
    private readonly failed: () => void,
  ) {
    this.hint.className = "map-hint";
    this.hint.hidden = true;
    this.hint.ariaHidden = "true";
    host.append(this.hint);
    map.on("mousemove", "areas-fill", (event: Hit) => this.hover(event));
    map.on("click", "areas-fill", (event: Hit) => this.choose(event));
    map.on("mouseleave", "areas-fill", () => this.left());
  }

  private left(): void {
    this.hint.hidden = true;
    this.map.getCanvas().style.cursor = "";
  }

  async load(): Promise<void> {
    try {
      this.found = await json<AreaCollection>(this.url);
    } catch {
      this.failed();
      return;
    }
    this.title = this.found.title ?? "";
    this.legend = this.found.legend ?? [];
    this.restore();
  }

  get shown(): boolean {
    return this.isOn;
  }

  set shown(on: boolean) {
    this.isOn = on;
    this.hint.hidden = true;
    for (const id of LAYERS) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    }
  }

  /** After loading, and after every change of style. */
  restore(): void {
    if (!this.found || this.map.getSource(SOURCE)) return;
    this.map.addSource(SOURCE, { type: "geojson", data: this.found });
    const paint = byState();
    this.map.addLayer({ id: "areas-fill", type: "fill", source: SOURCE, paint: { "fill-color": paint, "fill-opacity": ["case", ["get", "few"], 0.16, 0.42] } }, "outline");
    this.map.addLayer({ id: "areas-edge", type: "line", source: SOURCE, filter: ["!", FEW], paint: { "line-color": paint, "line-width": 1 } }, "outline");
    this.map.addLayer({ id: "areas-dashes", type: "line", source: SOURCE, filter: FEW, paint: { "line-color": paint, "line-width": 1.4, "line-dasharray": [2, 2] } }, "outline");
    this.map.addLayer({ id: "areas-sign", type: "symbol", source: SOURCE, minzoom: SIGNS_FROM, layout: { "icon-image": ["get", "state"], "icon-size": 0.55 } });
    this.shown = this.isOn;
  }

  /** An area that has a page of its own leads there; pins that lie on it come first. */
  private choose(event: Hit): void {
    const url = event.features?.[0]?.properties["url"] as string | undefined;
    if (url?.startsWith("/") && !url.startsWith("//") && this.isOn) location.href = url;
    else this.hover(event);
  }

  private hover(event: Hit): void {
    this.map.getCanvas().style.cursor = event.features?.[0]?.properties["url"] ? "pointer" : "";
    const text = event.features?.[0]?.properties["text"] as string | undefined;
    this.hint.hidden = !text || !this.isOn;
    this.hint.textContent = text ?? "";
    this.hint.style.transform = `translate(${event.point.x}px,${event.point.y}px) translate(-50%,-150%)`;
  }
}

function byState(): ExpressionSpecification {
  const pairs = STATES.flatMap((state) => [state, colour(`--${state}`)]);
  return ["match", ["get", "state"], ...pairs, colour("--none")] as unknown as ExpressionSpecification;
}
