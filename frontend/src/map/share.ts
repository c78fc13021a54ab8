// The view as a link, as a frame for another website, and on paper.
import type { Map as Maplibre } from "maplibre-gl";
import { CLOCK, DAY, dated, say } from "../words";
import { element } from "./controls";

const PAPER = 680;

export class Share {
  readonly element = document.createElement("details");
  private readonly link = document.createElement("input");
  private readonly code = document.createElement("textarea");

  constructor(
    private readonly map: Maplibre,
    private readonly host: HTMLElement,
    private readonly embed: string,
    private readonly time: () => Date,
  ) {
    this.element.className = "map-share";
    const summary = document.createElement("summary");
    summary.textContent = say("Teilen, drucken", "Share, print");
    const print = document.createElement("button");
    print.type = "button";
    print.className = "btn small quiet";
    print.textContent = say("Karte drucken", "Print the map");
    print.addEventListener("click", () => this.print());
    this.link.type = "text";
    this.link.readOnly = this.code.readOnly = true;
    this.code.rows = 3;
    for (const field of [this.link, this.code]) field.addEventListener("focus", () => field.select());
    const box = element("div", "map-share-box");
    box.append(labelled(say("Link zu dieser Ansicht", "Link to this view"), this.link));
    if (embed) box.append(labelled(say("Für Ihre Website", "For your website"), this.code));
    box.append(print);
    this.element.append(summary, box);
    this.element.addEventListener("toggle", () => this.update());
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      this.element.open = false;
      summary.focus();
    });
    map.on("moveend", () => this.update());
  }

  update(): void {
    if (!this.element.open) return;
    this.link.value = location.href;
    const frame = new URL(this.embed, location.href);
    frame.search = location.search;
    this.code.value = `<iframe src="${frame.href.replaceAll("&", "&amp;")}" title="${say("Karte der Stadt", "Map of the city")}" width="100%" height="480" loading="lazy"></iframe>`;
  }

  /** The drawn map can be read only while it is drawn, so it becomes a picture first. */
  private print(): void {
    this.map.once("render", () => {
      const shot = document.createElement("img");
      shot.className = "map-shot";
      shot.alt = "";
      shot.src = this.map.getCanvas().toDataURL();
      void shot.decode().then(() => this.onPaper(shot));
    });
    this.map.triggerRepaint();
  }

  private onPaper(shot: HTMLImageElement): void {
    const { clientWidth, clientHeight } = this.host;
    const root = document.documentElement;
    const legend = this.host.querySelector<HTMLDetailsElement>(".map-legend");
    const credit = this.host.querySelector<HTMLDetailsElement>(".map-credit");
    const wereOpen = [legend?.open ?? false, credit?.open ?? false];
    const at = element("p", "map-date", `${say("Stand", "As of")} ${dated(this.time(), { ...DAY, ...CLOCK })}`);
    this.map.getContainer().prepend(shot);
    this.host.append(at);
    this.host.style.setProperty("--print-width", `${clientWidth}px`);
    this.host.style.setProperty("--print-height", `${clientHeight}px`);
    this.host.style.setProperty("--print-zoom", String(Math.min(1, PAPER / clientWidth)));
    if (legend) legend.open = true;
    if (credit) credit.open = true;
    root.classList.add("print-map");
    const done = (): void => {
      root.classList.remove("print-map");
      shot.remove();
      at.remove();
      if (legend) legend.open = wereOpen[0] ?? false;
      if (credit) credit.open = wereOpen[1] ?? false;
    };
    addEventListener("afterprint", done, { once: true });
    window.print();
  }
}

function labelled(text: string, field: HTMLElement): HTMLElement {
  const label = document.createElement("label");
  label.append(element("span", "", text), field);
  return label;
}
