// <city-presence data-seconds="5">: the two sides of an assisted session see what changes; being
// asked for is also how the server knows that somebody is still there.
import { exchange } from "./queue/parts";

class CityPresence extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const every = Number(this.dataset["seconds"] ?? 5) * 1000;
    this.timer = window.setInterval(() => void this.ask(), every);
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    if (text && this.isConnected) exchange(this, new DOMParser().parseFromString(text, "text/html"));
  }
}

customElements.define("city-presence", CityPresence);
