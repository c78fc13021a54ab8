"""What was typed into a step and could not be saved as an answer: kept sealed in the draft."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.http import QueryDict

from stadtkern.kernel import sealing
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import Draft

SALT: Final = "cases.typed"
# As long as a page may lie open before it is sent with a session that has ended.
LASTS: Final = 60 * 60 * 24
LONGEST: Final = 100_000
SILENT: Final = ("csrfmiddlewaretoken", "proof", "revision", "do")


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """The words of one page, as the browser sent them; `saved` is false where nothing was."""

    said: QueryDict
    saved: bool


def keep(case: Case, step: str, row: int | None, said: QueryDict, *, saved: bool) -> bool:
    """Keep the words of a page until its step is saved without a fault; False where too long."""
    draft = Draft.objects.filter(case=case).first()
    if draft is None:
        return False
    words = {name: said.getlist(name) for name in said if name not in SILENT}
    text = json.dumps({**_all(draft), _key(step, row): {"said": words, "saved": saved}})
    if len(text) > LONGEST:
        return False
    draft.typed_sealed = sealing.seal(text)
    draft.save(update_fields=["typed_sealed"])
    return True


def kept(case: Case, step: str, row: int | None) -> Typed | None:
    """What is kept of a page that was not saved as it is; None where nothing is."""
    draft = getattr(case, "draft", None)
    told = _all(draft).get(_key(step, row)) if draft else None
    if told is None:
        return None
    said = QueryDict(mutable=True)
    for name, values in told["said"].items():
        said.setlist(name, values)
    return Typed(said=said, saved=told["saved"])


def drop(draft: Draft, step: str) -> None:
    """This step was saved: what was typed into it before counts no more."""
    left = {key: one for key, one in _all(draft).items() if key.split(" ")[0] != step}
    draft.typed_sealed = sealing.seal(json.dumps(left)) if left else None


def _key(step: str, row: int | None) -> str:
    return step if row is None else f"{step} {row}"


def _all(draft: Draft) -> dict[str, Any]:
    text = sealing.unseal(draft.typed_sealed)
    return dict(json.loads(text)) if text else {}


def proof(case: Case) -> str:
    """What a page carries to show that it was drawn for whoever may fill in this case."""
    return signing.TimestampSigner(salt=SALT).sign(case.public_id.hex)


def is_proven(case: Case, text: str) -> bool:
    """Whether a page was drawn for them, less than a day ago."""
    try:
        found = signing.TimestampSigner(salt=SALT).unsign(text, max_age=LASTS)
    except signing.BadSignature:
        return False
    return bool(found == case.public_id.hex)
