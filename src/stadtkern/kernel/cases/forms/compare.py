"""What differs between two forms: two versions of one, or our form and its FIM schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.forms.parts import Definition, Field, Step
from stadtkern.kernel.cases.forms.writing import plain

Kind = Literal["added", "removed", "changed"]
# What parts of a form are called; what is not here is called by its own name.
NAMES: Final = {
    "title": gettext_lazy("title"), "about": gettext_lazy("explanation"),
    "kind": gettext_lazy("kind of answer"), "required": gettext_lazy("has to be answered"),
    "show": gettext_lazy("when it is shown"), "options": gettext_lazy("options"),
    "longest": gettext_lazy("longest answer"), "pattern": gettext_lazy("pattern"),
    "pattern_words": gettext_lazy("words for the pattern"), "low": gettext_lazy("lowest value"),
    "high": gettext_lazy("highest value"), "types": gettext_lazy("types of files"),
    "most": gettext_lazy("how many at most"), "least": gettext_lazy("how many at least"),
    "prefill": gettext_lazy("taken over from the account"),
    "sensitive": gettext_lazy("erased first"), "fim": gettext_lazy("FIM id"),
    "autocomplete": gettext_lazy("help of the browser"), "checks": gettext_lazy("checks"),
    "repeated": gettext_lazy("asked several times"), "each": gettext_lazy("name of an entry"),
    "intro": gettext_lazy("introduction"), "level": gettext_lazy("level of trust"),
    "guests": gettext_lazy("without an account"), "payment": gettext_lazy("payment"),
    "fees": gettext_lazy("fees"), "name": gettext_lazy("fields with the name"),
    "email": gettext_lazy("field with the e-mail address"),
    "phone": gettext_lazy("field with the telephone number"),
    "search": gettext_lazy("fields by which the desk finds it"),
    "co_sign": gettext_lazy("who signs as well"),
    "co_sign_name": gettext_lazy("name of who signs as well"),
    "co_sign_level": gettext_lazy("level of trust of who signs as well"),
    "declaration": gettext_lazy("declaration"), "work_days": gettext_lazy("working days"),
    "appeal_days": gettext_lazy("days to appeal"), "four_eyes": gettext_lazy("four eyes"),
    "keep_days": gettext_lazy("how long it is kept"), "grants": gettext_lazy("permits"),
    "appointment": gettext_lazy("appointment"), "texts": gettext_lazy("texts"),
}  # fmt: skip
LONGEST_SAID: Final = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One difference: `where` is the id of a step or field, or empty for the whole form."""

    kind: Kind
    where: str
    text: str


def differences(before: Definition, after: Definition) -> list[Difference]:
    """What was added, removed and changed, in the order of the later form; in active language."""
    return [*_whole(before, after), *_steps(before, after), *_fields(before, after)]


def _whole(before: Definition, after: Definition) -> Iterator[Difference]:
    yield from _attributes("", _("The form"), before, after, skip=("steps",))


def _steps(before: Definition, after: Definition) -> Iterator[Difference]:
    old, new = ({one.id: one for one in form.steps} for form in (before, after))
    yield from _came_and_went(old, new, _("Step “%(title)s”"))
    kept = [one for one in new if one in old]
    if kept != [one for one in old if one in new]:
        yield Difference(kind="changed", where="", text=_("The steps have another order."))
    for name in kept:
        said = _("Step “%(title)s”") % {"title": _title(new[name])}
        yield from _attributes(name, said, old[name], new[name], skip=("fields",))
        yield from _order(old[name], new[name], said)


def _order(old: Step, new: Step, said: str) -> Iterator[Difference]:
    both = {one.id for one in old.fields} & {one.id for one in new.fields}
    first, then = ([one.id for one in step.fields if one.id in both] for step in (old, new))
    if first != then:
        text = _("%(what)s: the questions have another order.") % {"what": said}
        yield Difference(kind="changed", where=new.id, text=text)


def _fields(before: Definition, after: Definition) -> Iterator[Difference]:
    old, new = before.fields(), after.fields()
    yield from _came_and_went(old, new, _("Question “%(title)s”"))
    homes = [{f.id: step.id for step in form.steps for f in step.fields}
             for form in (before, after)]  # fmt: skip
    for name in (one for one in new if one in old):
        said = _("Question “%(title)s”") % {"title": _title(new[name])}
        if homes[0][name] != homes[1][name]:
            text = _("%(what)s: moved to another step.") % {"what": said}
            yield Difference(kind="changed", where=name, text=text)
        yield from _attributes(name, said, old[name], new[name])


def _came_and_went(
    old: Mapping[str, Step | Field], new: Mapping[str, Step | Field], what: str
) -> Iterator[Difference]:
    for name, part in new.items():
        if name not in old:
            text = _("%(what)s is new.") % {"what": what % {"title": _title(part)}}
            yield Difference(kind="added", where=name, text=text)
    for name, part in old.items():
        if name not in new:
            text = _("%(what)s is gone.") % {"what": what % {"title": _title(part)}}
            yield Difference(kind="removed", where=name, text=text)


def _title(part: Step | Field) -> str:
    return part.title.get("de") or part.id


def _attributes(
    where: str, what: str, old: Any, new: Any, skip: tuple[str, ...] = ()
) -> Iterator[Difference]:
    for one in fields(new):
        first, then = getattr(old, one.name), getattr(new, one.name)
        if one.name in ("id", *skip) or first == then:
            continue
        said = {"what": what, "name": NAMES.get(one.name, one.name)}
        if _short(first) and _short(then) and _short(first) != _short(then):
            said |= {"before": _short(first), "after": _short(then)}
            text = _("%(what)s: %(name)s “%(after)s” instead of “%(before)s”.") % said
        else:
            text = _("%(what)s: %(name)s changed.") % said
        yield Difference(kind="changed", where=where, text=text)


def _short(value: Any) -> str:
    """A value in few words; empty where it takes many."""
    value = plain(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        value = value.get("de", "") if set(value) <= {"de", "en"} else ""
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        return ""
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return text if len(text) <= LONGEST_SAID else ""
