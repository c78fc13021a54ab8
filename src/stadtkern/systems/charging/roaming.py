"""What charging gives to roaming partners through OCPI: who they are, sessions, bills."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.conf import settings as django_settings
from django.db.models import QuerySet

from stadtkern.kernel import registry
from stadtkern.kernel.feeds.roaming import Bill, Desk, Part, Partner, Plug, Session, Stretch
from stadtkern.systems.charging.logic import partners, settings
from stadtkern.systems.charging.models import IssuedBill, OcpiPartner, Transaction

PLACES: Final = 4
WITH: Final = ("evse__location__place", "connector", "token")


def desk() -> Iterator[Desk]:
    """The one of the city's operator."""
    said = settings()
    yield Desk(
        system="charging", country_code=said.country_code, party_id=said.party_id,
        operator=said.operator or registry.city().title, networks=said.private_networks,
        networks_setting="systems.charging.private_networks", known=_known, register=_register,
        forget=_forget, sessions=_sessions, bills=_bills,
    )  # fmt: skip


def _known(token: str) -> Partner | None:
    found = partners.known(token)
    if found is None:
        return None
    partners.note_use(found)
    return Partner(key=str(found.pk), name=found.name, registered=found.state == "registered")


def _row(partner: Partner) -> OcpiPartner:
    return OcpiPartner.objects.get(pk=int(partner.key))


def _register(partner: Partner, credentials: dict[str, Any], endpoints: list[Any]) -> str:
    return partners.register(_row(partner), credentials, endpoints)


def _forget(partner: Partner) -> None:
    partners.forget(_row(partner))


def _sessions(partner: Partner, part: Part) -> tuple[list[Session], int]:
    """At public points, the oldest change first so that pages stay as they are."""
    rows = Transaction.objects.filter(evse__isnull=False, evse__location__public=True)
    rows = _between(rows, "changed", part).order_by("changed", "pk")
    shown = rows.select_related(*WITH)[part.offset : part.offset + part.limit]
    return [_session(one, partner) for one in shown], rows.count()


def _bills(partner: Partner, part: Part) -> tuple[list[Bill], int]:
    """In the order in which they were issued."""
    public = IssuedBill.objects.filter(
        transaction__evse__isnull=False, transaction__evse__location__public=True
    )
    rows = _between(public, "made", part).order_by("made", "pk")
    wide = rows.select_related("credits", *(f"transaction__{name}" for name in WITH))
    shown = wide[part.offset : part.offset + part.limit]
    return [_bill(one, partner) for one in shown], rows.count()


def _between(rows: "QuerySet[Any]", field: str, part: Part) -> "QuerySet[Any]":
    if part.since:
        rows = rows.filter(**{f"{field}__gte": part.since})
    return rows.filter(**{f"{field}__lt": part.until}) if part.until else rows


def _session(found: Transaction, partner: Partner) -> Session:
    return Session(
        id=str(found.public_id), started=found.started, ended=found.ended, updated=found.changed,
        wh=found.energy_wh, token=pseudonym(found, partner), token_kind=found.token_kind,
        asked=found.token_id is not None, plug=_plug(found), net_cents=found.net_cents,
        gross_cents=found.gross_cents,
    )  # fmt: skip


def pseudonym(found: Transaction, partner: Partner) -> str:
    """Stands for a card, for one partner only: two partners cannot lay theirs side by side."""
    own = found.token.digest if found.token else f"session {found.public_id}"
    said = f"ocpi|{partner.key}|{own}".encode()
    return hmac.new(django_settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:32]


def _plug(found: Transaction) -> Plug:
    evse, plug = found.evse, found.connector
    assert evse is not None
    where = evse.location.place
    return Plug(
        location=evse.location.uid, name=where.name, address=where.street or where.name,
        postcode=where.postcode, city=where.town, lon=where.lon or 0, lat=where.lat or 0,
        evse=evse.uid, evse_id=evse.evse_id, connector=str(plug.number if plug else 1),
        standard=plug.standard if plug else "IEC_62196_T2",
        format=plug.format if plug else "SOCKET",
        power_type=plug.power_type if plug else "AC_3_PHASE",
    )  # fmt: skip


def _bill(one: IssuedBill, partner: Partner) -> Bill:
    """A credit has the id of what it takes back with `-C` (10.1.1)."""
    back = one.credits
    return Bill(
        id=f"{back.public_id}-C" if back else str(one.public_id),
        credits=str(back.public_id) if back else "", session=_session_of(one, partner),
        made=one.made, net_cents=one.net_cents, gross_cents=one.gross_cents,
        stretches=[
            Stretch(begins=datetime.fromisoformat(at), kwh=kwh, hours=hours, parks=parks)
            for at, kwh, hours, parks in one.periods
        ],
        costs=_costs(one), remark=one.remark,
    )  # fmt: skip


def _session_of(one: IssuedBill, partner: Partner) -> Session:
    """The session as it was when the bill was issued."""
    now = one.transaction
    return Session(
        id=str(now.public_id), started=one.started, ended=one.ended, updated=one.made, wh=one.wh,
        token=pseudonym(now, partner), token_kind=now.token_kind, asked=now.token_id is not None,
        plug=_plug(now),
    )  # fmt: skip


def _costs(one: IssuedBill) -> dict[str, tuple[float, float]]:
    """Euro without and with tax for each kind of component."""
    sums: dict[str, tuple[float, float]] = {}
    for line in one.lines:
        net = float(line["net_euro"])
        had = sums.get(line["kind"], (0.0, 0.0))
        sums[line["kind"]] = (had[0] + net, had[1] + net * (1000 + line["vat_per_mille"]) / 1000)
    return {kind: (round(net, PLACES), round(gross, PLACES)) for kind, (net, gross) in sums.items()}
