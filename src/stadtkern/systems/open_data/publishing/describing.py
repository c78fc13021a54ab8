"""The description of a dataset: what DCAT-AP.de asks for, in a form that explains itself."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.files import covering
from stadtkern.kernel.catalogue.licences import LICENCES
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.publishing.answer import own_dataset, page, person
from stadtkern.systems.open_data.publishing.steps import steps

if TYPE_CHECKING:
    DatasetFields = forms.ModelForm[Dataset]
else:
    DatasetFields = forms.ModelForm


class Words(forms.CharField):
    """Words with commas between them, kept as a list, each once."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return list(dict.fromkeys(w.strip()[:100] for w in text.split(",") if w.strip()))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """A list is not measured as a text is."""


class DescriptionForm(DatasetFields):
    """What people and programs are told about a dataset."""

    keywords = Words(
        label=_("Keywords"), help_text=_("Words that people search for, with commas between them.")
    )
    keywords_en = Words(label=_("Keywords in English"), required=False)
    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=list(vocabulary.THEMES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the dataset stands in the portals of Germany and of Europe."),
    )  # fmt: skip
    licence = forms.ChoiceField(
        label=_("Licence"), choices=[(one.key, one.title) for one in LICENCES.values()],
        help_text=_(
            "Data of the city are free of conditions: Datenlizenz Deutschland Zero. Choose another "
            "one only where the data come from somebody else."
        ),
    )  # fmt: skip
    rhythm = forms.ChoiceField(
        label=_("How often is it renewed"), choices=list(vocabulary.RHYTHMS.items())
    )
    hvd = forms.ChoiceField(
        label=_("High-value dataset"), required=False,
        choices=[("", _("no")), *vocabulary.HVD.items()],
        help_text=_("Whether Regulation (EU) 2023/138 obliges the city to publish it."),
    )  # fmt: skip
    covers = forms.ChoiceField(
        label=_("Covered area"),
        choices=[("data", _("as far as its positions reach")), ("city", _("the whole city")),
                 ("none", _("no area"))],
    )  # fmt: skip

    class Meta:
        model = Dataset
        fields = ("title", "about", "keywords", "themes", "licence", "credit", "rhythm", "hvd",
                  "contact_name", "contact_email", "period_start", "period_end", "covers",
                  "landing_page", "title_en", "about_en", "keywords_en")  # fmt: skip
        labels = {
            "title": _("Title"), "about": _("Description"), "credit": _("Source to be named"),
            "contact_name": _("Contact"), "contact_email": _("E-mail of the contact"),
            "period_start": _("Data from"), "period_end": _("Data until"),
            "landing_page": _("Page with more information"), "title_en": _("Title in English"),
            "about_en": _("Description in English"),
        }  # fmt: skip
        help_texts = {
            "title": _("What it is, where and when: “Schools in Herne 2017”."),
            "about": _(
                "What the rows are, where they come from, what is missing. Two or three sentences."
            ),
            "credit": _("As the licence asks for it. Needed for licences with attribution."),
            "contact_name": _("An office, not a person."),
        }
        widgets = {
            "about": forms.Textarea({"rows": 5}),
            "about_en": forms.Textarea({"rows": 3}),
            "credit": forms.Textarea({"rows": 2}),
            "period_start": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "period_end": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("about", "contact_name", "contact_email"):
            self.fields[name].required = True
        self.fields["covers"].initial = _covers(self.instance)
        if (held := self.instance.licence) not in LICENCES:
            # What is not in our list may stay as it is.
            listed = [*self.fields["licence"].choices, (held, held)]  # type: ignore[attr-defined]
            self.fields["licence"].choices = listed  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        licence = LICENCES.get(data.get("licence") or "")
        if licence and licence.credit and not data.get("credit"):
            self.add_error("credit", _("This licence asks for the source. Please name it."))
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and start > end:
            self.add_error("period_end", _("This day lies before the first one."))
        return data


def _covers(dataset: Dataset) -> str:
    if dataset.geometry == covering.rectangle(registry.city().city.bounds):
        return "city"
    return "data" if dataset.geometry else "none"


@staff("datasets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; afterwards the checks of a draft, or back to a dataset that is public."""
    dataset = own_dataset(slug)
    names = [name for name in DescriptionForm.Meta.fields if name != "covers"]
    before = {name: getattr(dataset, name) for name in names}
    form = DescriptionForm(request.POST or None, instance=dataset)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _save(form)
            changed = [name for name, value in before.items() if getattr(dataset, name) != value]
            record(person(request), "datasets.describe", dataset, changed=changed)
        messages.success(request, _("The description is saved."))
        later = "dataset" if dataset.state == Dataset.PUBLISHED else "check"
        return redirect(f"open_data-staff:{later}", slug)
    return page(request, "describe", form=form, dataset=dataset, steps=steps("words", dataset),
                status=422 if form.errors else 200)  # fmt: skip


def _save(form: DescriptionForm) -> None:
    dataset = form.save(commit=False)
    dataset.modified = clock.now()
    covers = form.cleaned_data["covers"]
    if covers == "city":
        dataset.geometry = covering.rectangle(registry.city().city.bounds)
    elif covers == "none":
        dataset.geometry = None
    dataset.save()
    if covers == "data":
        covering.cover(dataset)
