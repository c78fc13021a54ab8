"""The steps of a form: one page each, saved whenever it is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.forms import draw, run
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.forms.sight import rows_of
from stadtkern.kernel.cases.forms.summary import said as in_words_of
from stadtkern.kernel.cases.forms.summary import title as title_of
from stadtkern.kernel.cases.forms.values import files as file_values
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.cases.journey import typed
from stadtkern.kernel.cases.journey.errors import NotOpen, Overtaken
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.journey.overview import Overview, overview
from stadtkern.kernel.cases.journey.prefill import locked_fields
from stadtkern.kernel.cases.journey.save import save, with_step
from stadtkern.kernel.cases.models import Case
from stadtkern.systems.service_portal.pages.door import language, level, of_case, page, person


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in a form a page is: the step and, of a repeated one, which entry."""

    case: Case
    definition: Definition
    step: Step
    row: int | None

    @property
    def stored(self) -> Mapping[str, Any]:
        """The answers of this page as they are kept."""
        if self.row is None:
            return self.case.answers
        rows = rows_of(self.case.answers, self.step)
        return rows[self.row] if self.row < len(rows) else {}

    def put(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Answers of this page as `save` takes them: of a repeated step all entries."""
        if self.row is None:
            return dict(values)
        rows = [dict(one) for one in rows_of(self.case.answers, self.step)]
        rows += [{} for _more in range(self.row + 1 - len(rows))]
        whole = {**rows[self.row], **values}
        rows[self.row] = {name: value for name, value in whole.items() if value is not None}
        return {self.step.id: rows}


def _place(case: Case, step: str, row: int | None) -> Place:
    definition = definition_of(case)
    asked = next((one for one in definition.steps if one.id == step), None)
    if asked is None or (row is not None) != asked.repeated:
        raise Http404
    there = len(rows_of(case.answers, asked))
    if row is not None and row >= there and not row == there < asked.most:
        raise Http404
    return Place(case=case, definition=definition, step=asked, row=row)


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, case: Case, step: str) -> HttpResponseBase:
    """One step; of a repeated one the list of its entries."""
    if case.state != "draft":
        return redirect("service_portal:case", case.public_id)
    asked = next((one for one in definition_of(case).steps if one.id == step), None)
    if asked is not None and asked.repeated:
        return _entries(request, case, asked)
    return _answered(request, _place(case, step, None))


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, case: Case, step: str, row: int) -> HttpResponseBase:
    """One entry of a repeated step; one more than there are is a new one."""
    if case.state != "draft":
        return redirect("service_portal:case", case.public_id)
    return _answered(request, _place(case, step, row))


def _answered(request: HttpRequest, place: Place) -> HttpResponse:
    return _take(request, place) if request.method == "POST" else _show(request, place)


def _show(request: HttpRequest, place: Place) -> HttpResponse:
    """The page as it is kept, with what was typed into it last where that was not saved."""
    left = typed.kept(place.case, place.step.id, place.row)
    if left:
        taken = _taken(place, left.said, {})
        if not left.saved:
            messages.info(request, _("This was typed and is not saved yet. Please check it."))
        return _drawn(request, place, values=taken.values, said=left.said, faults=taken.faults,
                      more=taken.more)  # fmt: skip
    draft = getattr(place.case, "draft", None)
    wrong = {}
    if draft and place.step.id in draft.steps and place.stored:
        found = run.faults(place.definition, place.case.answers, language=language())
        wrong = {one.field: one.text for one in found
                 if (one.step, one.row) == (place.step.id, place.row)}  # fmt: skip
    return _drawn(request, place, faults=wrong)


def _taken(place: Place, said: QueryDict, files: Mapping[str, list[str]]) -> run.Taken:
    return run.take(
        place.definition, place.step, said, place.case.answers, language=language(),
        row=place.row, files=files, locked=locked_fields(place.case.prefilled),
    )  # fmt: skip


def _take(request: HttpRequest, place: Place) -> HttpResponse:
    """Save what can be saved, then go where the button leads, or show what is wrong."""
    files, refused = _uploads(request, place)
    taken = _taken(place, request.POST, files)
    faults = {**taken.faults, **refused}
    values = {**dict.fromkeys(set(taken.faults) - set(taken.values)), **taken.values}
    try:
        case = save(
            place.case.pk, place.step.id, place.put(values), revision=_revision(request),
            actor=person(request), level=level(request),
        )  # fmt: skip
    except Overtaken as faster:
        now = Place(case=faster.case, definition=place.definition, step=place.step, row=place.row)
        return _drawn(request, now, values=taken.values, said=request.POST, faults=faults,
                      more=taken.more, overtaken=faster, status=409)  # fmt: skip
    except NotOpen as closed:
        messages.error(request, str(closed))
        return redirect("service_portal:case", place.case.public_id)
    now = Place(case=case, definition=place.definition, step=place.step, row=place.row)
    return _onwards(request, now, taken, faults)


def _onwards(
    request: HttpRequest, place: Place, taken: run.Taken, faults: Mapping[str, str]
) -> HttpResponse:
    if faults:
        typed.keep(place.case, place.step.id, place.row, request.POST, saved=True)
    wish = request.POST.get("do", "next")
    if wish == "later":
        return redirect("service_portal:later", place.case.public_id)
    if wish == "back":
        return _back(place)
    if faults or taken.more:
        status = 422 if set(faults) - set(taken.more) else 200
        return _drawn(request, place, values=taken.values, said=request.POST, faults=faults,
                      more=taken.more, status=status)  # fmt: skip
    if place.row is not None:
        return redirect("service_portal:step", place.case.public_id, place.step.id)
    return _next(place.case, place.definition, place.step.id)


def _back(place: Place) -> HttpResponse:
    if place.row is not None:
        return redirect("service_portal:step", place.case.public_id, place.step.id)
    before = overview(place.case, place.definition, language=language()).before(place.step.id)
    if not before:
        return redirect("service_portal:case", place.case.public_id)
    return redirect("service_portal:step", place.case.public_id, before)


def _next(case: Case, definition: Definition, step: str) -> HttpResponse:
    after = overview(case, definition, language=language()).after(step)
    if not after:
        return redirect("service_portal:review", case.public_id)
    return redirect("service_portal:step", case.public_id, after)


def _revision(request: HttpRequest) -> int:
    said = request.POST.get("revision", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _uploads(request: HttpRequest, place: Place) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Ids of the files that were taken, and what is wrong with the others, by field."""
    added: dict[str, list[str]] = {}
    refused: dict[str, str] = {}
    for field in place.step.fields:
        if field.kind != "file":
            continue
        room = field.most - len(place.stored.get(field.id) or [])
        room += len(request.POST.getlist(f"{field.id}-remove"))
        for file in request.FILES.getlist(field.id)[: max(room, 0)]:
            try:
                made = documents.add(
                    place.case, field=field.id, name=file.name or "", content=_read(file),
                    types_allowed=file_values.types_of(field),
                )  # fmt: skip
            except documents.NotTaken as reason:
                refused[field.id] = f"{file.name}: {reason}"
            else:
                added.setdefault(field.id, []).append(str(made.public_id))
        if len(request.FILES.getlist(field.id)) > max(room, 0):
            refused[field.id] = _("There are too many files here. Remove one first.")
    return added, refused


def _read(file: Any) -> bytes:
    """Never more than one byte above what is possible, so that a large one is refused cheaply."""
    return bytes(file.read(documents.PER_FILE + 1))


def _drawn(
    request: HttpRequest, place: Place, *, values: Mapping[str, Any] | None = None,
    said: QueryDict | None = None, faults: Mapping[str, str] | None = None,
    more: tuple[str, ...] = (), overtaken: Overtaken | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    case, asked = place.case, place.step
    answers = with_step(case.answers, asked, place.put(values)) if values else case.answers
    names = {str(one.public_id): one.name for one in case.documents.all()}
    drawn = draw.page(
        place.definition, asked, answers, language=language(), row=place.row, said=said,
        faults=faults, more=more,
        marks=draw.Marks(origins=case.prefilled, locked=locked_fields(case.prefilled),
                         helped=case.helped, documents=names),
    )  # fmt: skip
    view = overview(case, place.definition, language=language())
    return page(
        request, "step", case=case, page=drawn, overview=view, asked=asked, row=place.row,
        title=title_of(asked, place.row, language()), proof=typed.proof(case),
        about=in_words(asked.about, language()), before=view.before(asked.id),
        form_title=in_words(place.definition.title, language()), overtaken=overtaken,
        theirs=_theirs(place, values or {}, names) if overtaken else [], status=status,
    )  # fmt: skip


def _theirs(
    place: Place, mine: Mapping[str, Any], names: Mapping[str, str]
) -> list[tuple[str, str]]:  # fmt: skip
    """What the other device saved where it differs from what was typed here, in words."""
    return [
        (in_words(one.title, language()),
         in_words_of(one, place.stored[one.id], language(), names)
         if place.stored.get(one.id) not in (None, "", []) else _("(empty)"))
        for one in place.step.fields
        if one.kind != "note" and place.stored.get(one.id) != mine.get(one.id)
    ]  # fmt: skip


def _entries(request: HttpRequest, case: Case, asked: Step) -> HttpResponse:
    """The entries of a repeated step: add, change, remove; then on."""
    definition = definition_of(case)
    if request.method == "POST":
        return _entries_done(request, case, definition, asked)
    return _entries_page(request, case, definition, asked)


def _entries_done(
    request: HttpRequest, case: Case, definition: Definition, asked: Step
) -> HttpResponse:
    if request.POST.get("do") == "back":
        return _back(Place(case=case, definition=definition, step=asked, row=None))
    rows = [dict(one) for one in rows_of(case.answers, asked)]
    try:
        case = save(case.pk, asked.id, {asked.id: rows}, revision=case.revision,
                    actor=person(request), level=level(request))  # fmt: skip
    except NotOpen as closed:
        messages.error(request, str(closed))
        return redirect("service_portal:case", case.public_id)
    if request.POST.get("do") == "later":
        return redirect("service_portal:later", case.public_id)
    found = [one for one in run.faults(definition, case.answers, language=language())
             if one.step == asked.id]  # fmt: skip
    if found:
        return _entries_page(request, case, definition, asked, found, status=422)
    return _next(case, definition, asked.id)


def _entries_page(
    request: HttpRequest, case: Case, definition: Definition, asked: Step,
    faults: list[run.Fault] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = rows_of(case.answers, asked)
    names = {str(one.public_id): one.name for one in case.documents.all()}
    parts = {one.row: one for one in run.summary(definition, case.answers, language=language(),
                                                 documents=names)
             if one.step == asked.id}  # fmt: skip
    entries = [(number, title_of(asked, number, language()), parts.get(number))
               for number in range(len(rows))]  # fmt: skip
    view: Overview = overview(case, definition, language=language())
    return page(
        request, "entries", case=case, asked=asked, entries=entries, overview=view,
        title=in_words(asked.title, language()), about=in_words(asked.about, language()),
        each=in_words(asked.each, language()) or in_words(asked.title, language()),
        may_add=len(rows) < asked.most, faults=faults or [], before=view.before(asked.id),
        form_title=in_words(definition.title, language()), status=status,
    )  # fmt: skip


@never_cache
@of_case
@require_POST
def drop(request: HttpRequest, case: Case, step: str, row: int) -> HttpResponseBase:
    """Take one entry away; the page names the revision, so that no other one goes by mistake."""
    definition = definition_of(case)
    asked = next((one for one in definition.steps if one.id == step and one.repeated), None)
    if asked is None or case.state != "draft":
        raise Http404
    rows = [dict(one) for one in rows_of(case.answers, asked)]
    if row < len(rows) and _revision(request) == case.revision:
        del rows[row]
        save(case.pk, step, {step: rows}, revision=case.revision, actor=person(request),
             level=level(request))  # fmt: skip
        messages.success(request, _("The entry is removed."))
    else:
        messages.warning(request, _("The list had changed meanwhile. Please look at it once more."))
    return redirect("service_portal:step", case.public_id, step)
