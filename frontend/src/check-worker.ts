// The service worker of the officer's page: without a connection it opens the page that notes
// plates; online it stays out of the way. It keeps no answer of the server.
interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Asked extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  CHECK: { version: string; page: string; shell: string; files: string[] };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", heard: (event: Lasting) => void): void;
  addEventListener(name: "fetch", heard: (event: Asked) => void): void;
}

const worker = self as unknown as Worker;
const kept = worker.CHECK;
const NAME = "parking-check-";
const SHELL = NAME + kept.version;
const PATIENCE = 8000;

worker.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

/** Throws where somebody is signed out: the page to sign in is not what shall be kept. */
async function fill(): Promise<void> {
  const shell = await fetch(kept.shell, { cache: "no-store" });
  if (!shell.ok || shell.redirected) throw new Error("signed out");
  const cache = await caches.open(SHELL);
  await cache.put(kept.shell, shell);
  await cache.addAll(kept.files);
}

async function tidy(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(NAME) && name !== SHELL) await caches.delete(name);
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && address.pathname === kept.page) event.respondWith(page(request));
  else if (kept.files.some((file) => new URL(file, location.origin).href === address.href)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

async function page(request: Request): Promise<Response> {
  const late = new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE));
  try {
    return await Promise.race([fetch(request), late]);
  } catch {
    return (await caches.match(kept.shell)) ?? Response.error();
  }
}

export {};
