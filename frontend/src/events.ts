// What the elements tell each other, through the document.

export interface Observation {
  datastream: number;
  time: string;
  value: number | null;
  text?: string | null;
}

/** Somebody shows these datastreams now: `city-live` adds them to its subscription. */
export const WATCH = "city-live:watch";
export const OBSERVATION = "city-live:observation";

export function watch(datastreams: Iterable<number>): void {
  document.dispatchEvent(new CustomEvent(WATCH, { detail: { datastreams: [...datastreams] } }));
}

export function announce(observation: Observation): void {
  document.dispatchEvent(new CustomEvent(OBSERVATION, { detail: observation }));
}

export function onObservation(hear: (observation: Observation) => void, signal: AbortSignal): void {
  document.addEventListener(
    OBSERVATION,
    (event) => hear((event as CustomEvent<Observation>).detail),
    { signal },
  );
}

export function onWatch(hear: (datastreams: number[]) => void, signal: AbortSignal): void {
  document.addEventListener(
    WATCH,
    (event) => hear((event as CustomEvent<{ datastreams: number[] }>).detail.datastreams),
    { signal },
  );
}
