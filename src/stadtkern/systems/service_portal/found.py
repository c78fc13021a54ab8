"""What the sitemap and the city's search know of the catalogue: each service, each situation."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.catalogue.situations import SITUATIONS
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.contract import Page


def pages() -> Iterator[Page]:
    """One page per service and per life situation; one statement."""
    for situation in SITUATIONS:
        yield Page(title=str(situation.title), summary=str(situation.about),
                   to="service_portal:situation", args=(situation.slug,))  # fmt: skip
    yield Page(title=_("All services from A to Z"), to="service_portal:letters")
    yield Page(title=_("Services for companies"), to="service_portal:companies")
    known = ("slug", "title", "title_en", "summary", "summary_en", "words", "changed")
    for one in Service.objects.filter(active=True).only(*known):
        yield Page(title=one.name, summary=one.about, to="service_portal:service",
                   args=(one.slug,), words=f"{one.title} {one.title_en} {one.words}",
                   changed=one.changed)  # fmt: skip
