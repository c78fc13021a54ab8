"""Fields with words: names, longer texts, e-mail, telephone, postcode."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field, Words
from stadtkern.kernel.cases.forms.patterns import fits
from stadtkern.kernel.cases.forms.values.kind import (
    Handling,
    NotValid,
    Said,
    is_text,
    one_input,
    text_of,
    texts_of,
)

LONGEST: Final = {"text": 200, "long_text": 4000, "email": 254, "phone": 40, "postcode": 5}
PHONE_SIGNS: Final = re.compile(r"\+?[0-9 ()/.-]+")
POSTCODE_DIGITS: Final = re.compile(r"\d{5}", re.ASCII)


def in_words(words: Words, language: str) -> str:
    """A text in a language, else in German."""
    return words.get(language) or words.get(language[:2]) or words.get("de", "")


def _line(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    check(field, text)
    return text or None


def _lines(field: Field, said: Said) -> str | None:
    rows = texts_of(said, field.id)
    text = rows[-1] if rows else ""
    check(field, text)
    return text or None


def check(field: Field, value: Any) -> None:
    """Length and pattern of a text."""
    text = is_text(value)
    longest = min(field.longest or LONGEST[field.kind], 20_000)
    if len(text) > longest:
        over = len(text) - longest
        said = ngettext(
            "Please write %(over)s character less; %(longest)s fit.",
            "Please write %(over)s characters less; %(longest)s fit.",
            over,
        )
        raise NotValid(said % {"over": over, "longest": longest})
    if text and field.pattern and not fits(field.pattern, text):
        said = in_words(field.pattern_words, get_language() or "de")
        raise NotValid(said or _("This is not spelt as expected. Compare it with your papers."))


def _check_email(field: Field, value: Any) -> None:
    text = is_text(value)
    check(field, text)
    try:
        validate_email(text)
    except ValidationError as problem:
        said = _("Write the e-mail address like this: name@example.org")
        raise NotValid(said) from problem


def _email(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if text:
        _check_email(field, text)
    return text or None


def _check_phone(field: Field, value: Any) -> None:
    text = is_text(value)
    check(field, text)
    if not PHONE_SIGNS.fullmatch(text) or not 5 <= sum(map(str.isdigit, text)) <= 15:
        raise NotValid(_("Write the telephone number like this: 02323 123456 or +49 2323 123456"))


def _phone(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if text:
        _check_phone(field, text)
    return text or None


def check_postcode(text: str) -> None:
    """Five digits."""
    if not POSTCODE_DIGITS.fullmatch(text):
        raise NotValid(_("A postcode has five digits, such as 44623."))


def _check_postcode(field: Field, value: Any) -> None:
    check_postcode(is_text(value))


def _postcode(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id).replace(" ", "")
    if text:
        check_postcode(text)
    return text or None


def _same(field: Field, value: Any, language: str) -> str:
    return str(value)


SHOWN: Final = one_input(str)
TEXT: Final = Handling(parse=_line, check=check, say=_same, shown=SHOWN)
LONG_TEXT: Final = Handling(parse=_lines, check=check, say=_same, shown=SHOWN)
EMAIL: Final = Handling(parse=_email, check=_check_email, say=_same, shown=SHOWN)
PHONE: Final = Handling(parse=_phone, check=_check_phone, say=_same, shown=SHOWN)
POSTCODE: Final = Handling(parse=_postcode, check=_check_postcode, say=_same, shown=SHOWN)
