// <city-chart>: a time series to zoom, read by keyboard, keep live and take along.
import type uPlot from "uplot";
import { follow, restore } from "./chart/address";
import { append, instant, isEmpty, load, rangeOf, type Chunk, type Range } from "./chart/data";
import { Frame, part } from "./chart/frame";
import { listen } from "./chart/keys";
import { download } from "./chart/picture";
import { data, plot, reading } from "./chart/plot";
import { onObservation, watch, type Observation } from "./events";
import { CLOCK, DAY, dated, say, zone } from "./words";

const SHORTEST = 600;
const AGAIN = 10_000;

class CityChart extends HTMLElement {
  private done = new AbortController();
  private frame: Frame | null = null;
  private box!: HTMLElement;
  private note!: HTMLElement;
  private chart: uPlot | null = null;
  private chunk: Chunk | null = null;
  private first: Range | null = null;
  private inView: Range = { from: 0, to: 0 };
  private asked = 0;
  private later = 0;

  connectedCallback(): void {
    if (this.frame) return;
    this.done = new AbortController();
    const { signal } = this.done;
    const twin = part("div", "chart-twin");
    twin.append(...this.childNodes);
    this.box = part("div", "chart-box");
    this.box.hidden = true;
    this.note = part("p", "chart-note");
    this.note.setAttribute("role", "status");
    this.append(twin, this.box, this.note);
    this.frame = this.furnish();
    onObservation((heard) => this.heard(heard), signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), { signal });
    const watcher = new ResizeObserver(() => this.fit());
    watcher.observe(this);
    signal.addEventListener("abort", () => watcher.disconnect());
    void this.show(this.range(), twin);
  }

  disconnectedCallback(): void {
    this.done.abort();
    clearTimeout(this.later);
    this.chart?.destroy();
    this.chart = null;
  }

  private furnish(): Frame {
    const acts = {
      zoom: (factor: number) => this.zoom(factor),
      pan: (share: number) => this.pan(share),
      reset: () => this.reset(),
      picture: () => this.picture(),
    };
    const label = this.dataset["label"] ?? say("Verlauf", "Time series");
    const frame = new Frame(this.box, label, acts, { table: this.dataset["tableUrl"] ?? "", csv: this.dataset["csvUrl"] ?? "", json: this.dataset["jsonUrl"] ?? "" });
    listen(frame.plot, { ...acts, step: (by) => this.step(by), jump: (toEnd) => this.jump(toEnd) });
    return frame;
  }

  private range(): Range | null {
    const { from, to } = this.dataset;
    return from && to ? { from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 } : null;
  }

  /** The drawn twin goes only when the chart is there. */
  private async show(range: Range | null, twin?: HTMLElement): Promise<void> {
    const asked = ++this.asked;
    if (range && this.chart) this.look(range);
    try {
      const chunk = await load(this.dataset["url"] ?? "", range, this.points());
      if (asked !== this.asked || this.done.signal.aborted) return;
      this.chunk = chunk;
    } catch {
      this.note.textContent = say("Die Werte konnten nicht geladen werden. Bitte versuchen Sie es noch einmal.", "The values could not be loaded. Please try again.");
      return;
    }
    this.first ??= rangeOf(this.chunk);
    twin?.setAttribute("hidden", "");
    this.box.hidden = false;
    watch(this.chunk.series.map((one) => one.datastream));
    this.draw();
    if (range && !twin) this.frame?.follow(range);
    if (!twin && "address" in this.dataset) this.tell(range);
  }

  /** At once, with the values that are there; finer ones are on their way. */
  private look(range: Range): void {
    this.inView = range;
    this.chart?.setScale("x", { min: range.from, max: range.to });
  }

  /** The page's address, and what else leads to this period, follows. */
  private tell(range: Range | null): void {
    if (range && range !== this.first) follow(range);
    else restore();
  }

  /** One step for each pixel that a line can be drawn on, and some more for sharp screens. */
  private points(): number {
    return Math.min(2000, Math.max(600, Math.round((this.clientWidth || 800) * 1.5)));
  }

  private draw(): void {
    if (!this.chunk || !this.frame) return;
    this.inView = rangeOf(this.chunk);
    this.chart?.destroy();
    this.frame.describe(this.chunk, this.period());
    this.note.textContent = isEmpty(this.chunk) ? say("In diesem Zeitraum gibt es keine Werte.", "There are no values in this period.") : "";
    const place = this.frame.plot;
    this.chart = plot(place, this.chunk, {
      ...this.size(),
      zone: this.zone(),
      view: () => [this.inView.from, this.inView.to],
      cursor: (index) => this.read(index),
      selected: (from, to) => void this.show(this.held({ from, to })),
      reset: () => this.reset(),
    });
    this.dataset["ready"] = this.chunk.bucket;
  }

  private size(): { width: number; height: number } {
    const width = Math.max(240, this.frame?.plot.clientWidth ?? 0);
    const onScreen = this.closest("city-kiosk") ? innerHeight * 0.55 : 0;
    return { width, height: Math.round(onScreen || Math.min(Math.max(width * 0.45, 220), 340)) };
  }

  private fit(): void {
    const size = this.size();
    if (this.chart && this.chart.width !== size.width) this.chart.setSize(size);
  }

  private zone(): string {
    return this.dataset["zone"] ?? zone;
  }

  private period(): string {
    const { from, to } = this.chunk ? rangeOf(this.chunk) : { from: 0, to: 0 };
    const show = (at: number): string => dated(new Date(at * 1000), { ...DAY, ...CLOCK }, this.zone());
    return `${show(from)} – ${show(to)}`;
  }

  private read(index: number | null): void {
    if (this.chunk && index !== null) this.frame?.read(reading(this.chunk, index, this.zone()));
  }

  private step(by: number): void {
    const { chart, chunk } = this;
    if (!chart || !chunk?.t.length) return;
    const now = chart.cursor.idx ?? (by > 0 ? -1 : chunk.t.length);
    this.moveTo(Math.min(Math.max(now + by, 0), chunk.t.length - 1));
  }

  private jump(toEnd: boolean): void {
    this.moveTo(toEnd ? (this.chunk?.t.length ?? 1) - 1 : 0);
  }

  private moveTo(index: number): void {
    const at = this.chunk?.t[index];
    if (at === undefined || !this.chart) return;
    this.chart.setCursor({ left: this.chart.valToPos(at, "x"), top: this.chart.over.clientHeight / 2 });
  }

  /** Zooms round the cursor where there is one, or else the middle. */
  private zoom(factor: number): void {
    if (!this.chunk) return;
    const { from, to } = rangeOf(this.chunk);
    const index = this.chart?.cursor.idx;
    const centre = (index === null || index === undefined ? undefined : this.chunk.t[index]) ?? (from + to) / 2;
    void this.show(this.held({ from: centre - (centre - from) * factor, to: centre + (to - centre) * factor }));
  }

  private pan(share: number): void {
    if (!this.chunk) return;
    const { from, to } = rangeOf(this.chunk);
    const by = (to - from) * share;
    void this.show(this.held({ from: from + by, to: to + by }));
  }

  /** Not shorter than some minutes, and not into a future that has no values. */
  private held({ from, to }: Range): Range {
    const missing = Math.max(0, SHORTEST - (to - from)) / 2;
    const latest = Math.max(Date.now() / 1000, this.first?.to ?? 0);
    const late = Math.max(0, to + missing - latest);
    return { from: Math.floor(from - missing - late), to: Math.ceil(to + missing - late) };
  }

  private reset(): void {
    if (this.first) void this.show(this.first);
  }

  private picture(): void {
    if (!this.chart || !this.chunk) return;
    const series = this.chunk.series.map((one) => `${one.name}${one.unit ? ` (${one.unit})` : ""}`).join(", ");
    const title = this.dataset["label"] ?? this.chunk.series[0]?.name ?? "";
    download(this.chart.ctx.canvas, { title, series, period: this.period() });
  }

  private heard(observation: Observation): void {
    const { chunk } = this;
    if (!chunk?.series.some((one) => one.datastream === observation.datastream)) return;
    const at = Date.parse(observation.time) / 1000;
    const { from, to } = rangeOf(chunk);
    // A period that ended long ago stays as it is; one that reaches up to now moves on.
    if (at < from || at > to + (to - from) * 0.1) return;
    if (!append(chunk, observation.datastream, at, observation.value)) this.reloadLater();
    else this.moveOn(Math.max(0, at - to));
  }

  private moveOn(by: number): void {
    if (!this.chunk || !this.chart) return;
    const { from, to } = rangeOf(this.chunk);
    this.chunk.from = instant(from + by);
    this.chunk.to = instant(to + by);
    this.inView = rangeOf(this.chunk);
    this.chart.setData(data(this.chunk));
    this.frame?.describe(this.chunk, this.period());
    this.note.textContent = "";
  }

  private reloadLater(): void {
    if (this.later || !this.chunk) return;
    const range = rangeOf(this.chunk);
    this.later = window.setTimeout(() => {
      this.later = 0;
      void this.show(range);
    }, AGAIN);
  }
}

customElements.define("city-chart", CityChart);
