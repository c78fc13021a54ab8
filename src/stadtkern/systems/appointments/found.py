"""What the search of the home page finds: each concern and each office."""

from collections.abc import Iterator

from stadtkern.kernel.contract import Page
from stadtkern.systems.appointments.models import Office, Service


def pages() -> Iterator[Page]:
    """One page per concern that can be booked, with the words of everyday life."""
    for one in Service.objects.filter(active=True, offers__online=True).distinct():
        words = f"{one.words} {one.words_en} Termin appointment"
        yield Page(title=one.title, to="appointments:concern", args=(one.slug,),
                   summary=one.said("about"), words=words)  # fmt: skip
    for office in Office.objects.open():
        yield Page(title=office.title, to="appointments:office", args=(office.slug,),
                   summary=office.said("about"))  # fmt: skip
