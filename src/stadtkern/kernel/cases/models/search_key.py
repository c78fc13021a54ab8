"""What finds a case by an answer that lies sealed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.cases.models.case import Case


class SearchKey(models.Model):
    """The keyed digest of one answer that the form names for searching; gone with the answers."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="search_keys")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        indexes = [models.Index(fields=["digest"], name="cases_found_by")]
        constraints = [
            models.UniqueConstraint(fields=["case", "digest"], name="cases_search_key_once"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
