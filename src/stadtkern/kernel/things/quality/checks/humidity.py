"""Humidity: above it, low-cost sensors count droplets as dust."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks import nearby
from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Verdict
from stadtkern.kernel.things.store import INVALID, SUSPECT


class Humidity:
    """Suspect from 75 % on, where growth begins (Jayaratne 2018); not usable from 90 % on."""

    kind = "humidity"
    properties = "relative_humidity humidity"
    settings = (
        Setting(name="suspect", title=_("Suspect from"), unit="%", default=75, low=0),
        Setting(name="invalid", title=_("Invalid from"), unit="%", default=90, low=0),
        Setting(name="metres", title=_("Humidity measured within"), unit="m", default=1_000, low=0),
        Setting(name="seconds", title=_("At most apart in time"), unit="s", default=3_600, low=1),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values in air that is too humid, by the nearest humidity that was measured then."""
        around = nearby.near([
            (stream, given["metres"], self.properties) for stream, given in scope.settings.items()
        ])  # fmt: skip
        asked = [
            (place, around[row.stream][0], row.at, given["seconds"])
            for place, row, given in scope.concerned()
            if row.stream in around
        ]
        found = []
        for place, values in nearby.values_then(asked).items():
            humidity, given = values[0], scope.settings[scope.rows[place].stream]
            if humidity >= given["suspect"]:
                grade = INVALID if humidity >= given["invalid"] else SUSPECT
                text = f"at a humidity of {humidity:g} %"
                found.append(Verdict(place, Reason(check="humidity", grade=grade, text=text)))
        return found
