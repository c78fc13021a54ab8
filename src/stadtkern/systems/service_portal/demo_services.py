"""The demo city's departments and the catalogue of its services, in our own words."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Department

FOLDER: Final = Path(__file__).parent / "demo_data"
# Text modules in the order in which they are read; `documents` has one document a line.
TEXTS: Final = ("what", "who", "documents", "fees", "deadline", "duration", "law", "steps")
FEES: Final = {
    "": "Je nach Fall. Die zuständige Stelle nennt Ihnen die Kosten.",
    "rules": "Nach der Gebührenordnung. Die Höhe hängt vom Fall ab.",
    "free": "Kostenlos.",
}


@transaction.atomic
def load() -> int:
    """Create what is missing, and say how many services; what staff changed stays as it is."""
    offices = _departments()
    known = set(Service.objects.values_list("slug", flat=True))
    made = [_service(row, offices) for row in rows() if row["slug"] not in known]
    Service.objects.bulk_create(made)
    return len(made)


def rows() -> Iterator[dict[str, Any]]:
    """The services as the files tell them, with what each file says for all of its own."""
    for path in sorted((FOLDER / "services").glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in told["service"]:
            yield {**told.get("all", {}), **row}


def _departments() -> dict[str, Department]:
    """All departments by slug; one that is there already only gets what it does not say yet."""
    told = tomllib.loads((FOLDER / "departments.toml").read_text(encoding="utf-8"))
    found: dict[str, Department] = {}
    for row in told["department"]:
        one = Department.objects.filter(slug=row["slug"]).first() or Department(slug=row["slug"])
        for name in ("title", "title_en", "address", "phone"):
            setattr(one, name, getattr(one, name) or row.get(name, ""))
        one.parent = one.parent or found.get(row.get("parent", ""))
        one.save()
        found[row["slug"]] = one
    return found


def _service(row: Mapping[str, Any], offices: Mapping[str, Department]) -> Service:
    whom = row.get("whom", "citizens")
    return Service(
        slug=row["slug"], title=row["title"], title_en=row["title_en"],
        summary=row["summary"], summary_en=row["summary_en"], words=row.get("words", ""),
        texts={"de": _texts(row)}, department=offices[row["department"]],
        situations=row.get("situations", []), for_citizens=whom != "companies",
        for_companies=whom != "citizens", level=row.get("level", 0), yearly=row.get("yearly"),
        appointment=row.get("appointment", ""), invented=True,
    )  # fmt: skip


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    fees = row.get("fees", "")
    said = {**row, "documents": "\n".join(row.get("documents", ())), "fees": FEES.get(fees, fees)}
    return {name: said[name] for name in TEXTS if said.get(name)}
