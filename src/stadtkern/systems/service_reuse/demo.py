"""The demo city's register: services that exist, with invented steps, prices and decisions."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.systems.service_reuse import lists, stepping
from stadtkern.systems.service_reuse.deciding import known_costs
from stadtkern.systems.service_reuse.models import Candidate, Decision, Finding, Step, Trial

FILE: Final = Path(__file__).parent / "demo_data" / "candidates.toml"
BY: Final = "system:service_reuse"
NOTE: Final = "Für die Demo erfunden: niemand hat das geprüft."
PRICES: Final = "Für die Demo erfunden"
YEAR: Final = timedelta(days=365)


@transaction.atomic
def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing. Nothing is left to chance."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    services = {one.slug: one for one in Service.objects.all()}
    fresh = [(row, _candidate(row, services[row["service"]])) for row in told["candidate"]
             if row["service"] in services and not _is_known(row)]  # fmt: skip
    for row in told["decision"]:
        if row["service"] in services:
            _decide(row, services[row["service"]])
    for row, one in fresh:
        _walk(one, row["step"])


def _is_known(row: Mapping[str, Any]) -> bool:
    known = Candidate.objects.filter(service__slug=row["service"], title=row["title"])
    return known.exists()


def _candidate(row: Mapping[str, Any], service: Service) -> Candidate:
    plain = {key: value for key, value in row.items()
             if key not in ("service", "step", "one_off", "yearly", "per_case")}  # fmt: skip
    for part in ("one_off", "yearly", "per_case"):
        if part in row:
            low, high = _cents(row[part])
            plain |= {f"{part}_low": low, f"{part}_high": high, "price_source": PRICES}
    made = Candidate.objects.create(service=service, invented=True, **plain)
    Step.objects.create(candidate=made, by=BY, after="candidate", note=NOTE)
    return made


def _cents(pair: Sequence[int]) -> list[int]:
    return [100 * pair[0], 100 * pair[1]]


def _decide(row: Mapping[str, Any], service: Service) -> None:
    if Decision.objects.filter(service=service).exists():
        return
    found = Candidate.objects.filter(service=service, title=row["reuse"]).first()
    costs = {name: {part: _cents(pair) for part, pair in row[name].items()}
             for name in ("own", "wait", "link") if name in row}  # fmt: skip
    if found is not None:
        costs = {"reuse": known_costs(found), **costs}
    now = clock.now()
    Decision.objects.create(
        service=service, candidate=found, outcome=row["outcome"], sensible=row["sensible"],
        economical=row["economical"], costs=costs, cases_low=service.yearly,
        cases_high=service.yearly, discount=2, review_on=(now + YEAR).date(), state="decided",
        decided=now - timedelta(days=90), invented=True,
    )  # fmt: skip


def _walk(one: Candidate, goal: str) -> None:
    """Take every step up to the goal, as people would."""
    if goal == "candidate":
        return
    for slug in ("requirements", "connection"):
        Finding.objects.bulk_create(
            Finding(candidate=one, checklist=slug, item=item, verdict="yes", note=NOTE, by=BY)
            for item in lists.read(slug).items()
        )
    Trial.objects.create(candidate=one, text=NOTE, by=BY, state="good", done=clock.now())
    for step in stepping.ORDER[1 : stepping.ORDER.index(goal) + 1]:
        stepping.move(one.pk, step, actor=BY, note=NOTE)
