"""What staff say of a catalogue that is to be harvested."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import outward, registry
from stadtkern.kernel.catalogue.licences import LICENCES
from stadtkern.kernel.catalogue.models import Publisher, Source

SEPARATOR = "="


if TYPE_CHECKING:
    Form = forms.ModelForm[Source]
else:
    Form = forms.ModelForm


class SourceForm(Form):
    """Name, address and kind, how often it is read, and what its records leave out."""

    licence = forms.ChoiceField(
        label=_("Licence where a record names none"), required=False,
        choices=lambda: [
            ("", _("none: such records are refused")),
            *((key, one.title) for key, one in LICENCES.items() if one.offered),
        ],
    )  # fmt: skip
    publisher = forms.ModelChoiceField(
        Publisher.objects.all(), label=_("Publisher of all its datasets"), required=False,
        empty_label=_("as each record says"),
    )  # fmt: skip
    listed = forms.CharField(
        label=_("Other names of publishers"), required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("A line for each: name there = name here."),
    )  # fmt: skip

    class Meta:
        model = Source
        fields = ("name", "kind", "url", "rhythm", "licence", "publisher", "listed", "active")
        labels = {"url": _("Address"), "rhythm": _("Read"), "active": _("Read it by the clock")}
        help_texts = {
            "url": _("Of the catalogue as RDF, or of the CKAN portal."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.instance.names.items()
        self.fields["listed"].initial = "\n".join(f"{k} {SEPARATOR} {v}" for k, v in names)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            outward.way_to(
                url, networks=registry.city().catalogue.private_networks,
                setting="[catalogue] private_networks",
            )  # fmt: skip
        except outward.Refused as refused:
            raise ValidationError(str(refused)) from None
        return url

    def clean_listed(self) -> str:
        names = {}
        for line in str(self.cleaned_data["listed"]).splitlines():
            if not line.strip():
                continue
            there, found, here = (part.strip() for part in line.partition(SEPARATOR))
            if not (there and found and here):
                raise ValidationError(
                    _t("Write “name there = name here” in the line “%(line)s”.") % {"line": line}
                )
            names[there] = here
        self.instance.names = names
        return str(self.cleaned_data["listed"])

    def save(self, commit: bool = True) -> Source:
        """What was known of its state does not hold for another address."""
        if {"url", "kind"} & set(self.changed_data):
            self.instance.etag = self.instance.last_modified = ""
        if "rhythm" in self.changed_data:
            self.instance.due = None
        return super().save(commit)
