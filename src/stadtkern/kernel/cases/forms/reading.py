"""Definitions from JSON: every value has the type its part says, and nothing unknown is in it."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms import parts
from stadtkern.kernel.cases.forms.parts import (
    Check,
    Condition,
    Definition,
    Fee,
    Field,
    Grant,
    Option,
    Step,
    Test,
)
from stadtkern.kernel.cases.forms.problem import Wrong

# Deeper conditions are not read by anybody, and recursion has an end.
DEEPEST = 8
LONGEST_TEXT = 20_000


@dataclass(kw_only=True, slots=True)
class Reader:
    """Reads one definition and keeps what is wrong."""

    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, path: str, text: str) -> None:
        """Note a fault."""
        self.wrong.append(Wrong(path=path, text=text))

    def part(self, kind: type[Any], json: Any, path: str, depth: int = 0) -> Any:
        """An object of one of the parts' dataclasses; None where it cannot be made."""
        if not isinstance(json, Mapping):
            self.refuse(path, _("An object in curly brackets is needed here."))
            return None
        types = HINTS[kind]
        for name in json:
            if name not in types:
                self.refuse(_under(path, str(name)), _("This is not known."))
        before = len(self.wrong)
        given = {
            name: self.value(types[name], json[name], _under(path, name), depth)
            for name in types
            if name in json
        }
        for one in fields(kind):
            missing = one.default is MISSING and one.default_factory is MISSING
            if missing and one.name not in json:
                self.refuse(_under(path, one.name), _("This is missing."))
        return kind(**given) if len(self.wrong) == before else None

    def value(self, kind: Any, json: Any, path: str, depth: int = 0) -> Any:
        """A value of an annotated type."""
        origin = get_origin(kind)
        if origin is tuple:
            return self.several(get_args(kind)[0], json, path, depth)
        if origin is Literal:
            return self.one_of(get_args(kind), json, path)
        if origin in (Union, UnionType):
            return self.either(get_args(kind), json, path, depth)
        if origin is not None and issubclass(origin, Mapping):
            return self.mapping(get_args(kind)[1], json, path, depth)
        if kind is Any:
            return self.anything(json, path)
        if kind in SIMPLE:
            return self.simple(kind, json, path)
        return self.part(kind, json, path, depth)

    def several(self, kind: Any, json: Any, path: str, depth: int) -> tuple[Any, ...]:
        """A list."""
        if not isinstance(json, list | tuple):
            self.refuse(path, _("A list in square brackets is needed here."))
            return ()
        rows = enumerate(json)
        return tuple(self.value(kind, one, f"{path}[{number}]", depth) for number, one in rows)

    def one_of(self, known: tuple[Any, ...], json: Any, path: str) -> Any:
        """One of some words."""
        if not isinstance(json, str) or json not in known:
            self.refuse(path, _("One of these is possible: %(words)s.") % {"words": _list(known)})
            return known[0]
        return json

    def either(self, kinds: tuple[Any, ...], json: Any, path: str, depth: int) -> Any:
        """A comparison or a condition; a number or nothing."""
        if type(None) in kinds:
            rest = next(one for one in kinds if one is not type(None))
            return None if json is None else self.value(rest, json, path, depth)
        if depth >= DEEPEST:
            self.refuse(path, _("Conditions are nested too deeply."))
            return Condition()
        is_test = isinstance(json, Mapping) and "field" in json
        return self.part(Test if is_test else Condition, json, path, depth + 1)

    def mapping(self, kind: Any, json: Any, path: str, depth: int) -> dict[str, Any]:
        """Values by word: texts by language, days by outcome, templates by name."""
        if not isinstance(json, Mapping):
            self.refuse(path, _("An object in curly brackets is needed here."))
            return {}
        pairs = ((str(name), one) for name, one in json.items())
        return {name: self.value(kind, one, _under(path, name), depth) for name, one in pairs}

    def anything(self, json: Any, path: str) -> Any:
        """What an answer is compared with."""
        flat = json is None or (isinstance(json, str | bool | int | float) and json == json)
        rows = isinstance(json, list) and all(isinstance(one, str | int | float) for one in json)
        if not flat and not rows:
            self.refuse(path, _("A text, a number, yes or no, or a list of these is needed here."))
            return None
        return json

    def simple(self, kind: Any, json: Any, path: str) -> Any:
        """A text, a number, or yes and no."""
        fits, say = SIMPLE[kind]
        if not fits(json):
            self.refuse(path, say())
            return kind()
        return json


def _is_text(json: Any) -> bool:
    return isinstance(json, str) and len(json) <= LONGEST_TEXT and "\x00" not in json


def _is_whole(json: Any) -> bool:
    return isinstance(json, int) and not isinstance(json, bool) and abs(json) < 10**12


def _is_number(json: Any) -> bool:
    right = isinstance(json, int | float) and not isinstance(json, bool)
    return right and abs(json) < 10**12


SIMPLE: dict[Any, tuple[Callable[[Any], bool], Callable[[], str]]] = {
    str: (_is_text, lambda: _("A text is needed here.")),
    int: (_is_whole, lambda: _("A whole number is needed here.")),
    float: (_is_number, lambda: _("A number is needed here.")),
    bool: (lambda json: isinstance(json, bool), lambda: _("Yes (true) or no (false) is needed.")),
}


# The annotations of every part, resolved once: forms are read with each page.
HINTS: Final[dict[Any, dict[str, Any]]] = {
    kind: get_type_hints(kind, vars(parts))
    for kind in (Test, Condition, Option, Field, Check, Step, Fee, Grant, Definition)
}


def built(json: Any) -> tuple[Definition, list[Wrong]]:
    """The definition with what is wrong in its types; an empty one where it could not be built."""
    reader = Reader()
    made = reader.part(Definition, json, "")
    return made or Definition(title={}), reader.wrong


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _list(words: tuple[Any, ...]) -> str:
    return ", ".join(str(one) for one in words)
