"""Fields with files: an answer is the public ids of the case's documents."""

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import Handling, NotValid, Said

# What people call the types that a form takes.
TYPE_WORDS: Final = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "text/plain": "TXT",
    "text/csv": "CSV",
    "application/xml": "XML",
}
# Without a word of the form: papers and photos of them.
USUAL_TYPES: Final = ("application/pdf", "image/jpeg", "image/png", "image/heic")


def types_of(field: Field) -> tuple[str, ...]:
    """The media types that a field takes."""
    return field.types or USUAL_TYPES


def types_in_words(field: Field) -> str:
    """The types as people know them: `PDF, JPEG`."""
    return ", ".join(TYPE_WORDS.get(one, one) for one in types_of(field))


def _not_said(field: Field, said: Said) -> None:
    """Files never come out of a form's words: `run.take` is told of them."""
    return


def _check(field: Field, value: Any) -> None:
    if not isinstance(value, list) or not all(is_id(one) for one in value):
        raise NotValid(_("Please add the file once more."))
    if len(value) > field.most:
        said = ngettext(
            "Please add at most %(most)s file.", "Please add at most %(most)s files.", field.most
        )
        raise NotValid(said % {"most": field.most})


def is_id(one: Any) -> bool:
    """Whether this can be the public id of a document."""
    try:
        return isinstance(one, str) and bool(UUID(one))
    except ValueError:
        return False


def _say(field: Field, value: Any, language: str) -> str:
    with override(language):
        count = len(value)
        return ngettext("%(count)s file", "%(count)s files", count) % {"count": count}


FILE: Final = Handling(
    parse=_not_said, check=_check, say=_say, shown=lambda field, value: {}
)  # fmt: skip
