"""For whom somebody acts: never more than a name on a case, never the other's account."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account, Mandate, Organisation, digest_of

INVITED_FOR = timedelta(days=7)
# Read aloud and typed from paper: no vowels, nothing that looks alike.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


class NoSuchCode(Exception):
    """No invitation waits for this code: mistyped, too old, or confirmed already."""


def mandates(account: Account) -> list[Mandate]:
    """For whom the account may act now."""
    return list(account.mandates.holding().select_related("organisation"))


def find(account: Account, public_id: str) -> Mandate | None:
    """The mandate of this account that holds now; None for any other."""
    return next((one for one in mandates(account) if str(one.public_id) == public_id), None)


def as_dict(mandate: Mandate) -> dict[str, Any]:
    """What a case keeps of it: `{"kind", "name", "mandate"}`."""
    return {"kind": mandate.kind, "name": mandate.name, "mandate": str(mandate.public_id)}


def declare_guardian(account: Account, name: str) -> Mandate:
    """Somebody declares to be the legal guardian of a child."""
    made = Mandate(account=account, kind="guardian", proved_by="declaration")
    made.inside = {"name": name}
    return _kept(made, account)


def for_company(account: Account, organisation: Organisation, proved_by: str) -> Mandate:
    """An organisation account has shown that somebody acts for a company; a second time: same."""
    held = account.mandates.holding().filter(kind="company", organisation=organisation).first()
    if held:
        return held
    made = Mandate(account=account, kind="company", organisation=organisation, proved_by=proved_by)
    return _kept(made, account)


def invite(account: Account, kind: str) -> tuple[Mandate, str]:
    """Ask to act for a person; they confirm the code (second value, shown once) themselves."""
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    made = Mandate(
        account=account, kind=kind, state="invited", proved_by="confirmation",
        code=digest_of(code), until=clock.now() + INVITED_FOR,
    )  # fmt: skip
    return _kept(made, account), f"{code[:5]}-{code[5:]}"


def invitation(code: str, whom: Account) -> Mandate:
    """The invitation behind a code. Raises NoSuchCode, also for one's own."""
    plain = "".join(code.split()).replace("-", "").upper()
    rows = Mandate.objects.filter(state="invited", until__gt=clock.now()).exclude(account=whom)
    found = rows.filter(code=digest_of(plain)).select_related("account").first()
    if found is None:
        raise NoSuchCode
    return found


def confirm(code: str, whom: Account, until: Any = None) -> Mandate:
    """`whom` agrees to be acted for, without an end or until a time. Raises NoSuchCode."""
    with transaction.atomic():
        found = invitation(code, whom)
        row = Mandate.objects.select_for_update().get(pk=found.pk)
        if row.state != "invited":
            raise NoSuchCode
        row.state, row.code, row.whom, row.since, row.until = "active", "", whom, clock.now(), until
        row.inside = {"name": called(whom)}
        row.save()
        record(whom, "mandate.confirm", row, kind=row.kind)
    return row


def end(mandate: Mandate, by: Account) -> None:
    """End it; whoever acts and whoever is acted for may. A second time changes nothing."""
    with transaction.atomic():
        held = Mandate.objects.filter(pk=mandate.pk).exclude(state="ended")
        if held.update(state="ended", ended=clock.now(), code=""):
            record(by, "mandate.end", mandate, kind=mandate.kind)


def called(account: Account) -> str:
    """How others read an account's name; never its e-mail address."""
    return account.get_full_name() or "–"


def _kept(made: Mandate, by: Account) -> Mandate:
    with transaction.atomic():
        made.save()
        record(by, "mandate.add", made, kind=made.kind)
    return made
