"""Display boards for staff: what they should show and what they do, side by side."""

from collections.abc import Iterator

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking.logic.boards import drawing, overrides
from stadtkern.systems.parking.logic.boards.faces import face_of
from stadtkern.systems.parking.logic.boards.shown import BoardShown, of_board
from stadtkern.systems.parking.models import PROTOCOLS, STATES, Board
from stadtkern.systems.parking.staff.answer import page, person

PER_PAGE = 20


class Filters(forms.Form):
    """By a word in the name, state and protocol."""

    q = forms.CharField(
        label=gettext_lazy("Name"), required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("all")), ("trouble", gettext_lazy("in trouble")),
                 *STATES.items()],
    )  # fmt: skip
    protocol = forms.ChoiceField(
        label=gettext_lazy("Protocol"), required=False,
        choices=[("", gettext_lazy("all")), *PROTOCOLS.items()],
    )  # fmt: skip

    def chosen(self) -> QuerySet[Board]:
        """What is asked for; a filter that makes no sense lets everything pass."""
        self.is_valid()
        said = self.cleaned_data
        rows = Board.objects.select_related("place").order_by("place__name", "pk")
        if word := (said.get("q") or "").strip():
            rows = rows.filter(Q(place__name__icontains=word) | Q(uid__icontains=word))
        if said.get("state") == "trouble":
            rows = rows.filter(Q(state__in=("differs", "silent", "failed")) | ~Q(faults=[]))
        elif said.get("state"):
            rows = rows.filter(state=said["state"])
        return rows.filter(protocol=said["protocol"]) if said.get("protocol") else rows


@staff("parking.see_boards")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The boards that the address asks for; as a file too."""
    filters = Filters(request.GET)
    rows = filters.chosen()
    if request.GET.get("as") == "csv":
        return csv_file("boards", HEADS, _cells(rows[:LONGEST]))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    by_hand = overrides.standing(list(listed), clock.now())
    query = request.GET.copy()
    query.pop("page", None)
    return page(
        request, "boards", filters=filters, listed=listed, query=query.urlencode(),
        rows=[(of_board(one), by_hand.get(one.pk)) for one in listed],
        may_manage=person(request).may("parking.manage_boards"),
    )  # fmt: skip


HEADS = (
    gettext_lazy("Name"), gettext_lazy("Protocol"), gettext_lazy("State"), gettext_lazy("Wanted"),
    gettext_lazy("Shown"), gettext_lazy("Reported at"), gettext_lazy("Failing since"),
    gettext_lazy("Problem"),
)  # fmt: skip


def _cells(rows: QuerySet[Board]) -> Iterator[tuple[object, ...]]:
    for board in rows:
        one: BoardShown = of_board(board)
        wanted = face_of(board.wanted)
        yield (
            board.place.name, board.get_protocol_display(), one.word,
            drawing.said(wanted) if wanted else "", drawing.said(one.face) if one.face else "",
            one.at, board.failing_since, board.problem,
        )  # fmt: skip
