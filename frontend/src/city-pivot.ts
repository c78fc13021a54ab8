// <city-pivot>: around a GET form, its answer <div data-view>, and what goes with it (data-take).
// A change fetches the page that the form's button would open and shows its parts in place; the
// address follows. Without script the button does the same.
const SOON = 250;

class CityPivot extends HTMLElement {
  private done = new AbortController();
  private asking: AbortController | null = null;
  private timer = 0;

  connectedCallback(): void {
    this.done = new AbortController();
    const { signal } = this.done;
    this.addEventListener("input", (event) => this.changed(event), { signal });
    this.addEventListener("submit", (event) => this.submitted(event), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.asking?.abort();
    clearTimeout(this.timer);
  }

  private changed(event: Event): void {
    const form = (event.target as HTMLElement).closest("form");
    if (!form) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.show(this.address(form), event.target), SOON);
  }

  private submitted(event: Event): void {
    event.preventDefault();
    void this.show(this.address(event.target as HTMLFormElement), null);
  }

  // Headings of the table are links that sort it.
  private clicked(event: MouseEvent): void {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("thead a[href^='?']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    void this.show(new URL(link.href, location.href), null);
  }

  private address(form: HTMLFormElement): URL {
    const url = new URL(location.pathname, location.href);
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") url.searchParams.append(name, value);
    }
    return url;
  }

  private async show(url: URL, from: EventTarget | null): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.take(page, from);
      history.replaceState(null, "", this.querySelector<HTMLElement>("[data-view]")?.dataset["address"] ?? url);
    } catch (error) {
      // What a fetch cannot bring, the browser itself may, or says why not.
      if (!asking.signal.aborted) location.assign(url);
      else if (!(error instanceof DOMException)) throw error;
    } finally {
      if (this.asking === asking) this.removeAttribute("aria-busy");
    }
  }

  // The form comes anew only when other dimensions became rows or columns: focus must not jump.
  private take(page: Document, from: EventTarget | null): void {
    for (const part of ["[data-view]", "[data-take]"]) {
      const fresh = page.querySelector(`city-pivot ${part}`);
      if (fresh) this.querySelector(part)?.replaceWith(document.importNode(fresh, true));
    }
    const name = from instanceof HTMLSelectElement ? from.name : "";
    const form = page.querySelector("city-pivot form");
    if (form && (name === "rows" || name === "columns" || name === "chart")) {
      this.querySelector("form")?.replaceWith(document.importNode(form, true));
      this.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
    }
    const slider = this.querySelector<HTMLInputElement>("input[type=range]");
    const fresh = page.querySelector<HTMLInputElement>("city-pivot input[type=range]");
    if (slider && fresh) {
      slider.setAttribute("aria-valuetext", fresh.getAttribute("aria-valuetext") ?? "");
      const label = this.querySelector(`label[for="${slider.id}"]`);
      if (label) label.textContent = page.querySelector(`label[for="${fresh.id}"]`)?.textContent ?? "";
    }
  }
}

customElements.define("city-pivot", CityPivot);
