// Fetches again what the server computes from several datastreams: elements with an id and
// data-refresh="1,2,3". The source is the page, or the fragment that a panel shows (data-src).
import { flash, tick } from "./readings";

const SOON = 250;
const PAUSE = 4000;

let due = new Set<string>();
let timer = 0;
let last = 0;

export function refreshFor(datastream: number): void {
  for (const element of document.querySelectorAll<HTMLElement>("[id][data-refresh]")) {
    if (element.dataset["refresh"]?.split(",").includes(String(datastream))) due.add(element.id);
  }
  if (due.size && !timer) timer = window.setTimeout(run, Math.max(SOON, last + PAUSE - Date.now()));
}

async function run(): Promise<void> {
  const ids = due;
  due = new Set();
  last = Date.now();
  try {
    for (const [source, elements] of bySource(ids)) await renew(source, elements);
  } finally {
    timer = 0;
  }
}

function bySource(ids: Set<string>): Map<string, HTMLElement[]> {
  const sources = new Map<string, HTMLElement[]>();
  for (const id of ids) {
    const element = document.getElementById(id);
    if (!element) continue;
    const source = element.closest<HTMLElement>("[data-src]")?.dataset["src"] ?? location.href;
    sources.set(source, [...(sources.get(source) ?? []), element]);
  }
  return sources;
}

async function renew(source: string, elements: HTMLElement[]): Promise<void> {
  const answer = await fetch(source, { headers: { Accept: "text/html" }, cache: "no-cache" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const element of elements) {
    const fresh = page.getElementById(element.id);
    if (fresh) swap(element, fresh);
  }
  tick();
}

function swap(element: HTMLElement, fresh: HTMLElement): void {
  const before = values(element).map((value) => value.textContent);
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  element.className = fresh.className;
  element.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  values(element).forEach((value, i) => {
    if (value.textContent !== before[i]) flash(value);
  });
  if (focused instanceof HTMLAnchorElement) {
    element.querySelector<HTMLElement>(`a[href="${CSS.escape(focused.getAttribute("href") ?? "")}"]`)?.focus();
  }
}

function values(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("[data-value]")];
}
