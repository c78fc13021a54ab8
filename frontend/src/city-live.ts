// <city-live data-url="/live/?datastreams=1,2,3">: values change while the page is open.
import { announce, onWatch, type Observation } from "./events";
import { show, tick } from "./live/readings";
import { refreshFor } from "./live/refresh";
import { Source } from "./live/source";
import { german, say } from "./words";

const PATIENCE = 10_000;
const TICK = 5_000;
// The server listens for so many at once; what was added last is what people look at.
const MOST = 1000;

class CityLive extends HTMLElement {
  private readonly streams = new Set<number>();
  private source: Source | null = null;
  private done = new AbortController();
  private lost = 0;
  private notice: HTMLElement | null = null;
  private reopening = 0;

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    for (const id of this.address().searchParams.get("datastreams")?.split(",") ?? []) {
      if (Number(id)) this.streams.add(Number(id));
    }
    this.source = new Source(() => this.fullUrl(), (heard) => this.hear(heard), (open) => this.connection(open));
    if (this.streams.size) this.source.open();
    onWatch((ids) => this.add(ids), signal);
    addEventListener("pagehide", () => this.source?.close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.source?.open(), { signal });
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.source?.close();
    this.connection(true);
  }

  private address(): URL {
    return new URL(this.dataset["url"] ?? "/live/", location.href);
  }

  private fullUrl(): string {
    const url = this.address();
    url.searchParams.delete("datastreams");
    url.searchParams.set("language", german ? "de" : "en");
    const ids = [...this.streams].slice(-MOST).sort((a, b) => a - b).join(",");
    return `${url.href}&datastreams=${ids}`;
  }

  private hear(observation: Observation): void {
    show(observation);
    refreshFor(observation.datastream);
    announce(observation);
  }

  private add(ids: number[]): void {
    const before = this.streams.size;
    ids.forEach((id) => this.streams.add(id));
    if (this.streams.size === before) return;
    clearTimeout(this.reopening);
    this.reopening = window.setTimeout(() => this.source?.open(), 200);
  }

  private connection(open: boolean): void {
    if (open) {
      clearTimeout(this.lost);
      this.lost = 0;
      this.notice?.remove();
      this.notice = null;
    } else if (!this.lost) {
      this.lost = window.setTimeout(() => this.sayLost(), PATIENCE);
    }
  }

  private sayLost(): void {
    this.notice = document.createElement("p");
    this.notice.className = "live-lost";
    this.notice.setAttribute("role", "status");
    document.body.append(this.notice);
    this.notice.textContent = say(
      "Keine Verbindung: Die Werte werden gerade nicht erneuert.",
      "No connection: values are not being updated.",
    );
  }
}

customElements.define("city-live", CityLive);
setInterval(tick, TICK);
