"""Catalogues that we read, what each reading brought, and where a harvested dataset is from."""

from datetime import timedelta
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models.dataset import Dataset, Publisher

RHYTHMS: Final = {
    "hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1),
}  # fmt: skip


class Source(models.Model):
    """Another catalogue. `names` says which of our publishers a name there means.

    `etag` and `last_modified` are what the source said of the whole catalogue when it was last
    read to its end; `due` is when it is read again, never where it is read by hand only.
    """

    DCAT, CKAN = "dcat", "ckan"
    KINDS: ClassVar = {
        DCAT: _("DCAT catalogue (Turtle, RDF/XML, JSON-LD)"), CKAN: _("CKAN portal"),
    }  # fmt: skip
    BY_HAND: ClassVar = {
        "": _("by hand only"), "hourly": _("hourly"), "daily": _("daily"), "weekly": _("weekly"),
    }  # fmt: skip

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default=DCAT)
    url = models.URLField(_("address"), max_length=1000, unique=True)
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=BY_HAND, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    publisher = models.ForeignKey(
        Publisher, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("publisher"),
    )  # fmt: skip
    names = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField(default=clock.now)
    due = models.DateTimeField(null=True, blank=True, db_index=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("catalogue to harvest")
        verbose_name_plural = _("catalogues to harvest")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("dcat", "ckan")), name="catalogue_source_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=("", "hourly", "daily", "weekly")),
                name="catalogue_source_rhythm_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One reading of a source. A rehearsal changes nothing and shows what would come.

    `sweep` withdraws what is gone even where that is most of what the source had.
    `counts` has an outcome of Line, or `unchanged`, for each key; `problem` says why it ended
    before its end.
    """

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    rehearsal = models.BooleanField(default=False)
    sweep = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=WAITING)
    by = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = _("harvest")
        verbose_name_plural = _("harvests")
        ordering = ("-created", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running", "done", "failed")),
                name="catalogue_run_state_is_known",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=("waiting", "running")),
                name="catalogue_run_one_at_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source_id} {self.created:%Y-%m-%d %H:%M}"


class Line(models.Model):
    """What a run did with one dataset there; those that stayed as they were have no line."""

    NEW, CHANGED, GONE, REFUSED = "new", "changed", "gone", "refused"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines")
    outcome = models.CharField(max_length=8)
    iri = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    dataset = models.ForeignKey(
        Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("line of a harvest")
        verbose_name_plural = _("lines of harvests")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=("new", "changed", "gone", "refused")),
                name="catalogue_line_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.title}"


class Harvested(models.Model):
    """Where a dataset was read, and all its record said that our own columns do not hold.

    `iri` is its name there, `original` its record as it came. `facts` are [name, value] or
    [name, value, language, kind] of the dataset, and of its resources by their slugs; they are
    told on. `addresses` are those of its distributions, to know it again elsewhere. `gone` says
    since when the source no longer has it: withdrawn, and published again if it comes back.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, related_name="harvested")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="harvested")
    iri = models.CharField(max_length=1000)
    identifier = models.CharField(max_length=1000, blank=True, db_index=True)
    addresses = ArrayField(models.CharField(max_length=1000), default=list, blank=True)
    facts = models.JSONField(default=dict)
    original = models.TextField(blank=True)
    original_type = models.CharField(max_length=60, default="text/turtle")
    digest = models.CharField(max_length=64)
    harvested = models.DateTimeField(default=clock.now)
    seen = models.DateTimeField(default=clock.now)
    gone = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("origin of a dataset")
        verbose_name_plural = _("origins of datasets")
        ordering = ("id",)
        indexes = [GinIndex(fields=["addresses"], name="catalogue_harvested_addresses")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "iri"], name="catalogue_harvested_once_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.iri
