"""The demo city's tables: real ones as their offices published them, invented ones that say so."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

from django.db import transaction

from stadtkern.systems.statistics.logic import editions, protect
from stadtkern.systems.statistics.logic.files import stored
from stadtkern.systems.statistics.models import Area, Edition, Table, Theme
from stadtkern.systems.statistics.reading import guess
from stadtkern.systems.statistics.reading.extract import extract
from stadtkern.systems.statistics.reading.grid import read

FOLDER = Path(__file__).parent / "demo_data"
SHAPES = "© GeoBasis-DE / BKG (dl-de/by-2-0)"
INVENTED = "Erfundene Beispielzahlen der Demo"
DISTRICTS = ("Wanne", "Eickel", "Herne-Mitte", "Sodingen")
THEMES = (
    ("bevoelkerung", "Bevölkerung", "Population"),
    ("wahlen", "Wahlen", "Elections"),
    ("verkehr", "Verkehr", "Traffic"),
    ("soziales", "Soziales", "Social life"),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A table of the demo: its file, or what makes one up, and what is said about it."""

    slug: str
    theme: str
    name: str
    content: Callable[[random.Random], bytes]
    facts: Mapping[str, Any]
    where: str = ""
    english: Mapping[str, str] = field(default_factory=dict)


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    for position, (slug, title, title_en) in enumerate(THEMES):
        Theme.objects.get_or_create(
            slug=slug, defaults={"title": title, "title_en": title_en, "position": position}
        )
    for sample in SAMPLES:
        content = sample.content(rng)
        if not Edition.objects.filter(table__slug=sample.slug).exists():
            with transaction.atomic():
                _publish(sample, content)
    _shapes()


def _publish(sample: Sample, content: bytes) -> None:
    """The way that staff go: read, understood, imported, protected, published."""
    theme = Theme.objects.get(slug=sample.theme)
    table, _ = Table.objects.get_or_create(
        slug=sample.slug, defaults={"theme": theme, **sample.facts}
    )
    grid = read(content)
    reading = guess.guess(grid)
    reading.where = sample.where
    edition = editions.make(
        table, extract(grid, reading), reading, file=stored(sample.name, content), by="Demo"
    )
    for title, english in sample.english.items():
        table.dimensions.filter(title=title).update(title_en=english)
    protect.protect(edition)
    editions.publish(edition, "demo")


def _shapes() -> None:
    """Outlines of the districts of North Rhine-Westphalia."""
    if Area.objects.exclude(geometry=None).exists():
        return
    found = json.loads((FOLDER / "nrw_kreise.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {one["properties"]["AGS"]: one["geometry"] for one in found}
    areas = list(Area.objects.filter(key__in=shapes))
    for area in areas:
        area.geometry, area.credit = shapes[area.key], SHAPES
    Area.objects.bulk_update(areas, ["geometry", "credit"])


def _file(name: str) -> Callable[[random.Random], bytes]:
    return lambda _rng: (FOLDER / name).read_bytes()


def _csv(lines: list[list[object]]) -> bytes:
    return "\n".join(";".join(map(str, line)) for line in lines).encode()


def _years(rng: random.Random) -> bytes:
    """A city that grows older from 2004 to 2024, invented from a smooth curve."""
    ages = [(low, low + 4) for low in range(0, 85, 5)]
    lines: list[list[object]] = [
        ["Erfundene Beispielzahlen"],
        ["Jahr", "Alter", "Insgesamt", "männlich", "weiblich"],
    ]
    for year in range(2004, 2025, 2):
        sums = [0, 0]
        rows: list[list[object]] = []
        for low, _high in [*ages, (85, None)]:
            name = f"{low} bis unter {low + 5} Jahre" if low < 85 else "85 Jahre und mehr"
            people = 5200 * exp(-(((low - 38 - (year - 2004) * 0.6) / 34) ** 2)) + 1100
            people *= max(0.25, 1 - max(0, low - 62) / 38) * rng.uniform(0.98, 1.02)
            men = round(people * (0.512 - max(0, low - 50) * 0.0032))
            women = round(people) - men
            sums = [sums[0] + men, sums[1] + women]
            rows.append([year, name, men + women, men, women])
        lines += [*rows, [year, "Insgesamt", sum(sums), *sums]]
    return _csv(lines)


def _small(title: str, kinds: tuple[str, ...], most: int) -> Callable[[random.Random], bytes]:
    """Counts by part of the city, kind and sex, small enough to need protection."""

    def content(rng: random.Random) -> bytes:
        head = [f"{kind}" for kind in kinds for _sex in range(3)]
        lines: list[list[object]] = [
            [f"{title} 2024 (erfundene Beispielzahlen)"],
            ["", "Insgesamt", "", "", *(k if i % 3 == 0 else "" for i, k in enumerate(head))],
            ["Stadtbezirk", *(("Insgesamt", "männlich", "weiblich") * (len(kinds) + 1))],
        ]
        city = [0] * 3 * (len(kinds) + 1)
        for district in DISTRICTS:
            inner = [[rng.randrange(most + 1), rng.randrange(most + 1)] for _kind in kinds]
            inner = [[men * 9 // (i + 8), women] for i, (men, women) in enumerate(inner)]
            total = [sum(one[0] for one in inner), sum(one[1] for one in inner)]
            row = [n for m, w in (total, *inner) for n in (m + w, m, w)]
            city = [a + b for a, b in zip(city, row, strict=True)]
            lines.append([district, *(value or "-" for value in row)])
        lines.append(["Insgesamt", *city])
        return _csv(lines)

    return content


REGIONS = ("bis unter 18 Jahre", "18 bis unter 30 Jahre", "30 bis unter 45 Jahre",
           "45 bis unter 60 Jahre", "60 Jahre und mehr")  # fmt: skip
HELPS = ("Beratung", "Begleitung", "Hilfe im Haushalt", "Pflege")
SAMPLES = (
    Sample(
        slug="bevoelkerung-alter-geschlecht", theme="bevoelkerung", name="nrw_population_2014.csv",
        content=_file("nrw_population_2014.csv"),
        facts={
            "title": "Bevölkerung nach Alter und Geschlecht in Nordrhein-Westfalen",
            "title_en": "Population by age and sex in North Rhine-Westphalia",
            "about": "Einwohnerinnen und Einwohner der Kreise und kreisfreien Städte nach 17 "
                     "Altersgruppen und Geschlecht.",
            "about_en": "Inhabitants of the districts and cities by 17 age groups and sex.",
            "method": "Fortschreibung des Bevölkerungsstandes zum 31.12., Grundlage Zensus 2011 "
                      "(GENESIS-Tabelle 173-21-4).",
            "unit": "Personen", "inhabitants": True, "licence": "other-open",
            "source": "Statistische Ämter des Bundes und der Länder, 2016",
            "keywords": "Einwohner, Einwohnerzahl, Alter, Jugend, Senioren, Männer, Frauen",
        },
    ),
    Sample(
        slug="beispiel-bevoelkerung-jahre", theme="bevoelkerung", name="beispiel_jahre.csv",
        content=_years, where="05916 Herne", english={"Alter": "Age", "Jahr": "Year"},
        facts={
            "title": "Beispiel: Bevölkerung nach Alter und Geschlecht seit 2004",
            "title_en": "Example: population by age and sex since 2004",
            "about": "Erfundene Zahlen, an denen der Jahresregler der Bevölkerungspyramide zu "
                     "sehen ist.",
            "about_en": "Invented numbers that show the year slider of the population pyramid.",
            "method": "Aus einer glatten Kurve erfunden.", "unit": "Personen", "invented": True,
            "source": INVENTED, "keywords": "Pyramide, Einwohner",
        },
    ),
    Sample(
        slug="bundestagswahl-2017", theme="wahlen", name="btw2017_second_votes_herne.csv",
        content=_file("btw2017_second_votes_herne.csv"),
        facts={
            "title": "Bundestagswahl 2017: Zweitstimmen nach Stimmbezirken",
            "title_en": "Federal election 2017: second votes by precinct",
            "about": "Gültige Zweitstimmen in den 124 Stimmbezirken in Herne.",
            "about_en": "Valid second votes in the 124 precincts in Herne.",
            "method": "Endgültiges Ergebnis des Wahlkreises 141, Teil Herne. Wahlergebnisse sind "
                      "öffentlich und werden nicht geheim gehalten.",
            "unit": "Stimmen", "licence": "cc-zero", "rhythm": "IRREG",
            "source": "Stadt Bochum, OpenData (Wahlkreis 141 Bochum II – Herne), CC0",
            "keywords": "Wahl, Parteien, Bundestag",
        },
    ),
    Sample(
        slug="fahrzeuge-bochum", theme="verkehr", name="bochum_vehicles_monthly.csv",
        content=_file("bochum_vehicles_monthly.csv"), where="05911 Bochum",
        english={"Merkmal": "Kind", "Zeit": "Month"},
        facts={
            "title": "Zum Vergleich: Kraftfahrzeuge in Bochum, monatlich",
            "title_en": "For comparison: vehicles in Bochum, by month",
            "about": "Zugelassene Fahrzeuge der Nachbarstadt nach Art, darunter Elektro- und "
                     "Dieselfahrzeuge. Für Herne liegen solche Zahlen hier nicht vor.",
            "about_en": "Registered vehicles of the neighbouring city by kind. There are no such "
                        "numbers of Herne here.",
            "method": "Bestand am Monatsende. Elektro- und Dieselfahrzeuge sind in den Arten "
                      "enthalten.", "unit": "Fahrzeuge", "licence": "cc-zero",
            "rhythm": "MONTHLY", "source": "Stadt Bochum, OpenData, CC0",
            "keywords": "Auto, Pkw, Elektroauto, Diesel, Zulassung",
        },
    ),
    Sample(
        slug="beispiel-einbuergerungen", theme="bevoelkerung", name="beispiel_einbuergerungen.csv",
        content=_small("Einbürgerungen", REGIONS, 16),
        facts={
            "title": "Beispiel: Einbürgerungen nach Stadtbezirk",
            "title_en": "Example: naturalisations by part of the city",
            "about": "Erfundene Zahlen, an denen zu sehen ist, wie kleine Zahlen verborgen werden.",
            "about_en": "Invented numbers that show how small counts are hidden.",
            "method": "Zufällig erfunden.", "unit": "Personen", "invented": True,
            "source": INVENTED, "protection": "suppression", "threshold": 4,
        },
    ),
    Sample(
        slug="beispiel-hilfen", theme="soziales", name="beispiel_hilfen.csv",
        content=_small("Hilfen", HELPS, 30),
        facts={
            "title": "Beispiel: Hilfen nach Stadtbezirk",
            "title_en": "Example: support by part of the city",
            "about": "Erfundene Zahlen, an denen zu sehen ist, wie kleine Zahlen gerundet werden.",
            "about_en": "Invented numbers that show how small counts are rounded.",
            "method": "Zufällig erfunden.", "unit": "Personen", "invented": True,
            "source": INVENTED, "protection": "rounding", "base": 3,
        },
    ),
)  # fmt: skip
