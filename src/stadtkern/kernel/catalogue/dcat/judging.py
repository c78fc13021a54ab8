"""Every night: what the checks and scores say of each published record, for staff to look at."""

from collections.abc import Iterator, Sequence
from typing import Final

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.dcat import (
    address,
    catalogue,
    check,
    record,
    rules,
    scores,
    services,
)
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.dcat.problems import Problem
from stadtkern.kernel.catalogue.models import Dataset, Judgement
from stadtkern.kernel.sharing import one_page

BATCH: Final = 50


def judge_all() -> str:
    """The job. Where the shapes cannot be asked, our own rules alone judge, and say so."""
    kept = list(Dataset.objects.published().order_by("id").values_list("id", flat=True))
    broken = 0
    for start in range(0, len(kept), BATCH):
        broken += judge(kept[start : start + BATCH])
    Judgement.objects.exclude(dataset__state=Dataset.PUBLISHED).delete()
    return f"{len(kept)} checked, {broken} do not conform"


def judge(numbers: Sequence[int]) -> int:
    """Judge these datasets; how many do not conform."""
    site, now = address.base(), clock.now()
    rows = catalogue.fetched(Dataset.objects.filter(pk__in=numbers))
    with one_page():
        told = [(dataset, record.nodes(dataset, site)) for dataset in rows]
        shared = list(services.nodes(told, site))
    made = []
    for (dataset, nodes), problems in zip(told, _problems(told, shared), strict=True):
        conforms = not any(one.must for one in problems)
        made.append(Judgement(
            dataset=dataset, at=now, problems=[one.kept() for one in problems],
            points=scores.scored(nodes, site, conforms=conforms).points,
            govdata=len(scores.govdata(nodes)),
        ))  # fmt: skip
    Judgement.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["dataset"],
        update_fields=["at", "problems", "points", "govdata"],
    )  # fmt: skip
    return sum(any(problem[3] for problem in one.problems) for one in made)


def _problems(
    told: Sequence[tuple[Dataset, list[Node]]], shared: Sequence[Node]
) -> Iterator[list[Problem]]:
    """Of each, ours and those of the shapes: one process looks at them all."""
    try:
        shaped = check.shaped([nodes for _, nodes in told], shared)
    except check.NotChecked as reason:
        shaped = [[Problem(code="check", detail=str(reason), must=False)] for _ in told]
    for (_, nodes), others in zip(told, shaped, strict=True):
        yield check.merged(rules.broken(nodes), others)
