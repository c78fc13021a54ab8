"""What staff want of a charge point: small forms, each of which becomes one command."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account
from stadtkern.systems.charging.logic import moments
from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.logic.commands.asking import Refused
from stadtkern.systems.charging.models import ChargePoint, Outlet, Reservation, Token, Transaction

MESSAGES: Final = {
    "StatusNotification": gettext_lazy("state of the outlets"),
    "Heartbeat": gettext_lazy("sign of life"),
    "BootNotification": gettext_lazy("who it is"),
    "MeterValues": gettext_lazy("meter values"),
}


class PointForm(forms.Form):
    """A form about one charge point."""

    def __init__(self, data: Any = None, *, point: ChargePoint) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}-%s")
        self.point = point
        if "outlet" in self.fields:
            numbers = point.outlets.order_by("number").values_list("number", flat=True)
            self.fields["outlet"].choices = [(n, str(n)) for n in numbers]  # type: ignore[attr-defined]


class StartForm(PointForm):
    """Start charging for somebody whose card does not work."""

    outlet = forms.TypedChoiceField(label=gettext_lazy("Outlet"), coerce=int)
    token = forms.ModelChoiceField(Token.objects.filter(blocked=False), label=gettext_lazy("Token"))


class ReserveForm(StartForm):
    """Hold an outlet for a token."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=5, max_value=720, initial=30
    )


class AvailableForm(PointForm):
    """In service or not."""

    outlet = forms.TypedChoiceField(label=gettext_lazy("Outlet"), coerce=int)
    operative = forms.TypedChoiceField(
        label=gettext_lazy("From now on"), coerce=lambda said: said == "yes",
        choices=[("yes", gettext_lazy("in service")), ("no", gettext_lazy("out of service"))],
    )  # fmt: skip


class TriggerForm(PointForm):
    """Ask it to tell something now."""

    message = forms.ChoiceField(label=gettext_lazy("Tell us"), choices=list(MESSAGES.items()))


class SettingForm(PointForm):
    """One setting by its name in the standard."""

    key = forms.CharField(label=gettext_lazy("Setting"), max_length=50)
    value = forms.CharField(label=gettext_lazy("Value"), max_length=500, required=False)


class AddressForm(PointForm):
    """Where the point fetches its new firmware from."""

    address = forms.URLField(
        label=gettext_lazy("Address of the new firmware"), assume_scheme="https", max_length=512
    )


class UploadForm(PointForm):
    """Where the point sends its diagnostics to."""

    address = forms.URLField(
        label=gettext_lazy("Address that takes the file"), assume_scheme="https", max_length=512
    )


FORMS: Final[Mapping[str, type[PointForm]]] = {
    "start": StartForm, "reserve": ReserveForm, "available": AvailableForm,
    "trigger": TriggerForm, "setting": SettingForm, "firmware": AddressForm,
    "diagnostics": UploadForm,
}  # fmt: skip
# Those that need no more than a button.
BUTTONS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "restart": ("Reset", {"kind": "Soft"}),
    "restart-now": ("Reset", {"kind": "Hard"}),
    "settings": ("GetConfiguration", {}),
    "no-limit": ("ClearChargingProfile", {}),
}
Said = dict[str, Any]


def _start(point: ChargePoint, said: Said, by: Account) -> object:
    return asking.start(_outlet(point, said["outlet"]), said["token"], by=by)


def _reserve(point: ChargePoint, said: Said, by: Account) -> object:
    until = clock.now() + timedelta(minutes=said["minutes"])
    return asking.reserve(_outlet(point, said["outlet"]), said["token"], until, by=by)


def _available(point: ChargePoint, said: Said, by: Account) -> object:
    return asking.ask(point, "ChangeAvailability", by=by, outlet=_outlet(point, said["outlet"]),
                      wanted={"operative": said["operative"]})  # fmt: skip


def _trigger(point: ChargePoint, said: Said, by: Account) -> object:
    return asking.ask(point, "TriggerMessage", by=by, wanted={"message": said["message"]})


def _setting(point: ChargePoint, said: Said, by: Account) -> object:
    return asking.setting(point, said["key"].strip(), said["value"], by=by)


def _firmware(point: ChargePoint, said: Said, by: Account) -> object:
    wanted = {"address": said["address"], "at": moments.text(clock.now())}
    return asking.ask(point, "UpdateFirmware", by=by, wanted=wanted)


def _diagnostics(point: ChargePoint, said: Said, by: Account) -> object:
    return asking.ask(point, "GetDiagnostics", by=by, wanted={"address": said["address"]})


DEEDS: Final[Mapping[str, Callable[[ChargePoint, Said, Account], object]]] = {
    "start": _start, "reserve": _reserve, "available": _available, "trigger": _trigger,
    "setting": _setting, "firmware": _firmware, "diagnostics": _diagnostics,
}  # fmt: skip


def _outlet(point: ChargePoint, number: int) -> Outlet:
    return get_object_or_404(Outlet.objects.select_related("point"), point=point, number=number)


def do(point: ChargePoint, deed: str, said: Said, sent: Mapping[str, Any], who: Account) -> None:
    if deed in DEEDS:
        DEEDS[deed](point, said, who)
    elif deed in BUTTONS:
        action, wanted = BUTTONS[deed]
        asking.ask(point, action, by=who, wanted=wanted)
    elif deed == "unlock":
        outlet = _outlet(point, _number(sent))
        asking.ask(point, "UnlockConnector", by=who, outlet=outlet)
    elif deed == "stop":
        asking.stop(get_object_or_404(Transaction, point=point, pk=_number(sent)), by=who)
    elif deed == "cancel":
        rows = Reservation.objects.select_related("outlet__point")
        held = get_object_or_404(rows, outlet__point=point, pk=_number(sent))
        asking.cancel(held, by=who)
    else:
        raise Refused(_("There is no such command."))


def _number(sent: Mapping[str, Any]) -> int:
    said = str(sent.get("number", ""))
    return int(said) if said.isdecimal() and len(said) < 18 else 0
