"""Where to park near a destination: asked and answered in one go, and nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.parking.bays import AUDIENCES
from stadtkern.systems.parking.logic.forecast import read
from stadtkern.systems.parking.logic.guidance import destinations, ground, ranking
from stadtkern.systems.parking.logic.guidance.destinations import Destination
from stadtkern.systems.parking.logic.guidance.handover import Link, links
from stadtkern.systems.parking.logic.guidance.near import near
from stadtkern.systems.parking.logic.guidance.ranking import Option, Wish

SHOWN = 6
# Reasons in words, by the codes of `ranking`.
UNFIT: dict[str, str | Promise] = {
    "closed": gettext_lazy("closed then"),
    "audience": gettext_lazy("no such spaces"),
    "height": gettext_lazy("too low for your vehicle"),
    "stay": gettext_lazy("you may not stay that long"),
    "price": gettext_lazy("dearer than you want"),
    "far": gettext_lazy("more than half an hour on foot"),
}
STAYS = (
    (30, gettext_lazy("half an hour")), (60, gettext_lazy("1 hour")),
    (120, gettext_lazy("2 hours")), (240, gettext_lazy("4 hours")),
    (480, gettext_lazy("8 hours")), (1440, gettext_lazy("a whole day")),
)  # fmt: skip
FURTHEST = timedelta(days=30)
LATE = timedelta(minutes=15)
ROOM = 0.012  # degrees


class WishForm(forms.Form):
    """A destination by name or by position, and what the person needs."""

    q = forms.CharField(
        label=gettext_lazy("Where do you want to go?"), required=False, max_length=100,
        help_text=gettext_lazy("A street, a stop, a building, an office"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    pick = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90, localize=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180,
        localize=False, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    arrives = forms.DateTimeField(
        label=gettext_lazy("When do you arrive?"), required=False,
        help_text=gettext_lazy("Leave it empty for now."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"],
    )  # fmt: skip
    stay = forms.TypedChoiceField(
        label=gettext_lazy("How long do you stay?"), choices=STAYS, coerce=int, initial=120
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Which space do you need?"), required=False,
        choices=list(AUDIENCES.items()),
    )  # fmt: skip
    height = forms.IntegerField(
        label=gettext_lazy("Height of your vehicle in cm"), required=False, min_value=50,
        max_value=500, help_text=gettext_lazy("It stands in the registration certificate."),
    )  # fmt: skip
    price = forms.DecimalField(
        label=gettext_lazy("At most so many euros for the stay"), required=False, min_value=0,
        max_value=500, decimal_places=2, localize=True,
    )  # fmt: skip

    def clean_arrives(self) -> datetime:
        """Now where nothing is said; neither long past nor further off than a month."""
        at, now = self.cleaned_data.get("arrives"), clock.now()
        if at is None or timedelta() <= now - at <= LATE:
            return now
        if at < now:
            raise forms.ValidationError(
                _("This time is over. Choose a later one, or leave it empty.")
            )
        if at - now > FURTHEST:
            raise forms.ValidationError(_("Choose a time within the next 30 days."))
        return at  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        """Latitude and longitude belong together."""
        said: dict[str, Any] = super().clean() or {}
        if "lat" in said and "lon" in said and (said["lat"] is None) != (said["lon"] is None):
            missing = "lat" if said["lat"] is None else "lon"
            self.add_error(missing, _("Give latitude and longitude, or neither."))
        return said

    def wish(self, there: Destination) -> Wish:
        """What a valid form asks for."""
        said = self.cleaned_data
        price = said["price"]
        return Wish(
            lon=there.lon, lat=there.lat, arrives=said["arrives"], stay=said["stay"],
            audience=said["audience"], height=said["height"],
            most_cents=None if price is None else int(price * 100),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An option as the page shows it."""

    number: int
    option: Option
    walk: int
    sign: State
    chance: str
    reasons: Sequence[str | Promise]
    links: Sequence[Link]
    name: str


@public
@require_http_methods(["GET", "HEAD", "POST"])
@one_page()
def find(request: HttpRequest) -> HttpResponse:
    """The form; posted, the car parks for it. What is asked stays out of addresses and logs."""
    form = WishForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "rules": _rules(), **_frame(None)}
    if form.is_bound and form.is_valid():
        there, others = _destination(form)
        if there is None:
            form.add_error("q", _nothing(form))
        else:
            context |= {"there": there, "others": others, **_answer(form, there), **_frame(there)}
    response = render(request, "parking/find.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _destination(form: WishForm) -> tuple[Destination | None, list[Destination]]:
    """Where to, and what else may have been meant. A choice wins over a name, a name over a point.

    A choice belongs to the words it was made for; new words bring new choices.
    """
    said = form.cleaned_data
    words = said["q"].strip()
    found = destinations.search(words) if words else []
    chosen = destinations.by_key(said["pick"]) if said["pick"] else None
    if chosen is not None and (not words or chosen in found):
        return chosen, [one for one in found if one != chosen]
    if words:
        return (found[0], found[1:]) if found else (None, [])
    if said["lat"] is not None:
        return destinations.at_point(said["lon"], said["lat"], _("the chosen point")), []
    return None, []


def _nothing(form: WishForm) -> str:
    words = form.cleaned_data["q"].strip()
    if not words:
        return _("Say where you want to go, or choose a point on the map.")
    return _("Nothing here is called that. Try another name, or choose a point on the map.")


def _answer(form: WishForm, there: Destination) -> dict[str, Any]:
    found = near(form.wish(there))
    fit = [one for one in found if not one.unfit]
    return {
        "arrives": form.cleaned_data["arrives"], "stay": dict(STAYS)[form.cleaned_data["stay"]],
        "fit": [_shown(number, one) for number, one in enumerate(fit[:SHOWN], start=1)],
        "unfit": [_shown(0, one) for one in found if one.unfit][:SHOWN],
        "foreseen": any(one.chance is not None for one in fit),
        "invented": any(one.facility.invented for one in fit[:SHOWN]),
    }  # fmt: skip


def _shown(number: int, one: Option) -> Shown:
    facility = one.facility
    return Shown(
        number=number, option=one, walk=max(1, round(one.walk)), sign=sign_of(one.chance),
        chance=chance_words(one.chance), reasons=[UNFIT[code] for code in one.unfit],
        links=links(facility.lon, facility.lat, facility.name), name=facility.name,
    )  # fmt: skip


def sign_of(chance: float | None) -> State:
    """The chance as a state."""
    if chance is None:
        return "none"
    return "good" if chance >= 0.9 else "tight" if chance >= 0.5 else "bad"


def chance_words(chance: float | None) -> str:
    """In words and tens: nobody knows it better than that."""
    if chance is None:
        return _("not foreseen")
    if chance >= 0.95:
        return _("almost certainly free")
    if chance < 0.05:
        return _("almost certainly full")
    return _("free in about %(tens)s of 10 cases") % {"tens": max(1, min(9, round(10 * chance)))}


def _rules() -> dict[str, float]:
    return {
        "detour": ground.DETOUR, "speed": ground.WALK * 60 / 1000, "euro": ranking.EURO,
        "miss": ranking.MISS, "price": ranking.PRICE / 100, "fresh": read.FRESH.seconds // 60,
    }  # fmt: skip


def _frame(there: Destination | None) -> dict[str, Any]:
    if there is None:
        return {"bounds": None}
    return {
        "bounds": (there.lon - ROOM, there.lat - ROOM / 2, there.lon + ROOM, there.lat + ROOM / 2)
    }
