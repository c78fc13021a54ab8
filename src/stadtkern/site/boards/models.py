"""Boards and their versions: each change is a new version, so each can be taken back."""

from typing import Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class BoardQuerySet(models.QuerySet["Board"]):
    """Questions about boards."""

    def public(self) -> Self:
        """Boards that everybody may see, with the version to show, in the city's order."""
        return self.filter(published__isnull=False).select_related("published")


class Board(models.Model):
    """A dashboard that staff put together. Everybody sees `published`; staff work on the newest."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    position = models.PositiveIntegerField(default=0)
    published = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """A board as it was from one change to the next; `blocks` as `blocks.py` reads them."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now, editable=False)
    author = models.CharField(max_length=200)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    about = models.CharField(_("one sentence about it"), max_length=300, blank=True)
    about_en = models.CharField(_("the sentence in English"), max_length=300, blank=True)
    blocks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("version of a board")
        verbose_name_plural = _("versions of boards")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="boards_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return _said(self.title, self.title_en)

    @property
    def lead(self) -> str:
        """The sentence in the reader's language."""
        return _said(self.about, self.about_en)


def _said(german: str, english: str) -> str:
    return english or german if get_language() == "en" else german
