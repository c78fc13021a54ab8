// Loads the map's own code once the page has settled. With a finger only when a map is near and the
// first touch asks for it, or a quiet moment; until then the list that the map wraps is there.
const QUIET = 4000;
const ASKS = ["pointerdown", "touchstart", "scroll", "keydown", "focusin"] as const;

const maps = [...document.querySelectorAll<HTMLElement>("city-map[data-code]")];
let asked = false;

function load(): void {
  if (asked) return;
  asked = true;
  for (const kind of ASKS) removeEventListener(kind, load, true);
  void import(new URL(maps[0]?.dataset["code"] ?? "", location.href).href);
}

/** Once everything else is there, and nothing else wants to be done. */
function settled(then: () => void): void {
  const idle = (): void => void ("requestIdleCallback" in window ? requestIdleCallback(then, { timeout: 1500 }) : setTimeout(then, 200));
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}

/** A link to a view of the map is about the map. */
function wanted(): boolean {
  return /[?&](view|place|day)=/.test(location.search) || !matchMedia("(pointer: coarse)").matches;
}

function listen(): void {
  for (const kind of ASKS) addEventListener(kind, load, { capture: true, passive: true });
  setTimeout(load, QUIET);
}

function watch(): void {
  const sight = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    sight.disconnect();
    settled(listen);
  }, { rootMargin: "400px" });
  for (const map of maps) sight.observe(map);
}

if (maps.length && wanted()) settled(load);
else if (maps.length) watch();
