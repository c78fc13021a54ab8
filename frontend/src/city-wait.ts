// <city-wait id="run" data-every="2000">: asks the server for its own content until that is final,
// which it is once the fresh element has no data-every. Without script people load the page anew.
const LONGEST = 30_000;

class CityWait extends HTMLElement {
  private timer = 0;
  private failures = 0;

  connectedCallback(): void {
    this.later();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  private later(): void {
    const every = Number(this.dataset["every"] ?? 0);
    if (!every) return;
    const pause = Math.min(LONGEST, every * 2 ** this.failures);
    this.timer = window.setTimeout(() => void this.ask(), pause);
  }

  private async ask(): Promise<void> {
    const fresh = document.hidden ? this : await this.fresh();
    this.failures = fresh ? 0 : this.failures + 1;
    if (fresh && fresh !== this) this.show(fresh);
    this.later();
  }

  private async fresh(): Promise<HTMLElement | null> {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById(this.id);
  }

  private show(fresh: HTMLElement): void {
    if (fresh.dataset["every"]) this.dataset["every"] = fresh.dataset["every"];
    else delete this.dataset["every"];
    // What did not change is left alone, so that nobody loses their place or hears it twice.
    if (fresh.innerHTML.replace(TOKEN, "") === this.innerHTML.replace(TOKEN, "")) return;
    const inside = this.contains(document.activeElement);
    this.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    if (inside) {
      this.tabIndex = -1;
      this.focus({ preventScroll: true });
    }
  }
}

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;

customElements.define("city-wait", CityWait);
