// <city-push data-key data-subscribe data-state data-end>: a form of topics that this browser is told about.
import { say } from "./words";

const KEPT = "stadtkern.push";

class CityPush extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
      this.tell(say("Dieser Browser kann keine Nachrichten zeigen. Auf dem iPhone geht es, wenn die Seite installiert ist.", "This browser cannot show messages. On the iPhone it works once the page is installed."));
      return;
    }
    this.piece(".row[hidden]")?.removeAttribute("hidden");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.subscribe(form).catch(() => this.tell(say("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.", "That did not work. Please try again.")));
    });
    this.ending?.addEventListener("click", () => void this.finish());
    void this.show(form);
  }

  private piece(selector: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(selector);
  }

  private get ending(): HTMLButtonElement | null {
    return this.querySelector<HTMLButtonElement>('button[name="end"]');
  }

  /** What the city knows of this browser. */
  private async show(form: HTMLFormElement): Promise<void> {
    const token = localStorage.getItem(KEPT);
    if (!token) return;
    const said = await this.send("state", { token });
    const topics = (said["topics"] as string[] | undefined) ?? [];
    if (!topics.length) {
      localStorage.removeItem(KEPT);
      return;
    }
    for (const box of boxes(form)) box.checked = topics.includes(box.value);
    for (const name of ["quiet_from", "quiet_until"]) field(form, name).value = String(said[name] ?? "");
    if (this.ending) this.ending.hidden = false;
  }

  private async subscribe(form: HTMLFormElement): Promise<void> {
    const topics = boxes(form).filter((box) => box.checked).map((box) => box.value);
    if (!topics.length) return this.tell(say("Bitte wählen Sie mindestens ein Thema.", "Please choose at least one topic."));
    if ((await Notification.requestPermission()) !== "granted") return this.tell(say("Ihr Browser erlaubt dieser Seite keine Nachrichten. Sie können das in seinen Einstellungen ändern.", "Your browser does not allow messages from this page. You can change that in its settings."));
    const worker = await navigator.serviceWorker.ready;
    const known = await worker.pushManager.getSubscription();
    const subscription = known ?? (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(this.dataset["key"] ?? "") }));
    const said = await this.send("subscribe", { subscription, topics, quiet_from: field(form, "quiet_from").value, quiet_until: field(form, "quiet_until").value });
    if (typeof said["token"] !== "string") return this.tell(String(said["problem"] ?? ""));
    localStorage.setItem(KEPT, said["token"]);
    if (this.ending) this.ending.hidden = false;
    this.tell(say("Gespeichert. Sie bekommen Nachrichten zu diesen Themen.", "Saved. You get messages about these topics."));
  }

  private async finish(): Promise<void> {
    await this.send("end", { token: localStorage.getItem(KEPT) });
    localStorage.removeItem(KEPT);
    const worker = await navigator.serviceWorker.ready;
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    for (const box of this.querySelectorAll<HTMLInputElement>("[name=topic]")) box.checked = false;
    if (this.ending) this.ending.hidden = true;
    this.tell(say("Sie bekommen keine Nachrichten mehr. Wir haben die Adresse Ihres Browsers gelöscht.", "You get no more messages. We have deleted your browser's address."));
  }

  private async send(what: string, said: unknown): Promise<Record<string, unknown>> {
    const token = this.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    const answer = await fetch(this.dataset[what] ?? "", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(said) });
    return (await answer.json()) as Record<string, unknown>;
  }

  private tell(text: string): void {
    const place = this.piece("[role=status]");
    if (!place) return;
    place.hidden = !text;
    place.textContent = text;
  }
}

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("[name=topic]")];
}

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

/** The city's public key as the Push API wants it. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

customElements.define("city-push", CityPush);
