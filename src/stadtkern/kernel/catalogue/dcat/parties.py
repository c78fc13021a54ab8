"""Who publishes, and whom to ask."""

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.models import Dataset, Publisher
from stadtkern.kernel.sharing import once

_city = once(publishers.city)


def publisher(who: Publisher, site: str) -> Node:
    """A publisher as a foaf:Agent."""
    iri = f"{address.catalogue_iri(site)}#publisher-{who.slug}"
    node = Node(iri=iri, types=("foaf:Organization", "foaf:Agent"))
    node.say("foaf:name", who.name, language="de")
    node.link("foaf:homepage", who.url)
    if who.email:
        node.link("foaf:mbox", f"mailto:{who.email}")
    return node


def city(site: str) -> Node:
    """The city as a publisher."""
    return publisher(_city(), site)


def contact_point(dataset: Dataset, iri: str) -> Node | None:
    """Whom to ask about a dataset: its contact, its publisher, else the city for its own."""
    own = dataset.origin != Dataset.HARVESTED
    email = dataset.contact_email or dataset.publisher.email
    return contact(
        iri=f"{iri}#contact",
        name=dataset.contact_name or dataset.publisher.name,
        email=email or (registry.city().city.contact if own else ""),
        url=dataset.publisher.url or ("" if own else dataset.landing_page),
    )


def contact(*, iri: str, name: str, email: str, url: str = "") -> Node | None:
    """A vcard with a name and a mail address or a page; none without either of these."""
    if not (email or url):
        return None
    node = Node(iri=iri, types=("vcard:Organization", "vcard:Kind"))
    node.say("vcard:fn", name)
    if email:
        node.link("vcard:hasEmail", f"mailto:{email}")
    else:
        node.link("vcard:hasURL", url)
    return node
