"""Single projects for the city's search and its sitemap, also those that stand nowhere."""

from collections.abc import Iterator

from django.utils.translation import get_language

from stadtkern.kernel.contract import Page
from stadtkern.systems.projects import finding
from stadtkern.systems.projects.content import THEMES, Content
from stadtkern.systems.projects.finding import Entry


def pages() -> Iterator[Page]:
    """All public projects in the reader's language."""
    return (_page(one) for one in finding.public())


def _page(one: Entry) -> Page:
    told = one.content
    english = told.summary_en if get_language() == "en" else ""
    assert one.project.published is not None
    return Page(
        title=one.title,
        summary=english or told.summary,
        to="projects:project",
        args=(one.slug,),
        words=_words(told),
        changed=one.project.published.at,
    )


def _words(told: Content) -> str:
    """Names, in either language."""
    return " ".join((
        told.title, told.title_en, *(one.name for one in told.partners),
        *(one.name for one in told.spots), *(str(THEMES[theme]) for theme in told.themes),
    ))  # fmt: skip
