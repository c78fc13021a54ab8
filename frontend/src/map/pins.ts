// Pins are real links in the page: they can be focused, read aloud and opened in a new tab.
import type { Map as Maplibre } from "maplibre-gl";
import { ring } from "./signs";
import type { Spot } from "./model";

interface Pin {
  spot: Spot;
  link: HTMLAnchorElement;
  width: number;
  bare: number;
}

const HEIGHT = 40;
const URGENT = { bad: 0, tight: 1, good: 2, info: 3, none: 4 } as const;

export class Pins {
  private readonly pins = new Map<string, Pin>();
  private readonly sheet = document.createElement("div");
  private current = "";

  constructor(
    private readonly map: Maplibre,
    host: HTMLElement,
    private readonly open: (spot: Spot, event: MouseEvent) => void,
  ) {
    this.sheet.className = "map-pins";
    host.append(this.sheet);
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
  }

  private remove(id: string, pin: Pin): void {
    pin.link.remove();
    this.pins.delete(id);
  }

  private put(spot: Spot): void {
    const known = this.pins.get(spot.id);
    if (known && JSON.stringify(known.spot) === JSON.stringify(spot)) return;
    const pin = known ?? { spot, link: this.newLink(spot.id), width: 0, bare: 0 };
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
    this.place();
    this.untangle();
  }

  private place(): void {
    for (const pin of this.pins.values()) {
      const { x, y } = this.map.project([pin.spot.lon, pin.spot.lat]);
      pin.link.style.transform = `translate(${x.toFixed(1)}px,${y.toFixed(1)}px) translate(-50%,-50%)`;
    }
  }

  /** Where pins would cover each other, the less urgent one shows its number without its name. */
  private untangle(): void {
    const taken: Box[] = [];
    const pins = [...this.pins.values()].sort((a, b) => URGENT[a.spot.state] - URGENT[b.spot.state]);
    const boxes = pins.map((pin) => ({ pin, at: this.map.project([pin.spot.lon, pin.spot.lat]) }));
    const cores = boxes.map(({ pin, at }) => box(at, pin.bare));
    boxes.forEach(({ pin, at }, i) => {
      const full = box(at, pin.width);
      const free = ![...taken, ...cores.filter((_, j) => j !== i)].some((other) => overlap(full, other));
      pin.link.classList.toggle("bare", !free);
      if (free) taken.push(full);
    });
  }
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function box(at: { x: number; y: number }, width: number): Box {
  return { left: at.x - width / 2, right: at.x + width / 2, top: at.y - HEIGHT / 2, bottom: at.y + HEIGHT / 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function draw(link: HTMLAnchorElement, spot: Spot): void {
  link.className = `pin ${spot.state}${spot.stale ? " stale" : ""}`;
  link.href = spot.url;
  const label = part("b", spot.label);
  label.ariaHidden = "true";
  const said = part("span", `: ${spot.text || spot.label}`);
  said.className = "sr";
  const name = part("span", spot.name);
  name.className = "pin-name";
  link.replaceChildren(ring(spot.state, spot.share), label, name, said);
}

function part(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function measure(pin: Pin): void {
  pin.link.classList.remove("bare");
  pin.width = pin.link.offsetWidth;
  pin.link.classList.add("bare");
  pin.bare = pin.link.offsetWidth;
  pin.link.classList.remove("bare");
}
