"""What is done to an event: written, published, cancelled, each with its entry in the audit log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.push.announce import News, announce
from stadtkern.systems.events import mail, schedule
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.templatetags.events import when

PER_HOUR = 5
RESERVED = ("submit", "preview", "feed")
Actor = Account | str


def too_many(mark: str) -> bool:
    """Whether so many events came from one address within an hour that no more are taken."""
    since = clock.now() - timedelta(hours=1)
    return Event.objects.filter(mark=mark, created__gte=since).count() >= PER_HOUR


def slug_for(title: str, begins: datetime) -> str:
    """An address that is free: `stadtteilfest-2026-06-14`, or with a number behind it."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe",
                             "Ü": "Ue"})  # fmt: skip
    stem = f"{slugify(title.translate(umlauts))[:55].strip('-') or 'termin'}-{begins:%Y-%m-%d}"
    taken = set(Event.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken and stem not in RESERVED:
        return stem
    return next(name for n in range(2, 10_000) if (name := f"{stem}-{n}") not in taken)


@transaction.atomic
def submit(said: Mapping[str, Any], mark: str) -> Event:
    """What an organiser told; nobody sees it before the address is confirmed."""
    names = ("title", "text", "category", "begins", "ends", "where", "area", "free", "price",
             "accessible", "registration", "organiser")  # fmt: skip
    made = Event.objects.create(
        **{name: said[name] for name in names}, state="unconfirmed", mark=mark,
        slug=slug_for(said["title"], said["begins"]),
        contact_name=said["name"], contact_email=said["email"],
    )  # fmt: skip
    schedule.lay_out(made)
    return made


def confirm(event: Event) -> bool:
    """The address is right, so staff look at the event; False where it was confirmed before."""
    waiting = Event.objects.filter(pk=event.pk, state="unconfirmed")
    return bool(waiting.update(state="submitted", changed=clock.now()))


@transaction.atomic
def save(actor: Actor, event: Event) -> Event:
    """Store what was written, with its dates."""
    new = event.pk is None
    if new:
        event.slug = event.slug or slug_for(event.title, event.begins)
    event.sequence += not new
    event.changed = clock.now()
    event.save()
    schedule.lay_out(event)
    record(actor, "events.create" if new else "events.change", event, title=event.title)
    return event


@transaction.atomic
def decide(actor: Actor, number: int, state: str, answer: str = "") -> Event:
    """Publish, refuse or withdraw; an organiser is told."""
    event = Event.objects.select_for_update().get(pk=number)
    asked = event.state == "submitted"
    event.state, event.answer, event.changed = state, answer, clock.now()
    if state == "public":
        event.published = event.published or clock.now()
    event.save()
    record(actor, f"events.{state}", event, title=event.title)
    if asked:
        mail.tell(event)
    if state == "public":
        _announce(event, "new")
    return event


@transaction.atomic
def cancel(actor: Actor, number: int, note: str) -> Event:
    """The whole event does not take place; it stays visible, and whoever asked for it is told."""
    event = Event.objects.select_for_update().get(pk=number)
    event.cancelled, event.note = clock.now(), note
    schedule.touch(event)
    record(actor, "events.cancel", event, title=event.title, note=note)
    _announce(event, "cancelled")
    return event


@transaction.atomic
def revive(actor: Actor, number: int) -> Event:
    """It takes place after all."""
    event = Event.objects.select_for_update().get(pk=number)
    event.cancelled, event.note = None, ""
    schedule.touch(event)
    record(actor, "events.revive", event, title=event.title)
    return event


@transaction.atomic
def change_date(
    actor: Actor, row: Occasion, deed: str, note: str = "",
    span: tuple[datetime, datetime] | None = None,
) -> None:  # fmt: skip
    """Cancel, move or restore a single date."""
    if deed == "cancel":
        schedule.cancel(row, note)
    elif deed == "move" and span is not None:
        schedule.move(row, *span, note)
    else:
        schedule.restore(row)
    record(actor, f"events.date_{deed}", row.event, date=row.original.isoformat(), note=note)
    if deed != "restore":
        _announce(row.event, deed, row)


def _announce(event: Event, what: str, row: Occasion | None = None) -> None:
    """Only what is public and still ahead."""
    ends = event.occasions.order_by("-ends").values_list("ends", flat=True)
    last = row.original if row else ends.first()
    if event.state != "public" or last is None or last <= clock.now():
        return
    titles = {
        "new": (event.title, event.title_en),
        "cancelled": (f"Abgesagt: {event.title}", f"Cancelled: {event.title_en or event.title}"),
        "cancel": (f"Abgesagt: {event.title}", f"Cancelled: {event.title_en or event.title}"),
        "move": (f"Verlegt: {event.title}", f"Moved: {event.title_en or event.title}"),
    }
    german, english = titles[what]
    mark = f"{row.original:%Y%m%d}:{event.sequence}" if row else str(event.sequence)
    announce(News(
        key=f"events:{event.pk}:{what}:{'' if what == 'new' else mark}",
        topic="events.new" if what == "new" else "events.changes",
        title=german, title_en=english, text=when(row or event), page="events:event",
        args=[event.slug], until=last,
    ))  # fmt: skip
