"""What a button does to a board or one of its blocks."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.site.boards.blocks import Block
from stadtkern.site.staff.boards import changes
from stadtkern.site.staff.boards.pages import base_of
from stadtkern.site.staff.doors import person

Deed = Callable[[Account, int], object]
OF_BOARD: dict[str, tuple[Deed, str | Promise]] = {
    "publish": (changes.publish, _("The board is published.")),
    "unpublish": (changes.unpublish, _("Only staff see the board now.")),
    "earlier": (lambda who, number: changes.move(who, number, -1), ""),
    "later": (lambda who, number: changes.move(who, number, 1), ""),
    "remove": (changes.remove, _("The board is removed.")),
}
IN_LIST = ("earlier", "later", "remove")


@staff("boards.edit")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do` names the deed; `block` which block, `version` which version it is about."""
    name = request.POST.get("do", "")
    if name in OF_BOARD:
        deed, said = OF_BOARD[name]
        deed(person(request), number)
        if said:
            messages.success(request, str(said))
        return redirect("staff-boards") if name in IN_LIST else redirect("staff-board", number)
    if name == "restore":
        changes.restore(person(request), number, _number(request, "version"))
        messages.success(request, _("That version is the newest again."))
    else:
        _block(request, number, name)
    return redirect("staff-board", number)


def _block(request: HttpRequest, number: int, name: str) -> None:
    at = _number(request, "block")
    alters: dict[str, Callable[[list[Block]], list[Block]]] = {
        "up": lambda found: _moved(found, at, -1),
        "down": lambda found: _moved(found, at, 1),
        "cut": lambda found: [one for i, one in enumerate(found) if i != at],
        "width": lambda found: [replace(one, wide=not one.wide) if i == at else one
                                for i, one in enumerate(found)],
    }  # fmt: skip
    if name not in alters:
        raise Http404
    try:
        changes.change(person(request), number, base_of(request), alters[name])
    except changes.Overtaken as problem:
        messages.error(request, str(problem))


def _moved(found: list[Block], at: int, by: int) -> list[Block]:
    if 0 <= at < len(found) and 0 <= at + by < len(found):
        found[at], found[at + by] = found[at + by], found[at]
    return found


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 9):
        raise Http404
    return int(given)
