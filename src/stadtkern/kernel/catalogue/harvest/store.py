"""Puts a dataset that was read elsewhere into our catalogue, with where it comes from."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.harvest.found import Found, Part, Party
from stadtkern.kernel.catalogue.harvest.known import addresses_of
from stadtkern.kernel.catalogue.models import Dataset, Harvested, Publisher, Resource, Source
from stadtkern.kernel.catalogue.vocabulary import HVD, LICENCES

UNCLEAR: Final = "other-closed"
LONGEST_NAME: Final = 1000
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK: Final = re.compile(r"<(?:br|/p|/li|/h\d|/div|/ul|/ol)\s*/?>", re.IGNORECASE)
# What some write for a period that has no end.
_NEVER: Final = 9000
_is_url = URLValidator(schemes=["http", "https", "ftp", "ftps"])


class Refused(Exception):
    """A dataset is not taken; the message says why."""


def fit(found: Found, source: Source) -> None:
    """Raises Refused where a dataset lacks what ours all have."""
    if not (found.iri or found.identifiers):
        raise Refused(_("It has no identifier, so it would be new each time."))
    if len(name_of(found)) > LONGEST_NAME:
        raise Refused(_("Its identifier is too long."))
    if not found.title:
        raise Refused(_("It has no title."))
    if not _parts(found):
        raise Refused(_("It has nothing to download and no interface."))
    if not (found.licence or source.licence):
        raise Refused(_("It has no licence, and none is chosen for this source."))


def name_of(found: Found) -> str:
    """Its name at the source."""
    return found.iri or found.identifiers[0]


def put(found: Found, source: Source, known: Harvested | None) -> Dataset:
    """Create or change the dataset. One that staff withdrew stays withdrawn."""
    with transaction.atomic():
        if known is None:
            dataset = Dataset(slug=_slug(found), origin=Dataset.HARVESTED, state=Dataset.PUBLISHED)
        else:
            dataset = Dataset.objects.select_for_update().get(pk=known.dataset_id)
            if known.gone and dataset.state == Dataset.WITHDRAWN:
                dataset.state = Dataset.PUBLISHED
        for name, value in _facts(found, source).items():
            setattr(dataset, name, value)
        dataset.save()
        facts = {"": found.facts, **_resources(dataset, found)}
        _remember(dataset, found, source, facts)
        return dataset


def withdraw(known: Harvested) -> bool:
    """Take back what the source no longer has; whether it was public."""
    with transaction.atomic():
        rows = Dataset.objects.filter(pk=known.dataset_id, state=Dataset.PUBLISHED)
        changed = rows.update(state=Dataset.WITHDRAWN, modified=clock.now())
        if changed:
            Harvested.objects.filter(pk=known.pk).update(gone=clock.now())
        return bool(changed)


def _facts(found: Found, source: Source) -> dict[str, Any]:
    start, end = _day(found.period_start), _day(found.period_end)
    if start and end and start > end:
        start, end = end, start
    licence = found.licence or source.licence
    now = clock.now()
    return {
        "title": found.title[:300], "title_en": found.title_en[:300],
        "about": plain(found.about), "about_en": plain(found.about_en),
        "themes": found.themes, "keywords": found.keywords, "keywords_en": found.keywords_en,
        "publisher": _publisher(found.publisher, source),
        "contact_name": found.contact.name[:200], "contact_email": _mail(found.contact.email),
        "licence": licence if licence in LICENCES else UNCLEAR, "credit": found.credit,
        "rhythm": found.rhythm, "hvd": found.hvd if found.hvd in HVD else "",
        "landing_page": _url(found.landing_page, 1000) or _url(found.iri, 1000),
        "period_start": start, "period_end": end, "geometry": found.geometry,
        "issued": _instant(found.issued) or now,
        "modified": _instant(found.modified) or now,
    }  # fmt: skip


def _publisher(said: Party, source: Source) -> Publisher:
    """The one that the source's settings name, else one of that name, made where there is none."""
    if source.publisher_id and source.publisher:
        return source.publisher
    name = str(source.names.get(said.name, said.name) or source.name)[:200]
    known = Publisher.objects.filter(name=name).first()
    return known or Publisher.objects.create(
        slug=_free(Publisher, slugify(name)[:70] or "publisher", 80), name=name,
        url=_url(said.url, 200), email=_mail(said.email),
    )  # fmt: skip


def _parts(found: Found) -> list[Part]:
    return [one for one in found.parts if _url(one.url, 2000)]


def _resources(dataset: Dataset, found: Found) -> dict[str, list[list[str]]]:
    """Its distributions as links, in their order; the facts of each by its slug."""
    known = {one.url: one for one in dataset.resources.all()}
    taken: set[str] = set()
    facts, kept = {}, []
    for position, part in enumerate(_parts(found)):
        one = known.pop(part.url, None) or Resource(dataset=dataset, url=part.url)
        one.slug = _unlike(taken, slugify(part.title)[:80] or slugify(part.format) or "file")
        one.kind, one.position = Resource.LINK, min(position, 32_000)
        one.title = (part.title or part.format or part.url)[:300]
        one.title_en, one.about = part.title_en[:300], plain(part.about)
        one.format, one.media_type = part.format[:40], part.media_type[:120]
        one.licence = part.licence if part.licence in LICENCES else ""
        kept.append(one)
        facts[one.slug] = _told(part)
    for gone in known.values():
        gone.delete()
    _save(kept)
    return facts


def _save(resources: list[Resource]) -> None:
    """First out of each other's way: two may have changed their names for one another's."""
    for one in resources:
        if one.pk:
            Resource.objects.filter(pk=one.pk).update(slug=f"-{one.pk}")
    for one in resources:
        if one.pk:
            one.save()
    Resource.objects.bulk_create([one for one in resources if not one.pk])


def _told(part: Part) -> list[list[str]]:
    """Its facts, with a licence that is on no list of ours."""
    facts = list(part.facts)
    if part.licence and part.licence not in LICENCES:
        facts.append(["dct:license", part.licence])
    return facts


def _remember(
    dataset: Dataset, found: Found, source: Source, facts: dict[str, list[list[str]]]
) -> None:
    now = clock.now()
    Harvested.objects.update_or_create(
        dataset=dataset,
        defaults={
            "source": source, "iri": name_of(found),
            "identifier": (found.identifiers or [found.iri])[0][:1000],
            "addresses": addresses_of(found), "facts": facts, "digest": found.digest,
            "original": found.original, "original_type": found.original_type,
            "harvested": now, "seen": now, "gone": None,
        },
    )  # fmt: skip


def _slug(found: Found) -> str:
    return _free(Dataset, slugify(found.title)[:80].strip("-") or "dataset", 100)


def _free(model: type[Dataset] | type[Publisher], wanted: str, longest: int) -> str:
    """The first of `name`, `name-2`, `name-3`.. that nobody has."""
    taken = set(
        model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True)
    )
    return _unlike(taken, wanted)[:longest]


def _unlike(taken: set[str], wanted: str) -> str:
    number, slug = 2, wanted
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    taken.add(slug)
    return slug


def plain(said: str) -> str:
    """Text without the HTML that many catalogues write into it."""
    if not _TAG.search(said):
        return said
    lines = strip_tags(_BREAK.sub("\n", said)).splitlines()
    return unescape("\n".join(line.strip() for line in lines if line.strip()))


def _url(said: str, longest: int) -> str:
    try:
        _is_url(said)
    except ValidationError:
        return ""
    return said if len(said) <= longest else ""


def _mail(said: str) -> str:
    try:
        validate_email(said)
    except ValidationError:
        return ""
    return said


def _day(said: str) -> date | None:
    try:
        found = parse_date(said)
    except ValueError:
        return None
    return None if found and found.year >= _NEVER else found


def _instant(said: str) -> datetime | None:
    """In UTC where no zone is named; a day is its beginning."""
    try:
        found = parse_datetime(said)
        day = None if found else parse_date(said[:10])
    except ValueError:
        return None
    if found is None and day is None:
        return None
    at = found or datetime(day.year, day.month, day.day, tzinfo=UTC)  # type: ignore[union-attr]
    return at if at.tzinfo else at.replace(tzinfo=UTC)
