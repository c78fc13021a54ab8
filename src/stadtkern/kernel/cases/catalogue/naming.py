"""Addresses of services, made from their titles."""

from collections.abc import Container
from typing import Final

from django.utils.text import slugify

LONGEST: Final = 110
UMLAUTS: Final = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


def slug_of(title: str, taken: Container[str]) -> str:
    """A free address for a title, umlauts spelt out."""
    spelt = title.lower()
    for letter, spelling in UMLAUTS:
        spelt = spelt.replace(letter, spelling)
    plain = slugify(spelt)[:LONGEST] or "leistung"
    slug, number = plain, 2
    while slug in taken:
        slug, number = f"{plain}-{number}", number + 1
    return slug
