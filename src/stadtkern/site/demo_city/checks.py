"""The checks that the demo city runs over its observations."""

from typing import Any

from stadtkern.kernel.things.models import Check, ObservedProperty
from stadtkern.kernel.things.quality.checks import KINDS

HOUR = 3600.0
DUST: dict[str, dict[str, Any]] = {
    "humidity": {},
    "spike": {"suspect": 50, "within": HOUR},
    "flat": {"seconds": 12 * HOUR, "least": 20},
}
CHECKS: dict[str, dict[str, dict[str, Any]]] = {
    "pm10": DUST,
    "pm25": DUST,
    "air_temperature": {
        "spike": {"suspect": 5, "within": HOUR},
        "flat": {"seconds": 12 * HOUR, "least": 20},
        "neighbours": {"metres": 8_000, "away": 5},
    },
    "relative_humidity": {"flat": {"seconds": 24 * HOUR, "least": 20, "rest": 100}},
    "count_in": {"repeat": {}},
}


def make_checks() -> int:
    """Create those that are missing; what the city changed stays. Returns how many are new."""
    known = {one.slug: one for one in ObservedProperty.objects.filter(slug__in=CHECKS)}
    made = 0
    for slug, checks in CHECKS.items():
        for kind, given in checks.items():
            if slug in known:
                defaults = {one.name: one.default for one in KINDS[kind].settings}
                settings = {k: v for k, v in (defaults | given).items() if v is not None}
                _, new = Check.objects.get_or_create(
                    kind=kind, observed_property=known[slug], defaults={"settings": settings}
                )
                made += new
    return made
