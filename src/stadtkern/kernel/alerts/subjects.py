"""Whom a rule watches: one SQL question, and words for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.alerts.models import About, Rule
from stadtkern.kernel.things.models import Datastream

TABLES = {
    "device": "devices_device",
    "gateway": "devices_gateway",
    "datastream": "things_datastream",
}
# A datastream that only resting devices feed is at rest too.
AWAKE = """not (exists (select from devices_device x where x.thing_id = s.thing_id)
  and not exists (select from devices_device x where x.thing_id = s.thing_id and not x.resting))"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subjects:
    """A query for the ids of subjects, with its parameters; `column` is theirs in an alert."""

    about: str
    sql: str
    parameters: dict[str, Any]

    @property
    def column(self) -> str:
        """Where an alert names such a subject."""
        return f"{self.about}_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What is measured, in words: its name, and its unit and decimals where it is a number."""

    name: str
    unit: str = ""
    decimals: int = 1


def of(rule: Rule) -> Subjects:
    """The subjects of a rule; nothing that rests, nothing that is switched off."""
    wheres, parameters = _wheres(rule)
    sql = f"select s.id from {TABLES[rule.about]} s where {' and '.join(wheres)}"  # noqa: S608
    return Subjects(about=rule.about, sql=sql, parameters=parameters)


def _wheres(rule: Rule) -> tuple[list[str], dict[str, Any]]:
    given: dict[str, tuple[str, Any]] = {
        "profile": ("s.profile_id = %(profile)s", rule.profile_id),
        "network": ("s.network_id = %(network)s", rule.network_id),
        "label": ("s.labels ? %(label)s", rule.label),
        "device": ("s.id = %(device)s", rule.device_id),
        "property": ("s.observed_property_id = %(property)s", rule.observed_property_id),
        "kind": (_of_thing("kind = %(kind)s"), rule.thing_kind),
        "project": (_of_thing("project_id = %(project)s"), rule.project_id),
        "datastream": ("s.id = %(datastream)s", rule.datastream_id),
    }
    chosen = {name: one for name, one in given.items() if one[1]}
    base = {
        About.DEVICE: ["not s.resting"],
        About.GATEWAY: ["s.own"],
        About.DATASTREAM: ["not s.multi", AWAKE],
    }[About(rule.about)]
    wheres = [*base, *(where for where, _value in chosen.values())]
    return wheres, {name: value for name, (_where, value) in chosen.items()}


def _of_thing(where: str) -> str:
    return f"s.thing_id in (select t.id from things_thing t where t.{where})"  # noqa: S608


def count(rule: Rule) -> int:
    """How many subjects a rule has now."""
    found = of(rule)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({found.sql}) as s", found.parameters)  # noqa: S608
        return int(cursor.fetchone()[0])


def measured(rule: Rule) -> Measured:
    """What a rule's subjects measure, in words."""
    return measured_all([rule])[rule.pk]


def measured_all(rules: Sequence[Rule]) -> dict[int, Measured]:
    """The same for many rules with a fixed number of queries."""
    streams = {one.datastream_id for one in rules if one.datastream_id}
    properties = {one.observed_property_id for one in rules if one.observed_property_id}
    rows = Datastream.objects.select_related("observed_property")
    by_id = {one.pk: one for one in rows.filter(pk__in=streams)}
    first = rows.filter(observed_property__in=properties).order_by("observed_property_id", "pk")
    by_property = {one.observed_property_id: one for one in first.distinct("observed_property_id")}
    return {rule.pk: _measured(rule, by_id, by_property) for rule in rules}


def _measured(
    rule: Rule, by_id: dict[int, Datastream], by_property: dict[int, Datastream]
) -> Measured:
    if rule.about != About.DATASTREAM:
        return Measured(name=_device_words(rule))
    if rule.datastream_id:
        return of_stream(by_id.get(rule.datastream_id))
    if rule.observed_property is None:
        return of_stream(None)
    stream = by_property.get(rule.observed_property.pk)
    return of_stream(stream) if stream else Measured(name=rule.observed_property.name)


def of_stream(stream: Datastream | None) -> Measured:
    """What a datastream measures."""
    if stream is None:
        return Measured(name=_("Value"))
    unit = "" if stream.unit_symbol in (None, "1") else str(stream.unit_symbol)
    return Measured(name=stream.observed_property.name, unit=unit, decimals=stream.decimals)


def _device_words(rule: Rule) -> str:
    return _("Gateway") if rule.about == About.GATEWAY else _("Device")


def words(rule: Rule) -> str:
    """Whom a rule watches, in words."""
    if rule.about == About.GATEWAY:
        return _("all gateways of the city")
    parts = [
        text % {"name": name}
        for text, name in (
            (_("the device “%(name)s”"), rule.device and rule.device.name),
            (_("the datastream “%(name)s”"), rule.datastream and rule.datastream.name),
            ("%(name)s", rule.observed_property and rule.observed_property.name),
            (_("model %(name)s"), rule.profile and rule.profile.title),
            (_("network %(name)s"), rule.network and rule.network.title),
            (_("label %(name)s"), rule.label),
            (_("kind %(name)s"), kind_title(rule.thing_kind)),
            (_("project %(name)s"), rule.project and rule.project.name),
        )
        if name
    ]
    return ", ".join(parts) or _("all devices")


def kind_title(kind: str) -> str:
    """A thing kind as its system calls it; empty where none is named."""
    known = registry.thing_kinds().get(kind)
    return str(known.title) if known else kind
