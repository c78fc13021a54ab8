"""The demo city's assessments: what the probes see, and invented confirmations of the rest."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zlib import crc32

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.systems.digital_maturity import assessing, proposing, scoring, versions
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import facts as looking
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.facts import Facts
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel

NOTE: Final = "Für die Demo erfunden: niemand hat das geprüft."
REASON: Final = "Für die Demo erfunden: nach den Texten des Katalogs nicht nötig."
# What is answered in the demo where no probe knows anything.
INVENTED: Final = {
    "application": "yes", "automatic": "no", "fim": "no", "carried": "no", "account_useful": "no",
    "account": "yes", "account_network": "yes", "auth_online": "yes", "pay_needed": "no",
    "pay_upfront": "yes", "pay_online": "yes", "docs_needed": "no", "docs_attach": "yes",
    "once_docs": "yes", "once": "no", "notice": "yes", "notice_digital": "no", "status": "no",
    "transparent": "no",
}  # fmt: skip
# An earlier round, so that there is a past to compare with; one of so many is left unmeasured.
EARLIER: Final = timedelta(days=190)
LEFT_OPEN: Final = 41


def fill(rng: random.Random) -> None:
    """Measure every service that is there and was not; a second run changes nothing."""
    versions.load()
    model = assessing.current_model()
    if model is None:
        return
    known = Assessment.objects.filter(scale=model.slug).values("service_id")
    services = list(Service.objects.filter(active=True).exclude(pk__in=known).order_by("slug"))
    if services:
        _measure(services, model, rng)


@transaction.atomic
def _measure(services: Sequence[Service], model: MaturityModel, rng: random.Random) -> None:
    definition, seen = documents.read(model.definition), looking.gather(services)
    last = clock.now() - timedelta(days=20)
    made = []
    for one in services:
        done = last - timedelta(days=rng.randrange(60), hours=rng.randrange(9))
        if crc32(one.slug.encode()) % LEFT_OPEN == 0:
            continue  # nobody has looked at it yet
        if rng.random() < 0.75:
            old = _row(one, model, definition, Facts(**_offline(seen[one.pk])), done - EARLIER)
            old.state, old.superseded = "superseded", done
            made.append(old)
        made.append(_row(one, model, definition, seen[one.pk], done))
    Assessment.objects.bulk_create(made, batch_size=200)


def _offline(facts: Facts) -> Mapping[str, Any]:
    """Half a year ago nothing was online: no way in, and half of the texts."""
    return {"level": facts.level, "fees": facts.fees, "documents": facts.documents,
            "texts": facts.texts[: len(facts.texts) // 2]}  # fmt: skip


def _row(
    service: Service, model: MaturityModel, definition: Definition, facts: Facts, at: datetime
) -> Assessment:
    answers = proposing.propose(definition, facts, at=at)
    for name, question in definition.questions().items():
        if name not in answers and name in INVENTED:
            value = INVENTED[name]
            if value in {option.value for option in question.options}:
                answers[name] = {"value": value, "by": "person", "note": NOTE}
    answers = {name: {**one, "confirmed": True} for name, one in answers.items()}
    said = proposing.reasons(definition, answers, {})
    stands = scoring.outcome(definition, proposing.values(answers))
    asked = {q.id for one in definition.criteria
             for q in scoring.shown(one, proposing.values(answers))}  # fmt: skip
    return Assessment(
        service=service, model=model, scale=model.slug, state="complete", level=stands.level,
        scores=stands.scores, answers={k: v for k, v in answers.items() if k in asked},
        reasons={no: text or REASON for no, text in said.items()}, facts=facts.written(),
        created=at, changed=at, completed=at, invented=True,
    )  # fmt: skip
