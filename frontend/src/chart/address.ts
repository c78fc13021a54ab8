// The page's own address and its links follow the period that people zoom to.
import { setRange, type Range } from "./data";

let before = "";
const kept = new Map<Element, string>();

export function follow(range: Range): void {
  before ||= location.href;
  const address = new URL(location.href);
  setRange(address, range);
  address.hash = "";
  history.replaceState(history.state, "", address);
  for (const element of document.querySelectorAll("[data-follow]")) point(element, range, address.href);
}

export function restore(): void {
  if (!before) return;
  history.replaceState(history.state, "", before);
  for (const [element, value] of kept) put(element, value);
}

function point(element: Element, range: Range, page: string): void {
  if (!kept.has(element)) kept.set(element, read(element));
  if (element instanceof HTMLInputElement) return put(element, page);
  const address = new URL(read(element), location.href);
  setRange(address, range);
  put(element, address.href);
}

function read(element: Element): string {
  return element instanceof HTMLInputElement ? element.value : ((element as HTMLAnchorElement).getAttribute("href") ?? "");
}

function put(element: Element, value: string): void {
  if (element instanceof HTMLInputElement) element.value = value;
  else element.setAttribute("href", value);
}
