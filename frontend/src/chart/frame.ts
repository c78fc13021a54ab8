// What stands round a chart: keys of its lines, what is read, buttons and links.
import { say } from "../words";
import type { Chunk, Range } from "./data";
import { setRange } from "./data";

export interface Acts {
  zoom: (factor: number) => void;
  pan: (share: number) => void;
  reset: () => void;
  picture: () => void;
}

export interface Addresses {
  table: string;
  csv: string;
  json: string;
}

export class Frame {
  readonly plot = part("div", "chart-plot");
  private readonly keys = part("p", "chart-keys");
  private readonly period = part("p", "chart-period");
  private readonly spoken = part("p", "chart-reading");
  private readonly links: HTMLAnchorElement[] = [];

  constructor(
    host: HTMLElement,
    label: string,
    acts: Acts,
    addresses: Addresses,
  ) {
    const help = part("p", "sr", say("Pfeiltasten lesen die Werte, Umschalt und Pfeiltasten verschieben, Plus und Minus vergrößern und verkleinern, Null setzt zurück.", "Arrow keys read the values, Shift and arrow keys move, plus and minus zoom, zero resets."));
    help.id = `chart-help-${Math.random().toString(36).slice(2)}`;
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "application");
    this.plot.ariaLabel = label;
    this.plot.setAttribute("aria-describedby", help.id);
    this.spoken.setAttribute("role", "status");
    const foot = part("div", "chart-foot");
    foot.append(this.tools(acts), this.downloads(acts, addresses));
    const head = part("div", "chart-head");
    head.append(this.keys, this.period);
    host.append(help, head, this.plot, this.spoken, foot);
  }

  describe(chunk: Chunk, period: string): void {
    this.period.textContent = period;
    const now = chunk.series.filter((one) => !one.earlier);
    const colour = (id: number): number => now.findIndex((one) => one.datastream === id);
    this.keys.replaceChildren(...chunk.series.map((one) => key(one.name, one.unit, colour(one.datastream), one.earlier === true)));
  }

  read(text: string): void {
    if (this.spoken.textContent !== text) this.spoken.textContent = text;
  }

  /** The links lead to the period that is shown. */
  follow(range: Range): void {
    for (const link of this.links) {
      const address = new URL(link.href);
      setRange(address, range);
      link.href = address.href;
    }
  }

  private tools(acts: Acts): HTMLElement {
    const tools = part("div", "seg");
    tools.setAttribute("role", "group");
    tools.ariaLabel = say("Zeitraum", "Period");
    tools.append(
      button("‹", say("Früher", "Earlier"), () => acts.pan(-0.5)),
      button("›", say("Später", "Later"), () => acts.pan(0.5)),
      button("+", say("Vergrößern", "Zoom in"), () => acts.zoom(0.5)),
      button("−", say("Verkleinern", "Zoom out"), () => acts.zoom(2)),
      button(say("Zurücksetzen", "Reset"), "", acts.reset),
    );
    return tools;
  }

  private downloads(acts: Acts, { table, csv, json }: Addresses): HTMLElement {
    const row = part("div", "row");
    if (table) row.append(this.link(table, say("Tabelle", "Table")));
    if (csv) row.append(this.link(csv, "CSV"));
    if (json) row.append(this.link(json, "JSON"));
    const picture = button("PNG", say("Als Bild herunterladen (PNG)", "Download as a picture (PNG)"), acts.picture);
    picture.className = "linklike";
    row.append(picture);
    return row;
  }

  private link(url: string, text: string): HTMLAnchorElement {
    const link = document.createElement("a");
    link.href = new URL(url, location.href).href;
    link.textContent = text;
    this.links.push(link);
    return link;
  }
}

function key(name: string, unit: string, index: number, earlier: boolean): HTMLElement {
  return part("span", `key key-${index + 1}${earlier ? " key-earlier" : ""}`, unit ? `${name} (${unit})` : name);
}

export function part(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) {
    made.ariaLabel = label;
    made.title = label;
  }
  made.addEventListener("click", act);
  return made;
}
