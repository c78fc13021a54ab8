"""Which form an answer gets."""

from stadtkern.kernel.sensorthings.entities import DATASTREAMS, MULTI_DATASTREAMS
from stadtkern.kernel.sensorthings.formats.csv_table import Table, columns
from stadtkern.kernel.sensorthings.formats.data_array import DataArrays
from stadtkern.kernel.sensorthings.formats.form import Form, Listing
from stadtkern.kernel.sensorthings.formats.geojson import Features
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.problem import Problem


def form(
    name: str,
    resource: Resource,
    options: Options,
    base: str,
    components: list[str],
) -> Form:
    """The form with this name.

    Raises Problem (400): it does not fit what is asked for.
    """
    if name == "dataArray":
        return DataArrays(base, components, of_one=of_one(resource))
    if name == "CSV":
        return Table(columns(resource.last.entity, options))
    if name == "GeoJSON":
        return Features(resource.last.entity)
    return Listing()


def check(name: str, resource: Resource) -> None:
    """Raises Problem (400): properties and references have no other form than JSON."""
    if name != "JSON" and (resource.field or resource.ref):
        raise Problem(400, f"$resultFormat={name} fits entities, not properties or references")


def flows(name: str, resource: Resource) -> bool:
    """Whether rows can go out as they come, however many there are, in one answer."""
    return name in ("CSV", "GeoJSON") or (name == "dataArray" and of_one(resource))


def of_one(resource: Resource) -> bool:
    """Whether these are the observations of one datastream."""
    return resource.last.link in (
        DATASTREAMS.links["Observations"],
        MULTI_DATASTREAMS.links["Observations"],
    )


def file_name(resource: Resource, ending: str) -> str:
    """The name under which an answer is kept, such as `Datastreams-1-Observations.csv`."""
    words = []
    for step in resource.steps:
        words.append(step.link.name if step.link else step.entity.name)
        words += [str(step.id)] if step.id is not None else []
    return f"{'-'.join(words)}.{ending}"
