"""A station at a real stop, a small timetable, and a clock that stands still."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.mobility_hubs.logic import HUB
from stadtkern.systems.mobility_hubs.models import Hub, Source
from stadtkern.systems.mobility_hubs.reading import gtfs, storing

# A Monday, 10:30 by the clocks of Herne.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
BOX = (7.0, 51.4, 7.4, 51.7)
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
    "a,Muster,https://a.example,Europe/Berlin\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code\n"
    "P,Bahnhof,51.5436,7.2178,1,,\n"
    "A,,51.5436,7.2178,0,P,2\n"
    "B,Markt,51.5400,7.2210,,,\n"
    "C,Fern,52.5200,13.4050,,,\n",
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nr,RB 1,,2\nt,306,,900\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign\n"
    "r,w,early,Fern\nr,w,late,Fern\nt,s,tram,Markt\nr,w,night,Fern\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
    "early,10:40:00,10:41:00,A,1,0\nearly,10:50:00,10:50:00,B,2,0\nearly,12:00:00,,C,3,0\n"
    "late,11:20:00,11:21:00,A,1,0\nlate,11:30:00,11:31:00,B,5,0\nlate,12:00:00,,C,9,0\n"
    "tram,10:45:00,10:45:00,A,1,0\ntram,10:55:00,10:55:00,B,2,0\n"
    "night,25:10:00,25:10:00,A,1,0\nnight,25:20:00,25:20:00,C,2,0\n",
    "calendar.txt": f"service_id,{WEEK},start_date,end_date\n"
    "w,1,1,1,1,1,0,0,20260101,20271231\ns,1,1,1,1,1,1,1,20260101,20271231\n",
    "calendar_dates.txt": "service_id,date,exception_type\ns,20261123,2\nw,20261128,1\n",
}


def packed(**changed: str) -> bytes:
    """The timetable, with some of its files replaced; an empty one is left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as feed:
        for name, text in {**FILES, **{f"{k}.txt": v for k, v in changed.items()}}.items():
            if text:
                feed.writestr(name, "\ufeff" + text)
    return out.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def now():
    with clock.held(NOW):
        yield NOW


@pytest.fixture
def hub(db, now):
    place = Place.objects.create(kind=HUB, name="Bahnhof", geometry=point(7.2178, 51.5436))
    return Hub.objects.create(place=place, slug="bahnhof", radius_m=250)


@pytest.fixture
def timetable(db, now):
    """The timetable, read; its stop A lies at the station, B 470 metres away."""
    source = Source.objects.create(
        slug="muster", name="Muster", format="gtfs", address="https://a.example/gtfs.zip",
        licence="CC0", credit="Muster Verkehr", read=NOW, facts={"zone": "Europe/Berlin"},
    )  # fmt: skip
    storing.store(source, gtfs.read(packed(), BOX, NOW.date()))
    return source


@pytest.fixture
def delays(timetable):
    return Source.objects.create(
        slug="muster-rt", name="Muster live", format="gtfs-rt", base=timetable, read=NOW,
        address="https://a.example/rt.pb", licence="CC0", credit="Muster Verkehr",
    )  # fmt: skip


@pytest.fixture
def sharing(db, now):
    return Source.objects.create(
        slug="rad", name="Rad", format="gbfs", address="https://r.example/gbfs.json", read=NOW,
        licence="CC0", credit="Rad GmbH",
    )  # fmt: skip
