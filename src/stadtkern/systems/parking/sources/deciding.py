"""What staff decide about a car park of a source that may be one of ours."""

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.models import Offer, Site, Source
from stadtkern.systems.parking.sources import storing
from stadtkern.systems.parking.sources.reading.told import Told


class NotPossible(Exception):
    """A decision cannot be carried out; the message says why."""


def decide(offer: Offer, choice: str, who: Account) -> None:
    """`same`: it fills our site; `other`: a car park of its own; `leave`: it is not shown.

    Raises NotPossible: our site counts by itself, or is filled by another source.
    """
    with transaction.atomic():
        offer = Offer.objects.select_for_update().select_related("source").get(pk=offer.pk)
        {"same": _same, "other": _other, "leave": _leave}[choice](offer)
        offer.decided, offer.decided_by = clock.now(), f"account:{who.pk}"
        # A number that came before the decision is written with the next round, also where the
        # source says that nothing is new.
        offer.measured = None
        offer.save()
        Source.objects.filter(pk=offer.source_id).update(etag="", last_modified="")
        record(who, "parking.source_decided", offer, choice=choice)


def _same(offer: Offer) -> None:
    if offer.like_id is None:
        raise NotPossible(_("The car park is gone."))
    site = Site.objects.get(pk=offer.like_id)
    if site.counting in ("bays", "lanes"):
        raise NotPossible(
            _("This car park is counted by the city itself: leave out the one of the source.")
        )
    if Offer.objects.filter(site=site, state="taken").exclude(pk=offer.pk).exists():
        raise NotPossible(_("This car park is filled by another source."))
    site.counting, site.source, site.licence = "reported", offer.source.credit, offer.source.licence
    site.capacity = offer.told_capacity or site.capacity
    site.save(update_fields=["counting", "source", "licence", "capacity"])
    logic.count_stream(site.place)
    offer.site, offer.state = site, "taken"


def _other(offer: Offer) -> None:
    told = Told(uid=offer.uid, name=offer.name, lon=offer.lon, lat=offer.lat,
                capacity=offer.told_capacity, facts=offer.facts)  # fmt: skip
    offer.site, offer.state = storing.make_site(offer.source, told), "taken"


def _leave(offer: Offer) -> None:
    offer.site, offer.state = None, "left"
