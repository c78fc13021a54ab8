"""Projects with their versions and pictures, and what the city tells investors."""

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

TOKEN_LENGTH = 32


def new_token() -> str:
    """The secret part of a preview's address."""
    return get_random_string(TOKEN_LENGTH)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about projects."""

    def public(self) -> Self:
        """What everybody may see now, with the version to show."""
        open_end = Q(until=None) | Q(until__gt=clock.now())
        return self.filter(open_end, archived=None, published__isnull=False).select_related(
            "published"
        )


class Project(models.Model):
    """A project of the city. Everybody sees `published` until `until`; staff work on the newest.

    `next` becomes `published` at `next_at`. An archived project is kept and shown to nobody.
    """

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    published = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_published = models.DateTimeField(null=True, editable=False)
    until = models.DateTimeField(null=True, blank=True)
    next = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    next_at = models.DateTimeField(null=True, blank=True)
    archived = models.DateTimeField(null=True, editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[ProjectQuerySet] = ProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("city project")
        verbose_name_plural = _("city projects")
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(
                condition=Q(next=None, next_at=None) | Q(next__isnull=False, next_at__isnull=False),
                name="projects_next_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(next_at=None) | Q(until__gt=F("next_at")),
                name="projects_until_lies_after_next",
            ),
            models.CheckConstraint(
                condition=Q(archived=None) | Q(published=None, next=None),
                name="projects_archived_is_not_public",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """A project as it was from one change to the next; `content` as `content.read` reads it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now, editable=False)
    author = models.CharField(max_length=200)
    content = models.JSONField()

    class Meta:
        verbose_name = _("version of a city project")
        verbose_name_plural = _("versions of city projects")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="projects_version_once"),
            models.CheckConstraint(
                condition=Q(content__has_key="title"), name="projects_version_has_a_title"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} ({self.number})"


class Picture(models.Model):
    """A picture in two sizes as WebP, drawn anew from what was uploaded: nothing else is kept.

    Its words, credit and licence stand in the versions that show it.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pictures")
    large = models.BinaryField()
    small = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("picture of a city project")
        verbose_name_plural = _("pictures of city projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(width__range=(1, 10_000), height__range=(1, 10_000)),
                name="projects_picture_size",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Bilingual(models.Model):
    """Something with texts in German and, beside them, in English."""

    class Meta:
        abstract = True

    def said(self, name: str) -> str:
        """A text in the reader's language; the German one where there is no English."""
        english = getattr(self, f"{name}_en") if get_language() == "en" else ""
        return str(english or getattr(self, name))

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return self.said("title")


class Site(Bilingual):
    """A site for business, or a settlement there: what an investor asks first.

    What the city has not said is empty and shown as not known. `invented` is for demos.
    """

    KINDS = (("site", _("Site")), ("settlement", _("Settlement")))

    kind = models.CharField(_("Kind"), max_length=12, choices=KINDS, default="site")
    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    title = models.CharField(_("Name"), max_length=120)
    title_en = models.CharField(_("Name in English"), max_length=120, blank=True)
    about = models.TextField(_("Text"), blank=True)
    about_en = models.TextField(_("Text in English"), blank=True)
    hectares = models.DecimalField(
        _("Area in hectares"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    allowed = models.CharField(_("What is allowed"), max_length=300, blank=True)
    allowed_en = models.CharField(_("What is allowed, in English"), max_length=300, blank=True)
    transport = models.CharField(_("Transport links"), max_length=300, blank=True)
    transport_en = models.CharField(_("Transport links, in English"), max_length=300, blank=True)
    broadband = models.CharField(_("Broadband"), max_length=300, blank=True)
    broadband_en = models.CharField(_("Broadband, in English"), max_length=300, blank=True)
    contact = models.CharField(_("Contact office"), max_length=200, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    source = models.CharField(_("Source"), max_length=300)
    as_of = models.DateField(_("As of"), null=True, blank=True)
    invented = models.BooleanField(_("Invented for a demo"), default=False)
    public = models.BooleanField(_("Public"), default=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("business site")
        verbose_name_plural = _("business sites")
        ordering = ("kind", "title", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("site", "settlement")), name="projects_site_kind"
            ),
            models.CheckConstraint(
                condition=Q(hectares=None) | Q(hectares__gt=0), name="projects_site_has_room"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="projects_site_has_source"),
        ]

    def __str__(self) -> str:
        return self.title


class Fact(Bilingual):
    """A figure or a rank of the city, with what it means, who says so, and of when."""

    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    title = models.CharField(_("Title"), max_length=120)
    title_en = models.CharField(_("Title in English"), max_length=120, blank=True)
    value = models.CharField(_("Value"), max_length=80)
    value_en = models.CharField(_("Value in English"), max_length=80, blank=True)
    definition = models.TextField(_("What it means"))
    definition_en = models.TextField(_("What it means, in English"), blank=True)
    source = models.CharField(_("Source"), max_length=300)
    url = models.URLField(_("Address of the source"), max_length=500, blank=True)
    as_of = models.DateField(
        _("As of"), null=True, blank=True, help_text=_("Leave it empty where the source has none.")
    )
    weight = models.PositiveSmallIntegerField(_("Order"), default=50)
    public = models.BooleanField(_("Public"), default=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("fact about the city")
        verbose_name_plural = _("facts about the city")
        ordering = ("weight", "title", "id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(definition=""), name="projects_fact_can_be_checked"
            ),
        ]

    def __str__(self) -> str:
        return self.title
