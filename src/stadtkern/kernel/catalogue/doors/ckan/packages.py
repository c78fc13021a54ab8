"""A dataset as CKAN's package, a door as its resource, with the extras that GovData reads."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors import links
from stadtkern.kernel.catalogue.doors.ckan import names
from stadtkern.kernel.catalogue.models import Dataset, Publisher, Resource, Version

INVENTED: Final = "Beispieldaten: Die Werte sind erfunden."
# Which of a table's doors is meant, for its UUID.
KEYS: Final = {"JSON": "table", "GEOJSON": "collection", "MVT": "tiles"}


def datasets() -> "QuerySet[Dataset]":
    """Published datasets with all that a package tells: four statements for any number."""
    versions = Version.objects.filter(current=True).defer("report", "fields", "statistics")
    resources = Resource.objects.order_by("position", "pk").prefetch_related(
        Prefetch("versions", versions, to_attr="current_versions")
    )
    return (
        Dataset.objects.published()
        .select_related("publisher")
        .prefetch_related(Prefetch("resources", resources))
    )


def package(dataset: Dataset, site: str) -> dict[str, Any]:
    """As `package_show` gives it."""
    licence = vocabulary.LICENCES.get(dataset.licence)
    resources = list(_resources(dataset, site))
    tags = [_tag(word) for word in sorted(set(dataset.keywords))]
    return {
        "id": names.identifier(dataset.slug),
        "name": dataset.slug,
        "title": dataset.title,
        "notes": notes(dataset),
        "url": address.page_of(site, dataset.slug),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": licence.open if licence else False,
        "license_id": licence.iri if licence else dataset.licence,
        "license_title": licence.title if licence else dataset.licence,
        "license_url": licence.url if licence else "",
        "author": dataset.publisher.name,
        "author_email": dataset.publisher.email,
        "maintainer": dataset.contact_name or dataset.publisher.name,
        "maintainer_email": dataset.contact_email or dataset.publisher.email,
        "metadata_created": stamp(dataset.issued),
        "metadata_modified": stamp(dataset.modified),
        "owner_org": names.publisher_id(dataset.publisher.slug),
        "organization": organization(dataset.publisher),
        "groups": [group(theme) for theme in dataset.themes],
        "tags": tags,
        "num_tags": len(tags),
        "resources": resources,
        "num_resources": len(resources),
        "extras": list(_extras(dataset, site)),
        "version": "",
        "creator_user_id": None,
        "relationships_as_object": [],
        "relationships_as_subject": [],
    }


def notes(dataset: Dataset) -> str:
    """The description; what is invented says so."""
    return "\n\n".join(filter(None, (dataset.about, INVENTED if dataset.invented else "")))


def stamp(at: datetime) -> str:
    """UTC without an offset, as CKAN writes it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def organization(one: Publisher) -> dict[str, Any]:
    """A publisher as CKAN's organisation."""
    return {
        "id": names.publisher_id(one.slug), "name": one.slug, "title": one.name,
        "display_name": one.name, "description": "", "image_url": "", "type": "organization",
        "is_organization": True, "state": "active", "approval_status": "approved",
    }  # fmt: skip


def group(theme: str) -> dict[str, Any]:
    """An EU theme as CKAN's group, named as GovData names them."""
    title = str(vocabulary.THEMES.get(theme, theme))
    return {
        "id": theme.lower(), "name": theme.lower(), "title": title, "display_name": title,
        "description": "", "image_display_url": "",
    }  # fmt: skip


def _tag(word: str) -> dict[str, Any]:
    return {
        "id": names.identifier(f"tag:{word}"), "name": word, "display_name": word,
        "state": "active", "vocabulary_id": None,
    }  # fmt: skip


def _resources(dataset: Dataset, site: str) -> Iterator[dict[str, Any]]:
    position = 0
    for one in dataset.resources.all():
        one.dataset = dataset
        for told in doors(one, site):
            yield {**told, "position": position}
            position += 1


def doors(one: Resource, site: str) -> Iterator[dict[str, Any]]:
    """A resource's doors as CKAN's resources; none where there is nothing to read yet."""
    versions: list[Version] = one.current_versions  # type: ignore[attr-defined]
    if one.kind != Resource.LINK and not versions:
        return
    for link in links.distributions(one):
        yield _resource(one, versions[0] if versions else None, link, site)


def _resource(
    one: Resource, version: Version | None, link: links.Link, site: str
) -> dict[str, Any]:
    dataset, ending = one.dataset, _ending(one, link)
    main = one.kind == Resource.TABLE and ending == names.MAIN
    licence = vocabulary.LICENCES.get(one.licence or dataset.licence)
    since = version.created if version else dataset.modified
    return {
        "id": names.resource_id(dataset.slug, one.slug, ending),
        "package_id": names.identifier(dataset.slug),
        "name": one.title if main else f"{one.title} ({link.title})",
        "description": one.about,
        "format": link.format,
        "mimetype": link.media_type,
        "url": address.absolute(site, link.url),
        "url_type": "datastore" if main else None,
        "resource_type": "api" if link.is_api else "file",
        "created": stamp(dataset.issued),
        "last_modified": stamp(since),
        "metadata_modified": stamp(dataset.modified),
        "state": "active",
        "size": None,
        "hash": "",
        "datastore_active": main,
        "license": licence.iri if licence else dataset.licence,
        "licenseAttributionByText": dataset.credit,
        "availability": f"{vocabulary.STABLE}",
    }


def _ending(one: Resource, link: links.Link) -> str:
    if one.kind != Resource.TABLE:
        return names.MAIN
    if link.is_api:
        return KEYS[link.format]
    last = link.url.rpartition("/")[2]
    return last.rpartition(".")[2] if "." in last else "original"


def _extras(dataset: Dataset, site: str) -> Iterator[dict[str, Any]]:
    """As ckanext-dcat and ckanext-dcatde name them."""
    contributor = registry.city().catalogue.contributor
    theme = f"{vocabulary.AUTHORITY}/data-theme"
    said = {
        "uri": address.dataset_iri(site, dataset.slug),
        "guid": address.dataset_iri(site, dataset.slug),
        "identifier": dataset.slug,
        "issued": stamp(dataset.issued),
        "modified": stamp(dataset.modified),
        "language": json.dumps([vocabulary.LANGUAGES["de"]]),
        "theme": json.dumps([f"{theme}/{one}" for one in dataset.themes]),
        "frequency": f"{vocabulary.AUTHORITY}/frequency/{dataset.rhythm}" if dataset.rhythm else "",
        "publisher_name": dataset.publisher.name,
        "publisher_url": dataset.publisher.url,
        "publisher_email": dataset.publisher.email,
        "contact_name": dataset.contact_name or dataset.publisher.name,
        "contact_email": dataset.contact_email or dataset.publisher.email,
        "contributorID": json.dumps([contributor]) if contributor else "",
        "politicalGeocodingLevelURI": vocabulary.MUNICIPALITY,
        "availability": vocabulary.STABLE,
        "access_rights": vocabulary.ACCESS_PUBLIC,
        "metadata_original_html": address.page_of(site, dataset.slug),
        "temporal_start": dataset.period_start.isoformat() if dataset.period_start else "",
        "temporal_end": dataset.period_end.isoformat() if dataset.period_end else "",
        "spatial": json.dumps(dataset.geometry) if dataset.geometry else "",
        "hvd_category": f"http://data.europa.eu/bna/{dataset.hvd}" if dataset.hvd else "",
        "applicable_legislation": json.dumps([vocabulary.HVD_LAW]) if dataset.hvd else "",
    }
    return ({"key": key, "value": value} for key, value in said.items() if value)
