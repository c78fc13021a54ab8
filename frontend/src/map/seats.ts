// Finds a seat for every pin, so that none covers another's number.

/** Where a pin would like to be, how wide it is with and without its name, and how high. */
export interface Wish {
  x: number;
  y: number;
  bare: number;
  full: number;
  height: number;
}

/** How far a pin moves aside, and what it shows: number and name, the number, or its sign alone. */
export interface Seat {
  dx: number;
  dy: number;
  shows: "full" | "bare" | "sign";
}

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GAP = 3;
const STEPS = [0, 1, 1.7, 2.4, 3.2];
const SIGN = 26;
const WAYS = 12;

export interface Room {
  width: number;
  height: number;
  /** What lies on the map: pins that move aside do not move under it. */
  kept: Box[];
}

/** Wishes come with the most urgent first; pins that move and names stay in the room. */
export function seats(wishes: Wish[], room: Room, names: boolean): Seat[] {
  const taken: Box[] = [];
  const found = wishes.map((wish): Seat => {
    if (!visible(wish, room)) return { dx: 0, dy: 0, shows: "sign" };
    const seat = free(wish, taken, room);
    if (seat) taken.push(box(wish, seat, wish.bare));
    return seat ?? sign(wish, taken, room);
  });
  return names ? named(wishes, found, room) : found;
}

function free(wish: Wish, taken: Box[], room: Room): Seat | undefined {
  return [...steps(wish)].find((seat) => {
    const mine = box(wish, seat, wish.bare);
    const moved = seat.dx !== 0 || seat.dy !== 0;
    const fits = !moved || (within(mine, room) && !room.kept.some((other) => overlap(mine, other)));
    return fits && !taken.some((other) => overlap(mine, other));
  });
}

function sign(wish: Wish, taken: Box[], room: Room): Seat {
  const small = { ...wish, bare: SIGN, height: SIGN };
  const { dx, dy } = free(small, taken, room) ?? { dx: 0, dy: 0 };
  taken.push(box(small, { dx, dy, shows: "sign" }, SIGN));
  return { dx, dy, shows: "sign" };
}

function visible(wish: Wish, room: Room): boolean {
  return wish.x >= 0 && wish.x <= room.width && wish.y >= 0 && wish.y <= room.height;
}

function within(mine: Box, room: Room): boolean {
  return mine.left >= 0 && mine.right <= room.width && mine.top >= 0 && mine.bottom <= room.height;
}

/** Where it belongs first, then around it, farther and farther; up and down before aside. */
function* steps(wish: Wish): Generator<Seat> {
  for (const step of STEPS) {
    for (let i = 0; i < (step ? WAYS : 1); i++) {
      const turn = ((i % 2 ? 1 : -1) * Math.ceil(i / 2) * 2 * Math.PI) / WAYS - Math.PI / 2;
      const aside = Math.cos(turn) * (wish.bare + GAP) * 0.62;
      const up = Math.sin(turn) * (wish.height + GAP) * 0.75;
      yield { dx: Math.round(aside * step), dy: Math.round(up * step), shows: "bare" };
    }
  }
}

/** A name is shown by a pin that did not move, where it covers no other and does not leave the view. */
function named(wishes: Wish[], found: Seat[], room: Room): Seat[] {
  const boxes = wishes.map((wish, i) => box(wish, found[i] as Seat, wish.bare));
  return found.map((seat, i) => {
    const wish = wishes[i] as Wish;
    const full = box(wish, seat, wish.full);
    const alone = boxes.every((other, j) => j === i || found[j]?.shows === "sign" || !overlap(full, other));
    const moved = seat.dx !== 0 || seat.dy !== 0;
    if (seat.shows === "sign" || moved || !alone || !within(full, room)) return seat;
    boxes[i] = full;
    return { ...seat, shows: "full" };
  });
}

function box(wish: Wish, seat: Seat, width: number): Box {
  const [x, y] = [wish.x + seat.dx, wish.y + seat.dy];
  const [across, up] = [(width + GAP) / 2, (wish.height + GAP) / 2];
  return { left: x - across, right: x + across, top: y - up, bottom: y + up };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
