"""XML of others: parsed without entities, walked by local names and only by direct children."""

from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from stadtkern.systems.parking.sources.reading.told import NotUnderstood

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def parsed(body: bytes) -> Element:
    """The document. Raises NotUnderstood: no XML, or with declarations that can do harm."""
    try:
        top: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotUnderstood(_("this is not XML: %(why)s") % {"why": str(error)[:300]}) from None
    return top


def name_of(element: Element) -> str:
    """Without its namespace: that changes from version to version."""
    return element.tag.rpartition("}")[2]


def children(element: Element | None, name: str) -> list[Element]:
    """The direct children of a name: what lies deeper belongs to parts, not to the whole."""
    return [] if element is None else [one for one in element if name_of(one) == name]


def down(element: Element | None, *names: str) -> Element | None:
    """The first child of the first name, its first child of the second, and so on."""
    for name in names:
        element = next(iter(children(element, name)), None)
    return element


def said(element: Element | None, *names: str) -> str | None:
    """The text there, None where there is none."""
    found = down(element, *names)
    return found.text.strip() if found is not None and found.text and found.text.strip() else None


def words(element: Element | None, name: str) -> str:
    """A text in several languages: the German one, else the first."""
    values = children(down(element, name, "values"), "value")
    german = [one for one in values if (one.get("lang") or "").lower().startswith("de")]
    return next(((one.text or "").strip() for one in [*german, *values]), "")


def type_of(element: Element) -> str:
    """Its `xsi:type` without the prefix."""
    return (element.get(TYPE) or "").rpartition(":")[2]
