"""A dataset as DCAT-AP.de 3.0 describes it, and who publishes it."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.places.models import Located


class Publisher(models.Model):
    """A foaf:Agent that publishes datasets: the city, or the owner of what was harvested."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField(blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Questions about datasets."""

    def published(self) -> Self:
        """What everybody may see."""
        return self.filter(state=Dataset.PUBLISHED)


class Dataset(Located):
    """A dcat:Dataset. `geometry` and its box are what it covers; none where it has no place.

    `origin` says where it comes from: declared by a system (then `system` and `slug` are the
    declaration's), published by staff, or harvested from another catalogue.
    """

    DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
    DECLARED, UPLOADED, HARVESTED = "declared", "uploaded", "harvested"

    slug = models.SlugField(max_length=100, unique=True)
    origin = models.CharField(max_length=12, default=UPLOADED)
    system = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, default=DRAFT, db_index=True)
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    themes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    keywords_en = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="datasets")
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    licence = models.CharField(max_length=60, default=vocabulary.DEFAULT_LICENCE)
    credit = models.TextField(blank=True)
    rhythm = models.CharField(max_length=20, default="UNKNOWN")
    hvd = models.CharField(max_length=20, blank=True)
    landing_page = models.URLField(max_length=1000, blank=True)
    things = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    invented = models.BooleanField(default=False)
    issued = models.DateTimeField(default=clock.now)
    modified = models.DateTimeField(default=clock.now)

    objects: ClassVar[DatasetQuerySet] = DatasetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ("title", "id")
        indexes = [
            GinIndex(fields=["themes"], name="catalogue_dataset_themes"),
            GinIndex(fields=["keywords"], name="catalogue_dataset_keywords"),
            models.Index(fields=["-modified", "id"], name="catalogue_dataset_modified"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "published", "withdrawn")),
                name="catalogue_dataset_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=("declared", "uploaded", "harvested")),
                name="catalogue_dataset_origin_is_known",
            ),
            models.CheckConstraint(
                condition=Q(origin="declared") ^ Q(system=""),
                name="catalogue_dataset_declared_by_a_system",
            ),
            models.CheckConstraint(
                condition=Q(period_start=None)
                | Q(period_end=None)
                | Q(period_start__lte=F("period_end")),
                name="catalogue_dataset_period_runs_forward",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | ~Q(title=""),
                name="catalogue_dataset_published_has_title",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def description(self) -> str:
        """What it is, in the reader's language."""
        return self.about_en if self.about_en and get_language() == "en" else self.about

    @property
    def tags(self) -> list[str]:
        """Its keywords in the reader's language."""
        return self.keywords_en if self.keywords_en and get_language() == "en" else self.keywords
