"""Write news in two languages, publish them from a time on, withdraw them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.pictures import MOST_BYTES, Refused, draw
from stadtkern.kernel.places.models import Area
from stadtkern.systems.news import changes
from stadtkern.systems.news.models import Article
from stadtkern.systems.news.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Article]
else:
    ModelForm = forms.ModelForm

PER_PAGE = 40
MOMENT = "%Y-%m-%dT%H:%M"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)


class ArticleForm(ModelForm):
    """What staff write."""

    file = forms.FileField(
        label=gettext_lazy("Picture"), required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP. Say below what it shows."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=gettext_lazy("Take the picture out"), required=False)

    class Meta:
        model = Article
        fields = (
            "title", "text", "title_en", "text_en", "theme", "area", "warning", "begins", "ends",
            "push", "url", "file", "alt", "picture_credit", "without_picture",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea({"rows": 9}), "text_en": forms.Textarea({"rows": 9}),
            "begins": _moment(), "ends": _moment(),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(kind="district").only("name")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end lies before the beginning."))
        if said.get("warning") and not ends:
            self.add_error("ends", _("A warning needs an end, so that nobody reads an old one."))
        if said.get("file"):
            self._picture(said)
        elif said.get("without_picture"):
            self.instance.large = self.instance.small = None
        if self.instance.large is None:
            said["alt"] = said["picture_credit"] = ""
        elif not said.get("alt"):
            self.add_error("alt", _("Please say in words what the picture shows."))
        return said

    def _picture(self, said: dict[str, Any]) -> None:
        try:
            # One byte more than is allowed tells that there is more.
            drawn = draw(said["file"].read(MOST_BYTES + 1))
        except Refused as refused:
            self.add_error("file", str(refused))
        else:
            self.instance.large, self.instance.small = drawn.large, drawn.small


@staff("news.edit")
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first; `?q=` and `?state=` narrow the list."""
    rows = Article.objects.light().order_by("-begins", "-id")
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(title__icontains=words)
    if (state := request.GET.get("state", "")) in ("draft", "public", "withdrawn"):
        rows = rows.filter(state=state)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "articles", listed=listed, state=state, states=Article.STATES)


@staff("news.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """A new article, or one that there is; what was typed stays where it cannot be saved."""
    one = get_object_or_404(Article, pk=number) if number is not None else Article()
    who = person(request)
    closed = one.state == "public" and not who.may("news.publish")
    form = ArticleForm(request.POST or None, request.FILES or None, instance=one)
    if request.method == "POST" and closed:
        messages.error(request, _("It is public. Your roles allow you to change drafts only."))
        return redirect("news-staff:edit", one.pk)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.edited = clock.now() if made.source_id else None
        changes.save(who, made)
        messages.success(request, _("Saved."))
        if "preview" in request.POST:
            return redirect("news:preview", made.token)
        return redirect("news-staff:edit", made.pk)
    return page(request, "edit", form=form, one=one, closed=closed,
                status=422 if form.errors else 200)  # fmt: skip


@staff("news.publish")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Publish or withdraw."""
    one = get_object_or_404(Article.objects.only("pk"), pk=number)
    deed = request.POST.get("do", "")
    if deed not in ("public", "withdrawn"):
        raise Http404
    changes.decide(person(request), one.pk, deed)
    messages.success(request, _("Saved."))
    return redirect("news-staff:edit", number)
