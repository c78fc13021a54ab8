"""Pages that records name, for a reader: records are German, readers may not be."""

from django.urls import translate_url
from django.utils.translation import get_language, override


def here(path: str) -> str:
    """The page at a German path of this site in the reader's language; of no path none."""
    wanted = get_language() or "de"
    with override("de"):
        return translate_url(path, wanted) if path else ""
