// The series that the server sends, aligned to one time axis; null is a gap.

export interface Series {
  datastream: number;
  name: string;
  unit: string;
  decimals?: number;
  value: (number | null)[];
  min: (number | null)[] | null;
  max: (number | null)[] | null;
  /** The same datastream in the period that this one is compared with. */
  earlier?: boolean;
  /** Flags of the observations: 0 good, 1 estimated, 2 doubtful. */
  quality?: number[];
}

export interface Chunk {
  from: string;
  to: string;
  bucket: string;
  t: number[];
  series: Series[];
}

export interface Range {
  from: number;
  to: number;
}

export async function load(url: string, range: Range | null, points: number): Promise<Chunk> {
  const address = new URL(url, location.href);
  if (range) setRange(address, range);
  address.searchParams.set("points", String(points));
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Chunk;
}

export function setRange(address: URL, range: Range): void {
  address.searchParams.delete("range");
  address.searchParams.set("from", instant(range.from));
  address.searchParams.set("to", instant(range.to));
}

export function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

export function rangeOf(chunk: Chunk): Range {
  return { from: Date.parse(chunk.from) / 1000, to: Date.parse(chunk.to) / 1000 };
}

export function isEmpty(chunk: Chunk): boolean {
  return !chunk.series.some((one) => one.value.some((value) => value !== null));
}

/** Adds a live value in place; false where the server has to aggregate again. */
export function append(chunk: Chunk, datastream: number, at: number, value: number | null): boolean {
  if (chunk.bucket !== "raw") return false;
  const last = chunk.t.at(-1) ?? -Infinity;
  if (at < last) return false;
  if (at > last) {
    chunk.t.push(at);
    for (const one of chunk.series) {
      pushTo(one, null);
      one.quality?.push(0);
    }
  }
  const own = chunk.series.find((one) => one.datastream === datastream);
  if (own) own.value[own.value.length - 1] = value;
  return true;
}

function pushTo(series: Series, value: number | null): void {
  series.value.push(value);
  series.min?.push(value);
  series.max?.push(value);
}
