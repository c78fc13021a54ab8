// <city-code results="id">: around a form with a <textarea class="code">. Adds line numbers, keeps
// the indent, and tries the source a moment after the last key: the form's own answer to its button
// "try" is fetched and its results are shown in place. Without script the form works by itself.
const PAUSE = 1200;
const INDENT = "  ";

class CityCode extends HTMLElement {
  private done = new AbortController();
  private text!: HTMLTextAreaElement;
  private gutter = document.createElement("pre");
  private lines = 0;
  private timer = 0;
  private asking: AbortController | null = null;
  private leaving = false;

  connectedCallback(): void {
    const text = this.querySelector<HTMLTextAreaElement>("textarea.code");
    if (!text) return;
    this.text = text;
    this.done = new AbortController();
    const { signal } = this.done;
    this.frame();
    this.querySelector<HTMLElement>("[data-tab-hint]")?.removeAttribute("hidden");
    text.addEventListener("input", () => this.changed(), { signal });
    text.addEventListener("scroll", () => this.follow(), { signal });
    text.addEventListener("keydown", (event) => this.key(event), { signal });
    text.addEventListener("blur", () => (this.leaving = false), { signal });
    this.querySelector("select")?.addEventListener("change", () => this.changed(), { signal });
    this.number();
  }

  disconnectedCallback(): void {
    this.done.abort();
    this.asking?.abort();
    clearTimeout(this.timer);
  }

  private frame(): void {
    if (this.gutter.isConnected) return;
    const box = document.createElement("div");
    box.className = "code-lines";
    this.gutter.className = "gutter";
    this.gutter.setAttribute("aria-hidden", "true");
    this.text.replaceWith(box);
    box.append(this.gutter, this.text);
  }

  private changed(): void {
    this.number();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.test(), PAUSE);
  }

  private number(bad = 0): void {
    const count = this.text.value.split("\n").length;
    if (count === this.lines && !bad && !this.gutter.querySelector(".bad")) return;
    this.lines = count;
    this.gutter.replaceChildren(
      ...Array.from({ length: count }, (_none, index) => {
        const line = document.createElement("span");
        line.textContent = `${index + 1}\n`;
        if (index + 1 === bad) line.className = "bad";
        return line;
      }),
    );
    this.follow();
  }

  private follow(): void {
    this.gutter.style.height = `${this.text.offsetHeight}px`;
    this.gutter.scrollTop = this.text.scrollTop;
  }

  // Tab indents, but nobody is caught in the field: after Escape it leaves.
  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.leaving = true;
    else if (event.key === "Tab" && !this.leaving && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) this.outdent();
      else this.put(INDENT);
    } else if (event.key === "Enter" && !event.isComposing) {
      const before = this.text.value.slice(0, this.text.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      event.preventDefault();
      this.put(`\n${indent}${/[{[(]\s*$/.test(line) ? INDENT : ""}`);
    } else if (event.key !== "Shift") this.leaving = false;
  }

  private put(text: string): void {
    // Keeps the browser's own undo, which setting the value would forget.
    if (!document.execCommand("insertText", false, text)) {
      this.text.setRangeText(text, this.text.selectionStart, this.text.selectionEnd, "end");
      this.changed();
    }
  }

  private outdent(): void {
    const start = this.text.value.lastIndexOf("\n", this.text.selectionStart - 1) + 1;
    const caret = this.text.selectionStart;
    if (!this.text.value.startsWith(INDENT, start)) return;
    this.text.setRangeText("", start, start + INDENT.length, "preserve");
    this.text.selectionStart = this.text.selectionEnd = Math.max(start, caret - INDENT.length);
    this.changed();
  }

  private async test(): Promise<void> {
    const form = this.text.form;
    const place = document.getElementById(this.getAttribute("results") ?? "");
    if (!form || !place) return;
    this.asking?.abort();
    this.asking = new AbortController();
    place.setAttribute("aria-busy", "true");
    const said = new FormData(form);
    said.set("try", "1");
    const answer = await fetch(form.action, { method: "POST", body: said, signal: this.asking.signal }).catch(() => null);
    if (!answer || answer.redirected) {
      if (answer || !this.asking.signal.aborted) place.setAttribute("aria-busy", "false");
      return;
    }
    this.show(place, await answer.text());
  }

  private show(place: HTMLElement, html: string): void {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.getElementById(place.id);
    place.setAttribute("aria-busy", "false");
    if (!fresh) return;
    place.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    this.number(Number(place.querySelector<HTMLElement>("[data-line]")?.dataset["line"] ?? 0));
  }
}

customElements.define("city-code", CityCode);
