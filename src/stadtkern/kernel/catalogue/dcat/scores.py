"""How good a record is: the European quality score, and the rules of GovData's dashboard.

The metrics and points are those of the Metadata Quality Assessment of data.europa.eu (405 points
in five dimensions). Where a metric is about distributions, the share of them that meets it gives
the same share of its points, rounded down. Whether addresses answer is taken on trust for our
own doors and not known for others' addresses, which therefore get no points for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, catalogue, record, rules, terms
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.dcat.problems import Problem
from stadtkern.kernel.catalogue.file_types import MEDIA_TYPES, FileType, file_type
from stadtkern.kernel.catalogue.licences import LICENCE_LIST, LICENCES
from stadtkern.kernel.catalogue.models import Dataset

MOST: Final = 405
# From how many points on the European portal calls a record so.
RATINGS: Final = ((351, _("excellent")), (221, _("good")), (121, _("sufficient")), (0, _("poor")))
DIMENSIONS: Final = {
    "findable": _("Findability"), "accessible": _("Accessibility"),
    "interoperable": _("Interoperability"), "reusable": _("Reusability"),
    "contextual": _("Context"),
}  # fmt: skip
Meets = Callable[["Facts", Node], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A record as the metrics see it; `site` begins the addresses that are ours."""

    dataset: Node
    distributions: tuple[Node, ...]
    conforms: bool
    site: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One thing that is looked at; `each` where it is looked at in every distribution.

    `lift` is the problem whose sentence says how to get the points.
    """

    slug: str
    dimension: str
    points: int
    title: str | Promise
    meets: Meets
    each: bool = False
    lift: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How many of its points a metric gives, and the problem that costs the others."""

    metric: Metric
    points: int
    lift: str

    @property
    def advice(self) -> str:
        """What would lift it; empty where all points are there."""
        lacking = self.points < self.metric.points
        return Problem(code=self.lift).sentence if lacking and self.lift else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """All metrics of one record."""

    results: tuple[Result, ...]

    @property
    def points(self) -> int:
        """Of 405."""
        return sum(one.points for one in self.results)

    @property
    def rating(self) -> str | Promise:
        """As the European portal calls it."""
        return next(word for least, word in RATINGS if self.points >= least)

    @property
    def dimensions(self) -> list[tuple[str | Promise, int, int]]:
        """Title, points and most points of each dimension."""
        return [
            (title, self._sum(slug), sum(m.points for m in METRICS if m.dimension == slug))
            for slug, title in DIMENSIONS.items()
        ]

    @property
    def advice(self) -> list[tuple[str, int]]:
        """What would lift it and by how many points, the most first."""
        gains: dict[str, int] = {}
        for one in self.results:
            if one.advice:
                gains[one.advice] = gains.get(one.advice, 0) + one.metric.points - one.points
        return sorted(gains.items(), key=lambda pair: -pair[1])

    def _sum(self, dimension: str) -> int:
        return sum(one.points for one in self.results if one.metric.dimension == dimension)


def score(dataset: Dataset, *, conforms: bool | None = None) -> Score:
    """The European score of a dataset; `conforms` if the shapes have been asked already.

    Otherwise our own rules say whether it conforms.
    """
    known = catalogue.fetched(Dataset.objects.filter(pk=dataset.pk)).get()
    site = address.base()
    return scored(record.nodes(known, site), site, conforms=conforms)


def scored(about: Iterable[Node], site: str, *, conforms: bool | None = None) -> Score:
    """The same of nodes."""
    nodes = list(about)
    if conforms is None:
        conforms = not any(one.must for one in rules.broken(nodes))
    facts = Facts(
        dataset=next(one for one in nodes if "dcat:Dataset" in one.types),
        distributions=tuple(one for one in nodes if "dcat:Distribution" in one.types),
        conforms=conforms,
        site=site,
    )
    return Score(results=tuple(_result(metric, facts) for metric in METRICS))


def _result(metric: Metric, facts: Facts) -> Result:
    looked = facts.distributions if metric.each else (facts.dataset,)
    met = sum(metric.meets(facts, one) for one in looked)
    return Result(
        metric=metric, points=metric.points * met // len(looked) if looked else 0,
        lift=metric.lift if looked else "distribution",
    )  # fmt: skip


def _has(*names: str) -> Meets:
    return lambda _facts, node: all(rules.values(node, name) for name in names)


def _listed(name: str, scheme: str) -> Meets:
    known = terms.members()[scheme]
    return lambda _facts, node: any(one.value in known for one in rules.values(node, name))


def _answers(name: str) -> Meets:
    return lambda facts, node: any(
        one.value.startswith(f"{facts.site}/") for one in rules.values(node, name)
    )


def _type(node: Node) -> FileType | None:
    said = rules.values(node, "dct:format")
    media = rules.values(node, "dcat:mediaType")
    return file_type(
        said[0].value.rpartition("/")[2] if said else "",
        media[0].value.removeprefix(MEDIA_TYPES) if media else "",
    )


def _open(_facts: Facts, node: Node) -> bool:
    known = _type(node)
    return known is not None and known.open


def _machine(_facts: Facts, node: Node) -> bool:
    known = _type(node)
    return known is not None and known.machine


def _in_lists(_facts: Facts, node: Node) -> bool:
    media = rules.values(node, "dcat:mediaType")
    listed = _listed("dct:format", f"{vocabulary.AUTHORITY}/file-type")(_facts, node)
    return listed and any(one.value.startswith(MEDIA_TYPES) for one in media)


def _downloads(_facts: Facts, node: Node) -> bool:
    """An interface is no download, and is not held against a record that has one."""
    return bool(rules.values(node, "dcat:downloadURL") or rules.values(node, "dcat:accessService"))


def _download_answers(facts: Facts, node: Node) -> bool:
    return _answers("dcat:downloadURL")(facts, node) or (
        bool(rules.values(node, "dcat:accessService")) and _answers("dcat:accessURL")(facts, node)
    )


METRICS: Final = (
    Metric(slug="keyword", dimension="findable", points=30, title=_("Keywords"),
           meets=_has("dcat:keyword"), lift="keyword"),
    Metric(slug="theme", dimension="findable", points=30, title=_("Themes"),
           meets=_has("dcat:theme"), lift="theme"),
    Metric(slug="spatial", dimension="findable", points=20, title=_("Area covered"),
           meets=_has("dct:spatial"), lift="place"),
    Metric(slug="temporal", dimension="findable", points=20, title=_("Period covered"),
           meets=_has("dct:temporal"), lift="period"),
    Metric(slug="access_answers", dimension="accessible", points=50, each=True,
           title=_("Address answers"), meets=_answers("dcat:accessURL"), lift="access"),
    Metric(slug="download", dimension="accessible", points=20, each=True,
           title=_("Download address"), meets=_downloads, lift="download"),
    Metric(slug="download_answers", dimension="accessible", points=30, each=True,
           title=_("Download answers"), meets=_download_answers, lift="download"),
    Metric(slug="format", dimension="interoperable", points=20, each=True, title=_("Format"),
           meets=_has("dct:format"), lift="format"),
    Metric(slug="media", dimension="interoperable", points=10, each=True, title=_("Media type"),
           meets=_has("dcat:mediaType"), lift="media"),
    Metric(slug="lists", dimension="interoperable", points=10, each=True,
           title=_("Format from the European list"), meets=_in_lists, lift="format"),
    Metric(slug="open", dimension="interoperable", points=20, each=True, title=_("Open format"),
           meets=_open, lift="format_closed"),
    Metric(slug="machine", dimension="interoperable", points=20, each=True,
           title=_("Machine-readable"), meets=_machine, lift="format_machine"),
    Metric(slug="conforms", dimension="interoperable", points=30, title=_("Conforms to DCAT-AP"),
           meets=lambda facts, _node: facts.conforms),
    Metric(slug="licence", dimension="reusable", points=20, each=True, title=_("Licence"),
           meets=_has("dct:license"), lift="licence"),
    Metric(slug="licence_listed", dimension="reusable", points=10, each=True,
           title=_("Known licence"), meets=_listed("dct:license", LICENCE_LIST), lift="licence"),
    Metric(slug="access_rights", dimension="reusable", points=10, title=_("Access rights"),
           meets=_has("dct:accessRights")),
    Metric(slug="access_listed", dimension="reusable", points=5, title=_("Known access rights"),
           meets=_listed("dct:accessRights", f"{vocabulary.AUTHORITY}/access-right")),
    Metric(slug="contact", dimension="reusable", points=20, title=_("Contact"),
           meets=_has("dcat:contactPoint"), lift="contact"),
    Metric(slug="publisher", dimension="reusable", points=10, title=_("Publisher"),
           meets=_has("dct:publisher"), lift="publisher"),
    Metric(slug="rights", dimension="contextual", points=5, each=True, title=_("Terms of use"),
           meets=_has("dct:rights"), lift="rights"),
    Metric(slug="size", dimension="contextual", points=5, each=True, title=_("File size"),
           meets=_has("dcat:byteSize"), lift="size"),
    Metric(slug="issued", dimension="contextual", points=5, title=_("Published on"),
           meets=_has("dct:issued"), lift="date"),
    Metric(slug="modified", dimension="contextual", points=5, title=_("Changed on"),
           meets=_has("dct:modified"), lift="date"),
)  # fmt: skip


def govdata(about: Iterable[Node]) -> list[Problem]:
    """What GovData's quality dashboard would count against a record.

    A keyword, an ID of a contributor, exactly one publisher with a name, and at each distribution
    exactly one licence that is on the list and open.
    """
    nodes = list(about)
    dataset = next(one for one in nodes if "dcat:Dataset" in one.types)
    found = []
    if not rules.values(dataset, "dcat:keyword"):
        found.append(Problem(code="keyword", must=False))
    if not rules.values(dataset, "dcatde:contributorID"):
        found.append(Problem(code="contributor", must=False))
    agents = {one.iri: one for one in nodes if "foaf:Agent" in one.types}
    publishers = rules.values(dataset, "dct:publisher")
    named = [one for one in publishers if one.value in agents
             and len(rules.values(agents[one.value], "foaf:name")) == 1]  # fmt: skip
    if len(publishers) != 1 or len(named) != 1:
        found.append(Problem(code="publisher", must=False))
    for one in nodes:
        if "dcat:Distribution" in one.types and (fault := _licence_fault(one)):
            found.append(Problem(code=fault, where=rules.title_of(one), must=False))
    return found


def _licence_fault(distribution: Node) -> str:
    said = rules.values(distribution, "dct:license")
    if len(said) != 1:
        return "licence"
    known = LICENCES.get(said[0].value.removeprefix(f"{LICENCE_LIST}/"))
    if known is None:
        return "licence_unknown"
    return "" if known.open else "licence_closed"
