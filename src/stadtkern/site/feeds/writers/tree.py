"""Builds XML trees with namespaces; what XML cannot carry is left out of texts."""

import re
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from stadtkern.site.feeds.publication import utc

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Text = str | int | float | bool | datetime | None

register_namespace("xsi", XSI)


class Branch:
    """An element in one namespace; `add` puts children of the same namespace into it."""

    def __init__(self, element: Element, namespace: str) -> None:
        self.element, self.namespace = element, namespace

    def add(
        self, name: str, text: Text = None, *, type_: str = "", namespace: str = "", **marks: str
    ) -> "Branch":
        """A child; `type_` is its `xsi:type` with the prefix, `marks` are attributes."""
        namespace = namespace or self.namespace
        given = {f"{{{XSI}}}type": type_, **marks} if type_ else marks
        child = SubElement(self.element, f"{{{namespace}}}{name}", given)
        if text is not None:
            child.text = said(text)
        return Branch(child, namespace)

    def maybe(self, name: str, text: Text) -> None:
        """A child where there is something to say."""
        if text is not None and text != "":
            self.add(name, text)


def root(name: str, namespace: str, prefix: str, **marks: str) -> Branch:
    """The outermost element."""
    register_namespace(prefix, namespace)
    return Branch(Element(f"{{{namespace}}}{name}", marks), namespace)


def said(text: Text) -> str:
    """A value as XML Schema writes it."""
    if isinstance(text, bool):
        return "true" if text else "false"
    if isinstance(text, datetime):
        return utc(text)
    return FORBIDDEN.sub("", str(text))


def written(top: Branch) -> bytes:
    """The document, in UTF-8."""
    document: bytes = tostring(top.element, encoding="utf-8", xml_declaration=True)
    return document
