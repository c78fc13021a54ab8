// One's own dashboard, kept in this browser and nowhere else.
const KEY = "stadtkern-mine";
const MOST = 24;
export const CHANGED = "city-mine:changed";

export interface Item {
  item: string;
  title: string;
}

export function items(): Item[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Item[];
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.item === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** False where the browser keeps nothing, such as in a private window. */
export function keep(all: Item[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(all.slice(0, MOST)));
  } catch {
    return false;
  }
  document.dispatchEvent(new CustomEvent(CHANGED));
  return true;
}

export function isFull(): boolean {
  return items().length >= MOST;
}

export function has(item: string): boolean {
  return items().some((one) => one.item === item);
}
