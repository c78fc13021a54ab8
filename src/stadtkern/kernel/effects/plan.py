"""What people do with a measure: choose series, lay the plan down, reckon, publish, withdraw."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.effects.models import MOST_CONTROLS, Analysis, Chosen, Intervention
from stadtkern.kernel.jobs import tasks

RUN = "stadtkern.kernel.effects.run.run"
REPEAT = "stadtkern.kernel.effects.run.repeat"
PATIENCE = timedelta(minutes=15)


class Refused(Exception):
    """What was asked for cannot be done; the message says the next step."""


def plan_of(one: Intervention) -> dict[str, Any]:
    """What is laid down: the series in their parts, the day and the window."""
    rows = list(one.chosen.values_list("role", "datastream_id"))
    return {
        "begins": one.begins.isoformat(),
        "weeks_before": one.weeks_before,
        "weeks_after": one.weeks_after,
        **{role: sorted(pk for kind, pk in rows if kind == role) for role, _title in Chosen.ROLES},
    }


def as_planned(one: Intervention, given: Mapping[str, Any]) -> bool:
    """Whether an input is just what was laid down before."""
    plan = one.plan or {}
    return bool(plan) and plan == {
        "begins": given["begins"],
        "weeks_before": given["before"],
        "weeks_after": given["planned"],
        "target": sorted(row["id"] for row in given["targets"]),
        "control": sorted(row["id"] for row in (*given["controls"], *given["spoilt"])),
        "weather": sorted(
            row["id"] for row in (*given["covariates"], *given["left_out"]) if "id" in row
        ),
    }


def choose(
    one: Intervention, chosen: Mapping[int, str], facts: Mapping[int, Any], actor: Any
) -> None:
    """These datastreams, each in its part, in place of those before. Raises Refused."""
    _still_open(one)
    roles = list(chosen.values())
    if roles.count(Chosen.CONTROL) > MOST_CONTROLS:
        raise Refused(
            _("Choose at most %(most)s comparisons: more of them fit worse.")
            % {"most": MOST_CONTROLS}
        )
    with transaction.atomic():
        one.chosen.all().delete()
        Chosen.objects.bulk_create(
            Chosen(intervention=one, datastream_id=pk, role=role, facts=facts.get(pk, {}))
            for pk, role in chosen.items()
        )
        record(actor, "effects.choose", one, series=_numbers(chosen))


def _numbers(chosen: Mapping[int, str]) -> dict[str, list[int]]:
    return {
        role: sorted(pk for pk, kind in chosen.items() if kind == role)
        for role, _title in Chosen.ROLES
    }


def preregister(one: Intervention, actor: Any) -> None:
    """Lay the plan down: from now on neither series nor window change. Raises Refused."""
    _still_open(one)
    _complete(one)
    one.plan, one.preregistered = plan_of(one), clock.now()
    with transaction.atomic():
        one.save(update_fields=["plan", "preregistered"])
        record(actor, "effects.preregister", one, plan=one.plan)


def request(one: Intervention, purpose: str, actor: Any) -> Analysis:
    """Put an analysis into the queue. Raises Refused."""
    _complete(one)
    if under_way(one):
        raise Refused(_("An analysis is under way. Please wait until it is done."))
    with transaction.atomic():
        made = Analysis.objects.create(
            intervention=one, purpose=purpose, author=actor.get_username()
        )
        record(actor, "effects.run", one, purpose=purpose, analysis=made.pk)
        tasks.perform.defer(call=RUN, number=made.pk)
    return made


def under_way(one: Intervention) -> bool:
    """Whether an analysis waits for its result; one that was lost holds nobody up for long."""
    return one.analyses.filter(state="waiting", created__gt=clock.now() - PATIENCE).exists()


def check_again(one: Analysis, actor: Any) -> None:
    """Let a finished analysis be reckoned again, to see whether the same comes out."""
    with transaction.atomic():
        record(actor, "effects.repeat", one.intervention, analysis=one.pk)
        tasks.perform.defer(call=REPEAT, number=one.pk)


def publish(one: Analysis, actor: Any) -> None:
    """Show the measure with this analysis to everybody, in place of an earlier one."""
    if one.state != "done" or one.purpose != Analysis.EFFECT:
        raise Refused(_("Only an analysis that is done can be published."))
    now = clock.now()
    with transaction.atomic():
        Analysis.objects.filter(
            intervention=one.intervention_id, published__isnull=False, withdrawn=None
        ).exclude(pk=one.pk).update(withdrawn=now, reason=_("Replaced by a newer analysis."))
        Analysis.objects.filter(pk=one.pk).update(published=now, withdrawn=None, reason="")
        Intervention.objects.filter(pk=one.intervention_id, published=None).update(published=now)
        record(actor, "effects.publish", one.intervention, analysis=one.pk)


def show(one: Intervention, actor: Any) -> None:
    """Show the measure itself, with its plan, before any result."""
    with transaction.atomic():
        Intervention.objects.filter(pk=one.pk).update(published=clock.now())
        record(actor, "effects.show", one)


def hide(one: Intervention, actor: Any) -> None:
    """Take the measure off the public pages."""
    with transaction.atomic():
        Intervention.objects.filter(pk=one.pk).update(published=None)
        record(actor, "effects.hide", one)


def withdraw(one: Analysis, reason: str, actor: Any) -> None:
    """Withdraw a published result: the page says so, with the reason. Raises Refused."""
    if not one.is_public:
        raise Refused(_("Only a published result can be withdrawn."))
    if not reason.strip():
        raise Refused(_("Please say why the result is withdrawn. The page shows it."))
    with transaction.atomic():
        Analysis.objects.filter(pk=one.pk).update(withdrawn=clock.now(), reason=reason.strip())
        record(actor, "effects.withdraw", one.intervention, analysis=one.pk, reason=reason)


def _still_open(one: Intervention) -> None:
    if one.preregistered:
        raise Refused(_("The analysis is laid down. Its series and window no longer change."))


def _complete(one: Intervention) -> None:
    roles: Sequence[str] = list(one.chosen.values_list("role", flat=True))
    if Chosen.TARGET not in roles:
        raise Refused(_("Choose at least one series that is to show the effect."))
    if Chosen.CONTROL not in roles:
        raise Refused(_("Choose series to compare with."))
