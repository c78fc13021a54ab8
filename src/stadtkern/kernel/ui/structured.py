"""Data for search engines inside a page: JSON-LD as text that cannot end its element."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

OPEN_TAG = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(data: Mapping[str, Any]) -> SafeString:
    """What stands between `<script type="application/ld+json">` and its end; empty facts go."""
    told = {key: value for key, value in data.items() if value not in (None, "", [], {})}
    text = json.dumps({"@context": "https://schema.org", **told}, ensure_ascii=False)
    return mark_safe(text.translate(OPEN_TAG))  # noqa: S308  its angle brackets are escaped
