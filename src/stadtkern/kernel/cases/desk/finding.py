"""Finds cases by answers that lie sealed: a keyed digest of each answer that the form names."""

import hashlib
import hmac
import re

from django.conf import settings

from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.forms.values import compared
from stadtkern.kernel.cases.models import Case, SearchKey


def note(case: Case, definition: Definition) -> None:
    """Keep the keys of a case as its answers are now."""
    fields, answers = definition.fields(), case.answers
    texts = {plain(compared(fields[name], answers.get(name))) for name in definition.search}
    SearchKey.objects.filter(case=case).delete()
    SearchKey.objects.bulk_create(
        SearchKey(case=case, digest=_digest(one, settings.SECRET_KEY)) for one in texts if one
    )


def digests(words: str) -> list[str]:
    """What the key of such an answer would be, also under earlier secrets of the city."""
    text = plain(words)
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    return [_digest(text, one) for one in secrets] if text else []


def plain(text: str) -> str:
    """Letters and digits only: `her-ab 123` is `HERAB123`."""
    return re.sub(r"[^0-9A-ZÄÖÜ]", "", text.upper())


def _digest(text: str, secret: str) -> str:
    """A plain hash of a plate is turned back in minutes; this needs the city's secret."""
    key = hashlib.sha256(b"cases.search:" + secret.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
