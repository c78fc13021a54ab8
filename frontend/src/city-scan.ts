// <city-scan data-for="id_label">: reads a QR code with the camera, or from a photo, into a field.
// Nothing leaves the browser. Without script the field is typed or pasted into.
import { decodeQR } from "qr/decode.js";
import { say } from "./words";

const PAUSE = 150;
// Larger photos take long and read no better.
const LONGEST = 1600;

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

class CityScan extends HTMLElement {
  private readonly said = document.createElement("p");
  private readonly video = document.createElement("video");
  private readonly camera = button(say("QR-Code scannen", "Scan the QR code"));
  private readonly picture = document.createElement("label");
  private stream: MediaStream | null = null;
  private detector: Detector | null = null;

  connectedCallback(): void {
    if (this.childElementCount) return;
    this.said.className = "muted";
    this.said.setAttribute("role", "status");
    this.video.playsInline = true;
    this.video.muted = true;
    this.video.hidden = true;
    this.camera.hidden = !("mediaDevices" in navigator);
    this.camera.addEventListener("click", () => void (this.stream ? this.stop() : this.start()));
    this.picture.className = "btn quiet";
    this.picture.append(say("Foto vom Etikett", "Photo of the label"), this.chooser());
    const row = document.createElement("div");
    row.className = "row";
    row.append(this.camera, this.picture);
    this.append(row, this.video, this.said);
    void this.prepare();
  }

  disconnectedCallback(): void {
    this.stop();
  }

  private chooser(): HTMLInputElement {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.addEventListener("change", () => void this.read(input));
    return input;
  }

  /** The browser's own reader where it has one for QR codes. */
  private async prepare(): Promise<void> {
    const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
    const formats = await own?.getSupportedFormats().catch((): string[] => []);
    if (own && formats?.includes("qr_code")) this.detector = new own({ formats: ["qr_code"] });
  }

  private async start(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      this.said.textContent = say(
        "Die Kamera ist nicht erreichbar. Nehmen Sie ein Foto, oder tippen Sie die DevEUI ein.",
        "The camera cannot be reached. Take a photo, or type the DevEUI.",
      );
      return;
    }
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    this.camera.textContent = say("Kamera ausschalten", "Switch the camera off");
    this.said.textContent = say("Halten Sie den QR-Code vor die Kamera.", "Hold the QR code before the camera.");
    await this.video.play();
    this.look();
  }

  private stop(): void {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.hidden = true;
    this.camera.textContent = say("QR-Code scannen", "Scan the QR code");
  }

  private look(): void {
    window.setTimeout(() => void this.frame(), PAUSE);
  }

  private async frame(): Promise<void> {
    if (!this.stream) return;
    const text = await this.decoded(this.video, this.video.videoWidth, this.video.videoHeight);
    if (text) this.take(text);
    else this.look();
  }

  private async read(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    const image = await createImageBitmap(file).catch(() => null);
    const text = image ? await this.decoded(image, image.width, image.height) : "";
    input.value = "";
    if (text) this.take(text);
    else {
      this.said.textContent = say(
        "In diesem Bild ist kein QR-Code zu lesen. Gehen Sie näher heran, oder tippen Sie die DevEUI ein.",
        "There is no QR code to be read in this picture. Go nearer, or type the DevEUI.",
      );
    }
  }

  private async decoded(source: CanvasImageSource, width: number, height: number): Promise<string> {
    if (!width || !height) return "";
    const own = await this.detector?.detect(source).catch(() => []);
    if (own?.[0]) return own[0].rawValue;
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return "";
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(pixels) ?? "";
    } catch {
      return "";
    }
  }

  private take(text: string): void {
    this.stop();
    const field = document.getElementById(this.dataset["for"] ?? "");
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    field.value = text;
    this.said.textContent = say("Gelesen. Prüfen Sie den Text und gehen Sie weiter.", "Read. Check the text and go on.");
    field.focus();
  }
}

function button(text: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn quiet";
  made.textContent = text;
  return made;
}

customElements.define("city-scan", CityScan);
