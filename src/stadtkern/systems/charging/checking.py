"""What is wrong with charging, for the page of problems."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Problem
from stadtkern.systems.charging.logic import settings
from stadtkern.systems.charging.models import Connector, FaultReport, OcpiPartner, RegisterRecord
from stadtkern.systems.charging.models.register import OPEN


def problems() -> Iterator[Problem]:
    """Open decisions and reports, plugs without a price, a party id that nobody has given."""
    if undecided := RegisterRecord.objects.filter(state__in=OPEN).count():
        said = _("Rows of the charging register that wait for a decision: %(count)d")
        yield Problem(text=said % {"count": undecided}, fix=reverse("charging-staff:register"))
    if faults := FaultReport.objects.filter(closed=None).count():
        said = _("Open fault reports of charging points: %(count)d")
        yield Problem(text=said % {"count": faults}, fix=reverse("charging-staff:faults"))
    registered = OcpiPartner.objects.filter(state="registered").exists()
    if registered and settings().party_id == "XXX":
        yield Problem(text=_("OCPI partners read our points, but there is no official party id."
                             " Set party_id in [systems.charging]."))  # fmt: skip
    if not Connector.objects.exclude(tariff=None).exists() and Connector.objects.exists():
        yield Problem(
            text=_("No charging point has a price."), fix=reverse("charging-staff:tariffs")
        )
