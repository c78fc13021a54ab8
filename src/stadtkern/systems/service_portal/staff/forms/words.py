"""Form fields for texts in German and English, and how faults of a definition are told."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.forms.definition import FormProblem, Words


class WordsForm(forms.Form):
    """A form whose texts have an English twin: `title` and `title_en`."""

    def words(self, name: str) -> dict[str, str]:
        """A text by language; empty where nothing was written."""
        pairs = (("de", self.cleaned_data.get(name)), ("en", self.cleaned_data.get(f"{name}_en")))
        return {code: str(text).strip() for code, text in pairs if text and str(text).strip()}

    def refuse(self, problem: FormProblem) -> None:
        """Tell what is wrong with the whole form because of this change."""
        for one in problem.wrong:
            self.add_error(None, one.text)


def spoken(words: Words, name: str) -> dict[str, Any]:
    """A text as initial values of both inputs."""
    return {name: words.get("de", ""), f"{name}_en": words.get("en", "")}


def pair(label: Any, *, lines: int = 0, required: bool = False, longest: int = 300) -> Any:
    """The inputs of a text, German and English; several lines where `lines` says so."""

    def one(said: Any, needed: bool) -> forms.CharField:
        widget = forms.Textarea({"rows": lines}) if lines else forms.TextInput()
        return forms.CharField(label=said, required=needed, max_length=longest, widget=widget)

    return one(label, required), one(format_lazy("{} ({})", label, gettext_lazy("English")), False)
