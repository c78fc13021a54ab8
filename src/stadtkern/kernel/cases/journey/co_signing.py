"""Others who have to agree before a case is sent, each by a signed link of their own."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.forms.run import Part
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.journey.errors import LevelMissing, NotOpen
from stadtkern.kernel.cases.journey.hold import definition_of, held
from stadtkern.kernel.cases.models import Case, CoSign
from stadtkern.kernel.cases.models.case import new_token
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.people.models import Account

# At most one reminder to one person in this time.
PAUSE: Final = timedelta(hours=20)


def ask(case: Case, definition: Definition) -> bool:
    """Write to everybody who has to sign; False where nobody has to any more."""
    wanted, kept = people(case, definition), []
    for one in wanted:
        row, _new = CoSign.objects.get_or_create(
            case=case, email=one.email, number=one.number, defaults={"name": one.name}
        )
        if row.name != one.name:
            # Somebody else in the same mailbox: what another person answered is nothing to them.
            row.name = one.name
            _anew(row)
        elif row.state == "refused":
            _anew(row)
        if row.state == "asked":
            mails.ask_to_sign(row)
        kept.append(row.pk)
    case.co_signs.exclude(pk__in=kept).delete()
    return case.co_signs.exclude(state="signed").exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Somebody who has to sign; `number` counts those before with the same mailbox."""

    email: str
    name: str
    number: int
    row: int


def people(case: Case, definition: Definition) -> list[Signer]:
    """Everybody who has to sign, from the fields that the form names; also who shares a mailbox."""
    step = _step(definition)
    if step is None:
        return []
    rows = case.answers.get(step.id, []) if step.repeated else [case.answers]
    found: list[Signer] = []
    for at, row in enumerate(rows):
        email = str(row.get(definition.co_sign) or "").strip().lower()
        if email:
            found.append(Signer(
                email=email, name=str(row.get(definition.co_sign_name) or email)[:200], row=at,
                number=sum(one.email == email for one in found),
            ))  # fmt: skip
    return found


def _step(definition: Definition) -> Step | None:
    if not definition.co_sign:
        return None
    holding = (one for one in definition.steps
               if any(field.id == definition.co_sign for field in one.fields))  # fmt: skip
    return next(holding, None)


def sign(row: CoSign, *, agrees: bool, account: Account | None, level: int) -> Case:
    """Agree or refuse; the same answer again changes nothing. Raises NotOpen, LevelMissing.

    When the last one has signed, it goes on. Where one refuses, the case is a draft again.
    """
    from stadtkern.kernel.cases.journey import send  # noqa: PLC0415  it asks for signatures

    with transaction.atomic():
        case = held(row.case_id)
        row.refresh_from_db()
        if case.state != "co_sign" or row.state != "asked":
            if row.state == ("signed" if agrees else "refused"):
                return case
            raise NotOpen(_("This is not waiting for you any more."))
        definition = definition_of(case)
        if agrees and level < definition.co_sign_level:
            raise LevelMissing(definition.co_sign_level)
        if agrees and definition.co_sign_level and _signed_already(case, row, account):
            raise NotOpen(_("Somebody with this account has signed or applied already. Please let"
                            " the other person sign in with their own account."))  # fmt: skip
        row.state, row.answered = ("signed" if agrees else "refused"), clock.now()
        row.account, row.level = account, level
        row.save()
        number = list(case.co_signs.values_list("pk", flat=True)).index(row.pk) + 1
        tell(case, f"co_sign.{row.state}", data={"number": number, "level": level})
        if not agrees:
            mails.write(case, "refused", key=f"refused:{row.pk}:{row.asked:%s}")
            return send.reopen(case.pk, code="co_sign.reopened")
        if case.co_signs.exclude(state="signed").exists():
            return case
        return send.go_on(case, definition)


def _signed_already(case: Case, row: CoSign, account: Account | None) -> bool:
    """Where the form wants to know who signs, nobody signs for two, nor for themselves."""
    if account is None:
        return False
    others = case.co_signs.exclude(pk=row.pk).filter(account=account, state="signed")
    return account.pk == case.account_id or others.exists()


def remind(row: CoSign) -> bool:
    """Write once more; False where that was done a short while ago."""
    return row.state == "asked" and mails.ask_to_sign(
        row, again=int(clock.now().timestamp() // PAUSE.total_seconds())
    )


def begin_anew(case: Case) -> None:
    """What was signed may change: whoever signed is asked again, by a new link."""
    for row in case.co_signs.filter(state="signed"):
        _anew(row)


def _anew(row: CoSign) -> None:
    row.state, row.token, row.asked = "asked", new_token(), clock.now()
    row.answered, row.account, row.level = None, None, 0
    row.save()


def shown(row: CoSign, definition: Definition, language: str) -> list[Part]:
    """What somebody who signs sees: all that is sent, without what is nobody else's business.

    Where the form asks for each of several people, everybody sees their own entry only.
    """
    case = row.case
    parts = run.summary(definition, case.answers, language=language)
    step = _step(definition)
    if step is not None and step.repeated:
        own = [one.row for one in people(case, definition)
               if (one.email, one.number) == (row.email, row.number)]  # fmt: skip
        return [one for one in parts if one.step == step.id and one.row in own]
    return [
        replace(part, lines=tuple(line for line in part.lines if not line.sensitive))
        for part in parts
    ]
