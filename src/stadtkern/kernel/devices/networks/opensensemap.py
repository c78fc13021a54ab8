"""openSenseMap: measurements of senseBoxes, in every form its API takes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.ingest.event import Incoming, Message, believed, broken
from stadtkern.kernel.devices.networks.adapter import Door, Settings
from stadtkern.kernel.devices.networks.opensensemap_bodies import (
    Measurement,
    Unreadable,
    measurements,
    one_measurement,
)
from stadtkern.kernel.devices.networks.reading import key, plain

# Its API takes no more in one call.
MOST = 2500
PATH = re.compile(r"^/?(?:boxes/)?([^/?]+)/([^/?]+)/?(?:\?(.*))?$")
BY_ITSELF = "boxes/%s/data"


class OpenSenseMap:
    """`POST boxes/<box>/data` and `POST boxes/<box>/<sensor>` as at openSenseMap."""

    kind = "opensensemap"
    title = "openSenseMap"
    doors = (
        Door(
            way="http",
            title=_("openSenseMap (senseBox)"),
            summary=_("senseBoxes of schools and citizens send to the city as they send to "
                      "openSenseMap."),
            steps=(
                _("Let the box post to %(url)s/boxes/BOX/data instead of openSenseMap; BOX is its "
                  "box id."),
                _("Header: Authorization: %(token)s"),
                _("The device's name here is the box id, its fields are the sensor ids."),
            ),
            keeps=("content-type",),
            done=201,
            strict=True,
        ),
    )  # fmt: skip

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """One event for each instant in the post."""
        match = PATH.match(message.topic)
        box = plain(match[1]) if match else ""
        if match is None or not box:
            return [broken(message, "the path is not boxes/<box>/data nor boxes/<box>/<sensor>")]
        kind = message.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            if match[2] == "data":
                found = measurements(message.body, kind, match[3] or "")
            else:
                found = [one_measurement(match[2], message.body)]
        except Unreadable as problem:
            return [broken(message, str(problem), box)]
        if not 0 < len(found) <= MOST:
            return [broken(message, f"{len(found)} values; 1 to {MOST} are taken at once", box)]
        return list(_events(message, box, found))


def _events(message: Message, box: str, found: Sequence[Measurement]) -> Iterator[Incoming]:
    at: dict[datetime | None, list[Measurement]] = {}
    for one in found:
        at.setdefault(one.created_at, []).append(one)
    for own, values in at.items():
        yield _event(message, box, own, values)


def _event(
    message: Message, box: str, own: datetime | None, values: Sequence[Measurement]
) -> Incoming:
    time, doubtful = believed(own, message.received)
    places = [one.location for one in values if one.location is not None]
    alone = replace(message, topic=BY_ITSELF % box, body=msgspec.json.encode(values))
    return Incoming(
        source=message.network,
        key=_key(message, box, own, alone.body),
        topic=alone.topic,
        # Each instant by itself, in one form of all: it can be read again, and is kept once.
        body=alone.body,
        received=message.received,
        time=time,
        event="up",
        dev_eui=box,
        data={one.sensor: one.value for one in values},
        location=places[-1] if places else None,
        there={"device": box},
        doubtful_time=doubtful,
    )


def _key(message: Message, box: str, own: datetime | None, body: bytes) -> str:
    """A measurement with a time is known again; without one, every post is another."""
    if own is not None:
        return "said:" + key(box, body)
    return "came:" + key(box, message.received.isoformat(), body)
