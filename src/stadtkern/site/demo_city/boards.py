"""Boards of the demo city, put together from what its systems measure."""

from collections.abc import Iterable

from django.db.models import F

from stadtkern.kernel import registry
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.boards import blocks
from stadtkern.site.boards.blocks import Block
from stadtkern.site.boards.models import Board, Version

AUTHOR = "demo"
DEMO = "Die Geräte sind erfunden; was bei jeder Zahl als Quelle steht, gilt."
DEMO_EN = "The devices are invented; what stands as the source of each number is true."


def load_boards() -> None:
    """Boards whose systems are on; a second run changes nothing, whatever staff made of them."""
    for position, (slug, words, parts) in enumerate(_boards(), start=1):
        board, new = Board.objects.get_or_create(slug=slug, defaults={"position": position})
        if not new:
            continue
        board.published = Version.objects.create(
            board=board, number=1, author=AUTHOR, blocks=blocks.stored(parts), **words
        )
        board.save(update_fields=["published"])


def _boards() -> Iterable[tuple[str, dict[str, str], list[Block]]]:
    city = registry.city().city.name
    if registry.is_on("environment"):
        yield "luft", _words(f"Luft und Wetter in {city}", f"Air and weather in {city}"), [
            _tile("environment.air"), _tile("environment.temperature"),
            *_chart("Feinstaub der letzten Tage", "Fine dust of the last days", ["pm10", "pm25"],
                    "week", 2),
            *_chart("Temperatur im letzten Jahr", "Temperature of the last year",
                    ["air_temperature"], "year", 1, "&step=day"),
            _map("Luft und Wetter auf der Karte", "Air and weather on the map",
                 "environment.air,environment.weather"),
            Block(kind="text", text=f"## Woher die Zahlen kommen\n\n{DEMO}",
                  text_en=f"## Where the numbers come from\n\n{DEMO_EN}"),
        ]  # fmt: skip
    if registry.is_on("parking"):
        yield "mobil", _words("Mobilität jetzt", "Mobility right now"), [
            _tile("parking.free"), _tile("environment.people"),
            *_chart("Freie Stellplätze", "Free bays", ["free_bays"], "week", 2),
            _map("Parken auf der Karte", "Parking on the map",
                 "parking.sites,environment.counts"),
        ]  # fmt: skip


def _words(title: str, title_en: str) -> dict[str, str]:
    about = "Live aus den Sensoren der Demo-Stadt"
    return {"title": title, "title_en": title_en, "about": about,
            "about_en": "Live from the sensors of the demo city"}  # fmt: skip


def _tile(key: str) -> Block:
    return Block(kind="number", what=f"t:{key}")


def _map(title: str, title_en: str, layers: str) -> Block:
    return Block(kind="map", title=title, title_en=title_en, what=f"layers={layers}", wide=True)


def _chart(
    title: str, title_en: str, properties: list[str], period: str, most: int, more: str = ""
) -> Iterable[Block]:
    """The series of these properties that know most; nothing where there is none."""
    streams = Datastream.objects.public().filter(observed_property__slug__in=properties)
    most_first = F("latest__n").desc(nulls_last=True)
    ids = [str(pk) for pk in streams.order_by(most_first, "pk").values_list("pk", flat=True)]
    if ids:
        what = f"s={','.join(ids[:most])}&range={period}{more}"
        yield Block(kind="chart", title=title, title_en=title_en, what=what)
