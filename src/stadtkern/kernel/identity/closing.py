"""Closing an account: switched off at once, and nothing of the person is left in it."""

from django.db import transaction

from stadtkern.kernel import clock, events
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import mails, sessions
from stadtkern.kernel.identity.events import AccountClosed
from stadtkern.kernel.people.models import Account, CodeApp, MailLink, Mandate, Trip
from stadtkern.kernel.post.models import Letter


def close(account: Account) -> None:
    """Erase the person and tell the others; cases are let go of by their own retention.

    The row stays, so that what refers to it says "somebody" and not "somebody else".
    """
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.closed:
            return
        _farewell(row)
        sessions.end(row)
        for rows in (row.identities, row.passkeys, row.recovery_codes, row.sign_ins):
            rows.all().delete()
        for table in (CodeApp, MailLink, Trip):
            table.objects.filter(account=row).delete()
        Mandate.objects.filter(account=row).delete()
        Mandate.objects.filter(whom=row).delete()
        row.memberships.all().delete()
        row.roles.clear()
        _empty(row)
        record(row, "account.close", row)
        events.publish(AccountClosed(account=row.pk))


def _empty(row: Account) -> None:
    row.username = f"closed-{row.pk}"
    row.first_name = row.last_name = row.email = ""
    row.email_confirmed, row.last_login = None, None
    row.is_active, row.closed = False, clock.now()
    row.set_unusable_password()
    row.save()


def _farewell(row: Account) -> None:
    """One last mail; those before it go with the account."""
    Letter.objects.filter(topic=f"account:{row.pk}").delete()
    mails.to_owner(row, "closed", key=f"account-closed:{row.pk}", subject=mails.CLOSED)
