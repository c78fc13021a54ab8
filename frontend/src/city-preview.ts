// <city-preview data-url="/x/preview/" data-into="preview">: while somebody fills in the form inside,
// asks the server for a picture of it. Without script the form has a button for that.
const PAUSE = 400;

class CityPreview extends HTMLElement {
  private timer = 0;
  private asked = 0;

  connectedCallback(): void {
    this.addEventListener("input", this);
    this.addEventListener("change", this);
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  handleEvent(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), PAUSE);
  }

  private async ask(): Promise<void> {
    const form = this.querySelector("form");
    const into = document.getElementById(this.dataset["into"] ?? "");
    if (!form || !into) return;
    const turn = ++this.asked;
    const body = new FormData(form);
    const answer = await fetch(this.dataset["url"] ?? "", { method: "POST", body }).catch(() => null);
    // An answer that was overtaken by a newer question is of no use.
    if (!answer?.ok || answer.redirected || turn !== this.asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    into.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  }
}

customElements.define("city-preview", CityPreview);
