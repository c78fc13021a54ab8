"""The forms of taking part, guarded against programs without asking anything of people."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.models import Letter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

LONGEST: Final = 4000
EMAIL_HINT = _("Only for our answer. We delete it half a year after the matter is settled.")
TRAP: Final = "website"
MOST_USED: Final = 12


class LetterForm(forms.Form):
    """What every letter has: who may be asked back, a trap for programs, a stamp of the time."""

    kind = ""

    email = forms.EmailField(
        label=_("Your e-mail address, if you want an answer"), required=False,
        help_text=EMAIL_HINT, widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, request: HttpRequest, **given: Any) -> None:
        self.address = str(request.META.get("REMOTE_ADDR", ""))
        posted = request.POST if request.method == "POST" else None
        initial = {"stamp": logic.stamp(), "used": request.GET.getlist("used")}
        super().__init__(posted, initial=initial, **given)

    @property
    def shown(self) -> list[Any]:
        """The fields that people fill in."""
        return [one for one in self if one.name not in ("stamp", TRAP)]

    @property
    def fresh_stamp(self) -> str:
        """The stamp that came along, so that a second try after an error need not wait."""
        return str(self.data.get("stamp") or self.initial["stamp"])

    def clean(self) -> dict[str, Any]:
        """Refuses programs and floods; what was written stays in the form."""
        said = super().clean() or {}
        if said.get(TRAP):
            raise ValidationError(_("Leave the field that says so empty, please."))
        if not logic.took_its_time(str(said.get("stamp", ""))):
            raise ValidationError(
                _("This came very fast, or the page was open for long. Please send it once more.")
            )
        if logic.too_many(self.address):
            raise ValidationError(
                _("From your connection came many letters. Please try again in an hour.")
            )
        return said

    def letter(self) -> Letter:
        """What was written, not stored yet."""
        said = self.cleaned_data
        return Letter(
            kind=self.kind, title=said["title"], text=said["text"], email=said["email"],
            name=said.get("name", ""), url=said.get("url", ""),
            language=(get_language() or "de")[:2], mark=logic.mark_of(self.address, "letter"),
        )  # fmt: skip


def _title(label: Text, hint: Text = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=200, help_text=hint)


def _text(label: Text, hint: Text = "") -> forms.CharField:
    widget = forms.Textarea({"rows": 6})
    return forms.CharField(label=label, max_length=LONGEST, help_text=hint, widget=widget)


class WishForm(LetterForm):
    """Which data somebody misses, and what for."""

    kind = Letter.WISH
    field_order = ("title", "text", "email")
    title = _title(_("Which data do you miss?"), _("In one line, as it should stand in the list."))
    text = _text(
        _("What would you use them for?"),
        _("It helps us to find the right data. Please write nothing about yourself or others."),
    )


class ReportForm(LetterForm):
    """What is wrong in a dataset."""

    kind = Letter.REPORT
    field_order = ("title", "text", "email")
    title = _title(_("What is wrong?"), _("In one line, for example “Wrong address of a school”."))
    text = _text(
        _("Where is it, and what would be right?"),
        _("Name the row or the place on the map, if you can."),
    )


class ShowcaseForm(LetterForm):
    """What somebody has made with the data."""

    kind = Letter.SHOWCASE
    field_order = ("title", "text", "url", "name", "used", "email")
    title = _title(_("What is it called?"))
    text = _text(_("What does it do, and for whom?"))
    url = forms.URLField(label=_("Its address on the web"), required=False, max_length=500,
                         assume_scheme="https")  # fmt: skip
    name = forms.CharField(label=_("Who made it?"), required=False, max_length=120,
                           help_text=_("It will stand on the page."))  # fmt: skip
    used = forms.ModelMultipleChoiceField(
        Dataset.objects.published().order_by("title"), label=_("Which datasets does it use?"),
        required=False, widget=forms.SelectMultiple({"size": 6}),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
    )  # fmt: skip

    def clean_used(self) -> Any:
        """As many as a page can show."""
        return self.cleaned_data["used"][:MOST_USED]
