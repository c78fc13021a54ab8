"""The applications of this system: forms made of shared steps, loaded into the city's forms."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.forms.definition import Definition, read
from stadtkern.kernel.cases.models import BackOffice, FormVersion, OnlineService, Service
from stadtkern.kernel.people.models import Department

FOLDER: Final = Path(__file__).parents[1] / "forms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A form of ours: whose it is, which procedure takes its cases on, whose services it opens."""

    slug: str
    department: str
    back_office: str
    services: tuple[str, ...]


APPLICATIONS: Final = (
    Application(
        slug="lebensunterhalt", department="soziales", back_office="sozialwesen",
        services=("hilfe-zum-lebensunterhalt", "grundsicherung-im-alter",
                  "grundsicherung-bei-erwerbsminderung"),
    ),
    Application(slug="wohngeld", department="soziales", back_office="sozialwesen",
                services=("wohngeld",)),
    # The job centre is an authority of its own: its people decide at the desk.
    Application(slug="buergergeld-kurz", department="jobcenter", back_office="",
                services=("buergergeld",)),
)  # fmt: skip
FORMS: Final = tuple(one.slug for one in APPLICATIONS)
SERVICES: Final = tuple(name for one in APPLICATIONS for name in one.services)


@cache
def definition(slug: str) -> Definition:
    """The form as this system ships it; its steps are those of steps.json by name."""
    shared = _read("steps")
    told = _read(slug)
    return read({**told, "steps": [shared[name] for name in told["steps"]]})


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def load_all() -> int:
    """Publish the forms and open their services; how many there are. Changes nothing twice."""
    return sum(_load(one) is not None for one in APPLICATIONS)


def _load(one: Application) -> FormVersion | None:
    """None where the city has no such department. Cases belong to the first service."""
    department = Department.objects.filter(slug=one.department).first()
    if department is None:
        return None
    rows = {row.slug: row for row in Service.objects.filter(slug__in=one.services)}
    known = [rows[name] for name in one.services if name in rows]
    version = publish.load(
        one.slug, definition(one.slug), service=known[0] if known else None,
        department=department, back_office=BackOffice.objects.filter(slug=one.back_office).first(),
    )  # fmt: skip
    for service in known:
        if not OnlineService.objects.filter(service=service, state="live").exists():
            OnlineService.objects.create(
                service=service, kind="own", form=version.form, state="live", complete=True
            )
    return version
