"""Fields where something is picked: yes or no, one option, several."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import (
    Handling,
    NotValid,
    Said,
    one_input,
    text_of,
    texts_of,
)
from stadtkern.kernel.cases.forms.values.texts import in_words

YES: Final = ("yes", "true", "on", "1", "ja")
NO: Final = ("no", "false", "off", "0", "nein")


def _boolean(field: Field, said: Said) -> bool | None:
    text = text_of(said, field.id).lower()
    if not text:
        return None
    if text not in (*YES, *NO):
        raise NotValid(_("Please choose yes or no."))
    return text in YES


def _check_boolean(field: Field, value: Any) -> None:
    if not isinstance(value, bool):
        raise NotValid(_("Please choose yes or no."))


def _say_boolean(field: Field, value: Any, language: str) -> str:
    with override(language):
        return _("yes") if value else _("no")


def _choice(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if text:
        _check_choice(field, text)
    return text or None


def _check_choice(field: Field, value: Any) -> None:
    if value not in [one.value for one in field.options]:
        raise NotValid(_("Please choose one of the answers."))


def _choices(field: Field, said: Said) -> list[str] | None:
    picked = {" ".join(one.split()) for one in texts_of(said, field.id) if one}
    known = [one.value for one in field.options]
    if picked - set(known):
        raise NotValid(_("Please choose among the answers."))
    return [one for one in known if one in picked] or None


def _check_choices(field: Field, value: Any) -> None:
    known = [one.value for one in field.options]
    if not isinstance(value, list) or any(one not in known for one in value):
        raise NotValid(_("Please choose among the answers."))


def _titles(field: Field, value: Any, language: str) -> str:
    picked = value if isinstance(value, list) else [value]
    return ", ".join(in_words(one.title, language) for one in field.options if one.value in picked)


def _picked(field: Field, value: Any) -> dict[str, str]:
    return dict.fromkeys(value, "on") if isinstance(value, list) else {}


BOOLEAN: Final = Handling(
    parse=_boolean, check=_check_boolean, say=_say_boolean,
    shown=one_input(lambda value: "yes" if value else "no"),
)  # fmt: skip
CHOICE: Final = Handling(
    parse=_choice, check=_check_choice, say=_titles, shown=one_input(str)
)  # fmt: skip
CHOICES: Final = Handling(parse=_choices, check=_check_choices, say=_titles, shown=_picked)
