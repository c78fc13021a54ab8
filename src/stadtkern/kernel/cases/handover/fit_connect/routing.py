"""Where a case goes: the destination that was set, or what the Routing API answers for its key."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from stadtkern.kernel.cases.handover.calling import call, setting
from stadtkern.kernel.cases.handover.fit_connect.service import Service
from stadtkern.kernel.cases.handover.protocol import NotHandedOver, Parcel

KEYS: Final = "/.well-known/jwks.json"


def destination(service: Service, parcel: Parcel, memory: dict[str, Any]) -> str:
    """The destination's id; one that was chosen for a case stays. Raises NotHandedOver."""
    known = setting(service.office, "destination") or str(memory.get("destination", ""))
    return known or _asked(service, parcel)


def _asked(service: Service, parcel: Parcel) -> str:
    """GET /routes by LeiKa key and exactly one key of an area (here the ARS)."""
    office = service.office
    base, area = setting(office, "routing").rstrip("/"), setting(office, "ars")
    if not base or not area or not parcel.leika:
        raise NotHandedOver(
            _("There is no destination, and without LeiKa key, ARS and Routing API none is found."),
            final=True,
        )
    answer = call("GET", f"{base}/v1/routes?leikaKey={parcel.leika}&ars={area}")
    routes = answer.body.get("routes", [])
    if not answer.good or len(routes) != 1:
        raise NotHandedOver(_("The Routing API names %(count)d destinations (%(said)s).")
                            % {"count": len(routes), "said": answer.said()})  # fmt: skip
    _check_signature(service, routes[0])
    return str(routes[0].get("destinationId", ""))


def _check_signature(service: Service, route: dict[str, Any]) -> None:
    """The signed address must be of the portal that the city trusts, for this delivery service."""
    portal = setting(service.office, "portal").rstrip("/")
    if not portal:
        return
    try:
        keys = KeySet.import_key_set(dict(call("GET", f"{portal}{KEYS}").body))  # type: ignore[arg-type]
        token = str(route.get("destinationSignature", ""))
        told = json.loads(jws.deserialize_compact(token, keys, algorithms=["PS512"]).payload)
    except (JoseError, ValueError, KeyError):
        raise NotHandedOver(_("The address from the Routing API is not signed rightly.")) from None
    right = (portal, route.get("destinationId"), urlsplit(service.base).netloc)
    if (told.get("iss"), told.get("destinationId"), told.get("submissionHost")) != right:
        raise NotHandedOver(_("The address from the Routing API is signed for something else."))
