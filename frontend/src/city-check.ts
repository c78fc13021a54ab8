// <city-check data-url>: checks of plates for officers. Asks without leaving the page. Without a
// connection it says that nothing is known, keeps what was typed with its instant, closed for the
// city alone, and sends it later; a service worker opens the page again meanwhile. Photos are sent,
// read and forgotten. Without script the forms post as any other.
import { Asking, SignedOut } from "./check/asking";
import { small } from "./check/photo";
import { canSeal, seal } from "./check/seal";
import { add, remove, waiting, type Waiting } from "./check/waiting";
import { CLOCK, dated, say } from "./words";

const AGAIN = 20_000;

class CityCheck extends HTMLElement {
  private timer = 0;
  private sending = false;
  private asking!: Asking;

  connectedCallback(): void {
    const form = this.form();
    this.asking = new Asking(this.dataset["url"] ?? "", form);
    form.addEventListener("submit", (event) => this.typed(event, form));
    this.addEventListener("submit", (event) => this.suggested(event));
    this.offerPosition(form);
    this.offerPhoto();
    window.addEventListener("online", this.send);
    this.timer = window.setInterval(this.send, AGAIN);
    this.keepPage();
    this.show();
    void this.send();
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
    window.removeEventListener("online", this.send);
  }

  private form(): HTMLFormElement {
    return this.querySelector<HTMLFormElement>(".check-form")!;
  }

  private who(): string {
    return this.dataset["who"] ?? "";
  }

  private keepPage(): void {
    const worker = this.dataset["worker"];
    if (worker && "serviceWorker" in navigator) {
      navigator.serviceWorker.register(worker, { updateViaCache: "none" }).catch(() => undefined);
    }
  }

  private typed(event: SubmitEvent, form: HTMLFormElement): void {
    event.preventDefault();
    void this.check(new FormData(form));
  }

  private suggested(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-suggestions]")) return;
    event.preventDefault();
    const said = new FormData(this.form());
    said.set("plate", (event.submitter as HTMLButtonElement).value);
    void this.check(said);
  }

  private async check(said: FormData): Promise<void> {
    if (!String(said.get("plate") ?? "").trim()) return;
    const now = new Date().toISOString();
    if (canSeal()) said.set("id", crypto.randomUUID());
    this.place().replaceChildren();
    this.say(say("Wird geprüft …", "Checking …"));
    try {
      this.answer(await this.asking.ask(said));
      this.say("");
    } catch (problem) {
      await this.unknown(said, now, problem instanceof SignedOut);
    }
    this.next();
  }

  private place(): HTMLElement {
    return this.querySelector<HTMLElement>("[data-answer]")!;
  }

  private answer(html: string): void {
    const place = this.place();
    place.innerHTML = html;
    this.noted(place);
  }

  /** The answer's line goes to the officer's last checks. */
  private noted(answer: ParentNode): Element | null {
    const line = answer.querySelector("[data-line]");
    if (line) {
      this.querySelector("[data-history]")?.prepend(line);
      this.querySelector("[data-none]")?.remove();
    }
    return line;
  }

  /** No answer is no answer: whoever is offline must not take an old one for it. */
  private async unknown(said: FormData, at: string, signedOut: boolean): Promise<void> {
    const kept = await this.keep(said, at);
    const box = document.createElement("div");
    box.className = "check-result unknown";
    box.dataset["result"] = "unknown";
    const word = paragraph("check-word", say("Nicht geprüft", "Not checked"));
    const plate = paragraph("check-said", String(said.get("plate")).toUpperCase());
    const why = signedOut
      ? say("Sie sind abgemeldet.", "You are signed out.")
      : say("Keine Verbindung.", "No connection.");
    const known = say("Ob dieses Auto hier stehen darf, ist nicht bekannt.", "Whether this car may stand here is not known.");
    const later = kept
      ? say("Die Prüfung ist mit ihrer Uhrzeit aufgehoben und wird später gesendet.", "The check is kept with its time and sent later.")
      : say("Dieser Browser kann sie nicht sicher aufheben. Bitte notieren Sie sie.", "This browser cannot keep it safely. Please write it down.");
    box.append(word, plate, paragraph("", `${why} ${known} ${later}`));
    if (signedOut) box.append(this.signIn());
    this.place().replaceChildren(box);
    this.say("");
  }

  private signIn(): HTMLAnchorElement {
    const link = document.createElement("a");
    link.className = "btn small";
    link.href = `${this.dataset["login"] ?? "/"}?next=${encodeURIComponent(this.dataset["url"] ?? "")}`;
    link.textContent = say("Wieder anmelden", "Sign in again");
    return link;
  }

  private async keep(said: FormData, at: string): Promise<boolean> {
    if (!canSeal() || !this.dataset["key"]) return false;
    const text = (name: string): string => String(said.get(name) ?? "");
    const [id, plate, zone, who] = [text("id"), text("plate"), text("zone"), this.who()];
    const inside = { id, at, plate, zone, who, number: text("number"), lon: text("lon"), lat: text("lat") };
    const sealed = await seal(inside, JSON.parse(this.dataset["key"]) as JsonWebKey);
    add({ id, at, zone, who, sealed, end: plate.replace(/\W/g, "").slice(-2).toUpperCase() });
    this.show();
    return true;
  }

  private next(): void {
    const fields = this.form().elements;
    for (const name of ["plate", "lon", "lat"]) (fields.namedItem(name) as HTMLInputElement).value = "";
    (fields.namedItem("number") as HTMLInputElement).checked = false;
    (fields.namedItem("plate") as HTMLInputElement).focus();
  }

  private show(): void {
    const all = waiting(this.who());
    const section = this.querySelector<HTMLElement>("[data-waiting]")!;
    section.hidden = all.length === 0;
    section.querySelector("ul")!.replaceChildren(...all.map(waitingLine));
  }

  private readonly send = async (): Promise<void> => {
    const all = waiting(this.who());
    if (this.sending || !navigator.onLine || !all.length) return;
    this.sending = true;
    try {
      for (const one of all) await this.sendOne(one);
      this.say(say(
        "Alle aufgehobenen Prüfungen sind gesendet. Die Antworten stehen unter „Ihre letzten Prüfungen“.",
        "All kept checks were sent. The answers are under “Your last checks”.",
      ));
    } catch (problem) {
      if (problem instanceof SignedOut) {
        this.say(say("Sie sind abgemeldet. Melden Sie sich an, um die aufgehobenen Prüfungen zu senden.",
          "You are signed out. Sign in to send the kept checks."));
      }
      // Otherwise there is still no connection: the next try follows.
    } finally {
      this.sending = false;
    }
  };

  /** What is on the screen stays: the officer may be reading the answer for another car. */
  private async sendOne(one: Waiting): Promise<void> {
    const said = new FormData();
    said.set("sealed", one.sealed);
    const told = new DOMParser().parseFromString(await this.asking.ask(said), "text/html");
    remove(one.id);
    this.show();
    if (this.noted(told)) return;
    const refused = document.createElement("li");
    const why = told.querySelector("#errors li, #errors p")?.textContent?.trim() ?? "";
    refused.textContent = `… ${one.end}, ${clock(one)}: ${say("nicht angenommen", "not accepted")}. ${why}`;
    this.querySelector("[data-history]")?.prepend(refused);
  }

  private offerPhoto(): void {
    const button = this.querySelector<HTMLElement>("[data-photo]");
    const input = button?.querySelector("input");
    if (!button || !input) return;
    button.hidden = false;
    this.querySelector<HTMLElement>("[data-photo-form]")!.hidden = true;
    input.addEventListener("change", () => void this.photo(input));
  }

  private async photo(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    this.place().replaceChildren();
    this.say(say("Foto wird gelesen …", "Reading the photo …"));
    try {
      const said = new FormData();
      said.set("photo", await small(file), "photo.jpg");
      said.set("zone", (this.form().elements.namedItem("zone") as HTMLSelectElement).value);
      this.place().innerHTML = await this.asking.ask(said, this.dataset["photoUrl"]);
      this.say("");
      this.place().querySelector<HTMLButtonElement>("[data-suggestions] button")?.focus();
    } catch {
      this.say(say("Das Foto ist nicht zu lesen, oder es gibt keine Verbindung. Bitte tippen Sie das Kennzeichen.",
        "The photo cannot be read, or there is no connection. Please type the plate."));
    }
    input.value = "";
  }

  private offerPosition(form: HTMLFormElement): void {
    const here = this.querySelector<HTMLButtonElement>("[data-position]");
    if (!here || !("geolocation" in navigator)) return;
    here.hidden = false;
    here.addEventListener("click", () => this.locate(form));
  }

  private locate(form: HTMLFormElement): void {
    this.say(say("Standort wird gesucht …", "Looking for your position …"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        (form.elements.namedItem("lon") as HTMLInputElement).value = coords.longitude.toFixed(4);
        (form.elements.namedItem("lat") as HTMLInputElement).value = coords.latitude.toFixed(4);
        (form.elements.namedItem("zone") as HTMLSelectElement).value = "";
        this.say(say("Die Zone der nächsten Prüfung kommt aus Ihrem Standort.",
          "The zone of the next check comes from your position."));
      },
      () => this.say(say("Der Standort ist nicht zu finden. Wählen Sie die Zone.",
        "Your position cannot be found. Choose the zone.")),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  }

  private say(text: string): void {
    this.querySelector("[data-said]")!.textContent = text;
  }
}

function waitingLine(one: Waiting): HTMLLIElement {
  const line = document.createElement("li");
  const zone = one.zone ? `, ${say("Zone", "zone")} ${one.zone}` : "";
  line.textContent = `${clock(one)}${zone}, ${say("endet auf", "ends with")} ${one.end}`;
  return line;
}

function clock(one: Waiting): string {
  return dated(new Date(one.at), CLOCK);
}

function paragraph(kind: string, text: string): HTMLParagraphElement {
  const made = document.createElement("p");
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

customElements.define("city-check", CityCheck);
