"""Life situations: how people look for services who do not know what they are called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A life situation. `sign` is the path of a line drawing, 24 by 24, without a fill."""

    slug: str
    title: Text
    about: Text
    sign: str
    business: bool = False


def _one(slug: str, title: Text, about: Text, sign: str, *, business: bool = False) -> Situation:
    return Situation(slug=slug, title=title, about=about, sign=sign, business=business)


SITUATIONS: Final = (
    _one("birth", _("Having a child"), _("Birth, names, parental allowance, first papers."),
         "M7 10a5 5 0 0 1 10 0v1H7zM5 11h14l-2 6H7zM8 20h.01M16 20h.01"),
    _one("moving", _("Moving house"), _("Register, park the van, change papers, bulky waste."),
         "M3 7h11v9H3zM14 10h4l3 3v3h-7zM7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 19a2 2 0 1 0 0-4 "
         "2 2 0 0 0 0 4z"),
    _one("family", _("Marriage and family"), _("Marry, names, custody, advice."),
         "M9 14a5 5 0 1 0 0-8 5 5 0 0 0 0 8zM15 18a5 5 0 1 0 0-8 5 5 0 0 0 0 8z"),
    _one("education", _("Day care, school, education"), _("Find a place, enrol, get grants."),
         "M12 5 2 10l10 5 10-5zM6 12v5c3 3 9 3 12 0v-5"),
    _one("work", _("Work and training"), _("Certificates, proofs, help when looking for work."),
         "M4 8h16v11H4zM9 8V5h6v3M4 13h16"),
    _one("money", _("When money is short"), _("Housing benefit, basic support, debts."),
         "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM15 9a4 4 0 1 0 0 6M7 11h5M7 13h5"),
    _one("housing", _("Living and building"), _("Homes, rent, permits, land."),
         "M3 11 12 4l9 7M5 10v10h14V10M10 20v-6h4v6"),
    _one("car", _("Car and driving licence"), _("Register, park, licence, fines."),
         "M4 13l2-6h12l2 6v5H4zM7 18v2M17 18v2M7 15h.01M17 15h.01"),
    _one("travel", _("Identity card and travel"), _("Cards, passports, lost papers."),
         "M5 4h14v16H5zM12 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM9 17h6"),
    _one("health", _("Health"), _("Advice, examinations, vaccination."),
         "M12 20C5 15 3 12 3 9a4 4 0 0 1 9-2 4 4 0 0 1 9 2c0 3-2 6-9 11z"),
    _one("disability", _("Disability and care"), _("Passes, care, support in daily life."),
         "M10 4h.01M10 8v6h5l3 6M7 11a5 5 0 1 0 7 7"),
    _one("age", _("Growing older"), _("Pension too small, care, living well."),
         "M12 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 21l1-6-1-6h5l2 4h3M19 11v10M12 15l2 6"),
    _one("death", _("A death"), _("Report it, papers, grave, costs."),
         "M8 21V9a4 4 0 0 1 8 0v12M6 21h12M12 9v6M10 11h4"),
    _one("migration", _("New in Germany"), _("Residence, language, citizenship."),
         "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"),
    _one("business", _("Starting and running a business"), _("Register, licences, contracts."),
         "M4 20V9l5 3V9l5 3V9l6 4v7zM8 16h.01M12 16h.01M16 16h.01", business=True),
    _one("event", _("Parties and events"), _("Street parties, rooms, permissions."),
         "M4 20l5-12 7 7zM14 5l1 2M18 6l-1 2M19 11h2"),
    _one("taxes", _("Taxes and charges"), _("Notices, payments, certificates."),
         "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"),
    _one("environment", _("Waste and environment"), _("Bins, bulky waste, trees, energy."),
         "M5 8h14M9 8V5h6v3M7 8l1 12h8l1-12M10 12v5M14 12v5"),
    _one("animals", _("Animals"), _("Dogs, found animals, protection."),
         "M8 8h.01M16 8h.01M5 12h.01M19 12h.01M12 12c-3 0-5 3-5 5s2 3 5 2c3 1 5 0 5-2s-2-5-5-5z"),
    _one("safety", _("Order and safety"), _("Report damage, noise, lost things."),
         "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4"),
    _one("leisure", _("Culture, sports, leisure"), _("Library, courses, halls, pools."),
         "M4 6h6v13H4zM14 6h6v13h-6zM10 9h4M10 16h4"),
    _one("participation", _("Taking part"), _("Elections, council, volunteering."),
         "M4 10h16v10H4zM8 10l2-6h4l2 6M9 15h6"),
)  # fmt: skip
BY_SLUG: Final = {one.slug: one for one in SITUATIONS}
