// <city-kiosk data-next=".." data-seconds="20">: one screenful after the other; while the network
// is gone the present one stays, and says since when.
import { watch } from "./events";
import { CLOCK, dated, say } from "./words";

class CityKiosk extends HTMLElement {
  private timer = 0;
  private clock = 0;
  private lostAt: Date | null = null;

  connectedCallback(): void {
    this.clock = window.setInterval(() => this.tick(), 1000);
    this.later();
  }

  disconnectedCallback(): void {
    clearInterval(this.clock);
    clearTimeout(this.timer);
  }

  private tick(): void {
    const shown = this.querySelector("[data-clock]");
    const now = dated(new Date(), CLOCK);
    if (shown && shown.textContent !== now) shown.textContent = now;
  }

  private later(): void {
    this.timer = window.setTimeout(() => void this.go(), Number(this.dataset["seconds"] ?? 20) * 1000);
  }

  private async go(): Promise<void> {
    const next = this.dataset["next"] ?? location.href;
    const answer = await fetch(next, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    const page = answer?.ok ? new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html") : null;
    const fresh = page?.querySelector<HTMLElement>("city-kiosk");
    if (!page || !fresh) return this.lost();
    const scripts = [...page.querySelectorAll<HTMLScriptElement>("script[src]")].map((one) => one.getAttribute("src") ?? "");
    fresh.querySelectorAll("script").forEach((script) => script.remove());
    document.title = page.title;
    this.replaceWith(document.importNode(fresh, true));
    for (const script of scripts) void import(new URL(script, location.href).href);
    const ids = [...document.querySelectorAll<HTMLElement>("[data-refresh]")].flatMap((one) => one.dataset["refresh"]?.split(",") ?? []);
    watch(ids.map(Number).filter((id) => id > 0));
  }

  private lost(): void {
    this.lostAt ??= new Date();
    const place = this.querySelector(".kiosk-lost");
    const since = dated(this.lostAt, CLOCK);
    if (place) place.textContent = say(`Keine Verbindung seit ${since}. Die Werte sind von vorher.`, `No connection since ${since}. The values are from before.`);
    this.later();
  }
}

customElements.define("city-kiosk", CityKiosk);
