"""Opening and closing ways online, so that nothing claims more than it does."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import FormVersion, OnlineService
from stadtkern.kernel.people.models import Account


class NotReady(Exception):
    """A way that cannot go live as it is; the text says what is missing."""


def open_way(way: OnlineService, actor: Account | str) -> None:
    """Make it the way to its service; the one before is retired. Raises NotReady."""
    with transaction.atomic():
        check(way)
        now = clock.now()
        others = OnlineService.objects.select_for_update().filter(service=way.service, state="live")
        others.exclude(pk=way.pk).update(state="retired", changed=now)
        way.state, way.changed = "live", now
        way.save()
        way.service.changed = now
        way.service.save(update_fields=["changed"])
        record(actor, "services.open", way.service, kind=way.kind, complete=way.complete)


def close_way(way: OnlineService, actor: Account | str) -> None:
    """Take it off; the service is described from then on, nothing more."""
    with transaction.atomic():
        way.state, way.changed = "retired", clock.now()
        way.save(update_fields=["state", "changed"])
        record(actor, "services.close", way.service, kind=way.kind)


def check(way: OnlineService) -> None:
    """What has to be true before it is live. Raises NotReady."""
    if way.kind == "own":
        _check_own(way)
    elif way.complete and not way.provider:
        raise NotReady(_("Name who runs it before you say that everything goes online there."))


def _check_own(way: OnlineService) -> None:
    version = FormVersion.objects.filter(form=way.form_id, state="published").first()
    if version is None:
        raise NotReady(_("The form is not published yet. Publish it first."))
    if way.complete and not _reaches_people(version.definition):
        raise NotReady(
            _("The decision cannot be delivered online: people may apply without an account and "
              "leave no e-mail address. Open it as “in part”.")
        )  # fmt: skip


def _reaches_people(definition: dict[str, Any]) -> bool:
    """Whether a decision reaches whoever applied: by the mailbox of an account, or by e-mail."""
    return not definition.get("guests", False) or bool(definition.get("email"))
