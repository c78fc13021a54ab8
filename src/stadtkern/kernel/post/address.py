"""Full addresses of pages, for what is read outside of the site."""

from typing import Any

from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import registry


def base() -> str:
    """The address under which people reach the city."""
    web = registry.city().web
    return web.address or f"{'https' if web.https else 'http'}://{web.hosts[0]}"


def link(name: str, *args: Any, language: str = "de") -> str:
    """The full address of a page in a language. Raises NoReverseMatch."""
    with override(language):
        return f"{base()}{reverse(name, args=args)}"
