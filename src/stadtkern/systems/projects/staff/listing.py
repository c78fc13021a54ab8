"""The list of all projects for staff, and a new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.projects import changes, drafts
from stadtkern.systems.projects.content import STATUSES, THEMES, Content
from stadtkern.systems.projects.drafts import Draft
from stadtkern.systems.projects.finding import Wish
from stadtkern.systems.projects.staff.answer import page, person

PER_PAGE = 50
# First parts of addresses that are no project's.
TAKEN = ("business", "news", "map", "pictures", "preview")
ALL = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """By words, theme, status, whether it is public, and the state of the English text."""

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"), required=False, choices=[ALL, *THEMES.items()]
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False,
        choices=[ALL, *((key, word) for key, (_sign, word) in STATUSES.items())],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("Publication"), required=False,
        choices=[ALL, *((key, word) for key, (_sign, word) in drafts.STATES.items())],
    )  # fmt: skip
    english = forms.ChoiceField(
        label=gettext_lazy("English"), required=False,
        choices=[ALL, *drafts.TRANSLATIONS.items()],
    )  # fmt: skip


class NewForm(forms.Form):
    """A title and an address; the rest comes step by step."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Address"), max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens: it stays as it is."),
    )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in TAKEN:
            raise forms.ValidationError(_("Please choose another address."))
        return slug


@staff("projects.edit")
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """The projects that the address asks for; three queries for any number of them."""
    filters = Filters(request.GET)
    filters.is_valid()
    said = filters.cleaned_data
    wish = Wish.of({key: value or "" for key, value in said.items()})
    everything = drafts.drafts(archived=said.get("state") == "archived")
    found = [one for one in everything if wish.passes(one.entry) and _passes(one, said)]
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "projects", filters=filters, listed=listed, rows=[_row(d) for d in listed],
                has_any=bool(everything))  # fmt: skip


def _passes(one: Draft, said: dict[str, Any]) -> bool:
    state, english = said.get("state"), said.get("english")
    translation = one.entry.content.translation
    return (not state or one.state == state) and (not english or translation == english)


def _row(one: Draft) -> dict[str, Any]:
    sign, word = drafts.STATES[one.state]
    return {"draft": one, "sign": sign, "word": word,
            "translation": drafts.TRANSLATIONS.get(one.entry.content.translation)}  # fmt: skip


@staff("projects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new project, then its first step."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        content = Content(title=form.cleaned_data["title"])
        try:
            with transaction.atomic():
                made = changes.create(person(request), form.cleaned_data["slug"], content)
        except IntegrityError:
            form.add_error("slug", _("A project has this address already. Choose another one."))
        else:
            messages.success(request, _("The project is there. Now write its texts."))
            return redirect("projects-staff:edit", made.pk, "words")
    return page(request, "new", form=form, status=422 if form.errors else 200)
