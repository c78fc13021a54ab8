"""What people write about the data, who supports it, and how often datasets are visited."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models import Dataset, Resource

TOKEN_LENGTH = 40


def new_token() -> str:
    """The secret part of the address at which a person sees what became of a letter."""
    return get_random_string(TOKEN_LENGTH)


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions about letters."""

    def wishes(self) -> Self:
        """Wishes for data that everybody may see."""
        return self.filter(kind=Letter.WISH, public=True)

    def showcases(self) -> Self:
        """Uses of the data that everybody may see."""
        return self.filter(kind=Letter.SHOWCASE, public=True)

    def waiting(self) -> Self:
        """What nobody has looked at."""
        return self.filter(state=Letter.NEW)


class Letter(models.Model):
    """A wish for data, an error in a dataset, or a use of the data that somebody shows.

    `dataset` is what an error is in, or what a wish became. `mark` tells letters from one
    address apart for an hour or so and is then forgotten.
    """

    WISH, REPORT, SHOWCASE = "wish", "report", "showcase"
    NEW, CHECKING, PLANNED, DONE, REFUSED = "new", "checking", "planned", "done", "refused"

    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=NEW)
    public = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    text = models.TextField()
    url = models.URLField(max_length=500, blank=True)
    dataset = models.ForeignKey(
        Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="de")
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    mark = models.CharField(max_length=64, blank=True, db_index=True)
    answer = models.TextField(blank=True)
    supports = models.PositiveIntegerField(default=0)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now)
    changed = models.DateTimeField(default=clock.now)

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("letter about data")
        verbose_name_plural = _("letters about data")
        ordering = ("-created", "-id")
        indexes = [models.Index(fields=["kind", "state"], name="open_data_letter_inbox")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("wish", "report", "showcase")),
                name="open_data_letter_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("new", "checking", "planned", "done", "refused")),
                name="open_data_letter_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="open_data_refusal_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="report") | Q(dataset__isnull=False),
                name="open_data_report_names_dataset",
            ),
            models.CheckConstraint(
                condition=~Q(kind="wish", state="done") | Q(dataset__isnull=False),
                name="open_data_granted_wish_has_dataset",
            ),
            models.CheckConstraint(
                condition=~Q(kind="report", public=True), name="open_data_report_is_private"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page at which whoever wrote it sees what became of it."""
        return reverse("open_data:letter", args=[self.token])


class Use(models.Model):
    """A dataset that is used by what somebody shows."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="uses")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["letter", "dataset"], name="open_data_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} uses {self.dataset_id}"


class Support(models.Model):
    """Somebody supports a wish too: once from one address, known by a keyed hash alone."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="supporters")
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "mark"], name="open_data_support_once"),
        ]

    def __str__(self) -> str:
        return f"support of {self.letter_id}"


class Visits(models.Model):
    """How often a dataset's page was opened on a day; nothing is known of who did."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "day"], name="open_data_visits_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} on {self.day}: {self.count}"
