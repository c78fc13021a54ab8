// Says who is called: as text for screen readers at once, with a chime and a voice once somebody
// has allowed sound, since browsers are silent until a person touches the page.
import { german, say } from "../words";

export class Voice {
  private readonly waiting: [string, string][] = [];
  private readonly chime: HTMLAudioElement | null;
  private loud = false;
  private busy = false;

  constructor(
    private readonly root: HTMLElement,
    signal: AbortSignal,
  ) {
    const chime = root.dataset["chime"];
    this.chime = chime ? new Audio(chime) : null;
    const button = root.querySelector<HTMLElement>("[data-sound]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.start(button), { signal });
    void this.tryAlone(button);
  }

  call(number: string, counter: string): void {
    this.waiting.push([number, counter]);
    if (!this.busy) void this.next();
  }

  // A display that may make sound by its own settings needs no hand.
  private async tryAlone(button: HTMLElement): Promise<void> {
    const policy = (navigator as { getAutoplayPolicy?: (kind: string) => string }).getAutoplayPolicy?.("mediaelement");
    if (policy !== "allowed" || !this.chime) return;
    this.loud = true;
    button.hidden = true;
  }

  private async start(button: HTMLElement): Promise<void> {
    this.loud = true;
    button.hidden = true;
    await this.ring();
  }

  private async next(): Promise<void> {
    this.busy = true;
    for (let one = this.waiting.shift(); one; one = this.waiting.shift()) {
      this.write(...one);
      if (this.loud) {
        await this.ring();
        await this.speak(...one);
      }
    }
    this.busy = false;
  }

  private write(number: string, counter: string): void {
    const place = this.root.querySelector("[data-said]");
    if (place) place.textContent = this.words(number, counter);
  }

  private words(number: string, counter: string): string {
    return say(`Nummer ${number}, bitte zu ${counter}.`, `Number ${number}, please go to ${counter}.`);
  }

  private async ring(): Promise<void> {
    if ("vibrate" in navigator && !this.chime) navigator.vibrate([300, 100, 300]);
    if (!this.chime) return;
    this.chime.currentTime = 0;
    const over = new Promise<void>((end) => this.chime?.addEventListener("ended", () => end(), { once: true }));
    const played = await this.chime.play().then(() => true, () => false);
    if (played) await Promise.race([over, pause(2000)]);
  }

  private async speak(number: string, counter: string): Promise<void> {
    if (!("speechSynthesis" in window)) return;
    // "E 047" is read as letter and number, not as zero forty-seven.
    const spoken = number.replace(/\b0+(?=\d)/, "");
    const words = new SpeechSynthesisUtterance(this.words(spoken, counter));
    words.lang = german ? "de-DE" : "en-GB";
    words.rate = 0.9;
    const over = new Promise<void>((end) => {
      words.addEventListener("end", () => end());
      words.addEventListener("error", () => end());
    });
    speechSynthesis.speak(words);
    await Promise.race([over, pause(8000)]);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((end) => window.setTimeout(end, milliseconds));
}
