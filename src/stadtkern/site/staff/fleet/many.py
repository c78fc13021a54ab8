"""One change to many devices: choose, look at what it will do, do it, take it back."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import FleetChange
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.device_state import SIGNS, TITLES
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.fleet import change
from stadtkern.site.staff.fleet.acts import ACTS, Act, ActForm
from stadtkern.site.staff.fleet.choice import Choice, chosen
from stadtkern.site.staff.fleet.export import as_file
from stadtkern.site.staff.page import page

# So long a person is offered to take the last change back on the list itself.
OFFERED_FOR = timedelta(hours=24)
# An address must stay short enough for every browser and proxy.
MOST_IN_ADDRESS = 100


@staff("devices.edit")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Show what a change will do, and do it once it was confirmed as it was shown."""
    choice = chosen(request)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or not choice.count:
        messages.error(request, _choose(act))
        return redirect(_list(choice))
    if act.key in ("csv", "xlsx"):
        record(person(request), "devices.export", f"{choice.count} devices", query=choice.query)
        return as_file(choice.rows, act.key)
    if act.key == "decode":
        return _to_decoding(request, choice)
    return _change(request, choice, act)


def _change(request: HttpRequest, choice: Choice, act: Act) -> HttpResponse:
    confirmed = "confirmed" in request.POST
    form = act.form(request.POST if confirmed else None)
    moved = confirmed and request.POST.get("count") != str(choice.count)
    if confirmed and not moved and form.is_valid():
        _do(request, choice, act, form)
        return redirect(_list(choice))
    return page(
        request,
        "fleet_many",
        act=act,
        choice=choice,
        form=form,
        moved=moved,
        examples=choice.examples(),
        back=_list(choice),
        titles=TITLES,
        signs=SIGNS,
        status=422 if form.errors or moved else 200,
    )


def _do(request: HttpRequest, choice: Choice, act: Act, form: ActForm) -> None:
    ids, left_out = form.fitting(choice.ids())
    done = change.set_field(ids, act.field, form.wanted, person(request))
    form.after(ids)
    text = ngettext("%(count)d device changed.", "%(count)d devices changed.", done.changed)
    said = [str(text % {"count": done.changed})]
    if done.untouched:
        text = ngettext("%(count)d was so already.", "%(count)d were so already.", done.untouched)
        said.append(str(text % {"count": done.untouched}))
    if left_out:
        text = ngettext(
            "%(count)d was left out: it feeds a thing of another kind. Change it by itself.",
            "%(count)d were left out: they feed things of another kind. Change them one by one.",
            left_out,
        )
        said.append(str(text % {"count": left_out}))
    (messages.success if done.changed else messages.info)(request, " ".join(said))


@staff("devices.edit")
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take a change to many devices back."""
    one = get_object_or_404(FleetChange, pk=number)
    done = change.undo(one, person(request))
    if done.change is None:
        messages.info(request, _("This change was taken back already."))
        return redirect("staff-devices")
    text = ngettext(
        "Taken back on %(count)d device.", "Taken back on %(count)d devices.", done.changed
    )
    said = str(text % {"count": done.changed})
    if done.untouched:
        text = ngettext(
            "%(count)d was changed again since and stays as it is.",
            "%(count)d were changed again since and stay as they are.",
            done.untouched,
        )
        said += " " + str(text % {"count": done.untouched})
    messages.success(request, said)
    return redirect("staff-devices")


def last_change(request: HttpRequest) -> dict[str, Any] | None:
    """This person's last change to many, while it can be taken back from the list; one query."""
    rows = FleetChange.objects.filter(actor=person(request), undone=None)
    rows = rows.filter(at__gt=clock.now() - OFFERED_FOR).order_by("-id")
    one = rows.values("id", "at", "field", "after").first()
    return one and {**one, "count": len(one["after"]), "title": FIELDS[one["field"]]}


FIELDS = {
    "labels": _("Labels"),
    "profile": _("Profile"),
    "network": _("Network"),
    "resting": _("Resting"),
}


def _list(choice: Choice) -> str:
    return reverse("staff-devices") + (f"?{choice.query}" if choice.query else "")


def _choose(act: Act | None) -> Any:
    if act is None:
        return _("Please choose what to do with the devices.")
    return _("Please tick at least one device, or choose all that the list shows.")


def _to_decoding(request: HttpRequest, choice: Choice) -> HttpResponse:
    if choice.count > MOST_IN_ADDRESS:
        text = _("Decode at most %(most)d devices at once. Narrow the list, or choose fewer.")
        messages.error(request, text % {"most": MOST_IN_ADDRESS})
        return redirect(_list(choice))
    euis = choice.rows.order_by("id").values_list("dev_eui", flat=True)
    return redirect(f"{reverse('staff-decode')}?{urlencode({'device': ','.join(euis)})}")
