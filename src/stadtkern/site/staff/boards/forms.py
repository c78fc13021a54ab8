"""One form for each kind of block."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stadtkern.site.boards.blocks import Block, Kind
from stadtkern.site.dashboard import readings, themes, tiles, words
from stadtkern.site.dashboard.explore import picker, view

FOUND = 30
LONGEST = 1500


class BlockForm(forms.Form):
    """What all blocks have: a title, which may be empty, and a width."""

    title = forms.CharField(
        label=_("Title"), required=False, max_length=120,
        help_text=_("Empty: the block names itself."),
    )  # fmt: skip
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=120)
    wide = forms.BooleanField(label=_("As wide as the page"), required=False)

    kind: Kind = "text"

    def block(self) -> Block:
        """The block that this form describes; only after it was found to be valid."""
        data = self.cleaned_data
        return Block(
            kind=self.kind, title=data["title"], title_en=data["title_en"], wide=data["wide"],
            what=str(data.get("what", "")), text=data.get("text", ""),
            text_en=data.get("text_en", ""),
        )  # fmt: skip

    def search(self, typed: str) -> None:
        """Offer what carries these words; most kinds have nothing to search for."""


class TextForm(BlockForm):
    """A text in both languages."""

    kind: Kind = "text"
    text = forms.CharField(
        label=_("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("An empty line begins a paragraph. ## Heading, - list, **bold**, "
                    "[words](https://address)."),
    )  # fmt: skip
    text_en = forms.CharField(
        label=_("Text in English"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip


class NumberForm(BlockForm):
    """A system's number, or the newest value of a series."""

    kind: Kind = "number"
    what = forms.ChoiceField(
        label=_("Which number"), widget=forms.RadioSelect,
        help_text=_("Single series appear once you search for them."),
    )  # fmt: skip
    field_order = ("what", "title", "title_en", "wide")

    def search(self, typed: str) -> None:
        """Offer numbers and series that carry these words, and the one that is chosen."""
        chosen = str(self.data.get("what") or self.initial.get("what") or "")
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*_tiles(typed, chosen), *_series(typed, chosen)]


def _tiles(typed: str, chosen: str) -> Iterator[tuple[str, Any]]:
    for one in tiles.offered():
        key = f"t:{one.key}"
        if key == chosen or words.matches(words.terms(typed), one.tile.title):
            yield key, one.tile.title


def _series(typed: str, chosen: str) -> Iterator[tuple[str, str]]:
    terms = words.terms(typed)
    found = list(picker.search(picker.numeric(), terms)[:FOUND]) if terms else []
    number = chosen.removeprefix("d:")
    if chosen.startswith("d:") and number.isdecimal() and len(number) < 19:
        found += [one for one in view.seen().filter(pk=int(number)) if one not in found]
    for one in found:
        yield f"d:{one.pk}", f"{readings.title(one)}, {picker.place_of(one)}"


class ChartForm(BlockForm):
    """A view of the explorer, by its link."""

    kind: Kind = "chart"
    what = forms.CharField(
        label=_("Link to the view"), max_length=LONGEST,
        help_text=_("Put the chart together in the explorer, and copy the link to the view."),
    )  # fmt: skip

    def clean_what(self) -> str:
        """The view alone, in the form in which the explorer says it."""
        given = str(self.cleaned_data["what"]).strip()
        query = urlsplit(given).query if "?" in given else given
        found = view.read(QueryDict(query))
        if not found.streams:
            raise ValidationError(_("This link names no series that everybody may see."))
        return found.query(view="")


class MapForm(BlockForm):
    """Layers of the map, and where it begins."""

    kind: Kind = "map"
    layers = forms.MultipleChoiceField(
        label=_("Layers"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all of them."),
    )  # fmt: skip
    link = forms.CharField(
        label=_("Where it begins"), required=False, max_length=LONGEST,
        help_text=_("A link to a view of the map. Empty: the whole city."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["layers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.key, one.layer.title) for one in themes.layers()]
        if what := self.initial.get("what"):
            query = QueryDict(what)
            self.initial["layers"] = [key for key in query.get("layers", "").split(",") if key]
            self.initial["link"] = f"?view={query['view']}" if query.get("view") else ""

    def clean(self) -> dict[str, Any]:
        """The layers and the view as a block keeps them."""
        data = super().clean() or {}
        at = QueryDict(urlsplit(data.get("link", "")).query).get("view", "")
        if data.get("link") and not at:
            self.add_error("link", _("This link names no view of the map."))
        said = {"layers": ",".join(data.get("layers", [])), "view": at}
        data["what"] = urlencode({k: v for k, v in said.items() if v}, safe=",")
        return data


FORMS: dict[str, type[BlockForm]] = {
    one.kind: one for one in (NumberForm, ChartForm, MapForm, TextForm)
}
