// <city-queue data-topics="..">: what the server shows of a queue, kept up to date: whenever a bell
// rings the page is asked for again and its [data-part]s are exchanged. While there is no
// connection the last state stays and says since when; what was called meanwhile is announced
// afterwards. With data-speaks (a hall) calls sound and are spoken; with data-place (a phone) only
// one's own call. With data-home it goes back there after data-seconds without a touch (a kiosk).
import { Bells } from "./queue/bells";
import { exchange } from "./queue/parts";
import { Voice } from "./queue/voice";
import { CLOCK, dated, say } from "./words";

// Also without a bell, since an estimate changes by itself.
const EVERY = 30_000;

class CityQueue extends HTMLElement {
  private done = new AbortController();
  private bells: Bells | null = null;
  private voice: Voice | null = null;
  private known = new Set<string>();
  private asking = false;
  private askAgain = false;
  private offset = 0;

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.printing();
    if (this.dataset["home"]) this.goHome(signal);
    if (!this.dataset["topics"]) return;
    this.voice = new Voice(this, signal);
    this.calls().forEach((call) => this.known.add(call.mark));
    this.bells = new Bells(this.dataset["topics"], {
      rung: () => this.soon(),
      time: (now) => (this.offset = now - Date.now()),
      lost: (since) => this.lost(since),
    });
    const renew = window.setInterval(() => void this.ask(), EVERY);
    const clock = window.setInterval(() => this.tick(), 1000);
    signal.addEventListener("abort", () => [renew, clock].forEach((id) => clearInterval(id)));
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.bells?.close();
  }

  // Phones of a full hall do not all ask in the same instant.
  private soon(): void {
    const pause = this.hasAttribute("data-place") ? Math.random() * 1200 : 0;
    window.setTimeout(() => void this.ask(), pause);
  }

  private async ask(): Promise<void> {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    this.asking = true;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    if (text && this.isConnected) {
      exchange(this, new DOMParser().parseFromString(text, "text/html"));
      this.announce();
    }
    this.asking = false;
    if (this.askAgain) {
      this.askAgain = false;
      void this.ask();
    }
  }

  private calls(): { mark: string; number: string; counter: string; waited: boolean }[] {
    return [...this.querySelectorAll<HTMLElement>("[data-call]")].map((one) => ({
      mark: one.dataset["call"] ?? "",
      number: one.dataset["number"] ?? "",
      counter: one.dataset["counter"] ?? "",
      waited: one.tagName !== "TR" || one.hasAttribute("data-waited"),
    }));
  }

  // The oldest first, as they were called; those who stand at a counter already need no call.
  private announce(): void {
    const fresh = this.calls().filter((call) => !this.known.has(call.mark)).reverse();
    fresh.forEach((call) => this.known.add(call.mark));
    fresh.filter((call) => call.waited).forEach((call) => this.voice?.call(call.number, call.counter));
  }

  private tick(): void {
    const shown = this.querySelector("[data-clock]");
    const now = dated(new Date(Date.now() + this.offset), CLOCK);
    if (shown && shown.textContent !== now) shown.textContent = now;
  }

  private lost(since: Date | null): void {
    const place = this.querySelector<HTMLElement>("[data-lost]");
    if (!place) return;
    place.hidden = !since;
    if (!since) return;
    const at = dated(new Date(since.getTime() + this.offset), CLOCK);
    place.textContent = say(
      `Keine Verbindung seit ${at}. Bitte achten Sie auf Ansagen.`,
      `No connection since ${at}. Please listen for announcements.`,
    );
  }

  private printing(): void {
    const button = this.querySelector<HTMLElement>("[data-print]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  private goHome(signal: AbortSignal): void {
    let timer = 0;
    const again = (): void => {
      clearTimeout(timer);
      const wait = Number(this.dataset["seconds"] ?? 90) * 1000;
      timer = window.setTimeout(() => location.assign(this.dataset["home"] ?? "/"), wait);
    };
    for (const kind of ["pointerdown", "keydown", "input", "focusin"]) {
      addEventListener(kind, again, { signal });
    }
    signal.addEventListener("abort", () => clearTimeout(timer));
    again();
  }
}

customElements.define("city-queue", CityQueue);
