// <city-map>: a quiet map of the city with live pins; what it wraps is its list twin.
import { Map as Maplibre, setWorkerUrl, type LngLatBoundsLike } from "maplibre-gl";
import { onObservation } from "./events";
import { given, listed, put, said, view } from "./map/address";
import { Areas } from "./map/areas";
import { creditLine, element, LayerList, zoomButtons } from "./map/controls";
import { Layers } from "./map/layers";
import type { Spot } from "./map/model";
import { Panel } from "./map/panel";
import { pick } from "./map/pick";
import { Pins } from "./map/pins";
import { Points } from "./map/points";
import { Replay } from "./map/replay";
import { Search } from "./map/search";
import { Share } from "./map/share";
import { style } from "./map/style";
import { say } from "./words";

// Below lie the legend and the map's sources.
const PADDING = { top: 24, right: 24, bottom: 56, left: 24 };

class CityMap extends HTMLElement {
  static readonly observedAttributes = ["data-theme"];

  private done = new AbortController();
  private map: Maplibre | null = null;
  private layers!: Layers;
  private list!: LayerList;
  private pins!: Pins;
  private points!: Points;
  private areas: Areas | null = null;
  private panel: Panel | null = null;
  private replay: Replay | null = null;
  private share: Share | null = null;
  private trouble!: HTMLElement;

  connectedCallback(): void {
    if (this.map) return;
    this.done = new AbortController();
    const view = element("div", "map-view");
    this.append(view);
    try {
      this.map = this.draw(view);
    } catch {
      view.remove();
      this.sayNoMap();
      return;
    }
    this.fallback()?.setAttribute("hidden", "");
    this.furnish(this.map, view);
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.map?.remove();
    this.map = null;
  }

  attributeChangedCallback(): void {
    if (this.map) void this.themeChanged();
  }

  private draw(container: HTMLElement): Maplibre {
    if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL");
    setWorkerUrl(new URL(this.dataset["worker"] ?? "map-worker.js", location.href).href);
    const map = new Maplibre({
      container,
      style: style(this.ground()),
      bounds: this.bounds(),
      fitBoundsOptions: { padding: PADDING },
      minZoom: 9,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      locale: mapWords(),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    return map;
  }

  private furnish(map: Maplibre, view: HTMLElement): void {
    const { signal } = this.done;
    this.trouble = element("p", "map-trouble");
    this.trouble.setAttribute("role", "status");
    this.layers = new Layers(
      this.dataset["layers"] ?? "",
      () => this.dataset["theme"] ?? "",
      () => this.refresh(),
      (broken) => this.sayTrouble(broken),
    );
    const areas = this.dataset["areas"] ?? "";
    this.areas = areas ? new Areas(map, view, areas, () => this.sayTrouble(true)) : null;
    if (this.restores) for (const slug of listed("off")) this.layers.hidden.add(slug);
    this.list = new LayerList(this.layers, () => this.toggled(), this.areas);
    this.pins = new Pins(map, view, (spot, event) => this.activate(spot, event), !this.place);
    this.points = new Points(map, view, (spot, event) => this.activate(spot, event, true));
    this.append(this.zoom(map), ...(this.place ? [] : [this.list.element]), this.trouble);
    this.panel = this.preparePanel(signal);
    this.equip(map);
    map.once("load", () => void this.start());
    onObservation((heard) => this.layers.heard(heard.datastream), signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour(), { signal });
  }

  private async start(): Promise<void> {
    this.points.restore(new Map());
    await Promise.all([this.layers.load(this.restores ? listed("on") : []), this.areas?.load()]);
    this.list.draw();
    this.map?.fitBounds(this.bounds(), { padding: this.padding(), animate: false });
    const begin = (this.restores && view(given("view"))) || view(this.dataset["view"]);
    if (begin) this.map?.jumpTo({ center: [begin.lon, begin.lat], zoom: begin.zoom });
    const credit = [this.layers.credit, this.dataset["credit"] ?? ""].filter(Boolean).join("; ");
    this.append(creditLine(credit, this.clientWidth));
    if (this.place) this.pins.select(this.place);
    else await this.opened();
    this.map?.on("moveend", () => this.tellMove());
    if (this.map && this.dataset["pick"]) pick(this.map, this.dataset["pick"], this.done.signal);
    if (this.map && this.restores) this.map.on("moveend", () => this.map && put({ view: said(this.map) }));
    if (this.restores) await this.replay?.restore();
    this.dataset["ready"] = "";
  }

  /** Whether the page's address says what the map shows. */
  private get restores(): boolean {
    return Boolean(this.dataset["tools"]);
  }

  /** Search, link, print and time, where the page asks for them. */
  private equip(map: Maplibre): void {
    if (this.dataset["replay"]) {
      this.replay = new Replay(this.dataset["replay"], () => this.travel());
      this.append(this.replay.element);
    }
    if (this.dataset["tools"] !== "full") return;
    const search = new Search(() => this.layers.all(), (spot) => void this.go(spot));
    this.share = new Share(map, this, this.dataset["embed"] ?? "", () => this.replay?.time ?? new Date());
    this.append(search.element, this.share.element);
  }

  /** To a place that was searched for. */
  private async go(spot: Spot): Promise<void> {
    this.map?.jumpTo({ center: [spot.lon, spot.lat], zoom: Math.max(this.map.getZoom(), spot.small ? 17 : 14.5) });
    this.pins.select(spot.id);
    if (this.panel && innerWidth >= 900) await this.panel.open(spot, { remember: true, focus: false });
    else put({ place: spot.id });
    this.share?.update();
  }

  private travel(): void {
    const { replay } = this;
    this.layers.then = replay?.running ? (layer, spot) => replay.then(layer, spot) : null;
    this.refresh();
    this.share?.update();
  }

  private toggled(): void {
    if (this.restores) put(this.layers.turned());
    this.share?.update();
    void this.themeChanged();
  }

  /** West, south, east and north of what is shown, for a list that follows the map. */
  private tellMove(): void {
    const edges = this.map?.getBounds().toArray().flat();
    this.dispatchEvent(new CustomEvent("city-map-moved", { detail: edges }));
  }

  /** The place that the page's address names is open from the start. */
  private async opened(): Promise<void> {
    const id = new URL(location.href).searchParams.get("place") ?? "";
    const spot = this.layers.find(id);
    if (spot && this.panel && innerWidth >= 900) await this.panel.open(spot, { focus: false });
    else this.pins.select(id);
  }

  private async themeChanged(): Promise<void> {
    this.list.draw();
    this.refresh();
    await this.layers.loadShown();
  }

  private refresh(): void {
    const shown = this.layers.infos.map((info) => ({ info, spots: this.layers.of(info) }));
    this.pins.show(shown.flatMap(({ spots }) => spots.filter((spot) => this.isPin(spot))));
    for (const { info, spots } of shown) {
      this.points.show(info.slug, spots.filter((spot) => !this.isPin(spot)), info.minZoom);
    }
  }

  /** The place that a small map is about is a pin even where its like are points. */
  private isPin(spot: Spot): boolean {
    return !spot.small || spot.id === this.place;
  }

  private get place(): string {
    return this.dataset["place"] ?? "";
  }

  private recolour(): void {
    this.map?.once("styledata", () => {
      this.points.restore(new Map(this.layers.infos.map((info) => [info.slug, info.minZoom])));
      this.areas?.restore();
    });
    this.map?.setStyle(style(this.ground()), { diff: false });
  }

  private activate(spot: Spot, event: MouseEvent, drawn = false): void {
    if (this.panel?.takes(event)) {
      event.preventDefault();
      void this.panel.open(spot, { remember: true });
    } else if (drawn) {
      location.href = spot.url;
    }
  }

  private preparePanel(signal: AbortSignal): Panel | null {
    const host = this.dataset["panel"] ? document.querySelector<HTMLElement>(this.dataset["panel"]) : null;
    if (!host) return null;
    const panel = new Panel(host, (id) => this.pins.select(id), signal);
    addEventListener("popstate", () => this.travelled(panel), { signal });
    return panel;
  }

  private travelled(panel: Panel): void {
    const spot = this.layers.find(new URL(location.href).searchParams.get("place") ?? "");
    if (spot) void panel.open(spot);
    else panel.close();
  }

  private zoom(map: Maplibre): HTMLElement {
    const home = (): void => void map.fitBounds(this.bounds(), { padding: this.padding() });
    return zoomButtons((by) => void map.zoomTo(map.getZoom() + by), home);
  }

  /** An open legend covers none of the city. */
  private padding(): typeof PADDING {
    const legend = this.list.element;
    const covered = legend.open && legend.offsetWidth < this.clientWidth / 2 ? legend.offsetWidth + 14 : 0;
    return { ...PADDING, left: PADDING.left + covered };
  }

  private ground(): { basemap: string; tiles: string; credit: string } {
    const { basemap = "", tiles = "", credit = "" } = this.dataset;
    return { basemap, tiles, credit };
  }

  private bounds(): LngLatBoundsLike {
    const [west = 5.9, south = 47.3, east = 15, north = 55] = (this.dataset["bounds"] ?? "").split(",").map(Number);
    return [west, south, east, north];
  }

  private fallback(): HTMLElement | null {
    return this.querySelector(".map-fallback");
  }

  private sayNoMap(): void {
    const text = say("Ihr Browser kann die Karte nicht zeigen. Hier ist die Liste.", "Your browser cannot show the map. Here is the list.");
    this.fallback()?.prepend(element("p", "note", text));
  }

  private sayTrouble(broken: boolean): void {
    const text = say("Ein Teil der Daten konnte nicht geladen werden. Bitte laden Sie die Seite neu.", "Some of the data could not be loaded. Please reload the page.");
    this.trouble.textContent = broken ? text : "";
  }
}

function mapWords(): Record<string, string> {
  return {
    "Map.Title": say("Karte. Pfeiltasten verschieben, Plus und Minus vergrößern und verkleinern.", "Map. Arrow keys move it, plus and minus zoom."),
    "CooperativeGesturesHandler.WindowsHelpText": say("Mit Strg und Mausrad zoomen", "Use Ctrl and scroll to zoom"),
    "CooperativeGesturesHandler.MacHelpText": say("Mit ⌘ und Mausrad zoomen", "Use ⌘ and scroll to zoom"),
    "CooperativeGesturesHandler.MobileHelpText": say("Karte mit zwei Fingern verschieben", "Use two fingers to move the map"),
  };
}

customElements.define("city-map", CityMap);
