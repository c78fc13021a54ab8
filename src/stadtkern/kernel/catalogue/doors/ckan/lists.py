"""Lists and single records: packages, resources, groups, organisations, tags, licences."""

from collections import Counter
from typing import Any

from django.db.models import Count, Q

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.doors.ckan import asked, names, packages
from stadtkern.kernel.catalogue.doors.ckan.problems import invalid, not_found
from stadtkern.kernel.catalogue.models import Dataset, Publisher

MOST = 1000


def status_show(told: asked.Given, site: str) -> dict[str, Any]:
    """What this is; no CKAN, but it speaks its language."""
    return {
        "ckan_version": "2.10.0",
        "site_url": site,
        "site_title": registry.city().title,
        "site_description": "",
        "error_emails_to": None,
        "locale_default": "de",
        "extensions": ["datastore"],
    }


def site_read(told: asked.Given, site: str) -> bool:
    """Everybody may."""
    return True


def package_list(told: asked.Given, site: str) -> list[str]:
    """Names of all packages."""
    slugs = Dataset.objects.published().order_by("slug").values_list("slug", flat=True)
    start = asked.number(told, "offset", 0, 10**6)
    return list(slugs[start : start + asked.number(told, "limit", 10**6, 10**6)])


def package_show(told: asked.Given, site: str) -> dict[str, Any]:
    """One package by name or UUID."""
    given = asked.text(told, "id") or asked.text(told, "name_or_id")
    if not given:
        raise invalid(id="Missing value")
    found = packages.datasets().filter(slug=names.package(given)).first()
    if found is None:
        raise not_found()
    return packages.package(found, site)


def current_package_list_with_resources(told: asked.Given, site: str) -> list[dict[str, Any]]:
    """Packages with all they have, newest first, page by page."""
    found = packages.datasets().order_by("-modified", "slug")
    start = asked.number(told, "offset", 0, 10**6)
    rows = asked.number(told, "limit", MOST, MOST)
    return [packages.package(one, site) for one in found[start : start + rows]]


def package_autocomplete(told: asked.Given, site: str) -> list[dict[str, str]]:
    """Packages whose name or title has these letters."""
    text = asked.required(told, "q")
    found = Dataset.objects.published().filter(Q(slug__icontains=text) | Q(title__icontains=text))
    shown = found.order_by("title", "slug")[: asked.number(told, "limit", 10, 100)]
    return [
        {"name": one.slug, "title": one.title, "match_field": "title",
         "match_displayed": f"{one.title} ({one.slug})"} for one in shown
    ]  # fmt: skip


def resource_show(told: asked.Given, site: str) -> dict[str, Any]:
    """One resource by its UUID."""
    given = asked.required(told, "id")
    known = names.resource(given)
    found = packages.datasets().filter(slug=known[0]).first() if known else None
    for one in packages.package(found, site)["resources"] if found else ():
        if one["id"] == given.lower():
            told_of: dict[str, Any] = one
            return told_of
    raise not_found("Resource was not found.")


def resource_search(told: asked.Given, site: str) -> dict[str, Any]:
    """Resources by `field:text` (name, description, format, url); several must all fit."""
    query = told.get("query")
    wanted = [str(one).partition(":") for one in (query if isinstance(query, list) else [query])]
    if not query or not all(colon for _, colon, _ in wanted):
        raise invalid(query="Must be <field>:<value> pair(s)")
    if bad := [
        field for field, _, _ in wanted if field not in ("name", "description", "format", "url")
    ]:
        raise invalid(query=f'Field "{bad[0][:60]}" not recognised in resource_search.')
    results = [
        one for dataset in packages.datasets().order_by("slug")
        for one in packages.package(dataset, site)["resources"]
        if all(text.lower() in str(one[field]).lower() for field, _, text in wanted)
    ]  # fmt: skip
    start = asked.number(told, "offset", 0, 10**6)
    rows = asked.number(told, "limit", MOST, MOST)
    return {"count": len(results), "results": results[start : start + rows]}


def group_list(told: asked.Given, site: str) -> list[Any]:
    """Themes that a published dataset has."""
    counts = _themes()
    if not asked.truth(told, "all_fields"):
        return sorted(theme.lower() for theme in counts)
    return [_group(theme, counts[theme]) for theme in sorted(counts)]


def group_show(told: asked.Given, site: str) -> dict[str, Any]:
    """One theme, with its packages where asked for."""
    theme, counts = asked.required(told, "id").upper(), _themes()
    if theme not in vocabulary.THEMES:
        raise not_found()
    shown = _group(theme, counts[theme])
    if asked.truth(told, "include_datasets"):
        found = packages.datasets().filter(themes__contains=[theme]).order_by("slug")[:MOST]
        shown["packages"] = [packages.package(one, site) for one in found]
    return shown


def _themes() -> Counter[str]:
    lists = Dataset.objects.published().values_list("themes", flat=True)
    return Counter(theme for themes in lists for theme in themes)


def _group(theme: str, count: int) -> dict[str, Any]:
    return {
        **packages.group(theme), "package_count": count, "type": "group", "state": "active",
        "is_organization": False, "approval_status": "approved", "image_url": "", "extras": [],
    }  # fmt: skip


def organization_list(told: asked.Given, site: str) -> list[Any]:
    """Publishers of published datasets."""
    found = _publishers().order_by("slug")
    if not asked.truth(told, "all_fields"):
        return [one.slug for one in found]
    return [_organization(one) for one in found]


def organization_show(told: asked.Given, site: str) -> dict[str, Any]:
    """One publisher by name or UUID, with its packages where asked for."""
    slug = names.publisher(asked.required(told, "id"))
    found = _publishers().filter(slug=slug).first()
    if found is None:
        raise not_found()
    shown = _organization(found)
    if asked.truth(told, "include_datasets"):
        listed = packages.datasets().filter(publisher=found).order_by("slug")[:MOST]
        shown["packages"] = [packages.package(one, site) for one in listed]
    return shown


def _publishers() -> Any:
    is_out = Q(datasets__state=Dataset.PUBLISHED)
    return Publisher.objects.annotate(count=Count("datasets", filter=is_out)).filter(count__gt=0)


def _organization(one: Any) -> dict[str, Any]:
    return {**packages.organization(one), "package_count": one.count, "extras": [], "users": []}


def tag_list(told: asked.Given, site: str) -> list[Any]:
    """Keywords of published datasets, those with `query` in them."""
    text = asked.text(told, "query").lower()
    lists = Dataset.objects.published().values_list("keywords", flat=True)
    found = sorted({word for words in lists for word in words if text in word.lower()})
    if not asked.truth(told, "all_fields"):
        return found
    return [{"name": word, "display_name": word, "vocabulary_id": None} for word in found]


def license_list(told: asked.Given, site: str) -> list[dict[str, Any]]:
    """The licences that datasets may have."""
    return [
        {"id": one.iri, "title": one.title, "url": one.url, "status": "active",
         "is_okd_compliant": one.open, "od_conformance": "approved" if one.open else "not reviewed",
         "domain_data": True, "domain_content": False, "domain_software": False,
         "family": "", "maintainer": ""}
        for one in vocabulary.LICENCES.values()
    ]  # fmt: skip
