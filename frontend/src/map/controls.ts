// Zoom buttons, the list of layers with their legend, and the credit line.
import { say } from "../words";
import type { Areas } from "./areas";
import type { Layers } from "./layers";
import type { LayerInfo } from "./model";
import { sign, svg } from "./signs";

const ROOM_FOR_CREDIT = 700;

export function zoomButtons(zoom: (by: number) => void, home: () => void): HTMLElement {
  const group = element("div", "map-zoom");
  group.setAttribute("role", "group");
  group.ariaLabel = say("Karte vergrößern und verkleinern", "Zoom the map");
  group.append(
    button("+", say("Vergrößern", "Zoom in"), () => zoom(1)),
    button("−", say("Verkleinern", "Zoom out"), () => zoom(-1)),
    button("", say("Ganze Stadt zeigen", "Show the whole city"), home, house()),
  );
  return group;
}

export class LayerList {
  readonly element = document.createElement("details");
  private readonly list = element("ul", "map-layers");
  private wasDrawn = false;

  constructor(
    private readonly layers: Layers,
    private readonly toggled: () => void,
    private readonly areas: Areas | null = null,
  ) {
    this.element.className = "map-legend";
    const summary = document.createElement("summary");
    summary.textContent = say("Ebenen und Legende", "Layers and legend");
    this.element.append(summary, this.list);
  }

  draw(): void {
    const offered = this.layers.infos.filter((info) => this.layers.isOffered(info));
    const rows = offered.map((info) => row(info, this.box(info)));
    if (this.areas?.title) rows.unshift(row(this.areas, this.areaBox(this.areas)));
    this.list.replaceChildren(...rows);
    this.element.hidden = !rows.length;
    // Opened by itself where it covers little of the map; what people choose stays.
    this.element.open = this.wasDrawn ? this.element.open : wide() && offered.length <= 4;
    this.wasDrawn = true;
  }

  private box(info: LayerInfo): HTMLInputElement {
    return checkbox(!this.layers.hidden.has(info.slug), (on) => {
      if (on) this.layers.hidden.delete(info.slug);
      else this.layers.hidden.add(info.slug);
      this.toggled();
    });
  }

  private areaBox(areas: Areas): HTMLInputElement {
    return checkbox(areas.shown, (on) => (areas.shown = on));
  }
}

type Explained = Pick<LayerInfo, "title" | "legend">;

function row(info: Explained, box: HTMLInputElement): HTMLElement {
  const row = document.createElement("li");
  const label = document.createElement("label");
  label.append(box, info.title);
  row.append(label);
  if (info.legend.length) row.append(legend(info));
  return row;
}

function checkbox(on: boolean, changed: (on: boolean) => void): HTMLInputElement {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = on;
  box.addEventListener("change", () => changed(box.checked));
  return box;
}

function wide(): boolean {
  return matchMedia("(min-width: 901px)").matches;
}

/** Whom the map is owed to: in full where there is room, else behind one word. */
export function creditLine(text: string, room: number): HTMLElement {
  const box = document.createElement("details");
  box.className = "map-credit";
  const summary = document.createElement("summary");
  summary.textContent = say("Kartenquellen", "Map sources");
  box.append(summary, element("p", "", text));
  box.open = room >= ROOM_FOR_CREDIT;
  box.hidden = !text;
  return box;
}

function legend(info: Explained): HTMLElement {
  const line = element("div", "map-keys");
  for (const entry of info.legend) {
    const key = document.createElement("span");
    key.append(sign(entry.state), entry.title);
    line.append(key);
  }
  return line;
}

export function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function house(): SVGElement {
  const picture = svg("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" });
  picture.append(svg("path", { d: "M3 10.5 10 4l7 6.5M5.5 9v7h9V9", fill: "none", stroke: "currentColor", "stroke-width": 1.6 }));
  return picture;
}

function button(text: string, label: string, act: () => void, picture?: SVGElement): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.ariaLabel = label;
  made.title = label;
  if (picture) made.append(picture);
  made.addEventListener("click", act);
  return made;
}
