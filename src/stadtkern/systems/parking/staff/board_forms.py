"""Forms of a display board: what it is, its lines, and a text by hand."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking.boards.modbus import where
from stadtkern.systems.parking.logic.boards.faces import plain
from stadtkern.systems.parking.models import MOST_LINES, Board, BoardLine, Site

if TYPE_CHECKING:
    BoardModelForm = forms.ModelForm[Board]
    LineModelForm = forms.ModelForm[BoardLine]
    LineFormSet = forms.BaseInlineFormSet[BoardLine, Board, "LineForm"]
    SitesField = forms.ModelMultipleChoiceField[Site]
else:
    BoardModelForm = LineModelForm = forms.ModelForm
    LineFormSet, SitesField = forms.BaseInlineFormSet, forms.ModelMultipleChoiceField

KIND = "parking.board"
DEV_EUI = 16


class BoardForm(BoardModelForm):
    """All settings, with name and position of its place. An empty key leaves the one that is."""

    name = forms.CharField(label=_("Name"), max_length=200)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    key = forms.CharField(
        label=_("Key (only HTTP)"), max_length=200, required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Empty: the key stays as it is."),
    )  # fmt: skip

    class Meta:
        model = Board
        fields = (
            "name", "uid", "lon", "lat", "facing", "on", "protocol", "address", "key", "width",
            "fallback", "low_word", "full_word", "closed_word", "least_word", "oldest_minutes",
            "step", "day_light", "night_light",
        )  # fmt: skip
        labels = {
            "uid": _("Short name for addresses"), "facing": _("Readers look to (degrees)"),
            "on": _("In service"), "protocol": _("Protocol"), "address": _("Address"),
            "width": _("Characters in a line"), "fallback": _("Static text"),
            "low_word": _("Word for few free"), "full_word": _("Word for full"),
            "closed_word": _("Word for closed"), "least_word": _("Word for at least"),
            "oldest_minutes": _("Oldest count that is shown (minutes)"),
            "step": _("Smallest change that is shown"),
            "day_light": _("Brightness by day (percent)"),
            "night_light": _("Brightness by night (percent)"),
        }  # fmt: skip
        help_texts = {
            "address": _(
                "Modbus: host:port/unit. HTTP: the address below which /lines and /shown are."
                " LoRaWAN: the DevEUI."
            ),
            "facing": _("0 is north, 90 east. Arrows need it."),
            "low_word": _("Empty: the number is shown."),
            "fallback": _("Shown where a count is missing or too old."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            place = self.instance.place
            self.initial = {**self.initial, "name": place.name, "lon": place.lon, "lat": place.lat}
            self.fields["uid"].disabled = True

    def clean_uid(self) -> str:
        """Some words are addresses of pages."""
        uid: str = self.cleaned_data["uid"]
        if uid in ("new", "preview"):
            raise forms.ValidationError(_("Choose another short name."))
        return uid

    def clean_address(self) -> str:
        """An address that its protocol can call."""
        text: str = self.cleaned_data["address"].strip()
        protocol = self.cleaned_data.get("protocol")
        if protocol == "modbus":
            try:
                where(text)
            except ValueError:
                said = _("Write it as host:port/unit, such as 10.1.2.3:502/1.")
                raise forms.ValidationError(said) from None
        if protocol == "http" and not text.startswith(("http://", "https://")):
            raise forms.ValidationError(_("The address must begin with https:// or http://."))
        if protocol == "lorawan":
            text = text.lower()
            if len(text) != DEV_EUI or set(text) - set("0123456789abcdef"):
                raise forms.ValidationError(_("A DevEUI has 16 digits from 0 to f."))
        return text

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        width = said.get("width") or 0
        for name in ("fallback", "low_word", "full_word", "closed_word"):
            if len(plain(str(said.get(name) or ""))) > width > 0:
                self.add_error(name, _("This does not fit into a line."))
        return said

    def place(self) -> Place:
        """The board's place with what was said of it; not saved."""
        place = self.instance.place if self.instance.pk else Place(kind=KIND)
        place.name = self.cleaned_data["name"]
        place.geometry = point(self.cleaned_data["lon"], self.cleaned_data["lat"])
        place.west, place.east = self.cleaned_data["lon"], self.cleaned_data["lon"]
        place.south, place.north = self.cleaned_data["lat"], self.cleaned_data["lat"]
        return place


class _Sites(SitesField):
    def label_from_instance(self, obj: Site) -> str:
        return obj.place.title


class LineForm(LineModelForm):
    """One line of the template."""

    sites = _Sites(
        Site.objects.select_related("place").order_by("place__name"), label=_("Car parks"),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = BoardLine
        fields = (
            "number", "content", "sites", "audience", "label", "arrow", "unknown", "fallback"
        )  # fmt: skip
        labels = {
            "number": _("Line"), "content": _("Shows"), "audience": _("Spaces for"),
            "label": _("Text on the left"), "arrow": _("Arrow"),
            "unknown": _("Where a part is not known"), "fallback": _("Static text of this line"),
        }  # fmt: skip

    def clean_number(self) -> int:
        """As many lines as a board can have."""
        number: int = self.cleaned_data["number"]
        if not 1 <= number <= MOST_LINES:
            said = _("Lines go from 1 to %(most)d.") % {"most": MOST_LINES}
            raise forms.ValidationError(said)
        return number

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        content, count = said.get("content"), len(said.get("sites") or ())
        if content == "site" and count != 1:
            self.add_error("sites", _("Choose one car park."))
        elif content in ("sum", "guide") and count < 1:
            self.add_error("sites", _("Choose the car parks."))
        elif content == "text" and not said.get("label"):
            self.add_error("label", _("Write what it shows."))
        return said


class _LineRows(LineFormSet):
    def clean(self) -> None:
        """Two forms cannot be the same line."""
        super().clean()
        numbers = [
            form.cleaned_data.get("number") for form in self.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip
        if len(numbers) != len(set(numbers)):
            raise forms.ValidationError(_("Two lines have the same number."))


LineRows = forms.inlineformset_factory(
    Board, BoardLine, form=LineForm, formset=_LineRows, extra=1, max_num=MOST_LINES
)


class OverrideForm(forms.Form):
    """A text for each line of the board, why, and until when."""

    why = forms.CharField(label=_("Reason"), max_length=200)
    until = forms.DateTimeField(
        label=_("Until"), help_text=_("Then the board shows its counts again by itself."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, board: Board, lines: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {
            f"line_{i}": forms.CharField(
                label=_("Line %(number)d") % {"number": i}, required=False, max_length=board.width
            )
            for i in range(1, lines + 1)
        }
        self.fields = {**own, **self.fields}

    def texts(self) -> list[str]:
        """By line; an empty one leaves the line as it is."""
        return [str(v) for k, v in self.cleaned_data.items() if k.startswith("line_")]

    def clean_until(self) -> Any:
        """In the future."""
        until = self.cleaned_data["until"]
        if until <= clock.now():
            raise forms.ValidationError(_("This moment is over. Name a later one."))
        return until

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not any(value for name, value in said.items() if name.startswith("line_")):
            self.add_error("line_1", _("Write a text for at least one line."))
        return said
