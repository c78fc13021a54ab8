"""From a data schema to the draft of a form, with a report of what was taken and what was not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.coherence import wrong_in
from stadtkern.kernel.cases.forms.definition import FormProblem
from stadtkern.kernel.cases.forms.parts import Condition, Definition, Field, Step, Test
from stadtkern.kernel.cases.forms.xdf.fields import field_from
from stadtkern.kernel.cases.forms.xdf.notes import Note, relation_notes, rule_notes
from stadtkern.kernel.cases.forms.xdf.reading import Datum, Group, Part, read

MOST_ROWS: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A definition, what the editor has to look at (`notes`), and what could not be taken."""

    definition: Definition
    schema_uri: str = ""
    source: str = ""
    notes: tuple[Note, ...] = ()
    left: tuple[Note, ...] = ()
    groups: int = 0
    fields: int = 0


def taken_from(content: bytes) -> Taken:
    """A form made of an XDatenfelder message. Raises NotXdf and FormProblem."""
    schema = read(content)
    work = Work()
    steps = tuple(work.steps_of(schema))
    made = Definition(
        title={"de": schema.title or schema.id}, steps=steps, fim=schema.id,
        intro={"de": schema.help} if schema.help else {},
    )  # fmt: skip
    if wrong := wrong_in(made):
        raise FormProblem(wrong)
    version = f"V{schema.version}" if schema.version else ""
    return Taken(
        definition=made, schema_uri=f"{schema.id}{version}",
        source=content.decode("utf-8", "replace"), groups=work.groups,
        notes=(*rule_notes(schema), *relation_notes(schema), *work.notes), left=tuple(work.left),
        fields=sum(1 for one in made.fields().values() if one.fim),
    )  # fmt: skip


@dataclass(slots=True)
class Work:
    """What has been used and noted on the way through a schema."""

    used: set[str] = field(default_factory=set)
    counted: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)
    groups: int = 0

    def name(self, wanted: str) -> str:
        """An id that is free: that of FIM, numbered where it comes again."""
        plain = "".join(one if one.isascii() and one.isalnum() else "_" for one in wanted)[:70]
        plain = plain if plain[:1].isalpha() else f"f_{plain}"
        number, free = self.counted.get(plain, 1), plain
        while free in self.used:
            number += 1
            free = f"{plain}_{number}"
        self.counted[plain] = number
        self.used.add(free)
        return free

    def steps_of(self, schema: Group) -> Iterator[Step]:
        """A step for each group on top; fields on top come together into one before them."""
        single = tuple(one for one in schema.parts if isinstance(one.what, Datum))
        if single:
            loose = replace(schema, title=_("General"), rules=(), relations=(), parts=single)
            yield from self.group_steps(Part(what=loose, least=1, most=1))
        for part in schema.parts:
            if isinstance(part.what, Group):
                yield from self.group_steps(part)

    def group_steps(self, part: Part) -> Iterator[Step]:
        """The step of a group, and behind it those of repeated groups inside of it."""
        group = part.what
        assert isinstance(group, Group)
        self.groups += 1
        repeated = part.most > 1
        step_id = self.name(group.id)
        later: list[tuple[Part, Condition]] = []
        fields: list[Field] = []
        show = Condition()
        if part.least == 0 and not repeated:
            wanted = self.wanted(group)
            fields.append(wanted)
            show = Condition(all=(Test(field=wanted.id, op="is", value=True),))
        fields += self.inside(group, show, repeated, later)
        if not fields:
            self.left.append(Note(where=group.id, text=_("The group has no fields.")))
            return
        yield Step(
            id=step_id, title={"de": group.title or group.id}, fim=group.id, repeated=repeated,
            about={"de": group.help} if group.help else {}, fields=tuple(fields),
            least=min(part.least, MOST_ROWS) if repeated else 1,
            most=min(part.most, MOST_ROWS) if repeated else 1,
            each={"de": group.title} if repeated and group.title else {},
        )  # fmt: skip
        for each, condition in later:
            for step in self.group_steps(each):
                both = Condition(all=(*condition.all, *step.show.all), any=step.show.any)
                yield replace(step, show=both)

    def wanted(self, group: Group) -> Field:
        """Whether somebody wants to answer a group that may be left out."""
        title = _("Would you like to tell us about “%(group)s”?") % {"group": group.title}
        return Field(id=self.name(f"mit_{group.id}"), kind="boolean", title={"de": title})

    def inside(
        self, group: Group, show: Condition, repeated: bool, later: list[tuple[Part, Condition]]
    ) -> Iterator[Field]:
        """The fields of a group and of the groups inside, each with a heading."""
        for part in group.parts:
            if isinstance(part.what, Datum):
                made = field_from(part, self.name, self.notes, self.left)
                if made is not None:
                    yield replace(made, show=show)
            elif part.most > 1 and not repeated:
                later.append((part, show))
                text = _("The repeated group “%(title)s” became a step of its own.")
                self.note(part.what, text)
            else:
                yield from self.nested(part, show, repeated, later)

    def nested(
        self, part: Part, show: Condition, repeated: bool, later: list[tuple[Part, Condition]]
    ) -> Iterator[Field]:
        """A group inside of a step."""
        group = part.what
        assert isinstance(group, Group)
        self.groups += 1
        if part.most > 1:
            text = _("“%(title)s” repeats inside of a repetition; it was taken over once.")
            self.left.append(Note(where=group.id, text=text % {"title": group.title}))
        if part.least == 0:
            wanted = replace(self.wanted(group), show=show)
            yield wanted
            show = Condition(all=(*show.all, Test(field=wanted.id, op="is", value=True)))
        elif group.title:
            about = {"de": group.help} if group.help else {}
            yield Field(id=self.name(f"zu_{group.id}"), kind="note", title={"de": group.title},
                        about=about, show=show, required=False)  # fmt: skip
        yield from self.inside(group, show, repeated, later)

    def note(self, group: Datum | Group, text: str) -> None:
        """Something for the editor to look at."""
        self.notes.append(Note(where=group.id, text=text % {"title": group.title}))
