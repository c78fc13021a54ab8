"""Wishes for data: the public list with their states, a new one, and support for one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.forms import WishForm
from stadtkern.systems.open_data.models import Letter
from stadtkern.systems.open_data.pages.letters import sent, shown

PER_PAGE = 20


@public
@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """All public wishes, the most supported first; `?state=` narrows them."""
    words = logic.WORDS[Letter.WISH]
    state = request.GET.get("state", "")
    rows = Letter.objects.wishes().select_related("dataset").order_by("-supports", "-created", "id")
    if state in words:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "open_data/wishes.html", {
        "page": page,
        "rows": [(one, words[one.state], logic.SIGNS[one.state]) for one in page],
        "states": list(words.items()),
        "state": state,
    })  # fmt: skip


@public
@require_safe
def wish(request: HttpRequest, number: int) -> HttpResponse:
    """One wish with the city's answer."""
    one = get_object_or_404(Letter.objects.wishes().select_related("dataset"), pk=number)
    return render(request, "open_data/wish.html", {
        "wish": one, "word": logic.WORDS[Letter.WISH][one.state], "sign": logic.SIGNS[one.state],
        "open": one.state not in (Letter.DONE, Letter.REFUSED),
    })  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for data."""
    form = WishForm(request)
    if request.method == "POST" and form.is_valid():
        return sent(request, form)
    return shown(request, form, "open_data/wish_new.html")


@public
@require_POST
def support(request: HttpRequest, number: int) -> HttpResponse:
    """Wish it too: counted once from one address, without a log-in or a cookie that follows."""
    rows = Letter.objects.wishes().exclude(state__in=(Letter.DONE, Letter.REFUSED))
    one = get_object_or_404(rows, pk=number)
    if logic.support(one, str(request.META.get("REMOTE_ADDR", ""))):
        messages.success(request, _("Thank you, your support is counted."))
    else:
        messages.info(request, _("From your connection this wish is already supported."))
    return redirect("open_data:wish", number)
