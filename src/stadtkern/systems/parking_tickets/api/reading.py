"""Fields of a JSON body, one by one; all that is wrong is collected and said together."""

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.api.door import Wrong
from stadtkern.systems.parking_tickets.models import Zone

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
DOMAIN: Final = "CITY"


class Fields:
    """What was sent. A field that is wrong reads as its default, and `check` raises Wrong."""

    def __init__(self, said: dict[str, Any], prefix: str = "") -> None:
        self.said, self.prefix = said, prefix
        self.errors: dict[str, list[str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.said

    def wrong(self, name: str, reason: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(self.prefix + name, []).append(reason)

    def check(self) -> None:
        """Raises Wrong where anything was."""
        if self.errors:
            raise Wrong(self.errors)

    def text(self, name: str, *, most: int, needed: bool = False) -> str:
        """A text without control characters."""
        value = self.said.get(name)
        if value is None or value == "":
            if needed:
                self.wrong(name, _("This field is required."))
            return ""
        if not isinstance(value, str) or not value.isprintable():
            self.wrong(name, _("Send a text without control characters."))
            return ""
        if len(value) > most:
            self.wrong(name, _("Send at most %s characters.") % most)
            return ""
        return value.strip()

    def instant(self, name: str, *, needed: bool = False) -> datetime | None:
        """An instant with its zone, between 2000 and 2100."""
        value = self.said.get(name)
        if value is None:
            if needed:
                self.wrong(name, _("This field is required."))
            return None
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None and EARLIEST < at < LATEST:
                return at.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        self.wrong(name, _("Send an instant with its zone, such as 2026-12-24T21:00:00Z."))
        return None

    def flag(self, name: str) -> bool:
        """True or false; missing is false."""
        value = self.said.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, _("Send true or false."))
            return False
        return value

    def number(self, name: str) -> int | None:
        """A whole number that a row can have."""
        value = self.said.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
            self.wrong(name, _("Send a whole number."))
            return None
        return value

    def plate(self, name: str = "registration_number") -> str:
        """A number plate as `plates.normal` writes it."""
        value = self.said.get(name)
        if value is None:
            self.wrong(name, _("This field is required."))
            return ""
        try:
            return plates.normal(value)
        except plates.BadPlate as error:
            self.wrong(name, str(error))
        except TypeError:
            self.wrong(name, _("Send a text without control characters."))
        return ""

    def point(self, name: str = "location", *, needed: bool = False) -> tuple[float, float] | None:
        """Longitude and latitude of a GeoJSON point."""
        value = self.said.get(name)
        if value is None:
            if needed:
                self.wrong(name, _("This field is required."))
            return None
        found = value.get("coordinates") if isinstance(value, dict) else None
        if isinstance(found, list) and len(found) == 2 and value.get("type") == "Point":
            lon, lat = found
            if _number(lon, 180) and _number(lat, 90):
                return float(lon), float(lat)
        self.wrong(name, _('Send {"type": "Point", "coordinates": [longitude, latitude]}.'))
        return None

    def zone(self, name: str = "zone", *, needed: bool = True) -> Zone | None:
        """The zone of this number, written as a text or a whole number."""
        value = self.said.get(name)
        if value is None or value == "":
            if needed:
                self.wrong(name, _("This field is required."))
            return None
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = str(value)
            if len(text) <= 12 and text.isprintable():
                found = Zone.objects.filter(number=text).select_related("place").first()
                if found is not None:
                    return found
        self.wrong(name, _("There is no such zone."))
        return None

    def domain(self) -> None:
        """There is one domain of enforcement."""
        if self.said.get("domain", DOMAIN) not in (DOMAIN, ""):
            self.wrong("domain", _("There is only the domain %s.") % DOMAIN)

    def listed(self, name: str, *, most: int, needed: bool = False) -> list[Any]:
        """A list."""
        value = self.said.get(name)
        if value is None:
            if needed:
                self.wrong(name, _("This field is required."))
            return []
        if not isinstance(value, list) or len(value) > most:
            self.wrong(name, _("Send a list with at most %s items.") % most)
            return []
        return value


def _number(value: Any, most: int) -> bool:
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return real and -most <= value <= most
