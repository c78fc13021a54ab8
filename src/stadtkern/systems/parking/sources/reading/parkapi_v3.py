"""Reads ParkAPI v3: `items` of sites, as of a list or of the combined push."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from stadtkern.systems.parking.models import KINDS
from stadtkern.systems.parking.sources.reading.told import (
    Batch,
    NotUnderstood,
    Opening,
    Refusal,
    Told,
    Wrong,
    capacity,
    instant,
    position,
    text,
    whole,
)

OPENING: Mapping[str, Opening] = {"OPEN": "open", "CLOSED": "closed"}


def read(body: bytes) -> Batch:
    """The car parks of a list. Raises NotUnderstood; one bad row does not spoil the others."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise NotUnderstood(_("this is not JSON: %(why)s") % {"why": error}) from None
    rows = said.get("items") if isinstance(said, dict) else said
    if not isinstance(rows, list):
        raise NotUnderstood(_("there is no list of `items`"))
    batch = Batch()
    for number, row in enumerate(rows, start=1):
        uid = str(row.get("uid", number))[:80] if isinstance(row, dict) else str(number)
        try:
            if not isinstance(row, dict):
                raise Wrong("row", _("is no object"))
            if row.get("purpose", "CAR") == "CAR":
                batch.told.append(_told(row))
        except Wrong as wrong:
            batch.refused.append(Refusal(row=uid, field=wrong.field, reason=wrong.reason))
    return batch


def _told(row: Mapping[str, Any]) -> Told:
    lon, lat = position(row.get("lon"), row.get("lat"))
    if row.get("has_realtime_data") and not row.get("realtime_data_updated_at"):
        raise Wrong("realtime_data_updated_at", _("is missing, though there are live values"))
    return Told(
        uid=text(row.get("original_uid") or row.get("uid"), "uid", 256, needed=True),
        name=text(row.get("name"), "name", needed=True), lon=lon, lat=lat,
        capacity=capacity(_either(row, "realtime_capacity", "capacity"), "capacity"),
        free=whole(row.get("realtime_free_capacity"), "realtime_free_capacity"),
        measured=instant(row.get("realtime_data_updated_at"), "realtime_data_updated_at"),
        opening=OPENING.get(str(row.get("realtime_opening_status")), ""), facts=_facts(row),
    )  # fmt: skip


def _either(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = text(row.get("type"), "type")
    stay = whole(row.get("max_stay"), "max_stay")
    fee, covered = row.get("has_fee"), row.get("is_covered")
    told = {
        "kind": kind if kind in KINDS else None,
        "operator": text(row.get("operator_name"), "operator_name", 120),
        "address": text(row.get("address"), "address"),
        "opening_hours": text(row.get("opening_hours"), "opening_hours", 250),
        "max_height_cm": capacity(row.get("max_height"), "max_height") or None,
        "max_stay_minutes": stay // 60 if stay else None,
        "has_fee": fee if isinstance(fee, bool) else None,
        "covered": covered if isinstance(covered, bool) else None,
        "park_and_ride": [one for one in row.get("park_and_ride_type") or [] if one != "NO"],
        "outside_ids": {
            str(one.get("type", "")).lower(): str(one.get("value", ""))[:256]
            for one in row.get("external_identifiers") or [] if isinstance(one, dict)
        },
    }  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, "", [], {})}
