"""Parking records as any system may give them: hand-made ones, and any that hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import strategies as st

from stadtkern.kernel.feeds.parking import Count, Entrance, Facility, Price, Spot
from stadtkern.site.feeds.publication import Publication

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MEASURED = NOW - timedelta(minutes=4)
BUILT = datetime(2026, 3, 1, 8, tzinfo=UTC)
SPACE = UUID("6f1c1b9e-0000-4000-8000-000000000000")
LIMITS = (0.15, 0.2, 0.02, 0.05)


def facility(name="Parkhaus Süd", **more):
    """100 spaces, 37 of them free, measured four minutes ago."""
    facts = {
        "uid": "parking-sued", "system": "parking", "place": uuid5(SPACE, name), "name": name,
        "purpose": "CAR", "kind": "CAR_PARK", "lon": 7.217834, "lat": 51.543652,
        "counts": (Count(audience="all", capacity=100, free=37),), "static_at": BUILT,
        "at": MEASURED, "opening": "open", "opening_hours": "24/7", "thresholds": LIMITS,
        "page": "/parken/1/", "source": "Stadt Beispiel", "licence": "dl-zero-de/2.0",
        "grade": "many",
    }  # fmt: skip
    return Facility(**{**facts, **more})


def spot(uid="bay-1", **more):
    facts = {"uid": uid, "name": f"Platz {uid}", "lon": 7.2, "lat": 51.5, "state": "free",
             "at": MEASURED}  # fmt: skip
    return Spot(**{**facts, **more})


def publication(*found):
    return Publication(
        facilities=found, generated=NOW, base="https://stadt.example", city="Beispiel",
        publisher="Beispiel digital", time_zone="Europe/Berlin",
    )  # fmt: skip


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("äöüÄÖÜß&<>\"'\x00"),
    max_size=30,
)
names = texts.filter(lambda text: any(c.isalnum() for c in text)).map(lambda text: f"P {text}")
instants = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
lons, lats = st.floats(5.9, 15.0), st.floats(47.3, 55.0)
frees = st.none() | st.integers(-5, 400)
counts = st.builds(
    lambda capacity, free, part, kept: (
        Count(audience="all", capacity=capacity, free=free),
        Count(audience=kept, capacity=min(part, capacity), free=free),
    ),
    st.integers(0, 300), frees, st.integers(0, 20), st.sampled_from(("disabled", "electric",
                                                                      "family")),
)  # fmt: skip
spots = st.lists(
    st.builds(
        Spot, uid=st.uuids().map(str), name=names, lon=lons, lat=lats,
        audience=st.sampled_from(("all", "disabled", "electric", "family")),
        state=st.sampled_from(("free", "taken", "unknown", "blocked")),
        at=st.none() | instants, max_stay_minutes=st.none() | st.integers(1, 600),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
facilities = st.builds(
    Facility, uid=st.uuids().map(lambda key: f"parking-{key}"), system=st.just("parking"),
    place=st.uuids(), name=names, name_en=texts, purpose=st.just("CAR"),
    kind=st.sampled_from(("CAR_PARK", "UNDERGROUND", "ON_STREET", "OFF_STREET_PARKING_GROUND")),
    lon=lons, lat=lats, counts=counts, static_at=instants, at=st.none() | instants,
    live=st.booleans(), opening=st.sampled_from(("open", "closed", "unknown")),
    opening_hours=st.sampled_from(("", "24/7", "Mo-Fr 06:00-22:00")),
    confidence=st.none() | st.floats(0, 1),
    trend=st.sampled_from(("rising", "falling", "steady", "")),
    grade=st.sampled_from(("many", "few", "full", "")),
    thresholds=st.none() | st.just(LIMITS), spots=spots,
    entrances=st.lists(st.builds(Entrance, lon=lons, lat=lats), max_size=2).map(tuple),
    prices=st.lists(st.builds(Price, title=names, cents=st.integers(0, 9999)), max_size=2)
    .map(tuple),
    max_height_cm=st.none() | st.integers(150, 450),
    max_stay_minutes=st.none() | st.integers(1, 2000),
    park_and_ride=st.sampled_from(((), ("YES",), ("TRAIN", "BUS"), ("NO",))),
    covered=st.none() | st.booleans(), has_fee=st.none() | st.booleans(), operator=texts,
    address=texts, note=texts, page=st.sampled_from(("", "/parken/1/")), source=texts,
    licence=texts, invented=st.booleans(),
)  # fmt: skip
