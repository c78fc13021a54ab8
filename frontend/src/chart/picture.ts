// The chart as a PNG that says what it shows: title, series, period.
import { say } from "../words";

export interface Caption {
  title: string;
  series: string;
  period: string;
}

export function download(plot: HTMLCanvasElement, caption: Caption): void {
  const scale = devicePixelRatio || 1;
  const head = 64 * scale;
  const canvas = document.createElement("canvas");
  canvas.width = plot.width;
  canvas.height = plot.height + head;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const look = getComputedStyle(document.documentElement);
  pen.fillStyle = look.getPropertyValue("--paper").trim();
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = getComputedStyle(document.body).color;
  pen.font = `700 ${17 * scale}px "Fira Sans", sans-serif`;
  pen.fillText(caption.title, 12 * scale, 26 * scale);
  pen.font = `${13 * scale}px "Fira Sans", sans-serif`;
  pen.fillText(`${caption.series} · ${caption.period}`, 12 * scale, 48 * scale);
  pen.drawImage(plot, 0, head);
  canvas.toBlob((blob) => blob && save(blob, caption.title), "image/png");
}

function save(blob: Blob, title: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() || say("verlauf", "chart")}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
