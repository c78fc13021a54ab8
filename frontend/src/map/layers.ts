// The layers of the map: what is on, loading, and loading again when an observation arrives.
import { watch } from "../events";
import { json, spots, type LayerInfo, type PinCollection, type Spot } from "./model";

const SOON = 500;

export class Layers {
  readonly infos: LayerInfo[] = [];
  credit = "";
  readonly hidden = new Set<string>();
  /** The past of a place, while the map travels in time; what it knows nothing of is not shown. */
  then: ((layer: string, spot: Spot) => Spot | null) | null = null;
  private readonly spots = new Map<string, Spot[]>();
  private readonly timers = new Map<string, number>();

  constructor(
    private readonly url: string,
    private readonly theme: () => string,
    private readonly changed: (slug: string) => void,
    private readonly failed: (broken: boolean) => void,
  ) {}

  /** `on` are the layers that the page's address turns on. */
  async load(on: readonly string[] = []): Promise<void> {
    try {
      const { layers, credit } = await json<{ layers: LayerInfo[]; credit?: string }>(this.url);
      this.infos.splice(0, this.infos.length, ...layers);
      this.credit = credit ?? "";
      for (const info of layers) if (!this.isFirst(info) && !on.includes(info.slug)) this.hidden.add(info.slug);
    } catch {
      this.failed(true);
      return;
    }
    await this.loadShown();
  }

  /** Loads what is visible and not loaded yet. */
  async loadShown(): Promise<void> {
    const open = this.infos.filter((info) => this.isShown(info) && !this.spots.has(info.slug));
    await Promise.all(open.map((info) => this.reload(info)));
  }

  /** Whether it is on from the start: a theme shows all of its own. */
  private isFirst(info: LayerInfo): boolean {
    return info.shown !== false || this.theme() === info.theme;
  }

  /** What people turned off and on, for the page's address. */
  turned(): { off: string; on: string } {
    const slugs = (infos: LayerInfo[]): string => infos.map((info) => info.slug).join(",");
    return {
      off: slugs(this.infos.filter((info) => this.isFirst(info) && this.hidden.has(info.slug))),
      on: slugs(this.infos.filter((info) => !this.isFirst(info) && !this.hidden.has(info.slug))),
    };
  }

  isOffered(info: LayerInfo): boolean {
    return !this.theme() || this.theme() === info.theme;
  }

  isShown(info: LayerInfo): boolean {
    return this.isOffered(info) && !this.hidden.has(info.slug);
  }

  of(info: LayerInfo): Spot[] {
    const now = this.isShown(info) ? (this.spots.get(info.slug) ?? []) : [];
    const { then } = this;
    return then ? now.map((spot) => then(info.slug, spot)).filter((spot) => spot !== null) : now;
  }

  /** Every place of the layers that are shown. */
  all(): Spot[] {
    return this.infos.flatMap((info) => this.of(info));
  }

  find(id: string): Spot | undefined {
    return [...this.spots.values()].flat().find((spot) => spot.id === id);
  }

  /** Bursts of observations lead to one reload. */
  heard(datastream: number): void {
    for (const info of this.infos) {
      const known = this.spots.get(info.slug) ?? [];
      if (known.some((spot) => spot.datastreams.includes(datastream))) this.reloadSoon(info);
    }
  }

  private reloadSoon(info: LayerInfo): void {
    if (this.timers.has(info.slug)) return;
    const run = (): void => {
      this.timers.delete(info.slug);
      void this.reload(info);
    };
    this.timers.set(info.slug, window.setTimeout(run, SOON));
  }

  private async reload(info: LayerInfo): Promise<void> {
    try {
      const found = spots(await json<PinCollection>(info.url));
      this.spots.set(info.slug, found);
      watch(found.flatMap((spot) => spot.datastreams));
      this.failed(false);
      this.changed(info.slug);
    } catch {
      this.failed(true);
    }
  }
}
