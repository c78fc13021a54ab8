// <city-mine data-url="/dashboard/mine/">: what was pinned, drawn by the server, in one's own order.
import { watch } from "./events";
import { CHANGED, items, keep, type Item } from "./mine/store";
import { say } from "./words";

class CityMine extends HTMLElement {
  private done = new AbortController();
  private readonly share = document.createElement("div");
  private own = false;

  connectedCallback(): void {
    this.done = new AbortController();
    this.share.className = "mine-share no-print";
    this.append(this.share);
    document.addEventListener(CHANGED, () => this.own && void this.show(), { signal: this.done.signal });
    if ("given" in this.dataset) this.offer();
    else void this.show();
  }

  disconnectedCallback(): void {
    this.done.abort();
  }

  private get place(): HTMLElement {
    return this.querySelector<HTMLElement>("#mine-items") as HTMLElement;
  }

  /** A link brought these: they become one's own only when asked for. */
  private offer(): void {
    const shown = [...this.place.querySelectorAll<HTMLElement>("[data-item]")];
    const given = shown.map((one) => ({ item: one.dataset["item"] ?? "", title: one.dataset["title"] ?? "" }));
    const take = button(say("Als mein Dashboard behalten", "Keep as my dashboard"), () => {
      keep(given);
      location.href = this.dataset["url"] ?? location.pathname;
    });
    take.className = "btn small";
    const words = items().length ? say("Ihr bisheriges Dashboard wird dabei ersetzt.", "It replaces your present dashboard.") : "";
    this.share.replaceChildren(take, note(words));
  }

  private async show(): Promise<void> {
    this.own = true;
    const all = items();
    if (!all.length) {
      this.place.replaceChildren(note(say("Noch nichts angeheftet. Unten steht, was Sie anheften können.", "Nothing is pinned yet. Below stands what you can pin.")));
      this.share.replaceChildren();
      return;
    }
    const known = [...this.place.querySelectorAll<HTMLElement>("[data-item]")].map((one) => one.dataset["item"]);
    if (known.join("\n") !== all.map((one) => one.item).join("\n")) await this.fetch(all);
    this.share.replaceChildren(...this.link(all));
  }

  private address(all: Item[]): URL {
    const address = new URL(this.dataset["url"] ?? "", location.href);
    for (const one of all) address.searchParams.append("i", one.item);
    return address;
  }

  private async fetch(all: Item[]): Promise<void> {
    const address = this.address(all);
    this.dataset["src"] = address.href;
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) {
      this.share.replaceChildren(note(say("Ihr Dashboard konnte nicht geladen werden. Bitte laden Sie die Seite neu.", "Your dashboard could not be loaded. Please reload the page.")));
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll<HTMLElement>("#mine-items > [data-item]")];
    this.place.replaceChildren(...fresh.map((one) => this.dressed(document.importNode(one, true))));
    for (const script of page.querySelectorAll<HTMLScriptElement>("script[src]")) void import(new URL(script.getAttribute("src") ?? "", location.href).href);
    watch(streams(this.place));
  }

  private dressed(one: HTMLElement): HTMLElement {
    one.querySelectorAll("script").forEach((script) => script.remove());
    const item = one.dataset["item"] ?? "";
    const title = one.dataset["title"] ?? "";
    const tools = document.createElement("div");
    tools.className = "mine-tools no-print";
    tools.append(
      button("↑", () => this.move(item, -1), say(`${title} nach vorn`, `${title}: earlier`)),
      button("↓", () => this.move(item, 1), say(`${title} nach hinten`, `${title}: later`)),
      button("×", () => keep(items().filter((kept) => kept.item !== item)), say(`${title} entfernen`, `Remove ${title}`)),
    );
    one.prepend(tools);
    return one;
  }

  /** The element moves along, so that the button keeps the focus. */
  private move(item: string, by: number): void {
    const all = items();
    const at = all.findIndex((one) => one.item === item);
    const [mine, other] = [all[at], all[at + by]];
    if (!mine || !other) return;
    [all[at], all[at + by]] = [other, mine];
    const cards = [...this.place.children];
    const focused = document.activeElement as HTMLElement | null;
    const [card, next] = [cards[at], cards[at + by]];
    if (card && next) by < 0 ? next.before(card) : next.after(card);
    focused?.focus();
    keep(all);
  }

  private link(all: Item[]): HTMLElement[] {
    const label = document.createElement("label");
    label.textContent = say("Link zu diesem Dashboard, zum Weitergeben oder für ein anderes Gerät", "Link to this dashboard, to pass on or for another device");
    const field = document.createElement("input");
    field.type = "text";
    field.readOnly = true;
    field.value = this.address(all).href;
    field.addEventListener("focus", () => field.select());
    label.append(field);
    return [label];
  }
}

function streams(host: HTMLElement): number[] {
  return [...host.querySelectorAll<HTMLElement>("[data-refresh]")].flatMap((one) => one.dataset["refresh"]?.split(",") ?? []).map(Number);
}

function note(text: string): HTMLElement {
  const made = document.createElement("p");
  made.className = "muted";
  made.setAttribute("role", "status");
  made.textContent = text;
  return made;
}

function button(text: string, act: () => void, label = ""): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.ariaLabel = label;
  made.addEventListener("click", act);
  return made;
}

customElements.define("city-mine", CityMine);
