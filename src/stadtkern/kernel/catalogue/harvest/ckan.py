"""Datasets of a CKAN portal, as its action API gives them (`package_search`)."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from stadtkern.kernel.catalogue.harvest import words
from stadtkern.kernel.catalogue.harvest.found import Fact, Found, Leaf, Part, Party
from stadtkern.kernel.catalogue.harvest.graph import LONGEST_ORIGINAL, LONGEST_TEXT, shape_of

PER_PAGE: Final = 100
Package = Mapping[str, Any]
# Groups of German portals, and those that are called like the EU themes.
_GROUPS: Final = {
    "bevoelkerung": "SOCI", "bevölkerung": "SOCI", "soziales": "SOCI", "bildung": "EDUC",
    "bildung_wissenschaft": "EDUC", "kultur": "EDUC", "geo": "REGI", "geographie": "REGI",
    "gesetze_justiz": "JUST", "gesundheit": "HEAL", "infrastruktur": "REGI", "politik": "GOVE",
    "politik_wahlen": "GOVE", "verwaltung": "GOVE", "transport": "TRAN",
    "transport_verkehr": "TRAN", "verkehr": "TRAN", "umwelt": "ENVI", "umwelt_klima": "ENVI",
    "verbraucher": "HEAL", "wirtschaft": "ECON", "wirtschaft_arbeit": "ECON", "energie": "ENER",
}  # fmt: skip


class NotUnderstood(Exception):
    """The answer is none of CKAN's; the message says why."""


def page_url(url: str, start: int) -> str:
    """The address of a page of datasets, for the portal's address or that of its API."""
    base = url.partition("?")[0].removesuffix("/")
    for end in ("/api/3/action/package_search", "/api/3/action", "/api/3", "/api"):
        base = base.removesuffix(end)
    return f"{base}/api/3/action/package_search?rows={PER_PAGE}&start={start}&sort=id+asc"


def read(body: bytes, url: str) -> Leaf:
    """The datasets of the answer from `page_url`; `next` is the one after it.

    Raises NotUnderstood. A portal may give fewer rows than it was asked for.
    """
    try:
        said = json.loads(body)
        result = said["result"]
        packages, count = list(result["results"]), int(result["count"])
    except (ValueError, KeyError, TypeError):
        raise NotUnderstood("this is no answer of CKAN's package_search") from None
    site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    found = [_dataset(one, site) for one in packages if isinstance(one, dict)]
    after = int(parse_qs(urlsplit(url).query)["start"][0]) + len(packages)
    more = packages and after < count
    return Leaf(datasets=found, next=page_url(url, after) if more else "")


def _dataset(package: Package, site: str) -> Found:
    extras = _extras(package)
    name = _text(package, "name") or _text(package, "id")
    page = f"{site}/dataset/{name}"
    licence = words.licence(_text(package, "license_id")) or words.licence(
        _text(package, "license_url")
    )
    credit = extras.get("licenseAttributionByText", "")
    parts = [_part(one, licence, credit) for one in package.get("resources") or []]
    return Found(
        iri=extras.get("uri") or page,
        identifiers=list(dict.fromkeys(
            one for one in (extras.get("identifier"), extras.get("guid"), _text(package, "id"))
            if one
        )),
        title=_text(package, "title") or name,
        about=_text(package, "notes")[:LONGEST_TEXT],
        keywords=_names(package, "tags"),
        themes=_themes(package, extras),
        publisher=_publisher(package, extras),
        contact=Party(
            name=(_text(package, "maintainer") or _text(package, "author"))[:200],
            email=(_text(package, "maintainer_email") or _text(package, "author_email"))[:254],
        ),
        licence=licence, credit=credit, rhythm=words.rhythm(extras.get("frequency", "")),
        hvd=_first(extras, "hvd_category").rpartition("/")[2],
        landing_page=_text(package, "url") or page,
        issued=extras.get("issued") or _text(package, "metadata_created"),
        modified=extras.get("modified") or _text(package, "metadata_modified"),
        period_start=extras.get("temporal_start", "")[:10],
        period_end=extras.get("temporal_end", "")[:10],
        geometry=shape_of(extras.get("spatial", "")),
        facts=_facts(extras),
        parts=[one for one in parts if one.url],
        original=json.dumps(package, ensure_ascii=False, indent=1)[:LONGEST_ORIGINAL],
        original_type="application/json",
    )  # fmt: skip


def _part(said: Package, licence: str, credit: str) -> Part:
    format_, media = words.format_and_media(_text(said, "format"), _text(said, "mimetype"))
    size = str(said.get("size") or "").partition(".")[0]
    facts: list[Fact] = []
    if size.isdecimal():
        facts.append(["dcat:byteSize", size, "", "xsd:nonNegativeInteger"])
    return Part(
        url=_text(said, "url"), iri=_text(said, "uri"), title=_text(said, "name"),
        about=_text(said, "description")[:LONGEST_TEXT], format=format_, media_type=media,
        licence=words.licence(_text(said, "license")) or licence, credit=credit, facts=facts,
    )  # fmt: skip


def _extras(package: Package) -> dict[str, str]:
    """Extras, and what newer portals write beside them; lists stay JSON."""
    found = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in package.items() if isinstance(value, (str, list)) and value
    }  # fmt: skip
    for one in package.get("extras") or []:
        if isinstance(one, dict) and one.get("key"):
            found[str(one["key"])] = str(one.get("value") or "")
    return found


def _text(said: Package, key: str) -> str:
    value = said.get(key)
    return value.strip() if isinstance(value, str) else ""


def _names(said: Package, key: str) -> list[str]:
    listed = said.get(key) or []
    names = [str(one.get("display_name") or one.get("name") or "")[:100] for one in listed
             if isinstance(one, dict)]  # fmt: skip
    return list(dict.fromkeys(name for name in names if name))


def _themes(package: Package, extras: Mapping[str, str]) -> list[str]:
    codes = [one.rpartition("/")[2].upper() for one in _list(extras, "theme")]
    for group in package.get("groups") or []:
        name = str(group.get("name") or "").lower() if isinstance(group, dict) else ""
        codes.append(_GROUPS.get(name, name.upper()))
    return [code for code in dict.fromkeys(codes) if code in words.THEMES]


def _publisher(package: Package, extras: Mapping[str, str]) -> Party:
    organisation = package.get("organization")
    title = _text(organisation, "title") if isinstance(organisation, dict) else ""
    return Party(
        name=(extras.get("publisher_name") or title)[:200],
        email=extras.get("publisher_email", "")[:254], url=extras.get("publisher_url", "")[:200],
    )  # fmt: skip


def _facts(extras: Mapping[str, str]) -> list[Fact]:
    """What ckanext-dcat and ckanext-dcatde keep in extras, under its names there."""
    found: list[Fact] = []
    for key, name in (
        ("contributorID", "dcatde:contributorID"), ("language", "dct:language"),
        ("conforms_to", "dct:conformsTo"),
        ("applicable_legislation", "dcatap:applicableLegislation"),
        ("hvd_category", "dcatap:hvdCategory"),
        ("politicalGeocodingLevelURI", "dcatde:politicalGeocodingLevelURI"),
    ):  # fmt: skip
        for value in _list(extras, key):
            iri = words.german(value)
            if iri.startswith(("http://", "https://")):
                found.append([name, iri])
    if term := words.availability(extras.get("availability", "")):
        found.append(["dcatap:availability", term])
    return found


def _list(extras: Mapping[str, str], key: str) -> list[str]:
    """One value, or several as JSON."""
    said = extras.get(key, "").strip()
    if said.startswith("["):
        try:
            return [str(one) for one in json.loads(said) if one]
        except ValueError:
            return []
    return [said] if said else []


def _first(extras: Mapping[str, str], key: str) -> str:
    return next(iter(_list(extras, key)), "")
