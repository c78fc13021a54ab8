"""The form of a connection: what every one has, and the settings of its kind."""

import json
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.handover import xml_message
from stadtkern.kernel.cases.handover.adapters import Kind, Wanted
from stadtkern.kernel.cases.models import BackOffice, Form
from stadtkern.kernel.sealing import seal

LONGEST: Final = 2000
LONGEST_TEXT: Final = 200_000


class OfficeForm(forms.Form):
    """Title, short name, settings (`set_..`), secrets (`secret_..`), and the forms it gets."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=80,
        help_text=gettext_lazy("It stands in addresses and stays."),
    )  # fmt: skip
    forms_taken = forms.ModelMultipleChoiceField(
        Form.objects.none(), label=gettext_lazy("Cases of these forms"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("New cases go there by themselves. Others stay at the desk."),
    )  # fmt: skip

    def __init__(self, kind: Kind, known: BackOffice | None, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind, self.known = kind, known
        self.secrets = _secrets(known)
        self.fields["slug"].disabled = known is not None
        self.fields["forms_taken"].queryset = Form.objects.order_by("title")  # type: ignore[attr-defined]
        for one in kind.settings:
            if one.secret:
                self.fields[f"secret_{one.name}"] = self._secret(one)
            else:
                self.fields[f"set_{one.name}"] = _plain(one)

    def _secret(self, one: Wanted) -> forms.Field:
        kept = bool(self.secrets.get(one.name))
        return forms.CharField(
            label=one.title, required=one.required and not kept, max_length=LONGEST,
            widget=forms.PasswordInput({"autocomplete": "off"}),
            help_text=_("It is kept sealed and never shown again.")
            + (" " + _("Empty: it stays as it is.") if kept else ""),
        )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if self.known is None and BackOffice.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another back office has this short name."))
        return slug

    def clean_set_mapping(self) -> str:
        return self._mapping("set_mapping")

    def clean_set_mapping_later(self) -> str:
        return self._mapping("set_mapping_later")

    def _mapping(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            if text.strip():
                xml_message.lines(text)
        except xml_message.BadMapping as bad:
            raise ValidationError(str(bad)) from None
        return text

    def keep(self, office: BackOffice) -> BackOffice:
        """Write it down; secrets that were left empty stay."""
        told = self.cleaned_data
        office.title, office.slug = told["title"], told["slug"]
        for one in self.kind.settings:
            if not one.secret:
                office.settings[one.name] = str(told[f"set_{one.name}"]).strip()
            elif told[f"secret_{one.name}"]:
                self.secrets[one.name] = told[f"secret_{one.name}"]
        office.secret_sealed = seal(json.dumps(self.secrets))
        office.save()
        chosen = {one.pk for one in told["forms_taken"]}
        Form.objects.filter(back_office=office).exclude(pk__in=chosen).update(back_office=None)
        Form.objects.filter(pk__in=chosen).update(back_office=office)
        return office


def initial_of(office: BackOffice) -> dict[str, Any]:
    """What is set now."""
    told = {f"set_{name}": value for name, value in office.settings.items()}
    return {"title": office.title, "slug": office.slug, **told,
            "forms_taken": Form.objects.filter(back_office=office)}  # fmt: skip


def _plain(one: Wanted) -> forms.Field:
    widget = forms.Textarea({"rows": 10, "spellcheck": "false"}) if one.long else None
    return forms.CharField(
        label=one.title, required=one.required, help_text=one.help, widget=widget,
        max_length=LONGEST_TEXT if one.long else LONGEST, strip=not one.long,
    )  # fmt: skip


def _secrets(known: BackOffice | None) -> dict[str, Any]:
    """Those that are kept; none where they were sealed with another secret of the city."""
    try:
        found = json.loads(known.secret or "{}") if known else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
