// A stream of observations that keeps itself open and says when it is not.
import type { Observation } from "../events";

const RETRY = [2000, 5000, 10000, 15000];

export class Source {
  private stream: EventSource | null = null;
  private failures = 0;
  private retry = 0;

  constructor(
    private readonly url: () => string,
    private readonly hear: (observation: Observation) => void,
    private readonly connected: (open: boolean) => void,
  ) {}

  /** Opens the stream, or opens it anew for other datastreams; the old one stays until then. */
  open(): void {
    clearTimeout(this.retry);
    const old = this.stream;
    const stream = new EventSource(this.url());
    this.stream = stream;
    stream.addEventListener("open", () => {
      old?.close();
      this.failures = 0;
      this.connected(true);
    });
    const heard = (event: Event): void => {
      this.hear(JSON.parse((event as MessageEvent<string>).data) as Observation);
    };
    stream.addEventListener("observation", heard);
    stream.addEventListener("message", heard);
    stream.addEventListener("error", () => this.failed(stream, old));
  }

  close(): void {
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
  }

  /** The browser tries again by itself unless the server answered with an error. */
  private failed(stream: EventSource, old: EventSource | null): void {
    if (stream !== this.stream) return;
    this.connected(false);
    if (stream.readyState !== EventSource.CLOSED) return;
    old?.close();
    const wait = RETRY[Math.min(this.failures, RETRY.length - 1)] ?? 15000;
    this.failures += 1;
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), wait);
  }
}
