"""The rows of the news' open data."""

from collections.abc import Iterator
from typing import Any

from stadtkern.systems.news import finding
from stadtkern.systems.news.finding import Wish


def rows() -> Iterator[dict[str, Any]]:
    """What is public now."""
    for one in finding.find(Wish()):
        yield {
            "id": str(one.public_id), "title": one.title, "title_en": one.title_en or None,
            "text": one.text or None, "theme": one.theme,
            "district": one.area.name if one.area else None, "warning": one.warning,
            "begins": one.begins, "ends": one.ends,
            "source": one.source.credit if one.source else None, "invented": one.invented,
        }  # fmt: skip
