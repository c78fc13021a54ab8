"""The editor of a board's template, with a picture of what it would show now."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sealing import seal
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.logic.boards import watch
from stadtkern.systems.parking.logic.boards.faces import Face, Line, composed
from stadtkern.systems.parking.logic.boards.wanted import fill_with, sites_now
from stadtkern.systems.parking.models import Board, BoardLine
from stadtkern.systems.parking.staff.answer import page, person
from stadtkern.systems.parking.staff.board import board_or_404
from stadtkern.systems.parking.staff.board_forms import BoardForm, LineRows
from stadtkern.systems.parking.staff.sites import problems


@staff("parking.manage_boards")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str = "") -> HttpResponse:
    """Change a board, or make one; with `preview` nothing is saved."""
    board = board_or_404(uid) if uid else Board()
    form, rows = _forms(request, board)
    asked = request.method == "POST"
    valid = asked and form.is_valid() and rows.is_valid()
    if valid and "preview" not in request.POST:
        saved = _save(request, form, rows)
        messages.success(request, _("Saved. The board is told."))
        return redirect("parking-staff:board", saved.uid)
    wrong = asked and not valid
    return page(
        request, "board_edit", board=board, form=form, rows=rows, status=422 if wrong else 200,
        preview=_preview(form, rows) if asked else _stored(board), uid=uid,
        problems=[*problems(form, [rows]), *((("", _("Lines of text"), str(t))) for t in
                  rows.non_form_errors())],
    )  # fmt: skip


@staff("parking.manage_boards")
@require_POST
def preview(request: HttpRequest, uid: str = "") -> HttpResponse:
    """The picture alone, for the page that asks while somebody types."""
    board = board_or_404(uid) if uid else Board()
    form, rows = _forms(request, board)
    form.is_valid()
    rows.is_valid()
    found = _preview(form, rows)
    answer = render(request, "parking/staff/board_preview.html", {"preview": found})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _forms(request: HttpRequest, board: Board) -> tuple[BoardForm, Any]:
    data = request.POST if request.method == "POST" else None
    return BoardForm(data, instance=board), LineRows(data, instance=board, prefix="lines")


def _stored(board: Board) -> tuple[Board, Face] | None:
    if not board.pk:
        return None
    lines = list(board.lines.prefetch_related("sites"))
    return _drawn(board, [(line, [s.pk for s in line.sites.all()]) for line in lines])


def _preview(form: BoardForm, rows: Any) -> tuple[Board, Face] | None:
    """What the template would show now; None where too much of it cannot be understood."""
    said = getattr(form, "cleaned_data", {})
    if {"width", "fallback", "full_word", "name", "lon", "lat"} - set(said):
        return None
    board = form.instance
    for name in ("width", "facing", "fallback", "low_word", "full_word", "closed_word",
                 "least_word", "oldest_minutes", "step", "day_light"):  # fmt: skip
        if name in said:
            setattr(board, name, said[name])
    place = form.place()
    board.place = place
    lines = []
    for row in rows.forms:
        told = getattr(row, "cleaned_data", {})
        if told.get("DELETE") or not told.get("number"):
            continue
        names = ("number", "content", "audience", "label", "arrow", "unknown", "fallback")
        line = BoardLine(**{name: told[name] for name in names if name in told})
        lines.append((line, [site.pk for site in told.get("sites") or ()]))
    return _drawn(board, sorted(lines, key=lambda pair: pair[0].number))


def _drawn(board: Board, lines: list[tuple[BoardLine, list[int]]]) -> tuple[Board, Face]:
    sites, now = sites_now(), clock.now()
    shown = [
        fill_with(board, line, [sites[pk] for pk in chosen if pk in sites], now).line
        for line, chosen in lines
    ]
    empty = (Line(text=composed("", board.fallback, board.width)),)
    return board, Face(lines=tuple(shown) or empty, brightness=board.day_light)


def _forget(board: Board) -> list[str]:
    """At another address is another board: nothing is known of it. The fields that changed."""
    fresh: dict[str, Any] = {
        "told": {}, "told_at": None, "shown": {}, "shown_at": None, "faults": [], "state": "new",
        "problem": "", "failures": 0, "failing_since": None,
    }  # fmt: skip
    for name, value in fresh.items():
        setattr(board, name, value)
    return list(fresh)


def _save(request: HttpRequest, form: BoardForm, rows: Any) -> Board:
    fresh = form.instance.pk is None
    with transaction.atomic():
        place = form.place()
        place.save()
        board = form.save(commit=False)
        board.place = place
        names = [
            name for name in BoardForm.Meta.fields if name not in ("name", "lon", "lat", "key")
        ]
        if form.cleaned_data["key"]:
            board.secret = seal(form.cleaned_data["key"])
            names.append("secret")
        board.due = clock.now()
        if not fresh and {"protocol", "address"} & set(form.changed_data):
            names += _forget(board)
        # What the worker writes meanwhile stays as it is.
        board.save(update_fields=None if fresh else [*names, "due"])
        rows.instance = board
        rows.save()
        if fresh:
            watch.ensure()
        told = [*form.changed_data, *(["lines"] if rows.has_changed() else [])]
        record(person(request), "parking.board_create" if fresh else "parking.board", board,
               changed=told)  # fmt: skip
    perform.defer(call=rounds.CHANGED, number=board.pk)
    return board
