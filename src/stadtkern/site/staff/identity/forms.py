"""What staff enter about a sign-in service."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.identity.trust import TITLES, Trust
from stadtkern.kernel.people.models import IdentityProvider

LEVELS = [(int(one), TITLES[one]) for one in Trust if one]
SETTINGS: dict[str, tuple[tuple[str, Any, Any, bool], ...]] = {
    "oidc": (
        ("issuer", _("Address of the issuer"),
         _("Its description is found below it, at /.well-known/openid-configuration."), True),
        ("client_id", _("Our name there (client ID)"), "", True),
        ("scope", _("What we ask for (scope)"), _("openid profile email, unless given"), False),
    ),
    "saml": (
        ("entity_id", _("Its name (entity ID)"), "", True),
        ("sso_url", _("Address for signing in, by POST"), "", True),
        ("slo_url", _("Address for signing out, by POST"),
         _("Empty: signing out here does not sign out there, and the other way round."), False),
        ("encrypted", _("Only encrypted answers"),
         _("yes: an answer in the clear is refused, and our metadata name a key for encryption."),
         False),
        ("certificates", _("Its certificates (PEM)"),
         _("Several, one below the other, while it changes its key."), True),
        ("our_name", _("Our name there (entity ID)"),
         _("The address of our metadata, unless given."), False),
        ("our_certificate", _("Our certificate (PEM)"), "", True),
    ),
}  # fmt: skip
SECRETS = {"oidc": _("Secret of our client"), "saml": _("Our key (PEM)")}
LONG = ("certificates", "our_certificate")


class ProviderForm(forms.Form):
    """What all have; the settings of the kind and the secret come after."""

    title = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(label=_("Short name"), max_length=40)
    about = forms.CharField(
        label=_("In one sentence"), max_length=200, required=False,
        help_text=_("People read this where they choose how to sign in."),
    )  # fmt: skip
    about_en = forms.CharField(label=_("The same in English"), max_length=200, required=False)
    audience = forms.ChoiceField(label=_("For"), choices=list(IdentityProvider.AUDIENCES.items()))
    level = forms.TypedChoiceField(
        label=_("Believed at most"), choices=LEVELS, coerce=int,
        help_text=_("Whatever it says, the city believes no more than this."),
    )  # fmt: skip
    weight = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=50
    )

    def __init__(self, kind: str, known: IdentityProvider | None, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind, self.known = kind, known
        self.fields["slug"].disabled = known is not None
        for name, title, text, required in SETTINGS[kind]:
            widget = forms.Textarea({"rows": 5, "class": "code"}) if name in LONG else None
            self.fields[f"set_{name}"] = forms.CharField(
                label=title, help_text=text, required=required, max_length=20_000, widget=widget
            )
        self.fields["attribute_map"] = forms.CharField(
            label=_("Names of its attributes (JSON)"), required=False, max_length=4000,
            widget=forms.Textarea({"rows": 4, "class": "code"}),
            help_text=_("Only where they differ from the usual: our name, then its name."),
        )  # fmt: skip
        has = bool(known and known.secret)
        self.fields["secret"] = forms.CharField(
            label=SECRETS[kind], required=not has, max_length=10_000,
            widget=forms.Textarea({"rows": 4, "class": "code"}) if kind == "saml"
            else forms.PasswordInput({"autocomplete": "off"}),
            help_text=_("It is kept sealed and never shown again. Empty: it stays as it is."),
        )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if self.known is None and IdentityProvider.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another service has this short name."))
        return slug

    def clean_attribute_map(self) -> dict[str, str]:
        text = self.cleaned_data["attribute_map"].strip()
        try:
            found = json.loads(text) if text else {}
        except ValueError:
            raise ValidationError(_("This is not JSON.")) from None
        if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
            raise ValidationError(_('Write pairs of names, such as {"city": "locality"}.'))
        return found

    def clean_set_encrypted(self) -> str:
        said = str(self.cleaned_data["set_encrypted"]).strip().lower()
        if said not in ("", "yes", "no"):
            raise ValidationError(_("Write yes or no."))
        return said

    def settings(self) -> dict[str, str]:
        """The kind's settings as they are kept."""
        names = [name for name, *_rest in SETTINGS[self.kind]]
        return {name: self.cleaned_data[f"set_{name}"].strip() for name in names}


def initial_of(one: IdentityProvider) -> dict[str, Any]:
    """What the form shows of a service that is there."""
    shown = {name: getattr(one, name) for name in
             ("title", "slug", "about", "about_en", "audience", "level", "weight")}  # fmt: skip
    text = json.dumps(one.attribute_map, ensure_ascii=False, indent=1) if one.attribute_map else ""
    return {**shown, **{f"set_{name}": value for name, value in one.settings.items()},
            "attribute_map": text}  # fmt: skip
