// Pins are real links in the page: they can be focused, read aloud and opened in a new tab.
import type { Map as Maplibre } from "maplibre-gl";
import { Clusters } from "./clusters";
import { seats, type Room, type Seat } from "./seats";
import { ring, sign, svg } from "./signs";
import type { Spot } from "./model";

interface Pin {
  spot: Spot;
  link: HTMLAnchorElement;
  width: number;
  bare: number;
  height: number;
  seat: Seat;
}

const CONTROLS = ".map-zoom, .map-legend > summary, .map-credit, .twin, .map-search, .map-share, .map-time";
const HOME: Seat = { dx: 0, dy: 0, shows: "full" };
const URGENT = { bad: 0, tight: 1, good: 2, info: 3, none: 4 } as const;

export class Pins {
  private readonly pins = new Map<string, Pin>();
  private readonly sheet = document.createElement("div");
  private readonly clusters: Clusters;
  private readonly leads = svg("path", {});
  private current = "";

  constructor(
    private readonly map: Maplibre,
    host: HTMLElement,
    private readonly open: (spot: Spot, event: MouseEvent) => void,
    private readonly names = true,
  ) {
    this.sheet.className = "map-pins";
    const lines = svg("svg", { class: "map-leads", "aria-hidden": "true" });
    lines.append(this.leads);
    this.sheet.append(lines);
    host.append(this.sheet);
    this.clusters = new Clusters(map, this.sheet);
    map.on("move", () => this.place());
    map.on("moveend", () => this.untangle());
    map.on("resize", () => this.arrange());
  }

  /** Shows exactly these; a pin that stays keeps its element, and with it the focus. */
  show(spots: Spot[]): void {
    const wanted = new Set(spots.map((spot) => spot.id));
    for (const [id, pin] of this.pins) {
      if (!wanted.has(id)) this.remove(id, pin);
    }
    for (const spot of spots) this.put(spot);
    for (const pin of this.inOrder()) this.sheet.append(...(pin.link.isConnected ? [] : [pin.link]));
    this.arrange();
  }

  select(id: string): void {
    this.current = id;
    for (const [key, pin] of this.pins) this.markCurrent(key, pin.link);
    this.untangle();
  }

  private remove(id: string, pin: Pin): void {
    pin.link.remove();
    this.pins.delete(id);
  }

  private put(spot: Spot): void {
    const known = this.pins.get(spot.id);
    if (known && JSON.stringify(known.spot) === JSON.stringify(spot)) return;
    const pin = known ?? { spot, link: this.newLink(spot.id), width: 0, bare: 0, height: 0, seat: HOME };
    pin.spot = spot;
    this.pins.set(spot.id, pin);
    draw(pin.link, spot);
    this.markCurrent(spot.id, pin.link);
  }

  private newLink(id: string): HTMLAnchorElement {
    const link = document.createElement("a");
    link.addEventListener("click", (event) => {
      const pin = this.pins.get(id);
      if (pin) this.open(pin.spot, event);
    });
    link.addEventListener("focus", () => this.bring(id));
    return link;
  }

  private markCurrent(id: string, link: HTMLAnchorElement): void {
    if (id === this.current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }

  /** A pin that gets the focus outside the view is moved into it. */
  private bring(id: string): void {
    const pin = this.pins.get(id);
    this.sheet.parentElement?.scrollTo(0, 0);
    this.sheet.scrollTo(0, 0);
    if (pin && !this.map.getBounds().contains([pin.spot.lon, pin.spot.lat])) {
      this.map.easeTo({ center: [pin.spot.lon, pin.spot.lat] });
    }
  }

  private inOrder(): Pin[] {
    return [...this.pins.values()].sort((a, b) => a.spot.name.localeCompare(b.spot.name, "de"));
  }

  private arrange(): void {
    for (const pin of this.pins.values()) measure(pin);
    this.untangle();
  }

  private place(): void {
    let leads = "";
    for (const { spot, link, seat } of this.pins.values()) {
      if (link.hidden) continue;
      const { x, y } = this.map.project([spot.lon, spot.lat]);
      link.style.transform = `translate(${(x + seat.dx).toFixed(1)}px,${(y + seat.dy).toFixed(1)}px) translate(-50%,-50%)`;
      if (seat.dx || seat.dy) leads += `M${x.toFixed(1)} ${y.toFixed(1)}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0m3 0l${seat.dx} ${seat.dy}`;
    }
    this.leads.setAttribute("d", leads);
    this.clusters.place();
  }

  /** Pins move aside for more urgent ones; a line leads back to where they belong. */
  private untangle(): void {
    this.gather();
    const shown = [...this.pins.values()].filter((pin) => !pin.link.hidden);
    const pins = shown.sort((a, b) => this.rank(a) - this.rank(b) || (a.spot.id < b.spot.id ? -1 : 1));
    const wishes = pins.map((pin) => {
      const { x, y } = this.map.project([pin.spot.lon, pin.spot.lat]);
      // The chosen one shows its name in any case.
      const bare = this.names && pin.spot.id === this.current ? pin.width : pin.bare;
      return { x, y, bare, full: pin.width, height: pin.height };
    });
    seats(wishes, this.room(), this.names).forEach((seat, i) => {
      const pin = pins[i] as Pin;
      pin.seat = seat;
      pin.link.classList.toggle("bare", seat.shows !== "full");
      pin.link.classList.toggle("only-sign", seat.shows === "sign");
    });
    this.place();
  }

  /** Where pins crowd, a button with their number stands for them; never for the chosen one. */
  private gather(): void {
    const stands = [...this.pins.values()].filter((pin) => pin.spot.id !== this.current).map(({ spot }) => {
      const { x, y } = this.map.project([spot.lon, spot.lat]);
      return { id: spot.id, lon: spot.lon, lat: spot.lat, x, y };
    });
    const { width, height } = this.sheet.getBoundingClientRect();
    const seen = stands.filter(({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height);
    const behind = this.names ? this.clusters.gather(seen) : new Set<string>();
    for (const [id, pin] of this.pins) pin.link.hidden = behind.has(id);
  }

  private room(): Room {
    const mine = this.sheet.getBoundingClientRect();
    const kept = [...document.querySelectorAll(CONTROLS)].map((control) => {
      const { left, right, top, bottom } = control.getBoundingClientRect();
      return { left: left - mine.left, right: right - mine.left, top: top - mine.top, bottom: bottom - mine.top };
    });
    return { width: mine.width, height: mine.height, kept };
  }

  private rank(pin: Pin): number {
    return pin.spot.id === this.current ? -1 : URGENT[pin.spot.state];
  }
}

function draw(link: HTMLAnchorElement, spot: Spot): void {
  const kept = ["bare", "only-sign"].filter((name) => link.classList.contains(name));
  link.className = ["pin", spot.state, spot.stale ? "stale" : "", ...kept].join(" ").trim();
  link.href = spot.url;
  const label = part("b", spot.label);
  label.ariaHidden = "true";
  const said = part("span", `: ${spot.text || spot.label}`);
  said.className = "sr";
  const name = part("span", spot.name);
  name.className = "pin-name";
  const shape = sign(spot.state);
  shape.classList.add("pin-sign");
  link.replaceChildren(shape, ...(spot.share === null ? [] : [ring(spot.state, spot.share)]), label, name, said);
}

function part(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function measure(pin: Pin): void {
  pin.link.classList.remove("bare", "only-sign");
  pin.width = pin.link.offsetWidth;
  pin.height = pin.link.offsetHeight;
  pin.link.classList.add("bare");
  pin.bare = pin.link.offsetWidth;
}
