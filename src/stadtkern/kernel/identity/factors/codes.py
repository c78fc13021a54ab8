"""Codes from an app (RFC 6238: SHA-1, six digits, 30 seconds), and codes on paper."""

import secrets
from typing import Final

import pyotp
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.people.models import Account, CodeApp, RecoveryCode, digest_of

STEP: Final = 30
# Clocks differ: the code before and the one after this moment's are taken too.
DRIFT: Final = 1
ON_PAPER: Final = 10
LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"


def is_on(account: Account) -> bool:
    """Whether signing in with the password asks for a code as well."""
    return CodeApp.objects.filter(account=account, confirmed__isnull=False).exists()


def begin(account: Account) -> CodeApp:
    """An app that is not confirmed yet; the same secret as long as the page is open."""
    app, _fresh = CodeApp.objects.get_or_create(account=account)
    if app.confirmed is None and not app.inside:
        app.inside = {"secret": pyotp.random_base32()}
        app.save(update_fields=["sealed"])
    return app


def secret_of(app: CodeApp) -> str:
    """The secret as apps take it when it is typed."""
    return str(app.inside.get("secret", ""))


def address_of(app: CodeApp, account: Account) -> str:
    """What the app reads from the picture (`otpauth://totp/..`)."""
    name = account.email if account.email_confirmed else account.username
    return pyotp.TOTP(secret_of(app)).provisioning_uri(name=name, issuer_name=registry.city().title)


def confirm(account: Account, code: str) -> list[str]:
    """Switch it on with a first code; the codes on paper, shown once. Empty: the code is wrong."""
    with transaction.atomic():
        app = CodeApp.objects.select_for_update().filter(account=account, confirmed=None).first()
        if app is None or not _takes(app, code):
            return []
        app.confirmed = clock.now()
        app.save(update_fields=["confirmed"])
        return new_paper(account)


def takes(account: Account, code: str) -> str:
    """`totp` or `recovery` where the code is right, and used up now; empty where it is not."""
    plain = "".join(code.split()).replace("-", "").upper()
    with transaction.atomic():
        app = CodeApp.objects.select_for_update().filter(account=account).first()
        if app is None or app.confirmed is None:
            return ""
        if _takes(app, plain):
            return "totp"
        paper = RecoveryCode.objects.filter(account=account, digest=digest_of(plain), used=None)
        return "recovery" if paper.update(used=clock.now()) else ""


def new_paper(account: Account) -> list[str]:
    """New codes on paper; those before them hold no more."""
    made = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(ON_PAPER)]
    with transaction.atomic():
        account.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account=account, digest=digest_of(one)) for one in made
        )
    return [f"{one[:5]}-{one[5:]}" for one in made]


def left(account: Account) -> int:
    """How many codes on paper are unused."""
    return account.recovery_codes.filter(used=None).count()


def switch_off(account: Account) -> None:
    """The app and the codes on paper are gone."""
    CodeApp.objects.filter(account=account).delete()
    account.recovery_codes.all().delete()


def _takes(app: CodeApp, code: str) -> bool:
    """Whether it is a code of now that was not used before; it is used then."""
    secret = secret_of(app)
    if not secret or not code.isdigit():
        return False
    now = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > app.step and secrets.compare_digest(totp.generate_otp(step), code):
            app.step = step
            app.save(update_fields=["step"])
            return True
    return False
