"""How pages of the enforcement name what was found."""

from django import template
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets.models import PERMIT_KINDS

register = template.Library()


@register.filter
def permit_kind(sort: str) -> str:
    """The kind of a permit, or a parking disc, in words."""
    if sort == "disc":
        return _("Parking disc")
    return str(PERMIT_KINDS.get(sort, sort))
