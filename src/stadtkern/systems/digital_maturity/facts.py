"""What the running configuration says of services: gathered for many in a few statements."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stadtkern.kernel.cases.models import FormVersion, OnlineService, Service
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.people.models import IdentityProvider


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Of one service: its texts, the way online that is live, its form, what the city offers.

    `level` is the trust that the service needs, `form_level` that of its form, `offered` the
    highest that anybody can sign in with. `fees` is the text about them. Nothing here is personal
    or changes with single cases, so that a change means: the configuration is another.
    """

    leika: str = ""
    texts: tuple[str, ...] = ()
    fees: str = ""
    documents: bool = False
    level: int = 0
    door: str = ""
    complete: bool = False
    url: str = ""
    form: str = ""
    form_version: int = 0
    form_level: int = 0
    guests: bool = False
    payment: str = ""
    uploads: int = 0
    prefilled: int = 0
    fields: int = 0
    back_office: str = ""
    offered: int = 0
    networks: tuple[str, ...] = ()
    payable: bool = False

    def written(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(self).items()}  # fmt: skip


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of what is not as it was."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def gather(services: Iterable[Service]) -> dict[int, Facts]:
    """The facts of each service by its number; five statements for any number of them."""
    listed = list(services)
    doors = {one.service_id: one for one in OnlineService.objects.filter(
        service__in=[s.pk for s in listed], state="live"
    ).select_related("form__back_office")}  # fmt: skip
    forms = [one.form_id for one in doors.values() if one.form_id]
    versions = {one.form_id: one for one in FormVersion.objects.filter(
        form__in=forms, state="published"
    )} if forms else {}  # fmt: skip
    offers: dict[str, Any] = {
        **_sign_in(),
        "payable": Provider.objects.filter(active=True).exists(),
    }
    return {one.pk: _facts(one, doors.get(one.pk), versions, offers) for one in listed}


def of(service: Service) -> Facts:
    """The facts of one service."""
    return gather([service])[service.pk]


def _facts(
    service: Service, door: OnlineService | None, versions: Mapping[int, FormVersion],
    offers: Mapping[str, Any],
) -> Facts:  # fmt: skip
    texts = service.texts.get("de", {}) if isinstance(service.texts, dict) else {}
    told: dict[str, Any] = {
        "leika": service.leika, "texts": _modules(service, texts), "level": service.level,
        "fees": str(texts.get("fees", ""))[:200], "documents": bool(texts.get("documents")),
        **offers,
    }  # fmt: skip
    if door is not None:
        told |= {"door": door.kind, "complete": door.complete, "url": door.url}
        told |= _form(door, versions.get(door.form_id or 0))
    return Facts(**told)


def _modules(service: Service, texts: Mapping[str, Any]) -> tuple[str, ...]:
    written = {str(name) for name, text in texts.items() if text}
    return tuple(sorted(written | ({"summary"} if service.summary else set())))


def _form(door: OnlineService, version: FormVersion | None) -> dict[str, Any]:
    if door.form is None or version is None:
        return {}
    office = door.form.back_office
    told = {"form": door.form.slug, "form_version": version.number,
            "back_office": office.slug if office and office.enabled else ""}  # fmt: skip
    said = version.definition
    asked = [one for step in said.get("steps", ()) for one in step.get("fields", ())]
    return told | {
        "form_level": int(said.get("level") or 0),
        "guests": bool(said.get("guests")),
        "payment": str(said.get("payment") or "none"),
        "uploads": sum(one.get("kind") == "file" for one in asked),
        "prefilled": sum(bool(one.get("prefill")) for one in asked),
        "fields": len(asked),
    }


def _sign_in() -> dict[str, Any]:
    """The highest level that people can sign in with, and the real networks that vouch for them.

    A provider that is only played by a simulator is in no network.
    """
    rows = IdentityProvider.objects.filter(active=True).exclude(audience="staff")
    found = list(rows.values_list("slug", "level", "invented").order_by("slug"))
    return {
        "offered": max((level for _slug, level, _invented in found), default=1),
        "networks": tuple(slug for slug, _level, invented in found if not invented),
    }
