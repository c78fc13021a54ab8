"""The rows of the projects' open data: the projects, and their dated figures."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from stadtkern.systems.projects import finding
from stadtkern.systems.projects.content import Content, Indicator
from stadtkern.systems.projects.finding import Entry

Row = dict[str, Any]


def project_rows() -> Iterator[Row]:
    """Every public project, one row each."""
    return (_project(one) for one in finding.public())


def _project(one: Entry) -> Row:
    told, project = one.content, one.project
    return {
        "id": project.slug,
        "title": told.title,
        "title_en": told.title_en or None,
        "summary": told.summary,
        "summary_en": told.summary_en or None,
        "status": told.status,
        "themes": ", ".join(told.themes),
        "begins": told.begins or None,
        "ends": told.ends or None,
        "citywide": told.citywide,
        "places": "; ".join(spot.name for spot in told.spots) or None,
        "partners": "; ".join(partner.name for partner in told.partners) or None,
        "office": told.office or None,
        "source": told.source or None,
        "position_source": "; ".join(dict.fromkeys(s.source for s in told.drawn)) or None,
        "changed_at": project.published.at if project.published else None,
        "geometry": _geometry(told),
    }


def _geometry(told: Content) -> Row | None:
    """A point, or several; a project without a position gets none."""
    points = [[spot.lon, spot.lat] for spot in told.drawn]
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


def indicator_rows() -> Iterator[Row]:
    """Every dated figure; what is told live stands in the data of its own system."""
    for one in finding.public():
        told = sorted((i for i in one.content.indicators if not i.live), key=_key)
        for (title, as_of), group in groupby(told, key=_key):
            # Two figures of one name and day are numbered.
            for number, indicator in enumerate(group, start=1):
                yield _indicator(one, indicator, title, as_of, number)


def _key(one: Indicator) -> tuple[str, str]:
    return one.title, one.as_of


def _indicator(one: Entry, told: Indicator, title: str, as_of: str, number: int) -> Row:
    return {
        "project": one.slug,
        "indicator": title,
        "indicator_en": told.title_en or None,
        "as_of": as_of,
        "number": number,
        "about": told.about or None,
        "value": told.value,
        "unit": told.unit or None,
        "definition": told.definition or None,
        "source": told.source,
    }
