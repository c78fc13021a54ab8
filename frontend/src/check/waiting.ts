// Checks that wait for a connection, in this browser alone. Readable are only when, in which zone,
// whose, and the plate's last two characters; the rest is closed (seal.ts). They go when they were
// sent, and after a day.
const KEPT = "parking-checks";
const MOST_AGE = 23 * 3600_000;

export interface Waiting {
  id: string;
  at: string;
  zone: string;
  end: string;
  who: string;
  sealed: string;
}

/** Those of an officer; somebody else's on the same phone wait for that person. */
export function waiting(who: string): Waiting[] {
  return all().filter((one) => one.who === who);
}

export function add(one: Waiting): void {
  store([...all(), one]);
}

export function remove(id: string): void {
  store(all().filter((one) => one.id !== id));
}

function all(): Waiting[] {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "[]") as Waiting[];
    return found.filter((one) => one.sealed && Date.now() - Date.parse(one.at) < MOST_AGE);
  } catch {
    return [];
  }
}

function store(found: Waiting[]): void {
  if (found.length) localStorage.setItem(KEPT, JSON.stringify(found));
  else localStorage.removeItem(KEPT);
}
