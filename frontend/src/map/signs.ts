// The shape and colour of a state: circle, triangle, square, diamond, ring. Stale ones are hollow.
import type { State } from "./model";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES: Record<State, string> = {
  good: "M6 .6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 1 0 6 .6Z",
  tight: "M6 .5 12 11.5H0Z",
  bad: "M.8.8h10.4v10.4H.8Z",
  info: "M6 0 12 6 6 12 0 6Z",
  none: "M6 1.6a4.4 4.4 0 1 0 0 8.8A4.4 4.4 0 1 0 6 1.6Z",
};

export function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export function sign(state: State): SVGElement {
  const picture = svg("svg", { viewBox: "0 0 12 12", class: `sign ${state}`, "aria-hidden": "true" });
  picture.append(svg("path", { d: SHAPES[state] }));
  return picture;
}

/** A ring that fills with the share. */
export function ring(state: State, share: number): SVGElement {
  const picture = svg("svg", { viewBox: "0 0 30 30", class: `pin-ring ${state}`, "aria-hidden": "true" });
  picture.append(svg("circle", { cx: 15, cy: 15, r: 11, class: "pin-rest" }));
  const part = Math.min(Math.max(share, 0), 1) * 100;
  const arc = svg("circle", { cx: 15, cy: 15, r: 11, pathLength: 100, class: "pin-share" });
  arc.setAttribute("stroke-dasharray", `${part} 100`);
  if (part > 0) picture.append(arc);
  return picture;
}

/** The small points of a layer are drawn by the map itself, so they need pictures. */
export function picture(state: State, stale: boolean, colour: string, ground: string): ImageData {
  const size = 36;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.translate(4, 4);
  pen.scale(28 / 12, 28 / 12);
  const hollow = stale || state === "none";
  const shape = new Path2D(SHAPES[state]);
  pen.lineJoin = "round";
  pen.lineWidth = hollow ? 3.4 : 2.4;
  pen.strokeStyle = ground;
  pen.stroke(shape);
  pen.fillStyle = hollow ? ground : colour;
  pen.fill(shape);
  pen.lineWidth = 1.8;
  pen.strokeStyle = colour;
  if (hollow) pen.stroke(shape);
  return pen.getImageData(0, 0, size, size);
}
