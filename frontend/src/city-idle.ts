// <city-idle data-seconds="120" data-warning="30">: a screen in a public room. Who does nothing for
// so long is warned, then the form inside is sent: it clears everything. Without scripts the page
// leads there by itself.
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart", "scroll"] as const;

class CityIdle extends HTMLElement {
  private done = new AbortController();
  private last = Date.now();

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.last = Date.now();
    for (const sign of SIGNS) addEventListener(sign, () => this.touched(), { signal, passive: true });
    this.part("[data-stay]")?.addEventListener("click", () => this.stay(), { signal });
    const clock = window.setInterval(() => this.tick(), 500);
    signal.addEventListener("abort", () => clearInterval(clock));
    // A page that comes out of the browser's memory would show the one before's answers.
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { signal });
  }

  disconnectedCallback(): void {
    this.done.abort();
  }

  // While the warning is shown only its button counts: a brushing sleeve is nobody.
  private touched(): void {
    if (this.part("[data-warns]")?.hidden !== false) this.last = Date.now();
  }

  private stay(): void {
    this.last = Date.now();
    this.tick();
    document.getElementById("main")?.focus({ preventScroll: true });
  }

  private tick(): void {
    const left = Math.ceil(Number(this.dataset["seconds"] ?? 120) - (Date.now() - this.last) / 1000);
    if (left <= 0) return this.leave();
    const box = this.part("[data-warns]");
    if (!box) return;
    const warns = left <= Number(this.dataset["warning"] ?? 30);
    if (warns && box.hidden) {
      box.hidden = false;
      this.part("[data-stay]")?.focus();
    }
    if (!warns) box.hidden = true;
    const shown = this.part("[data-left]");
    if (warns && shown) shown.textContent = String(left);
  }

  private leave(): void {
    this.done.abort();
    this.querySelector("form")?.submit();
  }

  private part(selector: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(selector);
  }
}

customElements.define("city-idle", CityIdle);
