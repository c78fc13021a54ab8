// <city-desk data-topics=".." data-desk="7">: a clerk's desk that goes on working while the network
// does not. Each form with data-deed is kept in this browser with a key of its own and sent until
// the server has answered; the server does each key once, and says where something has changed.
import { Bells } from "./queue/bells";
import { exchange } from "./queue/parts";
import { CLOCK, dated, say } from "./words";

interface Deed {
  url: string;
  body: [string, string][];
  title: string;
}

const EVERY = 30_000;
const WAITS = [500, 1000, 2000, 4000, 8000];

class CityDesk extends HTMLElement {
  private done = new AbortController();
  private bells: Bells | null = null;
  private deeds: Deed[] = [];
  private sending = false;
  private failures = 0;
  private timer = 0;

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.deeds = this.kept();
    this.addEventListener("submit", (event) => this.take(event), { signal });
    addEventListener("online", () => this.now(), { signal });
    this.bells = new Bells(this.dataset["topics"] ?? "", {
      rung: () => void this.renew(),
      time: () => this.deeds.length && this.now(),
      lost: (since) => this.lost(since),
    });
    const renew = window.setInterval(() => void this.renew(), EVERY);
    signal.addEventListener("abort", () => clearInterval(renew));
    this.tell();
    if (this.deeds.length) this.now();
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.bells?.close();
    clearTimeout(this.timer);
  }

  private get name(): string {
    return `desk-${this.dataset["desk"] ?? ""}`;
  }

  private kept(): Deed[] {
    try {
      return JSON.parse(localStorage.getItem(this.name) ?? "[]") as Deed[];
    } catch {
      return [];
    }
  }

  private keep(): void {
    localStorage.setItem(this.name, JSON.stringify(this.deeds));
    this.tell();
  }

  private take(event: Event): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-deed")) return;
    event.preventDefault();
    const button = (event as SubmitEvent).submitter;
    const said = new FormData(form, button instanceof HTMLButtonElement ? button : undefined);
    said.set("key", crypto.randomUUID());
    const body = [...said.entries()].map(([name, value]): [string, string] => [name, String(value)]);
    this.deeds.push({ url: form.action, body, title: button?.textContent?.trim() ?? "" });
    this.keep();
    if (!this.sending) this.now();
  }

  private now(): void {
    clearTimeout(this.timer);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.setAttribute("aria-busy", "true");
    for (let first = this.deeds[0]; first; first = this.deeds[0]) {
      const page = await this.post(first);
      if (!page) break;
      this.failures = 0;
      this.deeds.shift();
      this.keep();
      if (!this.deeds.length) exchange(this, page);
    }
    this.sending = false;
    this.removeAttribute("aria-busy");
    if (!this.deeds.length) return;
    const wait = WAITS[Math.min(this.failures, WAITS.length - 1)] ?? 8000;
    this.failures += 1;
    this.timer = window.setTimeout(() => void this.send(), wait);
  }

  private async post(deed: Deed): Promise<Document | null> {
    const said = new URLSearchParams(deed.body);
    // The page's own token: that of a kept deed may be of an earlier session.
    said.set("csrfmiddlewaretoken", this.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "");
    const answer = await fetch(deed.url, { method: "POST", body: said, headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || answer.status >= 500) return null;
    const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
    if (page.querySelector("city-desk")) return page;
    if (answer.redirected) location.reload();
    return null;
  }

  private async renew(): Promise<void> {
    if (this.deeds.length) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
    if (!this.deeds.length && page.querySelector("city-desk")) exchange(this, page);
  }

  private lost(since: Date | null): void {
    const place = this.querySelector<HTMLElement>("[data-lost]");
    if (!place) return;
    place.hidden = !since;
    if (!since) return void this.now();
    const at = dated(since, CLOCK);
    place.textContent = say(
      `Keine Verbindung seit ${at}. Was Sie tun, wird hier behalten und danach gesendet.`,
      `No connection since ${at}. What you do is kept here and sent afterwards.`,
    );
  }

  private tell(): void {
    const place = this.querySelector<HTMLElement>("[data-pending]");
    if (!place) return;
    place.hidden = !this.deeds.length;
    const titles = this.deeds.map((one) => one.title).join(", ");
    place.textContent = say(`Noch zu senden: ${titles}`, `Still to be sent: ${titles}`);
  }
}

customElements.define("city-desk", CityDesk);
