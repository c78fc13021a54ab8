// How old a number is, in words; the twin of ages.py.
import { CLOCK, DAY, dated, say } from "./words";

const MINUTE = 60;
const HOUR = 3600;
const DAYS = 86400;

export function ageWords(at: Date, stale: boolean, now = new Date()): string {
  return stale ? asOf(at, now) : ago(at, Math.max(0, (now.getTime() - at.getTime()) / 1000));
}

function ago(at: Date, age: number): string {
  if (age < MINUTE) return counted(age, "s");
  if (age < HOUR) return counted(age / MINUTE, "min");
  if (age < DAYS) return counted(age / HOUR, "h");
  if (age < 7 * DAYS) return days(Math.floor(age / DAYS));
  return dated(at, DAY);
}

function counted(count: number, unit: string): string {
  const whole = Math.floor(count);
  return say(`vor ${whole} ${unit}`, `${whole} ${unit} ago`);
}

function days(count: number): string {
  if (count === 1) return say("vor 1 Tag", "1 day ago");
  return say(`vor ${count} Tagen`, `${count} days ago`);
}

function asOf(at: Date, now: Date): string {
  const [day, time] = [dated(at, DAY), dated(at, CLOCK)];
  if (day === dated(now, DAY)) return say(`Stand ${time}`, `as of ${time}`);
  const yesterday = dated(new Date(now.getTime() - DAYS * 1000), DAY);
  if (day === yesterday) return say(`Stand gestern, ${time}`, `as of yesterday, ${time}`);
  return say(`Stand ${day}`, `as of ${day}`);
}
