// <city-hold data-until="…">: counts down how long a reservation is kept, and says so at five, two
// and one minute. Without script the page names the time of day.
class CityHold extends HTMLElement {
  private timer = 0;
  private said = -1;

  connectedCallback(): void {
    this.tick();
    this.timer = window.setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const left = Date.parse(this.dataset["until"] ?? "") - Date.now();
    if (Number.isNaN(left)) return;
    const minutes = Math.ceil(left / 60_000);
    this.put("[data-count]", this.words(left, minutes));
    if (minutes === this.said || ![5, 2, 1, 0].includes(Math.max(minutes, 0))) return;
    this.said = minutes;
    this.put("[data-say]", this.words(left, minutes));
    if (left <= 0) clearInterval(this.timer);
  }

  private words(left: number, minutes: number): string {
    if (left <= 0) return this.dataset["over"] ?? "";
    if (minutes <= 1) return this.dataset["last"] ?? "";
    return (this.dataset["left"] ?? "%s").replace("%s", String(minutes));
  }

  private put(where: string, text: string): void {
    const element = this.querySelector(where);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

customElements.define("city-hold", CityHold);
