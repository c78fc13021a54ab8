"""The rows of each entity set that a viewer may see: conditions on the row `v`, as in rights.sql.

Features of interest: those of a place are seen with it. Any is seen that an observation names which
may be seen, and one that no observation names.
"""

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity, Link

_HIDDEN_PROJECT = "select p.id from things_project p where not p.public and p.id <> all ({seen})"
_HIDDEN_PROJECTS = f"array({_HIDDEN_PROJECT})"
_HIDDEN_THING = (
    "exists (select from things_thing t where t.id = v.thing_id"
    f" and t.project_id = any ({_HIDDEN_PROJECTS}))"
)
_STREAM = (
    "(v.public or exists (select from things_thing t where t.id = v.thing_id"
    " and t.project_id = any ({seen})))"
    f" and not {_HIDDEN_THING}"
)
# Asked once a statement, and as a rule all there is to it; a look-up per row costs more.
_HIDDEN = "select h.id from things_hidden({seen}) h (id)"
_HIDDEN_PLACES = "select h.id from things_hidden_places({seen}) h (id)"
_NONE_HIDDEN = f"not exists ({_HIDDEN})"
# Whether anything may be hidden at all.
HIDDEN = f"(exists ({_HIDDEN_PROJECT}) or exists ({_HIDDEN}))"
_FEATURE = (
    f"(not {HIDDEN}"
    " or case when v.place_id is null then things_feature_named(v.id, {seen}, true)"
    f" else v.place_id not in ({_HIDDEN_PLACES})"
    " or things_feature_named(v.id, {seen}, false) end)"
)
_SEEN = {
    "Things": f"v.project_id is null or v.project_id <> all ({_HIDDEN_PROJECTS})",
    "Locations": f"v.id not in ({_HIDDEN_PLACES})",
    "HistoricalLocations": f"not {_HIDDEN_THING}",
    "Datastreams": _STREAM,
    "MultiDatastreams": _STREAM,
    "Observations": f"({_NONE_HIDDEN} or v.datastream_id not in ({_HIDDEN}))",
    "FeaturesOfInterest": _FEATURE,
}
# Links over which one comes from what is seen only to what is seen as well.
_FOLLOWS = {
    ("Things", "Locations"),
    ("Things", "HistoricalLocations"),
    ("HistoricalLocations", "Thing"),
    ("HistoricalLocations", "Locations"),
    ("Datastreams", "Thing"),
    ("Datastreams", "Observations"),
    ("MultiDatastreams", "Thing"),
    ("MultiDatastreams", "Observations"),
    ("Observations", "Datastream"),
    ("Observations", "MultiDatastream"),
    ("Observations", "FeatureOfInterest"),
}


def seen(entity: Entity, over: Link | None = None) -> str:
    """The condition on row `v` of an entity set, with {seen} for the viewer's projects.

    Empty where every row is seen: such entities are public, or one came to them over a link from
    what is seen. `over` is that link.
    """
    if over is not None and over in _FOLLOWING:
        return ""
    return _SEEN.get(entity.name, "")


_FOLLOWING = frozenset(ENTITIES[entity].links[name] for entity, name in _FOLLOWS)
