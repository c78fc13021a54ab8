"""What the city does for people and companies: the catalogue of its services."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Department

# How far it goes online, from the least.
REACHES = {
    "information": _("information"),
    "form": _("form to fill in and print"),
    "online": _("online from beginning to end"),
}
DOORS = {"own": _("own form"), "efa": _("service of others"), "external": _("other website")}


class ServiceQuerySet(models.QuerySet["Service"]):
    """Questions about services."""

    def with_reach(self) -> Self:
        """Each with `reach`, a key of `REACHES`, from what is really live: never typed in."""
        live = OnlineService.objects.open().filter(service=OuterRef("pk"))
        return self.annotate(
            reach=Case(
                When(Exists(live.filter(complete=True)), then=Value("online")),
                When(Exists(live), then=Value("form")),
                default=Value("information"),
                output_field=models.CharField(),
            )
        )

    def reaching(self, *reaches: str) -> Self:
        """Those that reach so far, keys of `REACHES`."""
        return self.with_reach().filter(reach__in=reaches)


class Service(models.Model):
    """One service (FIM: Leistung). `leika` is its official key, empty where it is not known.

    `texts` are the text modules of XZuFi by language: `{"de": {"what": .., "who": .., "documents":
    .., "fees": .., "deadline": .., "duration": .., "law": .., "steps": ..}}`. `level` is the level
    of trust that applying needs (`identity.trust.Trust`). `words` are what people call it.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    leika = models.CharField(max_length=14, blank=True, db_index=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=400, blank=True)
    summary_en = models.CharField(max_length=400, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    situations = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    for_citizens = models.BooleanField(default=True)
    for_companies = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=0)
    # Applications a year, for the weighing of maturity; null: not known.
    yearly = models.PositiveIntegerField(null=True, blank=True)
    # Slug of the appointment service with which it is done in person.
    appointment = models.CharField(max_length=120, blank=True)
    # Where it was taken from: `{"system": "xzufi", "id": .., "version": ..}`.
    source = models.JSONField(default=dict, blank=True)
    # What the source said last, field by field, so that local edits and news are told apart.
    imported = models.JSONField(default=dict, blank=True)
    # When the source stopped telling of it; it stays until staff switch it off.
    gone = models.DateTimeField(null=True, blank=True)
    # When somebody of the department last said that all of this is right.
    checked = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    objects: ClassVar[ServiceQuerySet] = ServiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("title",)
        indexes = [GinIndex(fields=["situations"], name="cases_service_situations")]
        constraints = [
            models.CheckConstraint(
                condition=Q(leika="") | Q(leika__regex=r"^99\d{12}$"), name="cases_leika_is_a_key"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="cases_service_has_a_title"),
            models.CheckConstraint(
                condition=Q(level__in=[0, 1, 3, 4]), name="cases_service_level_is_known"
            ),
            models.UniqueConstraint(
                fields=["leika"], condition=~Q(leika=""), name="cases_leika_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return (self.title_en if get_language() == "en" else "") or self.title

    @property
    def about(self) -> str:
        """The summary in the reader's language."""
        return (self.summary_en if get_language() == "en" else "") or self.summary


class OnlineServiceQuerySet(models.QuerySet["OnlineService"]):
    """Questions about ways online."""

    def open(self) -> Self:
        """Those that people can really use: live, and an own form has a published version."""
        return self.filter(
            Q(state="live") & (~Q(kind="own") | Q(form__versions__state="published"))
        )


class OnlineService(models.Model):
    """A way to a service online: our own form, a service of others (EfA), or another website.

    `complete` says that everything from applying to the decision goes online; otherwise it ends
    with a paper. One that is live replaces those before it, which lead to it.
    """

    STATES = {"draft": _("being prepared"), "live": _("live"), "retired": _("retired")}

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="online")
    kind = models.CharField(max_length=8, choices=list(DOORS.items()))
    title = models.CharField(max_length=200, blank=True)
    form = models.ForeignKey(
        "cases.Form", null=True, blank=True, on_delete=models.PROTECT, related_name="online"
    )
    url = models.URLField(max_length=500, blank=True)
    provider = models.CharField(max_length=200, blank=True)
    complete = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=list(STATES.items()), default="draft")
    changed = models.DateTimeField(default=clock.now)

    objects: ClassVar[OnlineServiceQuerySet] = OnlineServiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("online service")
        verbose_name_plural = _("online services")
        ordering = ("service", "-changed")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(DOORS)), name="cases_online_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "live", "retired"]), name="cases_online_state"
            ),
            models.CheckConstraint(
                condition=Q(kind="own", form__isnull=False, url="")
                | (~Q(kind="own") & Q(form__isnull=True) & ~Q(url="")),
                name="cases_online_leads_somewhere",
            ),
            models.UniqueConstraint(
                F("service"), condition=Q(state="live"), name="cases_one_live_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.kind}"


class Helpful(models.Model):
    """What people said of a service's page in one month: only counts, no words, no persons."""

    ANSWERS: ClassVar = {
        "yes": _("helpful"),
        "unclear": _("hard to understand"),
        "missing": _("something is missing"),
        "wrong": _("something is wrong"),
    }

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="helpful")
    month = models.DateField()
    answer = models.CharField(max_length=8, choices=list(ANSWERS.items()))
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("answers on a service's page")
        verbose_name_plural = _("answers on services' pages")
        ordering = ("service", "-month", "answer")
        constraints = [
            models.UniqueConstraint(
                fields=["service", "month", "answer"], name="cases_helpful_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "unclear", "missing", "wrong"]),
                name="cases_helpful_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.answer}"
