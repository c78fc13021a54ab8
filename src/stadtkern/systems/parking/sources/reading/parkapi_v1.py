"""Reads ParkAPI v1: `lots` of a city, measured when the file was updated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from stadtkern.systems.parking.sources.reading.told import (
    Batch,
    NotUnderstood,
    Refusal,
    Told,
    Wrong,
    capacity,
    instant,
    position,
    text,
    whole,
)

KINDS = {
    "parkhaus": "CAR_PARK", "garage": "CAR_PARK", "tiefgarage": "UNDERGROUND",
    "underground": "UNDERGROUND", "straße": "ON_STREET", "street": "ON_STREET",
}  # fmt: skip
GROUND = "OFF_STREET_PARKING_GROUND"


def read(body: bytes) -> Batch:
    """The lots of a file. Raises NotUnderstood; one bad lot does not spoil the others."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise NotUnderstood(_("this is not JSON: %(why)s") % {"why": error}) from None
    lots = said.get("lots") if isinstance(said, dict) else None
    if not isinstance(lots, list):
        raise NotUnderstood(_("there is no list of `lots`"))
    try:
        updated = instant(said.get("last_updated"), "last_updated")
    except Wrong as wrong:
        raise NotUnderstood(str(wrong)) from None
    batch = Batch()
    for number, lot in enumerate(lots, start=1):
        try:
            if not isinstance(lot, dict):
                raise Wrong("lot", _("is no object"))
            batch.told.append(_told(lot, updated))
        except Wrong as wrong:
            row = str(lot.get("name", number))[:80] if isinstance(lot, dict) else str(number)
            batch.refused.append(Refusal(row=row, field=wrong.field, reason=wrong.reason))
    return batch


def _told(lot: Mapping[str, Any], updated: datetime | None) -> Told:
    """A lot. Many files have no id, and then the name stands for it."""
    coords = lot.get("coords")
    lon, lat = position(coords.get("lng"), coords.get("lat")) if coords else (None, None)
    name = text(lot.get("name"), "name", needed=True)
    closed = str(lot.get("state")) == "closed"
    return Told(
        uid=text(lot.get("id") or name, "id", 256, needed=True), name=name, lon=lon, lat=lat,
        capacity=capacity(lot.get("total"), "total"),
        free=None if lot.get("state") == "nodata" else whole(lot.get("free"), "free"),
        measured=instant(lot.get("measured_at"), "measured_at") or updated,
        opening="closed" if closed else "", facts=_facts(lot),
    )  # fmt: skip


def _facts(lot: Mapping[str, Any]) -> dict[str, Any]:
    kind = text(lot.get("lot_type"), "lot_type").lower()
    told = {
        "kind": KINDS.get(kind, GROUND), "address": text(lot.get("address"), "address"),
        "opening_hours": text(lot.get("opening_hours"), "opening_hours", 250),
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}
