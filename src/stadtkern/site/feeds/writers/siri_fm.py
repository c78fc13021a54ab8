"""SIRI-FM 2.1 in the Italian profile: how many bays are free at each facility, and no more."""

from typing import Final

from stadtkern.kernel.feeds.parking import Facility
from stadtkern.site.feeds.publication import Publication
from stadtkern.site.feeds.writers import tree

NAMESPACE: Final = "http://www.siri.org.uk/siri"


def availability(publication: Publication) -> bytes:
    """One condition for each facility whose number is known; the others are left out.

    Each has exactly one counting: `presentCount` of `bays`.
    """
    top = tree.root("Siri", NAMESPACE, "", version="2.1")
    delivery = top.add("ServiceDelivery")
    delivery.add("ResponseTimestamp", publication.generated)
    delivery.add("ProducerRef", publication.publisher)
    monitoring = delivery.add("FacilityMonitoringDelivery", version="2.1")
    monitoring.add("ResponseTimestamp", publication.generated)
    for one in publication.facilities:
        if one.free is not None:
            _condition(monitoring, one, one.free)
    return tree.written(top)


def _condition(monitoring: tree.Branch, one: Facility, free: int) -> None:
    condition = monitoring.add("FacilityCondition")
    condition.add("FacilityRef", one.uid)
    status = condition.add("FacilityStatus")
    status.add("Status", "available" if free else "notAvailable")
    counting = condition.add("MonitoredCounting")
    counting.add("CountingType", "presentCount")
    counting.add("CountedFeatureUnit", "bays")
    counting.add("Count", free)
