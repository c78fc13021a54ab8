// The panel beside the map: a place's fragment from the server, with the browser's history.
import { watch } from "../events";
import { say } from "../words";
import type { Spot } from "./model";

const WIDE = 900;

export class Panel {
  private overview: Node[] | null = null;
  private returnTo: HTMLElement | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly selected: (id: string) => void,
    signal: AbortSignal,
  ) {
    host.addEventListener("keydown", (event) => event.key === "Escape" && this.back(), { signal });
  }

  /** Whether this click should open the panel and not follow the link. */
  takes(event: MouseEvent): boolean {
    return innerWidth >= WIDE && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
  }

  async open(spot: Spot, { remember = false, focus = true } = {}): Promise<void> {
    this.returnTo = document.activeElement as HTMLElement | null;
    const answer = await fetch(spot.panel_url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) {
      location.href = spot.url;
      return;
    }
    this.show(await answer.text(), spot);
    this.selected(spot.id);
    if (remember) history.pushState({ place: spot.id }, "", withPlace(spot.id));
    if (focus) this.focusHeading();
  }

  close(): void {
    if (!this.overview) return;
    this.host.replaceChildren(...this.overview);
    this.overview = null;
    delete this.host.dataset["src"];
    this.selected("");
    if (this.returnTo?.isConnected) this.returnTo.focus();
  }

  private back(): void {
    if (!this.overview) return;
    history.pushState({}, "", withPlace(""));
    this.close();
  }

  private show(html: string, spot: Spot): void {
    this.overview ??= [...this.host.childNodes];
    const page = new DOMParser().parseFromString(html, "text/html");
    const scripts = [...page.querySelectorAll("script")];
    scripts.forEach((script) => script.remove());
    this.host.dataset["src"] = spot.panel_url;
    this.host.replaceChildren(this.closeButton(), ...[...page.body.childNodes].map((node) => document.importNode(node, true)));
    this.host.scrollTop = 0;
    // The fragment's elements come with their modules; loading one twice does nothing.
    for (const script of scripts) if (script.src) void import(new URL(script.src, location.href).href);
    watch([...spot.datastreams, ...shownStreams(this.host)]);
  }

  private closeButton(): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "panel-close";
    button.textContent = say("Zurück zum Überblick", "Back to overview");
    button.addEventListener("click", () => this.back());
    return button;
  }

  private focusHeading(): void {
    const heading = this.host.querySelector<HTMLElement>("h1, h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }
}

function shownStreams(host: HTMLElement): number[] {
  const single = [...host.querySelectorAll<HTMLElement>("[data-datastream]")].map((e) => e.dataset["datastream"]);
  const several = [...host.querySelectorAll<HTMLElement>("[data-refresh]")].flatMap((e) => e.dataset["refresh"]?.split(","));
  return [...single, ...several].map(Number).filter((id) => id > 0);
}

function withPlace(id: string): string {
  const url = new URL(location.href);
  if (id) url.searchParams.set("place", id);
  else url.searchParams.delete("place");
  return url.href;
}
