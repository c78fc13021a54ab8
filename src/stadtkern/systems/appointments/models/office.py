"""Offices with their counters and clerks, and what they offer: the city's side of appointments."""

from collections.abc import Sequence
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.bookings.models import Resource, Unit

SITUATIONS = {
    "papers": _("Identity card and passport"),
    "moving": _("Moving house"),
    "driving": _("Car and driving licence"),
    "family": _("Family and marriage"),
    "health": _("Health"),
    "work": _("Work and certificates"),
    "other": _("Other concerns"),
}


class Spoken(models.Model):
    """Something with texts in German and, beside them, in English."""

    class Meta:
        abstract = True

    def said(self, name: str) -> str:
        """A text in the reader's language; the German one where there is no English."""
        english = getattr(self, f"{name}_en") if get_language() == "en" else ""
        return str(english or getattr(self, name))

    def lines(self, name: str) -> list[str]:
        """A text of one thing per line."""
        return [line.strip() for line in self.said(name).splitlines() if line.strip()]


class OfficeQuerySet(models.QuerySet["Office"]):
    """Questions about offices."""

    def open(self) -> Self:
        """Those that take bookings, with their place and calendar."""
        return self.filter(resource__active=True).select_related(
            "resource__place", "resource__calendar"
        )


class Office(Spoken):
    """An office where people are served; its counters are the units of `resource`.

    `most_open` bounds how many appointments one e-mail address may have ahead (0: any number).
    A slot that somebody cancels online is free again after up to `freed_minutes` at random, so
    that appointments cannot be traded. With `check_mail` an online booking counts after the code
    that was mailed is entered; `prove` asks the browser for a short computation.
    """

    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    about = models.TextField(_("About the office"), blank=True)
    about_en = models.TextField(_("About the office, in English"), blank=True)
    access = models.CharField(_("Accessibility"), max_length=300, blank=True)
    access_en = models.CharField(_("Accessibility, in English"), max_length=300, blank=True)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    discreet = models.BooleanField(_("Concerns are never named on displays"), default=False)
    most_open = models.PositiveSmallIntegerField(_("Open appointments per e-mail"), default=2)
    freed_minutes = models.PositiveSmallIntegerField(_("Delay of cancelled slots"), default=20)
    hold_minutes = models.PositiveSmallIntegerField(_("Minutes to fill in the form"), default=10)
    check_mail = models.BooleanField(_("Online bookings need a code by e-mail"), default=False)
    prove = models.BooleanField(_("Browsers compute a proof against robots"), default=True)
    weight = models.PositiveSmallIntegerField(_("Order"), default=50)

    objects: ClassVar[OfficeQuerySet] = OfficeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ("weight", "slug")
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=5, hold_minutes__lte=60),
                name="appointments_time_to_fill_in",
            ),
            models.CheckConstraint(
                condition=Q(freed_minutes__lte=240), name="appointments_delay_is_short"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.resource.title


class Clerk(models.Model):
    """Somebody who works in an office, usually at this counter."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="clerks")
    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    counter = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("clerk")
        verbose_name_plural = _("clerks")
        ordering = ("office", "id")
        constraints = [
            models.UniqueConstraint(fields=["office", "account"], name="appointments_clerk_once"),
        ]

    def __str__(self) -> str:
        return str(self.account)


class Service(Spoken):
    """A concern that people come with, in plain words.

    `words` are those of everyday life. The first person takes `minutes`, each further one
    `extra_minutes`. A counter serves it that has all of `skills`. `fee_cents` is empty where the
    fee is none or not known for sure; `fee_source` says which law names it. A `prepaid` one is
    paid online before the appointment counts. `bring` names one thing per line.
    """

    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=120, blank=True)
    about = models.TextField(_("In short"), blank=True)
    about_en = models.TextField(_("In short, in English"), blank=True)
    words = models.TextField(_("Everyday words"), blank=True)
    words_en = models.TextField(_("Everyday words in English"), blank=True)
    situation = models.CharField(
        _("Life situation"), max_length=12, choices=list(SITUATIONS.items()), default="other"
    )
    minutes = models.PositiveSmallIntegerField(_("Minutes"), default=10)
    extra_minutes = models.PositiveSmallIntegerField(_("Minutes per further person"), default=5)
    most_persons = models.PositiveSmallIntegerField(_("Persons at most"), default=4)
    skills = ArrayField(
        models.CharField(max_length=80), verbose_name=_("Needed skills"), default=list, blank=True
    )
    bring = models.TextField(_("What to bring, one thing per line"), blank=True)
    bring_en = models.TextField(_("What to bring, in English"), blank=True)
    notice = models.TextField(_("Notice"), blank=True)
    notice_en = models.TextField(_("Notice in English"), blank=True)
    fee_cents = models.PositiveIntegerField(_("Fee in cents"), null=True, blank=True)
    fee_note = models.CharField(_("More about the fee"), max_length=200, blank=True)
    fee_note_en = models.CharField(_("More about the fee, in English"), max_length=200, blank=True)
    fee_source = models.CharField(_("Law that names the fee"), max_length=200, blank=True)
    prepaid = models.BooleanField(_("Paid online in advance"), default=False)
    online_url = models.URLField(_("Address of the online service"), max_length=300, blank=True)
    active = models.BooleanField(_("Offered"), default=True)
    weight = models.PositiveSmallIntegerField(_("Order"), default=50)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("weight", "name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="appointments_service_minutes"
            ),
            models.CheckConstraint(
                condition=Q(most_persons__gte=1, most_persons__lte=20),
                name="appointments_service_persons",
            ),
            models.CheckConstraint(
                condition=Q(fee_cents=None) | ~Q(fee_source=""),
                name="appointments_fee_names_its_law",
            ),
            models.CheckConstraint(
                condition=Q(prepaid=False) | Q(fee_cents__gt=0),
                name="appointments_prepaid_has_a_fee",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.said("name")

    def lasts(self, persons: int, minutes: int | None = None) -> int:
        """Minutes for so many people."""
        return (minutes or self.minutes) + (persons - 1) * self.extra_minutes


class OfficeService(models.Model):
    """A service is offered at an office, with minutes of its own where they are set."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="offers")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="offers")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    online = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("offered service")
        verbose_name_plural = _("offered services")
        ordering = ("office", "service")
        constraints = [
            models.UniqueConstraint(fields=["office", "service"], name="appointments_offer_once"),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=5, minutes__lte=480),
                name="appointments_offer_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.service}"


def minutes_together(offers: Sequence[OfficeService], persons: int) -> int:
    """Minutes of several concerns, each for so many people, one after the other."""
    return sum(one.service.lasts(persons, one.minutes) for one in offers)
