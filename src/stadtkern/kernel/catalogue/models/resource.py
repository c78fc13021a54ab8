"""What a dataset is made of: tables, files, links; a table or file has versions."""

from typing import Any, ClassVar, Self

import msgspec
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models.dataset import Dataset
from stadtkern.kernel.catalogue.models.file import StoredFile


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Questions about resources."""

    def published(self) -> Self:
        """Of datasets that everybody may see."""
        return self.filter(dataset__state=Dataset.PUBLISHED)


class Resource(models.Model):
    """A part of a dataset: rows of a table, a file as it is, or an address elsewhere (`url`).

    A table is one resource with many DCAT distributions: each format of it, and each API.
    """

    TABLE, FILE, LINK = "table", "file", "link"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="resources")
    slug = models.SlugField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, default=TABLE)
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    format = models.CharField(max_length=40, blank=True)
    media_type = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    licence = models.CharField(max_length=60, blank=True)
    # When its rows were last read from where they come from, changed or not.
    checked = models.DateTimeField(null=True, blank=True)
    # Why its rows could not be read anew, in a sentence; the last version stays.
    problem = models.TextField(blank=True)
    # Of a table's current version: has it places, and what kind of file it came from.
    spatial = models.BooleanField(default=False)
    original = models.CharField(max_length=120, blank=True, default="")

    objects: ClassVar[ResourceQuerySet] = ResourceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ("dataset", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "slug"], name="catalogue_resource_once_a_slug"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("table", "file", "link")),
                name="catalogue_resource_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="link") ^ ~Q(url=""), name="catalogue_resource_link_has_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return self.title_en if self.title_en and get_language() == "en" else self.title


class VersionQuerySet(models.QuerySet["Version"]):
    """Questions about versions."""

    def released(self) -> Self:
        """Without what is only prepared."""
        return self.filter(staged=False)


class Version(models.Model):
    """One state of a table or file. The current one is what everybody reads.

    A staged one is prepared and seen by staff alone, until it becomes the current one.

    A table's rows lie in a relation of their own, `open.t<id>` (see `catalogue.tables`).
    `fields` are its columns in their order; `report` is what the checks said.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    created = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    fields = models.JSONField(default=list)
    rows = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)
    # Of a table, see `tables.statistics.measure`.
    statistics = models.JSONField(default=dict, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What these rows were made from, where a recipe made them: `resource` and `version` they come
    # from, `page` and `document` that tell how, and it `said` in one sentence; see dcat.lineage.
    lineage = models.JSONField(default=dict, blank=True)
    # The table is gone, its metadata stays.
    dropped = models.BooleanField(default=False)
    staged = models.BooleanField(default=False)

    objects: ClassVar[VersionQuerySet] = VersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("resource", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "number"], name="catalogue_version_once_a_number"
            ),
            models.UniqueConstraint(
                fields=["resource"], condition=Q(current=True), name="catalogue_version_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(current=True, dropped=True), name="catalogue_version_current_has_rows"
            ),
            models.CheckConstraint(
                condition=~Q(current=True, staged=True), name="catalogue_version_staged_or_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} v{self.number}"

    @property
    def relation(self) -> str:
        """The name of its table in the schema `open`."""
        return f"t{self.pk}"

    @property
    def columns(self) -> tuple[Field, ...]:
        """Its columns."""
        listed: Any = self.fields
        return tuple(msgspec.convert(listed, list[Field]))
