"""What the dashboard shows of open data."""

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.contract import Reading
from stadtkern.kernel.ui.numbers import figure


def datasets_tile() -> Reading | None:
    """How many datasets are published, and when the last of them changed."""
    published = Dataset.objects.published()
    count = published.count()
    if not count:
        return None
    live = published.exclude(things=[]).count()
    return Reading(
        value=figure(count),
        unit=ngettext("dataset", "datasets", count),
        source=_("Catalogue of the city of %(city)s") % {"city": registry.city().city.name},
        at=published.aggregate(at=Max("modified"))["at"],
        stale=False,
        detail=ngettext("%(count)d with live data", "%(count)d with live data", live)
        % {"count": live},
        url=reverse("open_data:home"),
    )
