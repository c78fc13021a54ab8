// Puts an observation where the page shows its datastream, and keeps all ages counting.
import { ageWords } from "../ages";
import type { Observation } from "../events";
import { figure } from "../words";

export function show(observation: Observation): void {
  for (const place of document.querySelectorAll<HTMLElement>(
    `[data-datastream="${observation.datastream}"]`,
  )) {
    if (isNewer(place, observation.time)) fill(place, observation);
  }
}

/** Late data never replaces what is shown. */
function isNewer(place: HTMLElement, time: string): boolean {
  const shown = clock(place)?.dateTime;
  return !shown || Date.parse(time) >= Date.parse(shown);
}

function fill(place: HTMLElement, observation: Observation): void {
  for (const number of numbers(place)) mark(number, text(number, observation));
  const time = clock(place);
  if (!time) return;
  // The stream begins with what is known already, and that may be old.
  const isNews = Date.parse(observation.time) > Date.parse(time.dateTime);
  time.dateTime = observation.time;
  if (isNews) setStale(time, isOverdue(time));
  tell(time);
}

function numbers(place: HTMLElement): HTMLElement[] {
  return place.matches("[data-value]") ? [place] : [...place.querySelectorAll<HTMLElement>("[data-value]")];
}

function clock(place: HTMLElement): HTMLTimeElement | null {
  return place.querySelector<HTMLTimeElement>("time[data-age]");
}

function text(number: HTMLElement, observation: Observation): string {
  if (observation.text) return observation.text;
  return figure(observation.value, Number(number.dataset["decimals"] ?? 1));
}

/** Sets the text; a change is shown for a moment. */
export function mark(number: HTMLElement, text: string): void {
  if (number.textContent === text) return;
  number.textContent = text;
  flash(number);
}

export function flash(number: HTMLElement): void {
  number.classList.remove("changed");
  void number.offsetWidth;
  number.classList.add("changed");
  number.addEventListener("animationend", () => number.classList.remove("changed"), { once: true });
}

export function tick(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-age]")) {
    if (isOverdue(time)) setStale(time, true);
    tell(time);
  }
}

function isOverdue(time: HTMLTimeElement): boolean {
  const limit = Number(time.dataset["staleAfter"] ?? time.closest<HTMLElement>("[data-stale-after]")?.dataset["staleAfter"]);
  return limit > 0 && Date.now() - Date.parse(time.dateTime) > limit * 1000;
}

function tell(time: HTMLTimeElement): void {
  const words = ageWords(new Date(time.dateTime), time.hasAttribute("data-stale"));
  if (time.textContent !== words) time.textContent = words;
}

function setStale(time: HTMLTimeElement, stale: boolean): void {
  if (time.hasAttribute("data-stale") === stale) return;
  time.toggleAttribute("data-stale", stale);
  time.parentElement?.querySelector(".dot")?.classList.toggle("stale", stale);
  time.closest(".tile")?.classList.toggle("stale", stale);
}
