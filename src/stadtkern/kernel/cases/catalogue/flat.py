"""A service as a row of texts: what lists, files and imports compare and change."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.catalogue.situations import BY_SLUG
from stadtkern.kernel.cases.catalogue.texts import MODULES
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Department

LANGUAGES: Final = ("de", "en")
PLAIN: Final = ("title", "title_en", "summary", "summary_en", "words", "leika", "appointment")
TEXTS: Final = tuple(f"{language}.{name}" for language in LANGUAGES for name in MODULES)
KEYS: Final = (*PLAIN, "level", "department", "situations", "citizens", "companies", *TEXTS)
LEIKA: Final = re.compile(r"99[0-9]{12}")
YES, NO = "1", "0"
LEVELS: Final = ("0", "1", "3", "4")
LONGEST: Final = {"title": 200, "title_en": 200, "summary": 400, "summary_en": 400}


class Wrong(ValueError):
    """A value that a service cannot have; the text says what it should be."""


def flat(service: Service) -> dict[str, str]:
    """Everything that people and sources write of a service, each as text."""
    row = {name: getattr(service, name) for name in PLAIN}
    row |= {
        "level": str(service.level),
        "department": service.department.slug if service.department else "",
        "situations": ",".join(service.situations),
        "citizens": YES if service.for_citizens else NO,
        "companies": YES if service.for_companies else NO,
    }
    for key in TEXTS:
        language, _dot, name = key.partition(".")
        row[key] = service.texts.get(language, {}).get(name, "")
    return row


def put(service: Service, said: Mapping[str, str], offices: Mapping[str, Department]) -> None:
    """Set these; nothing is saved. Raises Wrong, `offices` are the known departments by slug."""
    for key, value in said.items():
        _set(service, key, value.strip(), offices)
    service.texts = {language: own for language, own in service.texts.items() if own}


def _set(service: Service, key: str, value: str, offices: Mapping[str, Department]) -> None:
    if key in TEXTS:
        language, _dot, name = key.partition(".")
        own = {**service.texts.get(language, {}), name: value}
        kept = {module: text for module, text in own.items() if text}
        service.texts = {**service.texts, language: kept}
    elif key in PLAIN:
        setattr(service, key, _text(key, value))
    else:
        _set_other(service, key, value, offices)


def _text(key: str, value: str) -> str:
    if key == "title" and not value:
        raise Wrong(_("A service needs a title."))
    if key == "leika" and value and not LEIKA.fullmatch(value):
        raise Wrong(_("The official key has 14 digits and begins with 99."))
    if len(value) > LONGEST.get(key, 10_000):
        raise Wrong(_("“%(key)s” has more than %(most)s letters.")
                    % {"key": key, "most": LONGEST.get(key, 10_000)})  # fmt: skip
    return value


def _set_other(
    service: Service, key: str, value: str, offices: Mapping[str, Department]
) -> None:  # fmt: skip
    if key == "department":
        if value and value not in offices:
            raise Wrong(_("There is no department “%(slug)s”.") % {"slug": value})
        service.department = offices.get(value)
    elif key == "level":
        if value not in LEVELS:
            raise Wrong(_("The level of trust is 0, 1, 3 or 4."))
        service.level = int(value)
    elif key == "situations":
        said = [one.strip() for one in value.split(",") if one.strip()]
        if unknown := [one for one in said if one not in BY_SLUG]:
            raise Wrong(_("Unknown life situation: %(names)s") % {"names": ", ".join(unknown)})
        service.situations = said
    elif key in ("citizens", "companies"):
        if value not in (YES, NO):
            raise Wrong(_("“%(key)s” is 1 or 0.") % {"key": key})
        setattr(service, f"for_{key}", value == YES)
    else:
        raise Wrong(_("There is no field “%(key)s”.") % {"key": key})


def offices() -> dict[str, Any]:
    """All departments by slug."""
    return {one.slug: one for one in Department.objects.all()}
