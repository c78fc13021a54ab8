"""The public projects, and those among them that the address asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.find.words import fold, terms
from stadtkern.kernel.sharing import once
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import STATUSES, THEMES, Content
from stadtkern.systems.projects.models import Project

RELATED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A project with the version that is shown."""

    project: Project
    content: Content

    @property
    def slug(self) -> str:
        """Its address."""
        return self.project.slug

    @property
    def title(self) -> str:
        """In the reader's language."""
        english = self.content.title_en if get_language() == "en" else ""
        return english or self.content.title

    @property
    def years(self) -> range:
        """The years in which it ran or will run; none where no date is known."""
        begins, ends = self.content.begins[:4], self.content.ends[:4]
        if not (begins or ends):
            return range(0)
        first = int(begins or ends)
        last = int(ends) if ends else max(first, clock.now().year)
        return range(first, last + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the address asks for; what makes no sense is left out."""

    q: str = ""
    theme: str = ""
    status: str = ""
    where: str = ""
    year: int | None = None

    @classmethod
    def of(cls, said: dict[str, str]) -> "Wish":
        """From the query of an address."""
        year = said.get("year", "")
        return cls(
            q=said.get("q", "").strip()[:200],
            theme=said["theme"] if said.get("theme") in THEMES else "",
            status=said["status"] if said.get("status") in STATUSES else "",
            where=said["where"] if said.get("where") in ("place", "city") else "",
            year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        )

    def passes(self, one: Entry) -> bool:
        """Whether a project is asked for."""
        told = one.content
        return (
            (not self.theme or self.theme in told.themes)
            and (not self.status or self.status == told.status)
            and (not self.where or (self.where == "city") == told.citywide)
            and (self.year is None or self.year in one.years)
            and _carries(told, self.q)
        )


def _carries(told: Content, query: str) -> bool:
    """Whether every word stands in it, in either language; umlauts make no difference."""
    typed = terms(query)
    if not typed:
        return not query
    names = [*(p.name for p in told.partners), *(s.name for s in told.spots),
             *(s.address for s in told.spots), *(str(THEMES[t]) for t in told.themes)]  # fmt: skip
    whole = fold(" ".join((told.title, told.title_en, told.summary, told.summary_en, told.text,
                           told.text_en, *names)))  # fmt: skip
    return all(fold(word) in whole for word in typed)


@once
def public() -> tuple[Entry, ...]:
    """All public projects in German order; one query."""
    found = [entry(project) for project in Project.objects.public()]
    return tuple(sorted(found, key=lambda one: fold(one.title)))


def entry(project: Project) -> Entry:
    """A project with what everybody sees of it."""
    assert project.published is not None
    return Entry(project=project, content=documents.read(project.published.content))


def find(wish: Wish) -> list[Entry]:
    """The public projects that are asked for."""
    return [one for one in public() if wish.passes(one)]


def related(one: Entry, among: Iterable[Entry]) -> list[Entry]:
    """The projects that share most themes, systems and partners with this one; never none of it."""
    scored = [(_shared(one.content, other.content), other) for other in among if other != one]
    near = [(score, other) for score, other in scored if score]
    return [other for _score, other in sorted(near, key=lambda p: (-p[0], p[1].title))[:RELATED]]


def _shared(one: Content, other: Content) -> int:
    names = {p.name for p in one.partners} & {p.name for p in other.partners}
    systems = set(one.systems) & set(other.systems)
    return len(set(one.themes) & set(other.themes)) + 2 * len(systems) + len(names)


def years(among: Sequence[Entry]) -> list[int]:
    """Every year in which one of them ran, the newest first."""
    return sorted({year for one in among for year in one.years}, reverse=True)
