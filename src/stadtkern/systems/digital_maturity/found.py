"""Single assessments for the city's search and its sitemap."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Page


def pages() -> Iterator[Page]:
    """How the city measures; the services themselves are found in the catalogue."""
    yield Page(
        title=_("How digital maturity is measured"),
        summary=_("The levels, the criteria and their questions, and what is not official."),
        to="digital_maturity:method", words=_("OZG, maturity model, level, method"),
    )  # fmt: skip
