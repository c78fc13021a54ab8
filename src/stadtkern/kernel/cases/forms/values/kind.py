"""What every kind of field can do."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field


class NotValid(Exception):
    """An answer that cannot be taken; the text says how to repair it."""


@runtime_checkable
class Lists(Protocol):
    """What a form sent, as Django's QueryDict has it."""

    def getlist(self, key: str) -> Sequence[Any]:
        """All that was said under a name."""
        ...


Said = Lists | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handling:
    """One kind of field.

    `parse` makes an answer of what was said (None: nothing was) and raises NotValid; `check`
    raises NotValid for an answer as it is kept; `say` puts it into words; `shown` is what an
    input shows of it, by the ending of the input's name.
    """

    parse: Callable[[Field, Said], Any]
    check: Callable[[Field, Any], None]
    say: Callable[[Field, Any, str], str]
    shown: Callable[[Field, Any], Mapping[str, str]]


def texts_of(said: Said, name: str) -> list[str]:
    """Everything that was said under a name, as text."""
    if isinstance(said, Lists):
        rows: Sequence[Any] = said.getlist(name)
    else:
        value = said.get(name)
        rows = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [clean(one) for one in rows if isinstance(one, str | int | float)]


def text_of(said: Said, name: str) -> str:
    """The last that was said under a name, in one line."""
    rows = texts_of(said, name)
    return " ".join(rows[-1].split()) if rows else ""


def clean(text: object) -> str:
    """Text without what no keyboard types: control characters, and halves of characters."""
    whole = str(text).encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    kept = (one for one in whole if one in "\n\t" or unicodedata.category(one) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def is_text(value: Any) -> str:
    """The value, a text. Raises NotValid."""
    if not isinstance(value, str):
        raise NotValid(_("Please fill this in once more."))
    return value


def one_input(shown: Callable[[Any], str]) -> Callable[[Field, Any], Mapping[str, str]]:
    """What a kind with a single input shows."""
    return lambda field, value: {"": shown(value)}
