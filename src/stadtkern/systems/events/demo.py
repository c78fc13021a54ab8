"""The demo city's events: invented, labelled so, and always some of them ahead."""

import random
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Area, Place, point
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events import schedule
from stadtkern.systems.events.models import Event

FILE = Path(__file__).parent / "demo_data" / "events.toml"
DISTRICTS = ("Gemarkungen NRW (kreis-viersen)", "dl-de/zero-2-0")
STOPS = ("Haltestelle: DB InfraGO AG, OpenStreetMap-Mitwirkende", "CC BY 4.0, ODbL")
PLAIN = ("category", "title", "title_en", "text", "text_en", "organiser", "audience", "free",
         "price", "accessible", "access", "registration", "rule")  # fmt: skip


def fill(rng: random.Random) -> None:
    """Add what is missing; a second run changes nothing. Nothing is left to chance."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    areas = {name: _district(key, name) for key, name in told["district"].items()}
    places = {key: _venue(row) for key, row in told["at"].items()}
    known = set(Event.objects.values_list("slug", flat=True))
    today = timezone.localdate(clock.now())
    for row in told["event"]:
        if row["slug"] not in known:
            _write(row, places[row["at"]], areas.get(row["district"]), today)


def _district(key: str, name: str) -> Area:
    source, licence = DISTRICTS
    return Area.objects.get_or_create(
        kind="district", key=key, defaults={"name": name, "source": source, "licence": licence}
    )[0]


def _venue(row: Mapping[str, Any]) -> Place:
    source, licence = STOPS
    facts = {"name_en": row["name_en"], "street": row.get("street", ""), "source": source,
             "licence": licence, "geometry": point(row["lon"], row["lat"])}  # fmt: skip
    return Place.objects.get_or_create(kind="events.venue", name=row["name"], defaults=facts)[0]


@transaction.atomic
def _write(row: Mapping[str, Any], place: Place, area: Area | None, today: date) -> None:
    begins, ends = _times(row, today)
    state = row.get("state", "public")
    event = Event.objects.create(
        slug=row["slug"], state=state, begins=begins, ends=ends, all_day="days" in row,
        place=place, area=area, invented=True,
        published=clock.now() if state == "public" else None,
        cancelled=clock.now() if "dead" in row else None, note=row.get("dead", ""),
        **{name: row[name] for name in PLAIN if name in row},
    )  # fmt: skip
    schedule.lay_out(event)
    dates = list(event.occasions.filter(begins__gt=clock.now())[:8])
    if "cancelled" in row:
        schedule.cancel(dates[row["cancelled"]], row["cancelled_note"])
    if "moved" in row:
        one = dates[row["moved"]]
        day = timedelta(days=1)
        schedule.move(one, one.begins - day, one.ends - day, row["moved_note"])


def _times(row: Mapping[str, Any], today: date) -> tuple[datetime, datetime]:
    """A series begins in the week before, so that it looks as if it had run for a while."""
    zone = city_zone()
    if "weekday" in row:
        day = today - timedelta(days=7)
        day += timedelta(days=(row["weekday"] - day.isoweekday()) % 7)
    else:
        day = today + timedelta(days=row["day"])
    if "days" in row:
        end = day + timedelta(days=row["days"])
        return datetime.combine(day, time(), zone), datetime.combine(end, time(), zone)
    begins = datetime.combine(day, time.fromisoformat(row["begins"]), zone)
    return begins, begins + timedelta(hours=row["hours"])
