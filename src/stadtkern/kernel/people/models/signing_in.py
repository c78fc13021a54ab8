"""How somebody signs in, and where they are signed in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models.account import Account
from stadtkern.kernel.people.models.identity import Sealed

WAYS = {
    "password": _("password"),
    "totp": _("password and code"),
    "recovery": _("password and recovery code"),
    "passkey": _("passkey"),
    "provider": _("identity provider"),
    "other": _("other"),
}


class SignIn(models.Model):
    """One sign-in, and the session that it began while that lasts (`ended` is null).

    `device` is a browser and a system in words; `address` is shortened so that it names a network
    and no household.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    session = models.CharField(max_length=40, blank=True, editable=False)
    way = models.CharField(max_length=8, choices=list(WAYS.items()), default="other")
    provider = models.CharField(max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    device = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=45, blank=True)
    begun = models.DateTimeField(default=clock.now)
    seen = models.DateTimeField(default=clock.now)
    ended = models.DateTimeField(null=True, blank=True)
    # Digests of what a sign-in service calls this session, so that it can end it.
    there = models.CharField(max_length=64, blank=True, editable=False)
    there_index = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("-begun", "-id")
        indexes = [
            models.Index(fields=["account", "-begun"], name="people_sign_ins_of"),
            models.Index(fields=["session"], name="people_sign_in_session"),
            models.Index(
                fields=["there"], name="people_sign_in_there",
                condition=Q(ended=None) & ~Q(there=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id} {self.begun:%Y-%m-%d %H:%M}"


class Passkey(models.Model):
    """A key on somebody's device: `public_key` in COSE, `number` the credential's id."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    number = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    uses = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=80)
    created = models.DateTimeField(default=clock.now, editable=False)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="people_passkey_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CodeApp(Sealed):
    """The secret of an app that shows codes (RFC 6238), sealed; `step` is the last one used."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="code_app")
    confirmed = models.DateTimeField(null=True, blank=True)
    step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("code app")
        verbose_name_plural = _("code apps")

    def __str__(self) -> str:
        return str(self.account_id)


class RecoveryCode(models.Model):
    """A code on paper for when the app is gone: once, and only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="people_recovery_code_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MailLink(Sealed):
    """A link in a mail that proves an address: once and not for long; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    purpose = models.CharField(max_length=8)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    until = models.DateTimeField(db_index=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link in a mail")
        verbose_name_plural = _("links in mails")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["register", "email", "reset"]),
                name="people_mail_link_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.created:%Y-%m-%d %H:%M}"
