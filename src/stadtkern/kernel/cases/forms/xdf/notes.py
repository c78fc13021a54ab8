"""What an import tells the editor: rules as words, relations, what was left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.forms.xdf.reading import Datum, Group

RULE_KINDS: Final = {
    "K": gettext_lazy("complex rule"), "M": gettext_lazy("rule of multiplicity"),
    "V": gettext_lazy("rule of validation"), "B": gettext_lazy("rule of calculation"),
}  # fmt: skip
RELATIONS: Final = {
    "ABL": gettext_lazy("is derived from"), "ERS": gettext_lazy("replaces"),
    "EQU": gettext_lazy("is the same as"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A sentence about a part of the schema, named by its FIM id."""

    where: str
    text: str


def every(group: Group) -> Iterator[Group | Datum]:
    """A group and all that is in it."""
    yield group
    for part in group.parts:
        if isinstance(part.what, Group):
            yield from every(part.what)
        else:
            yield part.what


def rule_notes(schema: Group) -> Iterator[Note]:
    """Rules are words in practice: somebody turns them into conditions and checks."""
    seen = set()
    for one in every(schema):
        for rule in one.rules:
            if (one.id, rule.id) in seen:
                continue
            seen.add((one.id, rule.id))
            kind = RULE_KINDS.get(rule.kind, _("rule"))
            said = rule.text or rule.name
            yield Note(where=one.id, text=f"{rule.id} ({kind}) “{rule.name}”: {said}")


def relation_notes(schema: Group) -> Iterator[Note]:
    """What a part replaces or is derived from."""
    for one in every(schema):
        for relation in one.relations:
            kind, _space, rest = relation.partition(" ")
            yield Note(where=one.id, text=f"{RELATIONS.get(kind, kind)} {rest}")
