"""Boards for staff: the list, a board with its preview, its versions."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sharing import one_page
from stadtkern.site.boards import blocks
from stadtkern.site.boards import pages as public_pages
from stadtkern.site.boards.models import Board, Version
from stadtkern.site.staff.boards import changes
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    Form = forms.ModelForm[Version]
else:
    Form = forms.ModelForm


class Words(Form):
    """Title and sentence in both languages."""

    class Meta:
        model = Version
        fields = changes.WORDS
        help_texts = {"about": _("It stands below the title.")}


class New(Words):
    """A board's words and its address."""

    slug = forms.SlugField(
        label=_("Address"), max_length=60,
        help_text=_("Small letters, digits and hyphens, such as air-in-our-city."),
    )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if Board.objects.filter(slug=slug).exists():
            raise ValidationError(_("There is a board with this address already."))
        return slug


@staff("boards.edit")
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """All boards in the city's order."""
    newest = Version.objects.filter(board=OuterRef("board")).order_by("-number")
    last = Version.objects.filter(pk=Subquery(newest.values("pk")[:1]))
    rows = Board.objects.select_related("published").prefetch_related(
        Prefetch("versions", last, to_attr="last")
    )
    return page(request, "boards/list", boards=rows)


@staff("boards.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new board, which nobody sees yet."""
    form = New(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in changes.WORDS}
        made = changes.create(person(request), form.cleaned_data["slug"], words)
        return redirect("staff-board", made.pk)
    return page(request, "boards/new", form=form, status=422 if form.errors else 200)


@staff("boards.edit")
@require_safe
@one_page()
def board(request: HttpRequest, number: int) -> HttpResponse:
    """The newest version as everybody would see it, and all that can be done to it."""
    return _board(request, number)


@staff("boards.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@one_page()
def words(request: HttpRequest, number: int) -> HttpResponse:
    """Title and sentence."""
    found = get_object_or_404(Board, pk=number)
    version = changes.newest(found)
    form = Words(request.POST or None, instance=version)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in changes.WORDS}
        try:
            changes.reword(person(request), found, base_of(request), said)
        except changes.Overtaken as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The words are saved."))
            return redirect("staff-board", number)
    base = changes.newest(found).number
    return page(request, "boards/words", form=form, board=found, base=base,
                status=422 if form.errors else 200)  # fmt: skip


def base_of(request: HttpRequest) -> int:
    """Which version this person has read."""
    given = request.POST.get("base", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0


def _board(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Board.objects.select_related("published"), pk=number)
    version = changes.newest(found)
    shown = public_pages.preview(version)
    titles = {one.number: one.title for row in shown["rows"] for one in row.drawn}
    parts: list[Any] = [
        (i, block, titles.get(i)) for i, block in enumerate(blocks.read(version.blocks))
    ]
    return page(
        request, "boards/board", board=found, parts=parts, kinds=blocks.KINDS.items(),
        fresh=found.published_id == version.pk, room=len(parts) < blocks.MOST,
        **shown,
    )  # fmt: skip


@staff("boards.edit")
@require_safe
def versions(request: HttpRequest, number: int) -> HttpResponse:
    """Everything the board has been."""
    found = get_object_or_404(Board, pk=number)
    rows = list(found.versions.defer("blocks")[: changes.KEPT])
    return page(request, "boards/versions", board=found, versions=rows)
