"""What keeps robots and traders of appointments out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Absence, Booking

VERDICTS = {"block": _("cannot book online"), "free": _("any number of appointments")}


class MailRule(models.Model):
    """What holds for an e-mail address, or for all of a domain (`@example.org`)."""

    pattern = models.CharField(_("Address or @domain"), max_length=254, unique=True)
    verdict = models.CharField(
        _("What holds"), max_length=5, choices=list(VERDICTS.items()), default="block"
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("rule for e-mail addresses")
        verbose_name_plural = _("rules for e-mail addresses")
        ordering = ("pattern",)
        constraints = [
            models.CheckConstraint(
                condition=Q(pattern__contains="@"), name="appointments_pattern_has_an_at"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=list(VERDICTS)), name="appointments_verdict_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.pattern


class Check(models.Model):
    """The code that was mailed for a booking that counts only with it; tries are counted."""

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=6)
    tries = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("code by e-mail")
        verbose_name_plural = _("codes by e-mail")

    def __str__(self) -> str:
        return str(self.booking_id)


class Delay(models.Model):
    """A cancelled slot that nobody gets before `until`."""

    absence = models.OneToOneField(Absence, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("delayed slot")
        verbose_name_plural = _("delayed slots")

    def __str__(self) -> str:
        return str(self.until)


class Spent(models.Model):
    """A proof of work that was used once; forgotten when it would be too old anyway."""

    proof = models.CharField(max_length=64, unique=True)
    fresh = models.BooleanField(default=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("used proof")
        verbose_name_plural = _("used proofs")

    def __str__(self) -> str:
        return self.proof


class Sender(models.Model):
    """How many slots one internet address reserved in an hour; the address itself is not kept."""

    mark = models.CharField(max_length=64)
    hour = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("sender of an hour")
        verbose_name_plural = _("senders of an hour")
        constraints = [
            models.UniqueConstraint(fields=["mark", "hour"], name="appointments_sender_hour"),
        ]

    def __str__(self) -> str:
        return str(self.hour)
