// Listens to the server's bells, and knows since when it cannot.

interface Heard {
  rung: () => void;
  /** The server's time, in milliseconds. */
  time: (now: number) => void;
  /** Since when there is no connection; null where there is one. */
  lost: (since: Date | null) => void;
}

// The server sends a beat every ten seconds.
const SILENCE = 25_000;
const RETRY = 3000;

export class Bells {
  private stream: EventSource | null = null;
  private heard = Date.now();
  private away: Date | null = null;
  private readonly watch: number;
  private retry = 0;
  private readonly off = new AbortController();

  constructor(
    private readonly topics: string,
    private readonly tell: Heard,
  ) {
    this.watch = window.setInterval(() => this.check(), 2000);
    const { signal } = this.off;
    addEventListener("offline", () => this.gone(), { signal });
    addEventListener("online", () => this.open(), { signal });
    addEventListener("pagehide", () => this.stream?.close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.open(), { signal });
    this.open();
  }

  close(): void {
    this.off.abort();
    clearInterval(this.watch);
    clearTimeout(this.retry);
    this.stream?.close();
  }

  private open(): void {
    clearTimeout(this.retry);
    this.stream?.close();
    const stream = new EventSource(`/live/bells/?topics=${encodeURIComponent(this.topics)}`);
    this.stream = stream;
    // It rings at once, so whatever happened while nobody listened is fetched.
    stream.addEventListener("rung", (event) => {
      this.alive(event as MessageEvent<string>);
      this.tell.rung();
    });
    stream.addEventListener("beat", (event) => this.alive(event as MessageEvent<string>));
    stream.addEventListener("error", () => {
      if (stream !== this.stream) return;
      this.gone();
      if (stream.readyState === EventSource.CLOSED) this.retry = window.setTimeout(() => this.open(), RETRY);
    });
  }

  private alive(event: MessageEvent<string>): void {
    this.heard = Date.now();
    this.tell.time(Date.parse((JSON.parse(event.data) as { now: string }).now));
    if (this.away) this.tell.lost(null);
    this.away = null;
  }

  private gone(): void {
    if (this.away) return;
    this.away = new Date(this.heard);
    this.tell.lost(this.away);
  }

  private check(): void {
    if (Date.now() - this.heard < SILENCE) return;
    this.gone();
    this.heard = Date.now() - SILENCE / 2;
    this.open();
  }
}
