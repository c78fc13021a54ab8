"""The forms of taking part, guarded against programs without asking anything of people."""

import re
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.find.asked import Asked
from stadtkern.kernel.catalogue.find.search import find
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
PAGE: Final = re.compile(r"/data/datasets/(?P<slug>[-\w]+)/?")


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
        initial = {"stamp": logic.stamp(), "used": "\n".join(request.GET.getlist("used"))}
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


def called(text: str) -> Dataset | None:
    """The published dataset with this title or address."""
    address = PAGE.search(text)
    slug = address["slug"] if address else text
    named = Q(slug=slug) | Q(title__iexact=text) | Q(title_en__iexact=text)
    return Dataset.objects.published().filter(named).order_by("id").first()


def unknown(text: str) -> str:
    """That there is no such dataset, and which there are that sound like it."""
    like = [one.name for one in find(Asked(text=text[:100]), per_page=3).datasets]
    if like:
        said = _("There is no dataset “%(text)s”. Do you mean: %(titles)s?")
        return str(said % {"text": text[:100], "titles": "; ".join(like)})
    said = _("There is no dataset “%(text)s”. Copy its title from its page.")
    return str(said % {"text": text[:100]})


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
    used = forms.CharField(
        label=_("Which datasets does it use?"), required=False, max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Their titles, or the addresses of their pages, one a line."),
    )  # fmt: skip

    def clean_used(self) -> list[Dataset]:
        """As many as a page can show; what is no dataset is named, with what it may be."""
        lines = [line.strip() for line in self.cleaned_data["used"].splitlines() if line.strip()]
        known = {line: called(line) for line in dict.fromkeys(lines[:MOST_USED])}
        if problems := [unknown(line) for line, one in known.items() if one is None]:
            raise ValidationError(problems)
        return list({one.pk: one for one in known.values() if one}.values())
