// <city-find>: a search field that offers words while typing, and a list that follows the map.
const PAUSE = 200;

class CityFind extends HTMLElement {
  private done = new AbortController();
  private timer = 0;
  private asked = 0;

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.field()?.addEventListener("input", () => this.later(() => void this.offer()), { signal });
    const map = document.getElementById(this.dataset["map"] ?? "");
    map?.addEventListener("city-map-moved", (event) => this.later(() => void this.follow(event as CustomEvent<number[]>)), { signal });
  }

  disconnectedCallback(): void {
    this.done.abort();
    clearTimeout(this.timer);
  }

  private field(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[name=q]");
  }

  private later(work: () => void): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(work, PAUSE);
  }

  /** Words that go on as the last one begins; an answer that comes too late is dropped. */
  private async offer(): Promise<void> {
    const typed = this.field()?.value.trim() ?? "";
    const list = this.querySelector("datalist");
    const turn = ++this.asked;
    if (!list || typed.length < 2) return;
    const answer = await fetch(`${this.dataset["words"]}?q=${encodeURIComponent(typed)}`, { signal: this.done.signal }).catch(() => null);
    if (!answer?.ok || turn !== this.asked) return;
    const { words } = (await answer.json()) as { words: string[] };
    list.replaceChildren(...words.map((word) => new Option(word, word)));
  }

  /** The datasets about what the map shows now; the address says the same. */
  private async follow(event: CustomEvent<number[]>): Promise<void> {
    const query = new URLSearchParams(location.search);
    query.set("box", event.detail.map((edge) => edge.toFixed(4)).join(","));
    query.delete("page");
    const turn = ++this.asked;
    const answer = await fetch(`${this.dataset["results"]}?${query}`, { signal: this.done.signal }).catch(() => null);
    if (!answer?.ok || turn !== this.asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("results");
    const old = document.getElementById("results");
    if (!fresh || !old) return;
    old.replaceWith(fresh);
    history.replaceState(history.state, "", `?${query}`);
    this.keepBox(query.get("box") ?? "");
  }

  /** A search for words stays in the part of the map that is shown. */
  private keepBox(box: string): void {
    const form = this.querySelector("form");
    const field = form?.querySelector<HTMLInputElement>("input[name=box]") ?? document.createElement("input");
    Object.assign(field, { type: "hidden", name: "box", value: box });
    if (!field.form) form?.append(field);
  }
}

customElements.define("city-find", CityFind);
