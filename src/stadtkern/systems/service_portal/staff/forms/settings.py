"""The settings of a form: who may fill it in, how sure we must be, what follows after it."""

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.definition import Definition, FormProblem
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.identity.trust import TITLES
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    NoDraft,
    change,
    form_of,
    language,
    page,
    shown_version,
)
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair, spoken

PAYMENTS: Final = {
    "none": gettext_lazy("nothing to pay"), "upfront": gettext_lazy("before it is sent"),
    "deferred": gettext_lazy("after the office has set the amount"),
}  # fmt: skip
OUTCOMES: Final = {
    "granted": gettext_lazy("Days kept: granted"), "partly": gettext_lazy("Days kept: in part"),
    "rejected": gettext_lazy("Days kept: rejected"),
    "withdrawn": gettext_lazy("Days kept: withdrawn"),
    "expired": gettext_lazy("Days kept: never sent"),
}  # fmt: skip
PLAIN: Final = ("guests", "payment", "email", "phone", "co_sign", "co_sign_name", "co_sign_level",
                "work_days", "appeal_days", "four_eyes", "appointment", "fim")  # fmt: skip
WORDS: Final = ("title", "intro", "declaration")
SEARCHED: Final = ("text", "plate", "vin", "iban", "phone", "integer")
FIELDS_ASKED: Final = {"email": "email", "phone": "phone", "co_sign": "email", "co_sign_name": ""}


class SettingsForm(WordsForm):
    """Everything about a form but its questions."""

    title, title_en = pair(gettext_lazy("Title"), required=True, longest=200)
    intro, intro_en = pair(gettext_lazy("What people read first"), lines=4, longest=4000)
    declaration, declaration_en = pair(
        gettext_lazy("What people declare when sending"), lines=3, longest=2000
    )
    level = forms.TypedChoiceField(
        label=gettext_lazy("Level of trust that sending needs"), coerce=int,
        choices=[(int(level), title) for level, title in TITLES.items()],
    )  # fmt: skip
    guests = forms.BooleanField(
        label=gettext_lazy("Goes without an account"), required=False
    )  # fmt: skip
    payment = forms.ChoiceField(label=gettext_lazy("Payment"), choices=list(PAYMENTS.items()))
    name = forms.MultipleChoiceField(
        label=gettext_lazy("Questions that make up the name"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    search = forms.MultipleChoiceField(
        label=gettext_lazy("Questions by which the desk finds a case"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Such as a number plate. The answers stay sealed."),
    )  # fmt: skip
    email = forms.ChoiceField(
        label=gettext_lazy("Question with the e-mail address"), required=False
    )
    phone = forms.ChoiceField(
        label=gettext_lazy("Question with the telephone number"), required=False
    )
    co_sign = forms.ChoiceField(
        label=gettext_lazy("Question with the e-mail address of who signs as well"), required=False
    )
    co_sign_name = forms.ChoiceField(
        label=gettext_lazy("Question with the name of who signs as well"), required=False
    )
    co_sign_level = forms.TypedChoiceField(
        label=gettext_lazy("Level of trust that who signs as well needs"), coerce=int, initial=0,
        choices=[(int(level), title) for level, title in TITLES.items()], required=False,
    )  # fmt: skip
    work_days = forms.IntegerField(
        label=gettext_lazy("Working days that the office has"), min_value=0, max_value=3650
    )
    appeal_days = forms.IntegerField(
        label=gettext_lazy("Days for an appeal (0: none)"), min_value=0, max_value=3650
    )
    four_eyes = forms.BooleanField(
        label=gettext_lazy("A second person checks each decision"), required=False
    )
    appointment = forms.SlugField(
        label=gettext_lazy("Appointment that belongs to it (its name in the address)"),
        required=False, max_length=120,
    )  # fmt: skip
    fim = forms.CharField(label=gettext_lazy("FIM id"), required=False, max_length=120)

    def __init__(self, *said: Any, definition: Definition, **more: Any) -> None:
        super().__init__(*said, **more)
        for outcome, label in OUTCOMES.items():
            self.fields[f"keep_{outcome}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=36_500
            )
        every = [(step, one) for step in definition.steps for one in step.fields
                 if one.kind not in ("note", "file")]  # fmt: skip
        once = [one for step, one in every if not step.repeated]
        for name, kind in FIELDS_ASKED.items():
            asked = [one for _step, one in every] if name.startswith("co_sign") else once
            rows = [(one.id, in_words(one.title, language())) for one in asked
                    if not kind or one.kind == kind]  # fmt: skip
            self.fields[name].choices = [("", _("none")), *rows]  # type: ignore[attr-defined]
        self.fields["name"].choices = [  # type: ignore[attr-defined]
            (one.id, in_words(one.title, language())) for one in once if one.kind == "text"
        ]
        self.fields["search"].choices = [  # type: ignore[attr-defined]
            (one.id, in_words(one.title, language())) for one in once if one.kind in SEARCHED
        ]

    def applied(self, now: Definition) -> Definition:
        """The form with these settings."""
        said = self.cleaned_data
        keep = {one: said[f"keep_{one}"] for one in OUTCOMES if said[f"keep_{one}"] is not None}
        order = [one for one in now.fields() if one in said["name"]]
        search = tuple(one for one in now.fields() if one in said["search"])
        given = {name: said[name] for name in PLAIN} | {n: self.words(n) for n in WORDS}
        # Without a second signature there is no level for it.
        given["co_sign_level"] = said["co_sign_level"] or 0
        return replace(now, **given, level=said["level"], name=tuple(order), keep_days=keep,
                       search=search)  # fmt: skip


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """All settings on one page."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    asked = SettingsForm(request.POST or None, definition=definition, initial=_initial(definition))
    if request.method == "POST" and asked.is_valid():
        try:
            change(request, form, asked.applied, "settings")
        except FormProblem as problem:
            asked.refuse(problem)
        except NoDraft as problem:
            asked.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("service_portal-staff:form", slug)
    return page(request, "settings", form, {"form": asked}, status=422 if asked.errors else 200)


def _initial(definition: Definition) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(definition, name) for name in PLAIN}
    for name in WORDS:
        told |= spoken(getattr(definition, name), name)
    told |= {f"keep_{name}": days for name, days in definition.keep_days.items()}
    return {**told, "level": definition.level, "name": list(definition.name),
            "search": list(definition.search)}  # fmt: skip
