// <city-passkey data-what="make|use" data-options data-answer data-next>: makes a passkey, or signs in with one.
import { say } from "./words";

class CityPasskey extends HTMLElement {
  connectedCallback(): void {
    if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) return;
    const form = this.querySelector("form");
    const button = this.querySelector<HTMLButtonElement>("button");
    this.querySelector("[data-without]")?.remove();
    if (form) {
      form.hidden = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.run(() => this.make(form));
      });
    } else if (button) {
      button.hidden = false;
      button.addEventListener("click", () => void this.run(() => this.use()));
    }
  }

  private async run(deed: () => Promise<void>): Promise<void> {
    this.tell("");
    try {
      await deed();
    } catch (error) {
      const stopped = error instanceof DOMException && error.name === "NotAllowedError";
      this.tell(
        stopped
          ? say("Es wurde abgebrochen oder hat zu lange gedauert. Bitte versuchen Sie es noch einmal.", "It was cancelled or took too long. Please try again.")
          : say("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal oder melden Sie sich anders an.", "That did not work. Please try again, or sign in another way."),
      );
    }
  }

  private async make(form: HTMLFormElement): Promise<void> {
    const options = await this.ask("options", {});
    if (!options) return;
    const user = options["user"] as { id: string };
    const publicKey = {
      ...options,
      challenge: bytes(String(options["challenge"])),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: named(options["excludeCredentials"]),
    } as unknown as PublicKeyCredentialCreationOptions;
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    const response = made.response as AuthenticatorAttestationResponse;
    const name = (form.elements.namedItem("name") as HTMLInputElement).value;
    await this.done({ name, credential: { ...common(made), response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] } } });
  }

  private async use(): Promise<void> {
    const options = await this.ask("options", {});
    if (!options) return;
    const publicKey = { ...options, challenge: bytes(String(options["challenge"])), allowCredentials: named(options["allowCredentials"]) } as unknown as PublicKeyCredentialRequestOptions;
    const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
    const response = found.response as AuthenticatorAssertionResponse;
    const signed = { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null };
    await this.done({ next: this.dataset["next"] ?? "", credential: { ...common(found), response: signed } });
  }

  private async done(said: unknown): Promise<void> {
    const answer = await this.ask("answer", said);
    if (typeof answer?.["to"] === "string") location.assign(answer["to"]);
  }

  private async ask(what: string, said: unknown): Promise<Record<string, unknown> | null> {
    const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    const answer = await fetch(this.dataset[what] ?? "", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(said) });
    const told = (await answer.json()) as Record<string, unknown>;
    if (typeof told["problem"] !== "string") return told;
    this.tell(told["problem"]);
    return null;
  }

  private tell(words: string): void {
    const place = this.querySelector<HTMLElement>("[role=alert]");
    if (!place) return;
    place.hidden = !words;
    place.textContent = words;
  }
}

function common(one: PublicKeyCredential): Record<string, unknown> {
  return { id: one.id, rawId: text(one.rawId), type: one.type, authenticatorAttachment: one.authenticatorAttachment, clientExtensionResults: one.getClientExtensionResults() };
}

function named(list: unknown): unknown[] {
  return ((list as { id: string }[] | undefined) ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

/** Base64url, as the standard writes bytes in JSON. */
function text(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function bytes(code: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(code.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

customElements.define("city-passkey", CityPasskey);
