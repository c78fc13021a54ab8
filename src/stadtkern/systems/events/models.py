"""Events, the single dates on which they happen, and where they were read from."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.find.words import fold
from stadtkern.kernel.places.models import Area, Place
from stadtkern.systems.events.kinds import CATEGORIES, STATES

TOKEN_LENGTH = 32


def new_token() -> str:
    """The secret part of a preview's address."""
    return get_random_string(TOKEN_LENGTH)


class Source(models.Model):
    """A calendar of somebody else that is read again and again. Its last answer is kept in mind."""

    KINDS = (("ical", "iCalendar"), ("rss", "RSS, Atom"), ("json", "JSON"))

    name = models.CharField(_("Name"), max_length=120)
    url = models.URLField(_("Address"), max_length=500, unique=True)
    kind = models.CharField(_("Format"), max_length=4, choices=KINDS, default="ical")
    credit = models.CharField(_("Source and licence, as the page names them"), max_length=200)
    category = models.CharField(
        _("Interest, where an entry names none"), max_length=12, default="other",
        choices=list(CATEGORIES.items()),
    )  # fmt: skip
    area = models.ForeignKey(
        Area, verbose_name=_("District"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    trusted = models.BooleanField(
        _("Its events are public at once"), default=False,
        help_text=_("Else they wait until somebody has looked at them."),
    )  # fmt: skip
    active = models.BooleanField(_("Is read every hour"), default=True)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    checked = models.DateTimeField(null=True, editable=False)
    read = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)
    said = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("source of events")
        verbose_name_plural = _("sources of events")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about events."""

    def public(self) -> Self:
        """What everybody may see."""
        return self.filter(state="public")


class Event(models.Model):
    """Something that happens once or in a series (`rule`, an RRULE without its name).

    Times of the first date; those of a series repeat by the city's clocks. A cancelled event stays
    visible. `edited` says that staff have changed what a source told, so the source no longer may.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(
        max_length=12, default="draft", choices=[(key, word) for key, (_s, word) in STATES.items()]
    )
    title = models.CharField(_("Title"), max_length=140)
    title_en = models.CharField(_("Title in English"), max_length=140, blank=True)
    text = models.TextField(_("Text"), max_length=8000, blank=True)
    text_en = models.TextField(_("Text in English"), max_length=8000, blank=True)
    category = models.CharField(
        _("Interest"), max_length=12, choices=list(CATEGORIES.items()), default="other"
    )
    begins = models.DateTimeField(_("Begins"))
    ends = models.DateTimeField(_("Ends"))
    all_day = models.BooleanField(_("All day"), default=False)
    rule = models.CharField(_("Repetition"), max_length=300, blank=True)
    # Dates that the series leaves out without a word.
    without = ArrayField(models.DateTimeField(), default=list, blank=True, editable=False)
    cancelled = models.DateTimeField(null=True, editable=False)
    note = models.CharField(_("Why it is cancelled"), max_length=200, blank=True)
    place = models.ForeignKey(
        Place, verbose_name=_("Place"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    where = models.CharField(_("Where"), max_length=200, blank=True)
    area = models.ForeignKey(
        Area, verbose_name=_("District"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    free = models.BooleanField(_("Free of charge"), default=False)
    price = models.CharField(_("Price"), max_length=120, blank=True)
    audience = models.CharField(_("For whom"), max_length=120, blank=True)
    accessible = models.BooleanField(_("Accessible without steps"), null=True, blank=True)
    access = models.CharField(_("Accessibility in words"), max_length=300, blank=True)
    registration = models.URLField(_("Address for sign-up"), max_length=500, blank=True)
    url = models.URLField(_("More about it"), max_length=500, blank=True)
    organiser = models.CharField(_("Organiser"), max_length=140, blank=True)
    contact_name = models.CharField(max_length=140, blank=True)
    contact_email = models.EmailField(blank=True)
    mark = models.CharField(max_length=64, blank=True, editable=False)
    answer = models.CharField(max_length=500, blank=True)
    large = models.BinaryField(null=True, editable=False)
    small = models.BinaryField(null=True, editable=False)
    alt = models.CharField(_("What the picture shows"), max_length=200, blank=True)
    picture_credit = models.CharField(
        _("Picture: who made it, licence"), max_length=200, blank=True
    )
    words = models.TextField(editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    invented = models.BooleanField(default=False, editable=False)
    edited = models.DateTimeField(null=True, editable=False)
    published = models.DateTimeField(null=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("begins", "id")
        indexes = [models.Index(fields=["state", "created"], name="events_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="events_end_after"),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="events_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(category__in=list(CATEGORIES)), name="events_category_is_known"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="events_has_a_title"),
            models.CheckConstraint(
                condition=Q(large=None, alt="") | (Q(large__isnull=False) & ~Q(alt="")),
                name="events_picture_is_described",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        told = (self.title, self.title_en, self.text, self.text_en, self.where, self.organiser,
                self.audience, self.place.name if self.place else "")  # fmt: skip
        self.words = fold(" ".join(told))
        super().save(*args, **kwargs)

    def said(self, name: str) -> str:
        """A text in the reader's language; the German one where there is no English."""
        english = getattr(self, f"{name}_en") if get_language() == "en" else ""
        return str(english or getattr(self, name))

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return self.said("title")

    @property
    def body(self) -> str:
        """The text in the reader's language."""
        return self.said("text")

    @property
    def venue(self) -> str:
        """Where it is, in words."""
        return self.where or (self.place.title if self.place else "")


class Occasion(models.Model):
    """One date of an event. `original` is when the series says it begins, even if it was moved."""

    SCHEDULED, MOVED, CANCELLED = "scheduled", "moved", "cancelled"
    STATES = (
        (SCHEDULED, _("takes place")),
        (MOVED, _("moved")),
        (CANCELLED, _("event cancelled")),
    )

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="occasions")
    original = models.DateTimeField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default=SCHEDULED)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("date of an event")
        verbose_name_plural = _("dates of events")
        ordering = ("begins", "id")
        indexes = [models.Index(fields=["begins", "ends"], name="events_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["event", "original"], name="events_date_once"),
            models.CheckConstraint(
                condition=Q(ends__gte=F("begins")), name="events_date_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("scheduled", "moved", "cancelled")),
                name="events_date_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.begins:%Y-%m-%d}"

    @property
    def off(self) -> bool:
        """Whether it does not take place."""
        return self.state == self.CANCELLED or self.event.cancelled is not None

    @property
    def moved(self) -> bool:
        """Whether it takes place at another time than was said first."""
        return self.state == self.MOVED and not self.off

    @property
    def why(self) -> str:
        """What is said about a change."""
        return self.note or (self.event.note if self.event.cancelled else "")


class Origin(models.Model):
    """An entry of a source that is this event. The `main` one tells what the event says.

    `gone` since the source no longer lists it; `digest` of what it said last.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="origins")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="origins")
    uid = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    main = models.BooleanField(default=True)
    digest = models.CharField(max_length=64)
    first_seen = models.DateTimeField(default=clock.now, editable=False)
    gone = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("origin of an event")
        verbose_name_plural = _("origins of events")
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="events_origin_once"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(main=True), name="events_one_main_origin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.uid}"
