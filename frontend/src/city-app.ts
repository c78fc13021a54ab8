// Registers the service worker, and offers to install the city where the browser can: <city-install>.
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

const address = document.querySelector<HTMLMetaElement>('meta[name="city-worker"]')?.content;

if (address && "serviceWorker" in navigator) {
  const register = () => void navigator.serviceWorker.register(address, { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}

addEventListener("beforeinstallprompt", (event) => {
  const offer = document.querySelector<HTMLElement>("city-install");
  const button = offer?.querySelector("button");
  if (!offer || !button) return;
  event.preventDefault();
  offer.hidden = false;
  button.addEventListener("click", () => void (event as InstallPrompt).prompt(), { once: true });
});
