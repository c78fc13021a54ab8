"""What staff say of a source of car parks."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import outward, sealing
from stadtkern.systems.parking.models import Source
from stadtkern.systems.parking.sources import fetching

if TYPE_CHECKING:
    Form = forms.ModelForm[Source]
else:
    Form = forms.ModelForm


class SourceForm(Form):
    """Name, address and format, how often it is read, and what has to be said of its data."""

    secret = forms.CharField(
        label=_("Key"), required=False, max_length=500, strip=True,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("As the operator gave it, for example “Bearer …”. It is kept sealed and never "
                    "shown again. Leave it empty to keep the one that is there."),
    )  # fmt: skip

    class Meta:
        model = Source
        fields = ("name", "format", "address", "static_address", "static_format", "key_header",
                  "every_minutes", "credit", "licence", "invented")  # fmt: skip
        labels = {
            "name": _("Name of the operator"), "format": _("Format"), "address": _("Address"),
            "static_address": _("Address of the car parks, where they come apart"),
            "static_format": _("Format of that address"), "key_header": _("Header for the key"),
            "every_minutes": _("Read every … minutes"), "credit": _("Source to be named"),
            "licence": _("Licence"), "invented": _("Invented for a demo"),
        }  # fmt: skip
        help_texts = {
            "address": _("Where the free spaces are read."),
            "static_address": _("DATEX II and SIRI-FM often have the car parks at an address of "
                                "their own."),
            "licence": _("For example CC BY 4.0. Without a licence nothing may be shown."),
        }  # fmt: skip

    field_order = ("name", "format", "address", "static_address", "static_format", "secret",
                   "key_header", "every_minutes", "credit", "licence", "invented")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every_minutes"] = forms.IntegerField(
            label=_("Read every … minutes"), min_value=5, max_value=1440, initial=5
        )
        self.fields["static_format"].required = False

    def clean_address(self) -> str:
        return _checked(self.cleaned_data["address"])

    def clean_static_address(self) -> str:
        given = self.cleaned_data["static_address"]
        return _checked(given) if given else ""

    def clean(self) -> dict[str, Any]:
        """SIRI-FM has no positions: without the car parks nothing could be shown."""
        said = super().clean() or {}
        if said.get("format") == "siri-fm" and not said.get("static_address"):
            self.add_error("static_address", _("SIRI-FM has numbers only: say where the car parks"
                                                " are."))  # fmt: skip
        if said.get("static_format") == "siri-fm":
            self.add_error("static_format", _("SIRI-FM has numbers only: choose another format."))
        return said

    def unsaved(self) -> Source:
        """The source as the form says it, with its key, for a trial."""
        source = self.instance
        source.etag = source.last_modified = ""
        if secret := self.cleaned_data.get("secret"):
            source.key = sealing.seal(secret)
        return source

    def save(self, commit: bool = True) -> Source:
        """What was known of its state does not hold for another address."""
        source = self.unsaved()
        if not source.slug:
            source.slug = _slug(source.name)
        return super().save(commit)


def _checked(url: str) -> str:
    try:
        fetching.way_of(url)
    except (outward.Refused, fetching.NotRead) as refused:
        raise ValidationError(str(refused)) from None
    return url


def _slug(name: str) -> str:
    plain = slugify(name)[:36].strip("-") or "source"
    number, found = 1, plain
    while Source.objects.filter(slug=found).exists():
        number += 1
        found = f"{plain}-{number}"
    return found
