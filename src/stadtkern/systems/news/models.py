"""News of the city and of others, and the feeds that those of others are read from."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.places.models import Area
from stadtkern.systems.news.kinds import THEMES

TOKEN_LENGTH = 32


def new_token() -> str:
    """The secret part of a preview's address."""
    return get_random_string(TOKEN_LENGTH)


class Source(models.Model):
    """An RSS or Atom feed that is read again and again."""

    name = models.CharField(_("Name"), max_length=120)
    url = models.URLField(_("Address"), max_length=500, unique=True)
    credit = models.CharField(_("Source and licence, as the page names them"), max_length=200)
    theme = models.CharField(
        _("Theme"), max_length=12, choices=list(THEMES.items()), default="other"
    )
    days = models.PositiveSmallIntegerField(_("Is shown for so many days"), default=30)
    trusted = models.BooleanField(
        _("Its news are public at once"), default=False,
        help_text=_("Else they wait until somebody has looked at them."),
    )  # fmt: skip
    active = models.BooleanField(_("Is read every hour"), default=True)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    checked = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)
    said = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("news feed")
        verbose_name_plural = _("news feeds")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    """Questions about articles."""

    def public(self, now: datetime | None = None) -> Self:
        """What everybody may see now: begun, not over, not withdrawn."""
        now = now or clock.now()
        begun = self.filter(state="public", begins__lte=now)
        return begun.filter(Q(ends=None) | Q(ends__gt=now))

    def light(self) -> Self:
        """Without pictures."""
        return self.select_related("area", "source").defer("large", "small")


class Article(models.Model):
    """A piece of news from `begins` until `ends`; a warning stands above all others.

    `push` asks for a message to phones, which was sent at `announced`. `edited` says that staff
    have changed what a feed told, so the feed no longer may.
    """

    STATES = (("draft", _("draft")), ("public", _("public")), ("withdrawn", _("withdrawn")))

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=STATES, default="draft", editable=False)
    warning = models.BooleanField(
        _("It is a warning"), default=False,
        help_text=_("It stands above all other news and reaches phones also at night."),
    )  # fmt: skip
    theme = models.CharField(
        _("Theme"), max_length=12, choices=list(THEMES.items()), default="other"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("District"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    title = models.CharField(_("Title"), max_length=140)
    title_en = models.CharField(_("Title in English"), max_length=140, blank=True)
    text = models.TextField(_("Text"), max_length=12000, blank=True)
    text_en = models.TextField(_("Text in English"), max_length=12000, blank=True)
    begins = models.DateTimeField(_("Public from"), default=clock.now)
    ends = models.DateTimeField(_("Public until"), null=True, blank=True)
    push = models.BooleanField(_("Send a message to phones"), default=False)
    announced = models.DateTimeField(null=True, editable=False)
    url = models.URLField(_("More about it"), max_length=500, blank=True)
    large = models.BinaryField(null=True, editable=False)
    small = models.BinaryField(null=True, editable=False)
    alt = models.CharField(_("What the picture shows"), max_length=200, blank=True)
    picture_credit = models.CharField(
        _("Picture: who made it, licence"), max_length=200, blank=True
    )
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles",
        editable=False,
    )  # fmt: skip
    uid = models.CharField(max_length=300, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    edited = models.DateTimeField(null=True, editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    invented = models.BooleanField(default=False, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ("-begins", "-id")
        indexes = [models.Index(fields=["state", "begins"], name="news_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("begins")), name="news_ends_after"
            ),
            models.CheckConstraint(condition=Q(theme__in=list(THEMES)), name="news_theme_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "public", "withdrawn")), name="news_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="news_has_a_title"),
            models.CheckConstraint(
                condition=Q(large=None, alt="") | (Q(large__isnull=False) & ~Q(alt="")),
                name="news_picture_is_described",
            ),
            models.UniqueConstraint(
                fields=["source", "uid"], condition=~Q(uid=""), name="news_once_per_source"
            ),
        ]

    def __str__(self) -> str:
        return self.title

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
    def standing(self) -> tuple[State, str]:
        """How it stands now, as sign and words."""
        now = clock.now()
        if self.state == "draft":
            return "none", str(_("draft"))
        if self.state == "withdrawn":
            return "none", str(_("withdrawn"))
        if self.begins > now:
            return "info", str(_("will be public"))
        if self.ends is not None and self.ends <= now:
            return "none", str(_("over"))
        return "good", str(_("public"))
