"""One display board: how it stands, texts by hand, tests, and every message."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking.logic.boards import drawing, overrides
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.logic.boards.faces import face_of, same
from stadtkern.systems.parking.logic.boards.shown import FAULTS, of_board
from stadtkern.systems.parking.models import Board
from stadtkern.systems.parking.staff.answer import page, person
from stadtkern.systems.parking.staff.board_forms import OverrideForm
from stadtkern.systems.parking.staff.sites import problems

PER_PAGE = 30
TEST_FOR = timedelta(minutes=5)


def board_or_404(uid: str) -> Board:
    """With its place."""
    return get_object_or_404(Board.objects.select_related("place"), uid=uid)


@staff("parking.see_boards")
@require_safe
def board(request: HttpRequest, uid: str) -> HttpResponse:
    """What it should show, what it shows, and how it came to that."""
    found = board_or_404(uid)
    return _page(request, found, _form(found))


def _form(found: Board, request: HttpRequest | None = None) -> OverrideForm:
    lines = max(found.lines.count(), 1)
    return OverrideForm(request.POST if request else None, board=found, lines=lines)


def _page(
    request: HttpRequest, found: Board, form: OverrideForm, status: int = 200
) -> HttpResponse:
    history = Paginator(found.messages.all(), PER_PAGE).get_page(request.GET.get("page"))
    now, wanted = clock.now(), face_of(found.wanted)
    return page(
        request, "board", board=found, one=of_board(found), form=form, listed=history,
        history=[(row, drawing.said(face_of(row.face))) for row in history], wanted=wanted,
        lines=found.lines.prefetch_related("sites__place"), status=status,
        faults=[FAULTS.get(one, one) for one in found.faults],
        is_right=same(wanted, face_of(found.shown)),
        by_hand=overrides.standing([found], now).get(found.pk),
        testing=found.test_until if found.test_until and found.test_until > now else None,
        before=found.overrides.exclude(ended=None)[:10], problems=problems(form, []),
        may_manage=person(request).may("parking.manage_boards"),
        waits=found.due <= now and found.on,
    )  # fmt: skip


@staff("parking.manage_boards")
@require_POST
def override(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a text on it, or take that away."""
    found = board_or_404(uid)
    if "undo" in request.POST:
        if overrides.undo(found, person(request)):
            messages.success(request, _("The board shows its counts again."))
        else:
            messages.info(request, _("The text was over already."))
        return _worked(found)
    form = _form(found, request)
    if not form.is_valid():
        return _page(request, found, form, 422)
    overrides.put(found, form.texts(), why=form.cleaned_data["why"],
                  until=form.cleaned_data["until"], who=person(request))  # fmt: skip
    messages.success(request, _("The board is told. Below you see whether it shows it."))
    return _worked(found)


@staff("parking.manage_boards")
@require_POST
def act(request: HttpRequest, uid: str) -> HttpResponse:
    """A test pattern for five minutes, its end, or the same message once more."""
    found = board_or_404(uid)
    deed = request.POST.get("do", "")
    if deed in ("test", "end_test"):
        until = clock.now() + TEST_FOR if deed == "test" else None
        Board.objects.filter(pk=found.pk).update(test_until=until)
        record(person(request), "parking.board_test", found, on=deed == "test")
        messages.success(request, _("The board is told. Below you see whether it shows it."))
        return _worked(found)
    if deed == "repeat":
        record(person(request), "parking.board_repeat", found)
        messages.success(request, _("The board is told. Below you see whether it shows it."))
        return _worked(found, rounds.REPEAT)
    messages.error(request, _("This cannot be done with a board."))
    return redirect("parking-staff:board", uid)


def _worked(found: Board, call: str = rounds.BRING) -> HttpResponse:
    """Boards are spoken to by the worker, never while somebody waits for a page."""
    Board.objects.filter(pk=found.pk).update(due=clock.now())
    perform.defer(call=call, number=found.pk)
    return redirect("parking-staff:board", found.uid)
