"""A block of a board: made, changed and tried out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sharing import one_page
from stadtkern.site.boards import blocks, rendered
from stadtkern.site.boards.blocks import Block
from stadtkern.site.boards.models import Board
from stadtkern.site.staff.boards import changes
from stadtkern.site.staff.boards.forms import FORMS, BlockForm
from stadtkern.site.staff.boards.pages import base_of
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page


@staff("boards.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@one_page()
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """`?block=2` changes the third block, `?kind=chart` adds one at the end."""
    board = get_object_or_404(Board, pk=number)
    version = changes.newest(board)
    found = blocks.read(version.blocks)
    at = _which(request, found)
    kind = found[at].kind if at is not None else request.GET.get("kind", "")
    if kind not in FORMS:
        raise Http404
    initial = _initial(found[at]) if at is not None else {}
    searching = "search" in request.POST
    if searching:
        # What was typed stays, and nothing is complained about yet.
        form = FORMS[kind](initial=initial | request.POST.dict())
    else:
        form = FORMS[kind](request.POST or None, initial=initial)
    form.search(request.POST.get("q", ""))
    shown = None
    if request.method == "POST" and not searching and form.is_valid():
        if "try" in request.POST:
            shown = rendered.rows([form.block()])
        elif _saved(request, number, form, at):
            messages.success(request, _("The block is saved."))
            return redirect("staff-board", number)
    return page(
        request, "boards/block", form=form, board=board, version=version, at=at, kind=kind,
        kind_title=blocks.KINDS[form.kind], rows=shown,
        typed=request.POST.get("q", ""),
        base=request.POST.get("base") or version.number,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _which(request: HttpRequest, found: list[Block]) -> int | None:
    given = request.GET.get("block", "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 4 and int(given) < len(found)):
        raise Http404
    return int(given)


def _initial(block: Block) -> dict[str, Any]:
    return {name: getattr(block, name) for name in Block.__dataclass_fields__}


def _saved(request: HttpRequest, number: int, form: BlockForm, at: int | None) -> bool:
    """Whether it was saved; else the form says why, and keeps what was typed."""
    block = form.block()

    def put(found: list[Block]) -> list[Block]:
        if at is None:
            return [*found, block][: blocks.MOST]
        return [block if i == at else one for i, one in enumerate(found)]

    try:
        changes.change(person(request), number, base_of(request), put)
    except changes.Overtaken as problem:
        form.add_error(None, str(problem))
        return False
    return True
