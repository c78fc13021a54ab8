// Many pins become few: those that crowd together stand behind one button with their number.
import type { Map as Maplibre } from "maplibre-gl";
import { say } from "../words";

// So many pins can still be told apart.
const FROM = 45;
const CELL = 84;
const LEAST = 3;

export interface Stand {
  id: string;
  x: number;
  y: number;
  lon: number;
  lat: number;
}

interface Cluster {
  stands: Stand[];
  button: HTMLButtonElement;
}

export class Clusters {
  private found: Cluster[] = [];

  constructor(
    private readonly map: Maplibre,
    private readonly sheet: HTMLElement,
  ) {}

  /** Which of these stand behind a button. They come with the most urgent first. */
  gather(stands: Stand[]): Set<string> {
    this.found.forEach(({ button }) => button.remove());
    this.found = crowded(stands).map((crowd) => ({ stands: crowd, button: this.button(crowd) }));
    this.sheet.append(...this.found.map(({ button }) => button));
    return new Set(this.found.flatMap((one) => one.stands.map((stand) => stand.id)));
  }

  place(): void {
    for (const { stands, button } of this.found) {
      const { x, y } = this.map.project(middle(stands));
      button.style.transform = `translate(${x.toFixed(1)}px,${y.toFixed(1)}px) translate(-50%,-50%)`;
    }
  }

  private button(crowd: Stand[]): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pin-cluster";
    button.textContent = String(crowd.length);
    button.ariaLabel = say(`${crowd.length} Orte, näher heran`, `${crowd.length} places, zoom in`);
    button.addEventListener("click", () => this.map.easeTo({ center: middle(crowd), zoom: Math.min(this.map.getZoom() + 2, 18) }));
    return button;
  }
}

function crowded(stands: Stand[]): Stand[][] {
  if (stands.length < FROM) return [];
  const cells = new Map<string, Stand[]>();
  for (const stand of stands) {
    const cell = `${Math.floor(stand.x / CELL)} ${Math.floor(stand.y / CELL)}`;
    cells.set(cell, [...(cells.get(cell) ?? []), stand]);
  }
  return [...cells.values()].filter((crowd) => crowd.length >= LEAST);
}

function middle(stands: Stand[]): [number, number] {
  const sum = (of: (stand: Stand) => number): number => stands.reduce((total, stand) => total + of(stand), 0);
  return [sum((stand) => stand.lon) / stands.length, sum((stand) => stand.lat) / stands.length];
}
