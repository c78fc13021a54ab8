"""A new case: a draft of the published version of a form."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, events
from stadtkern.kernel.cases.events import CaseChanged
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.journey import prefill
from stadtkern.kernel.cases.journey.errors import NotOpen
from stadtkern.kernel.cases.journey.hold import contact_of
from stadtkern.kernel.cases.models import Case, FormVersion
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.people.models import Account

# A draft ends so long after it was saved last.
KEPT: Final = timedelta(days=30)


def begin(
    version: FormVersion, *, account: Account | None, language: str, level: int,
    answers: Mapping[str, Any] | None = None, prefilled: Mapping[str, str] | None = None,
    channel: str = "online", acting: Mapping[str, Any] | None = None, invented: bool = False,
) -> Case:  # fmt: skip
    """A draft with what is known already. Raises NotOpen.

    What the account's identity proves goes in front of `answers` where it comes from an eID;
    who acts for somebody else gets nothing of their own filled in.
    """
    if version.state != "published":
        raise NotOpen(_("This form has a newer version. Please begin once more."))
    definition = forms.read(version.definition)
    if account is None and not definition.guests:
        raise NotOpen(_("This service needs an account. Please sign in first."))
    filled = prefill.merged(definition, account if not acting else None,
                            dict(answers or {}), dict(prefilled or {}))  # fmt: skip
    now = clock.now()
    case = Case(
        version=version, service=version.form.service, department=version.form.department,
        account=account, channel=channel, language=language, level=level,
        acting=dict(acting or {}), prefilled=filled.origins, created=now, changed=now,
        expires=now + KEPT, invented=invented,
        **{"email": account.email if account else "", **contact_of(definition, filled.answers)},
    )  # fmt: skip
    case.answers = filled.answers
    with transaction.atomic():
        case.save(force_insert=True)
        Draft.objects.create(case=case)
        tell(case, "begun")
        events.publish(CaseChanged(case=case.pk, service=_slug(case), form=version.form.slug,
                                   before="", after="draft"))  # fmt: skip
    return case


def _slug(case: Case) -> str:
    return case.service.slug if case.service else ""
