"""One question: its words, what kind of answer it wants, and when it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import edit as edits
from stadtkern.kernel.cases.forms.definition import Condition, Field, FormProblem, Option
from stadtkern.kernel.cases.forms.values.files import TYPE_WORDS
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.forms import conditions
from stadtkern.systems.service_portal.staff.forms.conditions import NotUsable
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    NoDraft,
    change,
    form_of,
    language,
    page,
    shown_version,
)
from stadtkern.systems.service_portal.staff.forms.outline import KINDS
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair, spoken

SPARE_OPTIONS: Final = 3
MOST_OPTIONS: Final = 200
# Attributes of an account that can be taken over (`identity.attributes`).
PREFILL: Final = {
    "": gettext_lazy("nothing"), "given_names": gettext_lazy("given names"),
    "family_name": gettext_lazy("family name"), "birth_date": gettext_lazy("date of birth"),
    "birth_place": gettext_lazy("place of birth"), "address": gettext_lazy("address"),
    "street": gettext_lazy("street"), "postal_code": gettext_lazy("postcode"),
    "city": gettext_lazy("town"), "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("telephone number"), "organisation": gettext_lazy("company"),
}  # fmt: skip
PLAIN: Final = ("kind", "required", "longest", "pattern", "low", "high", "most", "prefill",
                "sensitive", "fim", "autocomplete")  # fmt: skip
WORDS: Final = ("title", "about", "pattern_words")


class FieldForm(WordsForm):
    """A question without its options and condition."""

    title, title_en = pair(gettext_lazy("Question"), required=True, longest=250)
    about, about_en = pair(gettext_lazy("Hint"), lines=2, longest=1500)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=list(KINDS.items()))
    required = forms.BooleanField(
        label=gettext_lazy("Has to be answered"), required=False, initial=True
    )
    prefill = forms.ChoiceField(
        label=gettext_lazy("Taken over from the account"), required=False,
        choices=list(PREFILL.items()),
    )  # fmt: skip
    sensitive = forms.BooleanField(
        label=gettext_lazy("Especially worth protecting, erased first"), required=False
    )
    longest = forms.IntegerField(
        label=gettext_lazy("At most so many characters"), min_value=0, max_value=20_000, initial=0,
        help_text=gettext_lazy("0: as usual for this kind."),
    )  # fmt: skip
    low = forms.FloatField(
        label=gettext_lazy("Lowest value"), required=False,
        help_text=gettext_lazy("Of dates: days from today. Of money: euros."),
    )  # fmt: skip
    high = forms.FloatField(label=gettext_lazy("Highest value"), required=False)
    most = forms.IntegerField(
        label=gettext_lazy("At most so many files or answers"), min_value=1, max_value=100,
        initial=1,
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Types of files"), required=False, choices=list(TYPE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: PDF and photos."),
    )  # fmt: skip
    pattern = forms.CharField(
        label=gettext_lazy("Pattern (regular expression)"), required=False, max_length=200
    )
    pattern_words, pattern_words_en = pair(
        gettext_lazy("What is said where the pattern does not fit"), longest=300
    )
    autocomplete = forms.CharField(
        label=gettext_lazy("Word for the browser's help (autocomplete)"), required=False,
        max_length=60,
    )  # fmt: skip
    fim = forms.CharField(label=gettext_lazy("FIM id"), required=False, max_length=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionLine:
    """One answer of a choice as the page shows it."""

    number: int
    value: str
    de: str
    en: str


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """A new question at the end of a step."""
    return _edit(request, slug, step=step)


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, field: str) -> HttpResponse:
    """Change a question."""
    return _edit(request, slug, field=field)


def _edit(request: HttpRequest, slug: str, *, step: str = "", field: str = "") -> HttpResponse:
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    known = definition.fields().get(field)
    if (field and known is None) or (step and step not in {one.id for one in definition.steps}):
        raise Http404
    asked = FieldForm(request.POST or None, initial=_initial(known))
    if request.method == "POST" and asked.is_valid() and _saved(request, form, asked, known, step):
        messages.success(request, _("Saved."))
        where = redirect("service_portal-staff:form", slug)
        where["Location"] += f"#{field or step}"
        return where
    said = request.POST if request.method == "POST" else None
    board = conditions.board(
        known.show if known else Condition(), definition, language(), said, skip=field
    )
    told = {"form": asked, "field": known, "board": board, "options": _options(known, said)}
    return page(request, "field", form, told, status=422 if asked.errors else 200)


def _saved(
    request: HttpRequest, form: Any, asked: FieldForm, known: Field | None, step: str
) -> bool:
    def how(now: door.Definition) -> door.Definition:
        before = now.fields()[known.id].show if known else Condition()
        shown = conditions.parsed(request.POST, now, before)
        name = known.id if known else edits.new_id(now, asked.cleaned_data["title"])
        made = Field(id=name, show=shown, **_values(asked, request.POST))
        return edits.change_field(now, made) if known else edits.add_field(now, step, made)

    try:
        change(request, form, how, "field")
    except FormProblem as problem:
        asked.refuse(problem)
    except (NoDraft, NotUsable) as problem:
        asked.add_error(None, str(problem))
    except KeyError:
        asked.add_error(None, _("This is not there any more. Look at the form once more."))
    return not asked.errors


def _values(asked: FieldForm, said: Mapping[str, str]) -> dict[str, Any]:
    given = {name: asked.cleaned_data[name] for name in PLAIN}
    given |= {name: asked.words(name) for name in WORDS}
    given["types"] = tuple(asked.cleaned_data["types"]) if given["kind"] == "file" else ()
    chosen = given["kind"] in ("choice", "choices")
    given["options"] = tuple(_picked(said)) if chosen else ()
    return given


def _picked(said: Mapping[str, str]) -> list[Option]:
    """The options that were written; a new one gets a value made of its title."""
    made: list[Option] = []
    for line in _lines(said):
        if not line.de:
            continue
        taken = {one.value for one in made}
        value = line.value or edits.new_id(
            door.Definition(title={}, steps=tuple(door.Step(id=t, title={}) for t in taken)),
            line.de,
        )
        words = {"de": line.de, "en": line.en} if line.en else {"de": line.de}
        made.append(Option(value=value, title=words))
    return made


def _lines(said: Mapping[str, str]) -> list[OptionLine]:
    found = []
    for number in range(MOST_OPTIONS):
        if f"option-{number}-de" not in said:
            break
        found.append(
            OptionLine(number=number, value=said.get(f"option-{number}-value", "")[:80],
                       de=said[f"option-{number}-de"].strip()[:250],
                       en=said.get(f"option-{number}-en", "").strip()[:250])
        )  # fmt: skip
    return found


def _options(known: Field | None, said: Mapping[str, str] | None) -> list[OptionLine]:
    if said is not None:
        return _lines(said)
    rows = [
        OptionLine(number=at, value=one.value, de=one.title.get("de", ""),
                   en=one.title.get("en", ""))
        for at, one in enumerate(known.options if known else ())
    ]  # fmt: skip
    spare = range(len(rows), len(rows) + SPARE_OPTIONS)
    return rows + [OptionLine(number=at, value="", de="", en="") for at in spare]


def _initial(field: Field | None) -> dict[str, Any]:
    if field is None:
        return {}
    told: dict[str, Any] = {name: getattr(field, name) for name in PLAIN}
    for name in WORDS:
        told |= spoken(getattr(field, name), name)
    return {**told, "types": list(field.types)}
