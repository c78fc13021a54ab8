// A day to play: a slider over its quarters of an hour; pins say what they said then.
import { DAY, CLOCK, dated, say, zone } from "../words";
import { given, put } from "./address";
import { element } from "./controls";
import { json, type Spot, type State } from "./model";

type Frame = [number, State, string, string, number | null];

interface Played {
  day: string;
  step: number;
  t: number[];
  layers: Record<string, Record<string, Frame[]>>;
}

const PACE = 350;

export class Replay {
  readonly element = element("section", "map-time");
  private readonly open = button(say("Zeitreise", "Travel in time"), () => void this.begin());
  private readonly box = element("div", "map-time-box");
  private readonly day = document.createElement("input");
  private readonly slider = document.createElement("input");
  private readonly shown = document.createElement("output");
  private readonly said = element("p", "sr");
  private readonly trouble = element("p", "map-time-trouble");
  private readonly play = button("", () => this.toggle());
  private played: Played | null = null;
  private timer = 0;

  constructor(
    private readonly url: string,
    private readonly changed: () => void,
  ) {
    this.element.ariaLabel = say("Zeitreise", "Travel in time");
    this.open.className = "map-time-open";
    this.day.type = "date";
    this.day.max = today();
    this.day.ariaLabel = say("Tag", "Day");
    this.slider.type = "range";
    this.slider.ariaLabel = say("Uhrzeit", "Time of day");
    this.said.setAttribute("role", "status");
    this.trouble.setAttribute("role", "status");
    this.play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const row = element("div", "map-time-row");
    row.append(this.play, this.day, this.shown, button(say("Jetzt", "Now"), () => this.end()));
    this.box.append(row, this.slider, this.trouble, this.said);
    this.box.hidden = true;
    this.element.append(this.open, this.box);
    this.day.addEventListener("change", () => void this.load(this.day.value));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.show(true);
    });
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && !this.box.hidden && this.end());
    this.mark();
  }

  /** The day and time of the page's address, where it has them. */
  async restore(): Promise<void> {
    if (!given("day")) return;
    this.unfold();
    await this.load(given("day"), given("at"));
  }

  get running(): boolean {
    return this.played !== null;
  }

  /** When the map is: then, or now. */
  get time(): Date {
    const at = this.played?.t[Number(this.slider.value)];
    return at === undefined ? new Date() : new Date(at * 1000);
  }

  /** A place as it was; nothing where the day knows nothing of it. */
  then(layer: string, spot: Spot): Spot | null {
    const frames = this.played?.layers[layer]?.[spot.id];
    if (!frames) return null;
    const at = Number(this.slider.value);
    const frame = frames.findLast(([from]) => from <= at);
    if (!frame) return null;
    const [, state, label, text, share] = frame;
    return { ...spot, state, label, text, share, stale: state === "none", at: this.time.toISOString() };
  }

  private async begin(): Promise<void> {
    this.unfold();
    await this.load(today());
    this.slider.focus();
  }

  private unfold(): void {
    this.open.hidden = true;
    this.box.hidden = false;
  }

  private async load(day: string, at = ""): Promise<void> {
    if (!day) return;
    this.pause();
    const address = new URL(this.url, location.href);
    address.searchParams.set("day", day);
    try {
      this.played = await json<Played>(address.href);
    } catch {
      this.trouble.textContent = say("Dieser Tag konnte nicht geladen werden.", "This day could not be loaded.");
      return;
    }
    this.trouble.textContent = this.played.t.length ? "" : say("Für diesen Tag gibt es noch keine Werte.", "There are no values of this day yet.");
    this.day.value = day;
    this.slider.max = String(Math.max(0, this.played.t.length - 1));
    const wanted = this.played.t.findIndex((one) => clock(one) === at);
    this.slider.value = wanted >= 0 ? String(wanted) : this.slider.max;
    this.show(true);
  }

  private show(aloud: boolean): void {
    const text = dated(this.time, { weekday: "short", ...DAY, ...CLOCK });
    this.shown.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
    if (aloud) this.said.textContent = text;
    const at = this.played?.t[Number(this.slider.value)];
    if (aloud && this.played && at !== undefined) put({ day: this.played.day, at: clock(at) });
    this.changed();
  }

  private toggle(): void {
    if (this.timer) return this.pause();
    if (this.slider.value === this.slider.max) this.slider.value = "0";
    this.timer = window.setInterval(() => this.forward(), PACE);
    this.mark();
    this.show(false);
  }

  private forward(): void {
    if (Number(this.slider.value) >= Number(this.slider.max)) return this.pause();
    this.slider.value = String(Number(this.slider.value) + 1);
    this.show(false);
  }

  private pause(): void {
    const ran = this.timer > 0;
    clearInterval(this.timer);
    this.timer = 0;
    this.mark();
    if (ran) this.show(true);
  }

  private mark(): void {
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.play.ariaLabel = this.timer ? say("Anhalten", "Pause") : say("Abspielen", "Play");
  }

  private end(): void {
    this.pause();
    this.played = null;
    this.box.hidden = true;
    this.open.hidden = false;
    put({ day: "", at: "" });
    this.changed();
    this.open.focus();
  }
}

function clock(seconds: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
}

function today(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date());
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
