"""The rule that tells the city's technicians of boards that have failed."""

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.alerts.models import About, Rule, Severity
from stadtkern.kernel.people.models import Role
from stadtkern.kernel.things import provision
from stadtkern.systems.parking.logic.boards.working import KIND, PROPERTY

SLUG = "parking-boards-failed"
# Who runs the technology, and who looks after the car parks.
ROLES = ("operator", "parking.warden")


def ensure() -> bool:
    """Make the rule where it is missing; what the city changed or switched off stays."""
    with override(django_settings.LANGUAGE_CODE), transaction.atomic():
        if Rule.objects.filter(slug=SLUG).exists():
            return False
        kind = registry.thing_kinds()[KIND]
        rule = Rule.objects.create(
            slug=SLUG, title=_("Display board out of order"), about=About.DATASTREAM,
            kind="threshold", condition={"low": 0.5}, severity=Severity.WARNING,
            observed_property=provision.properties_of(kind)[PROPERTY], thing_kind=KIND,
            advice=_("Open the page of the board under “Display boards”: it says what went wrong."
                     " Look at power and connection. People see its own static text meanwhile."),
        )  # fmt: skip
        rule.roles.set(Role.objects.filter(slug__in=ROLES))
    return True
