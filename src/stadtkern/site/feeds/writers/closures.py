"""Which car parks are closed now, as an Atom feed (RFC 4287)."""

from django.utils.feedgenerator import Atom1Feed

from stadtkern.site.feeds.publication import GERMANY, Publication


def closures(publication: Publication, address: str) -> bytes:
    """An entry for each closed car park; none where all are open."""
    feed = Atom1Feed(
        title=f"Gesperrte Parkplätze in {publication.city}", link=publication.url("/"),
        description="", language=GERMANY, feed_url=address, author_name=publication.publisher,
    )  # fmt: skip
    for one in publication.facilities:
        if one.opening == "closed":
            feed.add_item(
                title=f"{one.name}: geschlossen", link=publication.url(one.page),
                description=one.note or "Zurzeit geschlossen.",
                unique_id=f"urn:uuid:{one.place}", pubdate=one.static_at,
                updateddate=one.static_at,
            )  # fmt: skip
    return feed.writeString("utf-8").encode()
