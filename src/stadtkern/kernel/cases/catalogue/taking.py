"""Taking services over from outside: first a plan that says what would happen, then the deed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.catalogue.flat import Wrong, flat, offices, put
from stadtkern.kernel.cases.catalogue.merging import Conflict, Side, merge
from stadtkern.kernel.cases.catalogue.naming import slug_of
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account, Department


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One service as a source tells it: `fields` by the keys of `flat.KEYS`, only what it says.

    `system` and `id` name it there for good; where `system` is empty, `id` is our own slug.
    `office` is the responsible office as the source calls it.
    """

    system: str
    id: str
    version: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    removed: bool = False


@dataclass(kw_only=True, slots=True)
class Change:
    """What one incoming service does here. `what`: new, changed, same, gone, unknown or wrong."""

    what: str
    title: str
    incoming: Incoming
    service: Service | None = None
    take: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    base: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is here already, for one plan: a fixed number of statements."""

    by_source: Mapping[tuple[str, str], Service]
    by_leika: Mapping[str, Service]
    by_slug: Mapping[str, Service]
    offices: Mapping[str, Department]


def plan(
    told: Sequence[Incoming], *, side: Side = "ask", complete: bool = False
) -> list[Change]:  # fmt: skip
    """What taking these over would do; nothing is saved.

    `complete` says that the source told everything: what it had told before is marked as gone.
    """
    known = _known()
    changes = [_change(one, known, side) for one in told]
    _twice(changes, known)
    if complete:
        changes += _missing(told, known, {c.service.pk for c in changes if c.service})
    return changes


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each sort, and how many conflicts in all."""
    found = {"new": 0, "changed": 0, "same": 0, "gone": 0, "unknown": 0, "wrong": 0, "conflicts": 0}
    for one in changes:
        found[one.what] += 1
        found["conflicts"] += len(one.conflicts)
    return found


def carry_out(changes: Sequence[Change], actor: Account | str) -> dict[str, int]:
    """Save all that the plan says, in one transaction; what is wrong is left out."""
    with transaction.atomic():
        known = offices()
        taken = set(Service.objects.values_list("slug", flat=True))
        for one in changes:
            _save(one, known, taken, actor)
    return counted(changes)


def _known() -> Known:
    rows = list(Service.objects.select_related("department"))
    source = {(r.source.get("system", ""), r.source.get("id", "")): r for r in rows if r.source}
    return Known(
        by_source=source, by_leika={r.leika: r for r in rows if r.leika},
        by_slug={r.slug: r for r in rows}, offices=offices(),
    )  # fmt: skip


def _found(one: Incoming, known: Known) -> Service | None:
    """By its number in the source; else by the official key, unless it came from elsewhere."""
    if not one.system:
        return known.by_slug.get(one.id)
    if row := known.by_source.get((one.system, one.id)):
        return row
    row = known.by_leika.get(one.fields.get("leika", ""))
    return row if row and not row.source else None


def _change(one: Incoming, known: Known, side: Side) -> Change:
    row = _found(one, known)
    title = one.fields.get("title") or (row.title if row else one.id)
    if one.removed:
        return Change(what="gone" if row else "unknown", title=title, incoming=one, service=row)
    notes, fields = _office(one, known)
    ours = flat(row) if row else {}
    # Without a source of its own a file says how it is to be: then there is nothing to compare.
    merged = merge(ours, (row.imported if row else {}) if one.system else ours, fields, side=side)
    change = Change(
        what="new" if row is None else "changed" if merged.take else "same", title=title,
        incoming=one, service=row, take=merged.take, conflicts=merged.conflicts, base=merged.base,
        before={key: ours.get(key, "") for key in merged.take}, notes=notes,
    )  # fmt: skip
    return _checked(change, known.offices)


def _office(one: Incoming, known: Known) -> tuple[list[str], dict[str, str]]:
    """The fields with our department where the source names one that we know."""
    if not one.office:
        return [], dict(one.fields)
    name = one.office.casefold()
    slug = next((s for s, d in known.offices.items() if d.title.casefold() == name), "")
    if slug:
        return [], {**one.fields, "department": slug}
    note = _("The office “%(name)s” is not known here.") % {"name": one.office}
    return [note], dict(one.fields)


def _checked(change: Change, known: Mapping[str, Department]) -> Change:
    """The same, or wrong where a field could not be taken."""
    trial = Service(title=change.title)
    try:
        if change.what == "new" and not change.take.get("title"):
            put(trial, {"title": ""}, known)
        put(trial, change.take, known)
    except Wrong as fault:
        _refuse(change, str(fault))
    return change


def _twice(changes: Sequence[Change], known: Known) -> None:
    """What would be there twice is left out: a number, or an official key that another one has."""
    numbers: set[tuple[str, str]] = set()
    keys = {leika: row.pk for leika, row in known.by_leika.items()}
    for one in changes:
        number = (one.incoming.system, one.incoming.id)
        leika = one.take.get("leika", "")
        own = one.service.pk if one.service else id(one)
        if number in numbers:
            _refuse(one, _("The file has this number twice."))
        elif leika and keys.setdefault(leika, own) != own:
            _refuse(one, _("Another service has this official key."))
        numbers.add(number)


def _refuse(change: Change, why: str) -> None:
    change.what = "wrong"
    change.notes.append(why)


def _missing(told: Sequence[Incoming], known: Known, met: set[int]) -> list[Change]:
    systems = {one.system for one in told if one.system}
    return [
        Change(what="gone", title=row.title, service=row,
               incoming=Incoming(system=system, id=number, removed=True))
        for (system, number), row in known.by_source.items()
        if system in systems and row.pk not in met and row.gone is None
    ]  # fmt: skip


def _save(
    change: Change, known: Mapping[str, Department], taken: set[str], actor: Account | str
) -> None:  # fmt: skip
    if change.what in ("wrong", "unknown"):
        return
    row = change.service or Service(slug=_slug(change, taken))
    if change.what == "gone":
        row.gone = row.gone or clock.now()
    else:
        put(row, change.take, known)
        row.gone = None
        _remember(row, change)
    if change.what != "same":
        row.changed = clock.now()
    row.save()
    if change.what != "same":
        verb = "services.gone" if change.what == "gone" else "services.import"
        record(actor, verb, row, fields=sorted(change.take), new=change.what == "new")


def _remember(row: Service, change: Change) -> None:
    one = change.incoming
    if one.system:
        row.source = {"system": one.system, "id": one.id, "version": one.version}
        row.imported = change.base


def _slug(change: Change, taken: set[str]) -> str:
    """A new address: our own where the file gives one, else from the title."""
    own = change.incoming.id if not change.incoming.system else change.title
    slug = slug_of(own, taken)
    taken.add(slug)
    return slug
