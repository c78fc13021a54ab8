// <city-pin data-item="d:12" data-title="..">: a button that pins something to one's own dashboard.
import { CHANGED, has, isFull, items, keep } from "./mine/store";
import { say } from "./words";

class CityPin extends HTMLElement {
  private readonly button = document.createElement("button");
  private readonly said = document.createElement("span");
  private done = new AbortController();

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.button.type = "button";
    this.button.addEventListener("click", () => this.toggle(), { signal });
    this.said.setAttribute("role", "status");
    this.said.className = "muted";
    this.replaceChildren(this.button, " ", this.said);
    document.addEventListener(CHANGED, () => this.draw(), { signal });
    addEventListener("storage", () => this.draw(), { signal });
    this.draw();
  }

  disconnectedCallback(): void {
    this.done.abort();
  }

  private get item(): string {
    return this.dataset["item"] ?? "";
  }

  private draw(): void {
    const on = has(this.item);
    this.button.setAttribute("aria-pressed", String(on));
    this.button.textContent = on ? say("✓ Angeheftet", "✓ Pinned") : say("Anheften", "Pin");
    const title = this.dataset["title"] ?? "";
    this.button.ariaLabel = `${on ? say("Angeheftet", "Pinned") : say("Anheften", "Pin")}: ${title}`;
  }

  private toggle(): void {
    const on = has(this.item);
    if (!on && isFull()) {
      this.said.textContent = say("Ihr Dashboard ist voll.", "Your dashboard is full.");
      return;
    }
    const rest = items().filter((one) => one.item !== this.item);
    const kept = keep(on ? rest : [...rest, { item: this.item, title: this.dataset["title"] ?? "" }]);
    this.said.textContent = kept ? "" : say("Ihr Browser merkt sich nichts.", "Your browser keeps nothing.");
  }
}

customElements.define("city-pin", CityPin);
