// Asks the server with a form's fields. Its token may be older than the session, or missing on the
// page that a phone keeps: then a new one is fetched, once.

const PATIENCE = 8_000;
const PHOTO_PATIENCE = 35_000;
const TOKEN = "csrfmiddlewaretoken";

/** Nobody is signed in any more. */
export class SignedOut extends Error {}

export class Asking {
  private token = "";

  constructor(private readonly page: string, form: HTMLFormElement) {
    this.token = form.querySelector<HTMLInputElement>(`[name=${TOKEN}]`)?.value ?? "";
  }

  /** The answer as HTML. Throws where the server cannot be reached or nobody is signed in. */
  async ask(said: FormData, url = this.page): Promise<string> {
    const patience = url === this.page ? PATIENCE : PHOTO_PATIENCE;
    if (!this.token) await this.renew();
    let answer = await this.post(said, url, patience);
    if (answer.status === 403) {
      await this.renew();
      answer = await this.post(said, url, patience);
    }
    if (answer.redirected || answer.status === 403) throw new SignedOut();
    if (answer.status >= 500) throw new Error(String(answer.status));
    return answer.text();
  }

  private post(said: FormData, url: string, patience: number): Promise<Response> {
    said.set(TOKEN, this.token);
    return fetch(url, {
      method: "POST", body: said, headers: { "X-Check": "1" }, signal: AbortSignal.timeout(patience),
    });
  }

  private async renew(): Promise<void> {
    const answer = await fetch(this.page, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.redirected || answer.status === 403) throw new SignedOut();
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.token = found.querySelector<HTMLInputElement>(`.check-form [name=${TOKEN}]`)?.value ?? "";
    if (!this.token) throw new Error("no connection");
  }
}
