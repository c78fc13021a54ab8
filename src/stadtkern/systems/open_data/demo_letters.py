"""Letters of the demo: wishes and uses, all invented and labelled so."""

from typing import Final

from stadtkern.systems.open_data.models import Letter

WISHES: Final = (
    ("Trinkwasserbrunnen mit Standort",
     "Für eine Karte, die im Sommer zeigt, wo man eine Flasche füllen kann.",
     Letter.PLANNED, "Die Liste wird gerade zusammengestellt.", 14),
    ("Zählung der Radfahrenden am Kanal",
     "Der Verein möchte sehen, ob der neue Belag angenommen wird.",
     Letter.CHECKING, "", 9),
    ("Öffnungszeiten der Sportplätze",
     "Damit Gruppen ohne Verein wissen, wann sie spielen können.",
     Letter.NEW, "", 3),
    ("Namen der Mieter in städtischen Wohnungen",
     "Für eine Liste der Nachbarn.",
     Letter.REFUSED, "Das sind personenbezogene Daten. Wir veröffentlichen sie nicht.", 0),
)  # fmt: skip
SHOWCASES: Final = (
    ("Parken ohne Suche",
     "Ein Schulprojekt: Die Anzeige im Foyer sagt, wie viele Plätze am Bahnhof frei sind.",
     "Informatik-Kurs (erfunden)"),
    ("Luft vor der Haustür",
     "Ein Kalender, der jeden Morgen die Werte der nächsten Messstelle in Farben zeigt.",
     "Bürgerlabor (erfunden)"),
)  # fmt: skip


def fill() -> None:
    """Wishes in several states and two uses; what is there already stays as it is."""
    for title, text, state, answer, supports in WISHES:
        Letter.objects.get_or_create(
            kind=Letter.WISH, title=title, invented=True,
            defaults={"text": text, "state": state, "answer": answer, "supports": supports,
                      "public": True},
        )  # fmt: skip
    for title, text, name in SHOWCASES:
        Letter.objects.get_or_create(
            kind=Letter.SHOWCASE,
            title=title,
            invented=True,
            defaults={"text": text, "name": name, "state": Letter.DONE, "public": True},
        )
