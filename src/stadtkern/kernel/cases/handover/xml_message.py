"""An application as an XML message, made by a mapping that staff write down, line by line.

    kopf/nachrichten.id = {reference}
    person/familienname = family_name
    person/@art         = "natuerlich"
    kind[]              = children
    kind[]/vorname      = children.given_name

The order of the lines is the order of the elements. A path ending in `[]` is made once for each
repetition of a step (or for each file of `{attachments}`); lines below it speak of that one.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as Tree

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.handover.protocol import NotHandedOver, Parcel

NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
# What XML 1.0 cannot hold, wherever somebody pasted it from.
CONTROL: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ATTACHMENTS: Final = "{attachments}"


class BadMapping(ValueError):
    """A line that cannot be understood; the text says which and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One element or attribute and where its text comes from."""

    path: tuple[str, ...]
    source: str


def lines(text: str) -> list[Line]:
    """The mapping; the first line names the root: `root = antrag`. Raises BadMapping."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_line(number, line))
    if not found or found[0].path != ("root",) or not NAME.fullmatch(found[0].source):
        raise BadMapping(_("The first line must name the root element: root = antrag"))
    return found


def _line(number: int, text: str) -> Line:
    path, equals, source = (part.strip() for part in text.partition("="))
    parts = tuple(path.split("/"))
    names = [part.removesuffix("[]").removeprefix("@") for part in parts]
    wrong = [one for one in names if not NAME.fullmatch(one)]
    if not equals or not source or wrong or any(p.startswith("@") for p in parts[:-1]):
        raise BadMapping(_("Line %(number)d is no “path = answer”.") % {"number": number})
    return Line(path=parts, source=source)


def message(parcel: Parcel, mapping: str, namespace: str) -> bytes:
    """The whole message in UTF-8. Raises BadMapping."""
    told = lines(mapping)
    root = Tree.Element(_named(told[0].source, namespace))
    _fill(root, told[1:], _Said(parcel), namespace)
    if namespace:
        Tree.register_namespace("", namespace)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def check(content: bytes, schema: str) -> None:
    """Raises NotHandedOver (finally) where the message does not meet the XSD, naming the place."""
    import xmlschema  # noqa: PLC0415  large

    try:
        judge = xmlschema.XMLSchema(schema, allow="none", defuse="always")
        wrong = next(judge.iter_errors(content.decode()), None)
    except (xmlschema.XMLSchemaException, Tree.ParseError, ValueError) as error:
        raise NotHandedOver(_("The schema cannot be used: %(why)s")
                            % {"why": type(error).__name__}, final=True) from None  # fmt: skip
    if wrong is not None:
        raise NotHandedOver(
            _("The message does not meet the schema at %(place)s.") % {"place": wrong.path},
            final=True,
        )


class _Said:
    """What the sources of lines stand for."""

    def __init__(
        self, parcel: Parcel, row: Mapping[str, Any] | None = None, step: str = ""
    ) -> None:
        self.parcel, self.row, self.step = parcel, row, step

    def rows(self, source: str) -> list["_Said"]:
        """One for each repetition."""
        if source == ATTACHMENTS:
            return [_Said(self.parcel, one, source) for one in _files(self.parcel)]
        told = self.parcel.answers.get(source)
        if not isinstance(told, list):
            return []
        return [_Said(self.parcel, one, source) for one in told if isinstance(one, dict)]

    def text(self, source: str) -> str | None:
        """The text, None where nothing was said: then there is no element."""
        if source.startswith('"'):
            return source.strip('"')
        if source.startswith("{"):
            return _frame(self.parcel).get(source.strip("{}"))
        step, dot, field = source.partition(".")
        if dot and self.row is not None and step in (self.step, self.step.strip("{}")):
            return _plain(self.row.get(field))
        return _plain(self.parcel.answers.get(source))


def _fill(parent: Tree.Element, told: Sequence[Line], said: _Said, namespace: str) -> None:
    done: set[int] = set()
    for at, line in enumerate(told):
        if at in done:
            continue
        repeated = next((i for i, part in enumerate(line.path) if part.endswith("[]")), None)
        if repeated is None:
            _put(parent, line.path, said.text(line.source), namespace)
            continue
        head = line.path[: repeated + 1]
        below = [i for i, other in enumerate(told) if other.path[: len(head)] == head]
        done.update(below)
        _repeat(parent, head, [told[i] for i in below], said, namespace)


def _repeat(
    parent: Tree.Element, head: tuple[str, ...], told: Sequence[Line], said: _Said, namespace: str
) -> None:
    """The first of these lines names the step, the others what stands in each repetition."""
    source = told[0].source
    inner = [Line(path=one.path[len(head):], source=one.source) for one in told[1:]
             if len(one.path) > len(head)]  # fmt: skip
    for row in said.rows(source):
        place = _inside(parent, head[:-1], namespace)
        made = Tree.SubElement(place, _named(head[-1].removesuffix("[]"), namespace))
        _fill(made, inner, row, namespace)


def _put(parent: Tree.Element, path: tuple[str, ...], text: str | None, namespace: str) -> None:
    if text is None:
        return
    clean = CONTROL.sub("", text)
    if path[-1].startswith("@"):
        _inside(parent, path[:-1], namespace).set(path[-1][1:], clean)
    else:
        _inside(parent, path, namespace, new=True).text = clean


def _inside(
    parent: Tree.Element, path: tuple[str, ...], namespace: str, *, new: bool = False
) -> Tree.Element:
    """The element at a path; the last is a new one for a text, the others are opened once."""
    for at, part in enumerate(path):
        name, last = _named(part, namespace), at == len(path) - 1
        found = None if new and last else parent.find(name)
        parent = Tree.SubElement(parent, name) if found is None else found
    return parent


def _named(name: str, namespace: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


def _frame(parcel: Parcel) -> Mapping[str, str]:
    return {
        "reference": parcel.reference, "key": parcel.key, "submitted": parcel.submitted,
        "applied": parcel.applied, "leika": parcel.leika, "title": parcel.title,
        "form": parcel.form, "version": str(parcel.version), "language": parcel.language,
        "level": str(parcel.level), "kind": parcel.kind, "text": parcel.text, "at": parcel.at,
        "about": parcel.about, **{f"applicant.{k}": v for k, v in parcel.applicant.items()},
    }  # fmt: skip


def _files(parcel: Parcel) -> list[dict[str, str]]:
    return [
        {"id": one.id, "name": one.name, "mime": one.mime, "purpose": one.purpose,
         "sha512": hashlib.sha512(one.content).hexdigest(),
         "content": base64.b64encode(one.content).decode()}
        for one in parcel.attachments
    ]  # fmt: skip


def _plain(value: Any) -> str | None:
    """As XML Schema writes it; lists with spaces between."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one)
    return str(value)
