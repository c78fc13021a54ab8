"""Invented measures of the demo city over real counts, and their analyses by the real methods."""

import csv
import gzip
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.effects import plan
from stadtkern.kernel.effects.models import Analysis, Chosen, Intervention
from stadtkern.kernel.effects.run import run
from stadtkern.kernel.effects.weekly import monday
from stadtkern.kernel.effects.window import today
from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Datastream,
    HistoricalLocation,
    ObservedProperty,
    Sensor,
    Thing,
)
from stadtkern.kernel.things.series import city_zone

DATA = Path(__file__).parent / "data"
FILE = DATA / "bike_counts_muenster_daily.csv.gz"
FIRST = date(2022, 1, 3)
LICENCE = "dl-de/by-2-0"
STOPS = "DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
ABOUT = (
    "Demo-Zählstelle: Die Haltestelle ist echt, das Gerät ist erfunden. "
    "Gezählt wurde in Münster, {name}.{planted}"
)
ABOUT_EN = (
    "Demo counter: the stop is real, the device is invented. "
    "The counts were taken in Münster, {name}.{planted}"
)
PLANTED = " Ab dem {day} sind die Werte um {percent} % erhöht."
PLANTED_EN = " From {day} on the values are raised by {percent} %."
AUTHOR = "demo"
RECKON = "stadtkern.site.demo_city.measures.reckon"
BATCH = 5000
WORDS = (
    "slug", "title", "title_en", "about", "about_en", "note", "note_en", "kind", "who", "direction",
)  # fmt: skip


def load_measures() -> None:
    """Counters with their history, measures, and analyses in the queue; a second run adds none."""
    told = tomllib.loads((DATA / "measures.toml").read_text(encoding="utf-8"))
    if Intervention.objects.filter(slug=told["measure"][0]["slug"]).exists():
        return
    with transaction.atomic():
        streams = _counters(told["counter"])
        for said in told["measure"]:
            _measure(said, streams)


def reckon(number: int) -> str:
    """Run an analysis of the demo and publish it where its measure is meant to be public."""
    answer = run(number)
    one = Analysis.objects.select_related("intervention").get(pk=number)
    if one.state == "done" and one.purpose == Analysis.EFFECT and not one.published:
        Analysis.objects.filter(pk=number).update(published=clock.now())
    return answer


def _counters(rows: Iterable[Mapping[str, Any]]) -> dict[str, Datastream]:
    observed, _ = ObservedProperty.objects.get_or_create(
        slug="bicycles_a_day",
        defaults={"name": "Fahrräder je Tag", "definition": "urn:stadtkern:bicycles_a_day"},
    )
    sensor, _ = Sensor.objects.get_or_create(
        name="Radzählstelle (Aufzeichnung Münster)",
        defaults={"description": "Tagessummen aus Zählschleifen der Stadt Münster"},
    )
    known = _recorded()
    made = {str(row["counter"]): _counter(row, observed, sensor) for row in rows}
    store.ensure_partitions(
        datetime.combine(FIRST, time(), city_zone()), datetime.combine(today(), time(), city_zone())
    )
    for row in rows:
        _history(made[row["counter"]], row, known[row["counter"]])
    return made


def _recorded() -> dict[str, dict[date, float]]:
    """Counts by counter and day; a day with a missing hour has none."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        counter: {
            date.fromisoformat(row["day"]): float(row[counter]) for row in rows if row[counter]
        }
        for counter in rows[0]
        if counter != "day"
    }


def _counter(row: Mapping[str, Any], observed: ObservedProperty, sensor: Sensor) -> Datastream:
    german, english = _planted(row)
    source = f"Stadt Münster, Radzählstelle {row['from']} (Tagessummen)"
    place = Place.objects.create(
        public_id=uuid5(NAMESPACE_URL, f"stadtkern:demo:bicycles:{row['counter']}"),
        name=f"Radzählstelle {row['name']}", name_en=f"Bicycle counter {row['name']}",
        about=ABOUT.format(name=row["from"], planted=german),
        about_en=ABOUT_EN.format(name=row["from"], planted=english),
        geometry=point(*row["at"]), source=STOPS, licence="CC BY 4.0, ODbL", invented=True,
    )  # fmt: skip
    thing = Thing.objects.create(place=place, name=place.name)
    HistoricalLocation.objects.create(
        thing=thing, place=place, time=datetime.combine(FIRST, time(), city_zone())
    )
    return Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property=observed, decimals=0, unit_symbol="1",
        name=f"{observed.name}, {place.name}", source=source + german, licence=LICENCE,
        properties={"source": {"de": source + german, "en": source + english}},
    )  # fmt: skip


def _planted(row: Mapping[str, Any]) -> tuple[str, str]:
    planted = row.get("planted")
    if not planted:
        return "", ""
    percent, day = round(100 * planted["share"]), planted["since"]
    return (
        PLANTED.format(day=f"{day:%d.%m.%Y}", percent=percent),
        PLANTED_EN.format(day=day.isoformat(), percent=percent),
    )


def _history(stream: Datastream, row: Mapping[str, Any], counts: Mapping[date, float]) -> None:
    """Each day's sum at noon, so far as the day is over."""
    planted, now = row.get("planted"), today()
    observations = [
        store.Observation(
            datastream=stream.pk, at=datetime.combine(day, time(12), city_zone()),
            value=round(count * (1 + planted["share"]))
            if planted and day >= planted["since"]
            else count,
        )
        for day, count in counts.items()
        if FIRST <= day < now
    ]  # fmt: skip
    for start in range(0, len(observations), BATCH):
        store.write(observations[start : start + BATCH], announce=False)


def _measure(said: Mapping[str, Any], streams: Mapping[str, Datastream]) -> None:
    target = streams[said["target"]]
    words = {name: said[name] for name in WORDS}
    ahead = said.get("weeks_ahead")
    one = Intervention.objects.create(
        **words, invented=True, subject="Radverkehr", subject_en="bicycle traffic",
        observed_property=target.observed_property, geometry=_geometry(said, target),
        begins=monday(today()) + timedelta(weeks=ahead) if ahead else said["begins"],
        weeks_before=said.get("weeks_before", 104), published=clock.now(),
    )  # fmt: skip
    Chosen.objects.create(intervention=one, datastream=target, role=Chosen.TARGET)
    Chosen.objects.bulk_create(
        Chosen(intervention=one, datastream=stream, role=Chosen.CONTROL)
        for stream in streams.values()
        if stream != target and "erhöht" not in stream.source
    )
    if ahead:
        one.plan, one.preregistered = plan.plan_of(one), clock.now()
        one.save(update_fields=["plan", "preregistered"])
    _queue(one, Analysis.PLAN if ahead else Analysis.EFFECT)


def _geometry(said: Mapping[str, Any], target: Datastream) -> Any:
    if "shape" in said:
        return {"type": "LineString", "coordinates": said["shape"]}
    assert target.thing.place is not None
    return target.thing.place.geometry


def _queue(one: Intervention, purpose: str) -> None:
    made = Analysis.objects.create(intervention=one, purpose=purpose, author=AUTHOR)
    tasks.perform.defer(call=RECKON, number=made.pk)
