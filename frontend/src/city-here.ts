// <city-here data-lat="id" data-lon="id" data-clear="id">: a button that writes where the person
// stands into two fields and sends their form. Only a press of it asks for the position.
import { say } from "./words";

class CityHere extends HTMLElement {
  connectedCallback(): void {
    if (!("geolocation" in navigator) || this.childElementCount) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet small";
    button.textContent = say("Mein Standort", "Where I am");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "muted";
    button.addEventListener("click", () => this.ask(button, said));
    this.append(button, " ", said);
  }

  private ask(button: HTMLButtonElement, said: HTMLElement): void {
    button.disabled = true;
    said.textContent = say("Standort wird gesucht …", "Looking for your position …");
    navigator.geolocation.getCurrentPosition(
      (found) => this.take(found.coords),
      () => {
        button.disabled = false;
        said.textContent = say("Ihr Standort ist nicht bekannt. Bitte geben Sie ein Ziel ein.", "Your position is not known. Please type a destination.");
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  }

  private take(at: GeolocationCoordinates): void {
    this.field("lat", at.latitude.toFixed(5));
    this.field("lon", at.longitude.toFixed(5));
    this.field("clear", "");
    this.closest("form")?.requestSubmit();
  }

  private field(name: string, value: string): void {
    const field = document.getElementById(this.dataset[name] ?? "") as HTMLInputElement | null;
    if (field) field.value = value;
  }
}

customElements.define("city-here", CityHere);
