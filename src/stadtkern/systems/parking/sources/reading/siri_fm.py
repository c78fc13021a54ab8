"""Reads SIRI-FM in the Italian profile: a count of free bays for each facility, no positions."""

from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from stadtkern.systems.parking.sources.reading import trees
from stadtkern.systems.parking.sources.reading.told import (
    Batch,
    NotUnderstood,
    Refusal,
    Told,
    Wrong,
    instant,
    text,
    whole,
)


def read(body: bytes) -> Batch:
    """The counts of a delivery, measured when the answer was made. Raises NotUnderstood."""
    top = trees.parsed(body)
    if trees.name_of(top) != "Siri":
        raise NotUnderstood(_("this is no SIRI document"))
    delivery = trees.down(top, "ServiceDelivery", "FacilityMonitoringDelivery")
    at = trees.said(delivery, "ResponseTimestamp") or trees.said(
        trees.down(top, "ServiceDelivery"), "ResponseTimestamp"
    )
    batch = Batch()
    for condition in trees.children(delivery, "FacilityCondition"):
        ref = trees.said(condition, "FacilityRef")
        try:
            batch.told.append(_told(condition, ref, at))
        except Wrong as wrong:
            batch.refused.append(Refusal(row=ref or "?", field=wrong.field, reason=wrong.reason))
    return batch


def _told(condition: Element, ref: str | None, at: str | None) -> Told:
    """What routers take: one counting, of bays, of the present."""
    countings = trees.children(condition, "MonitoredCounting")
    if len(countings) != 1:
        raise Wrong("MonitoredCounting", _("has to be there once"))
    (counting,) = countings
    for name, wanted in (("CountingType", "presentCount"), ("CountedFeatureUnit", "bays")):
        if trees.said(counting, name) != wanted:
            raise Wrong(name, _("is not %(wanted)s") % {"wanted": wanted})
    count = whole(trees.said(counting, "Count"), "Count")
    if count is None:
        raise Wrong("Count", _("is missing"))
    return Told(
        uid=text(ref, "FacilityRef", 256, needed=True), free=count,
        measured=instant(at, "ResponseTimestamp"),
    )  # fmt: skip
