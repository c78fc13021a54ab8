// How uPlot draws our series: lines with bands, one axis per unit, dates in the city's time.
import uPlot from "uplot";
import { CLOCK, DAY, dated, figure, german, say } from "../words";
import type { Chunk, Series } from "./data";

const DAY_LENGTH = 86400;
const SHORT: Intl.DateTimeFormatOptions = german
  ? { day: "2-digit", month: "2-digit" }
  : { day: "numeric", month: "short" };
const DASHES: (number[] | undefined)[] = [undefined, [8, 4], [2, 3], [12, 4, 2, 4], [5, 5], [16, 6], [2, 6], [8, 3, 2, 3]];
const COLOURS = ["--city", "--action", "--tight", "--series-4", "--series-5", "--series-6", "--series-7", "--series-8"];

export interface Wishes {
  width: number;
  height: number;
  zone: string;
  /** What is in view, also while finer values are on their way. */
  view: () => [number, number];
  cursor: (index: number | null) => void;
  selected: (from: number, to: number) => void;
  reset: () => void;
}

export function plot(host: HTMLElement, chunk: Chunk, wishes: Wishes): uPlot {
  const chart = new uPlot(options(host, chunk, wishes), data(chunk), host);
  chart.over.addEventListener("dblclick", wishes.reset);
  return chart;
}

export function data(chunk: Chunk): uPlot.AlignedData {
  const columns = chunk.series.flatMap((one) => [one.value, ...(banded(one) ? [one.max, one.min] : [])]);
  return [chunk.t, ...columns] as uPlot.AlignedData;
}

function banded(one: Series): one is Series & { min: (number | null)[]; max: (number | null)[] } {
  return one.min !== null && one.max !== null && one.min !== undefined && one.max !== undefined;
}

function options(host: HTMLElement, chunk: Chunk, wishes: Wishes): uPlot.Options {
  const look = getComputedStyle(host);
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const now = chunk.series.filter((one) => !one.earlier);
  chunk.series.forEach((one) => {
    const i = now.findIndex((other) => other.datastream === one.datastream);
    const colour = look.getPropertyValue(COLOURS[i] ?? "--ink-2").trim();
    const first = series.length;
    series.push(line(one, colour, i, chunk));
    if (!banded(one)) return;
    series.push(edge(one), edge(one));
    bands.push({ series: [first + 1, first + 2], fill: translucent(colour, one.earlier ? 0.07 : 0.18) });
  });
  return {
    width: wishes.width,
    height: wishes.height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), wishes.zone),
    legend: { show: false },
    padding: [10, null, null, null],
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 8 }, bind: { dblclick: () => null } },
    scales: { x: { time: true, range: () => wishes.view() }, ...heights(chunk) },
    series,
    bands,
    axes: axes(chunk, look, wishes.zone),
    hooks: {
      setCursor: [(u) => wishes.cursor(u.cursor.idx ?? null)],
      setSelect: [(u) => select(u, wishes)],
      draw: [(u) => flags(u, chunk, look.getPropertyValue("--bad").trim())],
    },
  };
}

function line(one: Series, colour: string, index: number, chunk: Chunk): uPlot.Series {
  const dash = DASHES[index];
  return {
    label: one.name,
    scale: scaleOf(one),
    stroke: colour,
    width: one.earlier ? 1.3 : 2,
    points: { show: chunk.t.length < 60, size: one.earlier ? 3 : 5 },
    ...(one.earlier ? { dash: [3, 3], alpha: 0.8 } : dash ? { dash } : {}),
  };
}

function edge(one: Series): uPlot.Series {
  return { scale: scaleOf(one), stroke: "transparent", width: 0, points: { show: false } };
}

function scaleOf(one: Series): string {
  return one.unit || "number";
}

/** A hollow triangle over values that are estimated or doubtful; where they stand close, not over each. */
function flags(u: uPlot, chunk: Chunk, colour: string): void {
  const size = 5 * devicePixelRatio;
  const pen = u.ctx;
  pen.save();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6 * devicePixelRatio;
  for (const one of chunk.series) {
    let last = -Infinity;
    one.quality?.forEach((quality, i) => {
      const [at, value] = [chunk.t[i], one.value[i]];
      if (!quality || at === undefined || value === null || value === undefined) return;
      const [x, y] = [u.valToPos(at, "x", true), u.valToPos(value, scaleOf(one), true) - 2 * size];
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width || x - last < 4 * size) return;
      last = x;
      pen.beginPath();
      pen.moveTo(x, y + size);
      pen.lineTo(x - size, y - size);
      pen.lineTo(x + size, y - size);
      pen.closePath();
      pen.stroke();
    });
  }
  pen.restore();
}

function translucent(colour: string, alpha: number): string {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pen) return "transparent";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return `rgba(${r},${g},${b},${alpha})`;
}

/** A series that never changed gets a scale of its own size, not one of a hundred. */
function heights(chunk: Chunk): Record<string, uPlot.Scale> {
  const range = (_: uPlot, low: number | null, high: number | null): [number, number] => {
    if (low === null || high === null) return [0, 1];
    if (low === high) return low === 0 ? [0, 1] : [low - 1, high + 1];
    return uPlot.rangeNum(low, high, 0.1, true) as [number, number];
  };
  return Object.fromEntries(chunk.series.map((one) => [scaleOf(one), { range }]));
}

function axes(chunk: Chunk, look: CSSStyleDeclaration, zone: string): uPlot.Axis[] {
  const text = look.getPropertyValue("--ink-2").trim();
  const grid = look.getPropertyValue("--line").trim();
  const common: uPlot.Axis = {
    stroke: text,
    font: `13px "Fira Sans", sans-serif`,
    labelFont: `13px "Fira Sans", sans-serif`,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  const units = [...new Set(chunk.series.map(scaleOf))].slice(0, 2);
  const across = (_: uPlot, splits: number[], __: number, ___: number, step: number): string[] =>
    splits.map((at, i) => tick(at, splits[i - 1], step, zone));
  return [{ ...common, space: 64, values: across }, ...units.map((unit, i) => upright(common, unit, i, chunk))];
}

function upright(common: uPlot.Axis, unit: string, index: number, chunk: Chunk): uPlot.Axis {
  const named = chunk.series.find((one) => scaleOf(one) === unit)?.unit ?? "";
  const values = (_: uPlot, splits: number[]): string[] => splits.map((v) => figure(v, places(splits)));
  return {
    ...common,
    scale: unit,
    side: index === 0 ? 3 : 1,
    values,
    size: 56,
    ...(named ? { label: named, labelSize: 20 } : {}),
    ...(index === 0 ? {} : { grid: { show: false } }),
  };
}

function places(splits: number[]): number {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
  const enough = [0, 1, 2, 3].find((n) => Math.abs(Number(step.toFixed(n)) - step) < step / 100);
  return enough ?? 4;
}

/** Hours within a day, days within a year, months over years; each new day is named once. */
function tick(at: number, before: number | undefined, step: number, zone: string): string {
  const date = new Date(at * 1000);
  if (step >= 28 * DAY_LENGTH) return dated(date, { month: "short", year: "2-digit" }, zone);
  const day = dated(date, SHORT, zone);
  if (step >= DAY_LENGTH) return day;
  const clock = dated(date, CLOCK, zone);
  const earlier = before === undefined ? "" : dated(new Date(before * 1000), SHORT, zone);
  return day === earlier ? clock : `${clock}\n${day}`;
}

function select(u: uPlot, wishes: Wishes): void {
  if (u.select.width < 8) return;
  const from = u.posToVal(u.select.left, "x");
  const to = u.posToVal(u.select.left + u.select.width, "x");
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  wishes.selected(from, to);
}

/** `24.11., 10:20: Temperatur 11,4 °C (9,8 bis 12,6)`. */
export function reading(chunk: Chunk, index: number, zone: string): string {
  const at = chunk.t[index];
  if (at === undefined) return "";
  const when = dated(new Date(at * 1000), chunk.bucket.endsWith("day") || chunk.bucket.endsWith("month") ? DAY : { ...DAY, ...CLOCK }, zone);
  return `${when}: ${chunk.series.map((one) => value(one, index)).join("; ")}`;
}

function value(one: Series, index: number): string {
  const known = one.value[index];
  const name = one.name;
  if (known === null || known === undefined) return `${name} ${say("kein Wert", "no value")}`;
  const decimals = one.decimals ?? 1;
  const [low, high] = [one.min?.[index], one.max?.[index]];
  const isBand = low !== null && low !== undefined && high !== null && high !== undefined && low !== high;
  const band = isBand ? ` (${figure(low, decimals)} ${say("bis", "to")} ${figure(high, decimals)})` : "";
  const flag = ["", say("geschätzt", "estimated"), say("fraglich", "doubtful")][one.quality?.[index] ?? 0] ?? "";
  return `${name} ${figure(known, decimals)} ${one.unit}${band}${flag ? `, ${flag}` : ""}`.trim();
}
