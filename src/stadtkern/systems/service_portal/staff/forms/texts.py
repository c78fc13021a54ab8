"""The desk's texts of a form: decisions, requests, how to appeal; placeholders are checked."""

from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.desk import texts as desk_texts
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.definition import Definition, FormProblem
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    NoDraft,
    change,
    form_of,
    page,
    shown_version,
)
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair, spoken

KNOWN: Final = {
    "granted": gettext_lazy("Decision: granted"), "partly": gettext_lazy("Decision: in part"),
    "rejected": gettext_lazy("Decision: rejected"),
    "request": gettext_lazy("Request for something missing"),
    "appeal": gettext_lazy("How to appeal"),
    "file_now": gettext_lazy("Sending now and completing later (empty: not possible)"),
}  # fmt: skip


class TextsForm(WordsForm):
    """All texts of a form, each in both languages."""

    def __init__(self, *said: Any, definition: Definition, **more: Any) -> None:
        super().__init__(*said, **more)
        self.definition = definition
        others = {name: name for name in definition.texts if name not in KNOWN}
        for name, label in {**KNOWN, **others}.items():
            self.fields[name], self.fields[f"{name}_en"] = pair(label, lines=5, longest=8000)

    def clean(self) -> dict[str, Any]:
        """Only placeholders that a case of this form can fill."""
        said = super().clean() or {}
        for name, text in list(said.items()):
            for wrong in desk_texts.faults(text or "", self.definition.fields()):
                self.add_error(name, wrong)
        return said

    def texts(self) -> dict[str, dict[str, str]]:
        """The texts that are not empty."""
        names = [name for name in self.fields if not name.endswith("_en")]
        return {name: words for name in names if (words := self.words(name))}


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """All texts on one page."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    initial: dict[str, Any] = {}
    for name, words in definition.texts.items():
        initial |= spoken(words, name)
    asked = TextsForm(request.POST or None, definition=definition, initial=initial)
    if request.method == "POST" and asked.is_valid():
        try:
            change(request, form, lambda now: replace(now, texts=asked.texts()), "texts")
        except FormProblem as problem:
            asked.refuse(problem)
        except NoDraft as problem:
            asked.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("service_portal-staff:form", slug)
    return page(request, "form_texts", form, {"form": asked, "names": desk_texts.KNOWN},
                status=422 if asked.errors else 200)  # fmt: skip
