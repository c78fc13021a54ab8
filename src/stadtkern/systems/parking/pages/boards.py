"""What the display boards show, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.access import public
from stadtkern.systems.parking.logic.boards import shown


@public
def home(request: HttpRequest) -> HttpResponse:
    """All boards in service."""
    boards = shown.shown()
    return render(request, "parking/boards/home.html", {
        "boards": boards,
        "invented": any(one.board.place.invented for one in boards),
    })  # fmt: skip
