"""The list of services with their levels: filters that public and staff pages share."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.picture import Standing

PER_PAGE = 50


class Filters(forms.Form):
    """By words, level, office and the criterion that holds a service down."""

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    office = forms.ChoiceField(label=gettext_lazy("Office"), required=False)
    criterion = forms.ChoiceField(label=gettext_lazy("Held down by"), required=False)

    def __init__(self, data: Any, rows: Sequence[Standing], definition: Definition) -> None:
        super().__init__(data)
        offices = sorted({(title(one, office=True), one.department) for one in rows
                          if one.department})  # fmt: skip
        self._choose("level", [
            *((str(one.number), f"{one.mark or one.number} {documents.say(one.name)}")
              for one in definition.levels), ("none", _("not assessed yet"))])  # fmt: skip
        self._choose("office", [(str(number), name) for name, number in offices])
        self._choose("criterion", [(str(one.number), f"{one.number} {documents.say(one.title)}")
                                   for one in definition.criteria])  # fmt: skip

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]

    def passing(self, rows: Sequence[Standing]) -> list[Standing]:
        """The rows that pass; what is no choice is no filter."""
        self.is_valid()
        said = {name: str(value) for name, value in self.cleaned_data.items() if value}
        return [one for one in rows if _passes(one, said)]


def _passes(one: Standing, said: dict[str, str]) -> bool:
    words = said.get("q", "").casefold().split()
    text = f"{one.title} {one.title_en} {one.office}".casefold()
    level = "none" if one.level is None else str(one.level)
    return (
        all(word in text for word in words)
        and said.get("level", level) == level
        and said.get("office", str(one.department)) == str(one.department)
        and ("criterion" not in said or int(said["criterion"]) in one.blocking)
    )


def title(one: Standing, *, office: bool = False) -> str:
    """The service's title, or its office's, in the reader's language."""
    english = get_language() == "en"
    if office:
        return one.office_en if english else one.office
    return (one.title_en if english else "") or one.title
