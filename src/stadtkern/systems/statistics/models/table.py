"""A table: what is counted, how, by whom; and the dimensions by which it is divided."""

from secrets import token_hex
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.systems.statistics.models.area import Area


class Titled(models.Model):
    """A German title and, where somebody wrote it, an English one."""

    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return self.title_en if self.title_en and get_language() == "en" else self.title


class Theme(Titled):
    """A shelf of tables."""

    slug = models.SlugField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ("position", "title")


class TableQuerySet(models.QuerySet["Table"]):
    """Questions about tables."""

    def published(self) -> Self:
        """Those with an edition that everybody may read."""
        return self.filter(editions__state="published").distinct()


class Table(Titled):
    """One indicator in long format. `adds` says whether parts sum to their whole (counts do).

    `protection` is how small counts are kept secret: `suppression` of counts from 1 to
    `threshold` - 1 with what is needed beside them, or `rounding` to multiples of `base`.
    Tables of one `family` count the same units, so their numbers are protected together.
    `reading` is how the last file was understood.
    """

    NONE, SUPPRESSION, ROUNDING = "none", "suppression", "rounding"
    PROTECTIONS = {
        NONE: _("none: the numbers say nothing about single people"),
        SUPPRESSION: _("hide small counts, and what would give them away"),
        ROUNDING: _("round at random, and sum what was rounded"),
    }

    slug = models.SlugField(max_length=80, unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="tables")
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    method = models.TextField(blank=True)
    unit = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=60, default=vocabulary.DEFAULT_LICENCE)
    rhythm = models.CharField(max_length=20, default="ANNUAL")
    keywords = models.CharField(max_length=300, blank=True)
    adds = models.BooleanField(default=True)
    inhabitants = models.BooleanField(default=False)
    invented = models.BooleanField(default=False)
    protection = models.CharField(max_length=12, default=NONE)
    threshold = models.PositiveSmallIntegerField(default=4)
    base = models.PositiveSmallIntegerField(default=3)
    family = models.SlugField(max_length=60, blank=True)
    seed = models.CharField(max_length=64, default=token_hex, editable=False)
    reading = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(default=clock.now)

    objects: ClassVar[TableQuerySet] = TableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("statistical table")
        verbose_name_plural = _("statistical tables")
        ordering = ("theme__position", "title")
        constraints = [
            models.CheckConstraint(
                condition=Q(protection__in=("none", "suppression", "rounding")),
                name="statistics_table_protection_is_known",
            ),
            models.CheckConstraint(
                condition=Q(protection="none") | Q(adds=True, decimals=0),
                name="statistics_table_only_counts_are_protected",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=2, threshold__lte=20, base__in=(3, 5)),
                name="statistics_table_protection_has_sizes",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(unit="") & ~Q(source=""),
                name="statistics_table_says_what_and_whence",
            ),
            # What a rate per 1,000 inhabitants is made of must be one answer.
            models.UniqueConstraint(
                fields=["inhabitants"],
                condition=Q(inhabitants=True),
                name="statistics_table_one_of_inhabitants",
            ),
        ]

    @property
    def protection_word(self) -> object:
        """How small counts are kept secret, in words."""
        return self.PROTECTIONS[self.protection]

    @property
    def description(self) -> str:
        """What is counted, in the reader's language."""
        return self.about_en if self.about_en and get_language() == "en" else self.about


class Dimension(Titled):
    """One of the ways in which a table is divided; `position` is its place in a cell's key."""

    KINDS = {
        "area": _("area"),
        "time": _("time"),
        "sex": _("sex"),
        "age": _("age"),
        "nationality": _("nationality"),
        "other": _("something else"),
    }

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="dimensions")
    slug = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, default="other")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        ordering = ("table", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["table", "slug"], name="statistics_dimension_once_a_slug"
            ),
            models.UniqueConstraint(
                fields=["table", "position"],
                name="statistics_dimension_once_a_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("area", "time", "sex", "age", "nationality", "other")),
                name="statistics_dimension_kind_is_known",
            ),
        ]


class Item(Titled):
    """A value of a dimension. `whole` is what it is a part of: parts sum to it where all are known.

    `low` and `high` bound an age class in whole years (`high` is inside; none: and older).
    """

    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="items")
    code = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    whole = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    date = models.DateField(null=True, blank=True)
    low = models.PositiveSmallIntegerField(null=True, blank=True)
    high = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("dimension", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "code"], name="statistics_item_once_a_code"
            ),
            models.CheckConstraint(
                condition=Q(whole=None) | ~Q(whole=F("id")), name="statistics_item_not_of_itself"
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")),
                name="statistics_item_ages_run_upwards",
            ),
        ]
