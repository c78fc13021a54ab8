// The service worker: network first, the last copy of lists when there is no network, and messages.
// The few types of a worker that it needs: the library's own would change those of all pages.
interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Asked extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  data: { json(): unknown } | null;
}
interface Tapped extends Lasting {
  notification: Notification;
}
interface Page {
  url: string;
  focus(): Promise<unknown>;
}
interface Worker {
  CITY: Kept;
  location: Location;
  registration: ServiceWorkerRegistration;
  clients: { claim(): Promise<void>; matchAll(which: { type: "window" }): Promise<Page[]>; openWindow(address: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", heard: (event: Lasting) => void): void;
  addEventListener(name: "fetch", heard: (event: Asked) => void): void;
  addEventListener(name: "push", heard: (event: Told) => void): void;
  addEventListener(name: "notificationclick", heard: (event: Tapped) => void): void;
}
interface Kept {
  version: string;
  shell: string[];
  offline: Record<string, string>;
  lists: string[];
}
interface Message {
  title: string;
  body: string;
  url: string;
  tag: string;
  lang: string;
  urgent: boolean;
}

const worker = self as unknown as Worker;
const kept = worker.CITY;
const SHELL = `shell-${kept.version}`;
// Copies of pages outlive a new version: an update must not take the offline list away.
const PAGES = "pages-1";
const AT = "x-kept-at";
const PATIENCE = 6000;

worker.addEventListener("install", (event) => {
  const addresses = [...kept.shell, ...Object.values(kept.offline)];
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(addresses)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

async function tidy(): Promise<void> {
  for (const name of await caches.keys()) {
    // Other caches belong to other workers.
    if (/^(shell|pages)-/.test(name) && name !== SHELL && name !== PAGES) await caches.delete(name);
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address));
  else if (address.pathname.startsWith("/static/") || kept.shell.includes(address.pathname)) event.respondWith(file(request, address));
});

/** The network's answer where there is one, so that nobody is left in an old version. */
async function page(request: Request, address: URL): Promise<Response> {
  const asked = fetch(request);
  asked.catch(() => undefined);
  const answer = await soon(asked).catch(async () => (await copy(address)) ?? asked.catch(() => null));
  if (!answer) return fallback(address);
  const own = answer.ok && !address.search && kept.lists.includes(address.pathname);
  if (own && !answer.headers.has(AT)) await keep(address, answer.clone());
  return answer;
}

/** A network that does not answer counts as none where a copy is at hand. */
async function soon(asked: Promise<Response>): Promise<Response> {
  const late = new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE));
  return Promise.race([asked, late]);
}

async function keep(address: URL, answer: Response): Promise<void> {
  if (answer.redirected || /no-store|private/.test(answer.headers.get("cache-control") ?? "")) return;
  const headers = new Headers(answer.headers);
  headers.set(AT, new Date().toISOString());
  const cache = await caches.open(PAGES);
  await cache.put(address.pathname, new Response(await answer.blob(), { headers }));
}

/** The last copy, with a line that says how old it is. */
async function copy(address: URL): Promise<Response | null> {
  const found = await (await caches.open(PAGES)).match(address.pathname);
  if (!found) return null;
  const html = await found.text();
  return new Response(html.replace(/<main[^>]*>/, (main) => main + note(html, found.headers.get(AT) ?? "")), { headers: found.headers });
}

function note(html: string, at: string): string {
  const english = /<html[^>]*lang="en/.test(html);
  const when = new Intl.DateTimeFormat(english ? "en-GB" : "de-DE", { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const text = english ? `You are offline. This is how it was on ${when}.` : `Sie sind offline. Das ist der Stand vom ${when}.`;
  return `<div class="wrap"><p class="note warning" role="status" id="as-of">${text}</p></div>`;
}

async function fallback(address: URL): Promise<Response> {
  const language = address.pathname.startsWith("/en/") ? "en" : "de";
  const found = await caches.match(kept.offline[language] ?? "");
  return found ?? Response.error();
}

/** Files have their version in their address, so a copy is as good as the original. */
async function file(request: Request, address: URL): Promise<Response> {
  const fresh = address.searchParams.has("v") || address.pathname.includes("/fonts/");
  const known = await caches.match(request);
  if (known && fresh) return known;
  try {
    return await fetch(request);
  } catch {
    return known ?? (await caches.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

worker.addEventListener("push", (event) => {
  const said = event.data?.json() as Message | undefined;
  if (!said) return;
  const options = { body: said.body, tag: said.tag, lang: said.lang, icon: "/app/icon-192.png", badge: "/app/icon-192.png", data: { url: said.url }, requireInteraction: said.urgent };
  event.waitUntil(worker.registration.showNotification(said.title, options));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL((event.notification.data as { url: string }).url, worker.location.origin);
  // A message leads to the city's own pages only.
  if (address.origin === worker.location.origin) event.waitUntil(open(address.href));
});

async function open(address: string): Promise<void> {
  for (const client of await worker.clients.matchAll({ type: "window" })) {
    if (client.url === address) {
      await client.focus();
      return;
    }
  }
  await worker.clients.openWindow(address);
}

export {};
