"""What the events need regularly: new dates of series, other calendars, forgetting."""

from datetime import datetime, timedelta

from django.db.models import Max

from stadtkern.kernel import clock, registry
from stadtkern.systems.events import schedule
from stadtkern.systems.events.models import Event


def lay_out_series() -> str:
    """Dates of all series up to the horizon."""
    rows = Event.objects.exclude(rule="").exclude(state="refused").defer("large", "small")
    changed = sum(schedule.lay_out(one) for one in rows.iterator(chunk_size=200))
    return f"{changed} dates changed"


def read_sources() -> str:
    """Read the other calendars; what that needs is loaded only then."""
    return str(registry.resolve("stadtkern.systems.events.importing.run.all_sources")())


def forget() -> str:
    """Events whose address nobody confirmed for a week."""
    old = Event.objects.filter(state="unconfirmed", created__lt=clock.now() - timedelta(days=7))
    deleted = old.delete()[1].get("events.Event", 0)
    return f"{deleted} unconfirmed events deleted"


def erase_contacts(older_than: datetime) -> int:
    """Who told us of an event that is over; the event stays."""
    over = Event.objects.annotate(last=Max("occasions__ends")).filter(last__lt=older_than)
    ids = list(
        over.exclude(contact_email="", contact_name="", mark="").values_list("pk", flat=True)
    )
    return Event.objects.filter(pk__in=ids).update(contact_email="", contact_name="", mark="")
