// The few words that scripts say, and numbers and dates in the page's language and the city's time.

const root = document.documentElement;
export const german = !root.lang.startsWith("en");
export const locale = german ? "de-DE" : "en-GB";
export const zone = root.dataset["zone"] ?? "Europe/Berlin";

export function say(de: string, en: string): string {
  return german ? de : en;
}

/** 11,4 in German, 11.4 in English; separators from 10,000 on, as the server writes them. */
export function figure(value: number | null | undefined, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: Math.abs(value) >= 10000,
  });
  const text = format.format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

export function dated(at: Date, options: Intl.DateTimeFormatOptions, timeZone = zone): string {
  return new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
}

export const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
export const DAY: Intl.DateTimeFormatOptions = german
  ? { day: "2-digit", month: "2-digit", year: "numeric" }
  : { day: "numeric", month: "short", year: "numeric" };
