// A search over the places that the map has loaded.
import { say } from "../words";
import { element } from "./controls";
import type { Spot } from "./model";

const MOST = 8;

export class Search {
  readonly element = element("div", "map-search");
  private readonly field = document.createElement("input");
  private readonly list = document.createElement("ul");
  private readonly count = element("p", "sr");

  constructor(
    private readonly spots: () => Spot[],
    private readonly chosen: (spot: Spot) => void,
  ) {
    this.field.type = "search";
    this.field.placeholder = say("Auf der Karte suchen", "Search the map");
    this.field.ariaLabel = this.field.placeholder;
    this.field.autocomplete = "off";
    this.count.setAttribute("role", "status");
    this.element.append(this.field, this.list, this.count);
    this.field.addEventListener("input", () => this.find());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.list.hidden = true;
  }

  private find(): void {
    const terms = fold(this.field.value).split(/\s+/).filter(Boolean);
    const fits = (spot: Spot): boolean => terms.every((term) => fold(spot.name).includes(term));
    const found = terms.length ? once(this.spots().filter(fits)) : [];
    this.list.replaceChildren(...found.slice(0, MOST).map((spot) => this.row(spot)));
    this.list.hidden = !found.length;
    if (terms.length) this.count.textContent = say(`${found.length} Treffer`, `${found.length} found`);
  }

  private row(spot: Spot): HTMLElement {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.append(element("b", "", spot.name), element("span", "", ` ${spot.label}`));
    button.addEventListener("click", () => {
      this.close();
      this.chosen(spot);
    });
    row.append(button);
    return row;
  }

  private key(event: KeyboardEvent): void {
    const stops = [this.field, ...this.list.querySelectorAll("button")] as HTMLElement[];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next !== undefined && stops[next]) {
      event.preventDefault();
      stops[next].focus();
    } else if (event.key === "Escape") {
      this.close();
      this.field.focus();
    } else if (event.key === "Enter" && at === 0) {
      event.preventDefault();
      this.list.querySelector("button")?.click();
    }
  }

  private close(): void {
    this.list.hidden = true;
  }
}

function once(spots: Spot[]): Spot[] {
  return [...new Map(spots.map((spot) => [spot.id, spot])).values()].sort((a, b) => a.name.localeCompare(b.name, "de", { numeric: true }));
}

/** Umlauts, capitals and accents make no difference; the twin of `words.fold`. */
function fold(text: string): string {
  const plain = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  return plain.replaceAll("ae", "a").replaceAll("oe", "o").replaceAll("ue", "u");
}
