"""A plate is gone a day after its end, from every table, log and mail; fines keep it."""

import base64
import logging
import re
import zlib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from stadtkern.kernel import clock as clocks
from stadtkern.kernel import sealing
from stadtkern.kernel.audit import erasure
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.logic import fines, forgetting
from stadtkern.systems.parking_tickets.logic.checking import Asked, check
from stadtkern.systems.parking_tickets.logic.replay import confirmed, read
from stadtkern.systems.parking_tickets.models import (
    Check,
    Fine,
    FormerPlate,
    Parking,
    Session,
)
from stadtkern.systems.parking_tickets.tests.test_enforcement import given
from stadtkern.systems.parking_tickets.tests.test_operators import App, at

MARKER, TYPO = "HERZQ987", "HERZQ9B7"
COLUMNS = """
SELECT table_name, column_name, udt_name FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
  AND udt_name IN ('text', 'varchar', 'jsonb', 'json', 'bytea', '_text', '_varchar', 'bpchar')
"""


def where_it_is(*needles: str) -> set[str]:
    """`table.column` of all tables where a text is, also inside of what is sealed."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            shown = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT {shown} FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (value,) in cursor.fetchall():
                if any(one in _opened(value) for one in needles):
                    found.add(f"{table}.{column}")
    return found


def _opened(value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value).upper()
    raw = bytes(value)
    try:
        return sealing.unseal_bytes(raw).decode("utf-8", "replace").upper()
    except ValueError:
        return raw.decode("utf-8", "replace").upper()


def written_in(paper: bytes) -> str:
    """The text of a PDF as reportlab writes it."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", paper, re.DOTALL)
    pages = [zlib.decompress(base64.a85decode(one.strip(), adobe=False))
             for one in (s.strip().removesuffix(b"~>") for s in streams) if one]  # fmt: skip
    return b"".join(pages).decode("latin-1")


@pytest.fixture
def day_of_use(client, town, later, caplog):
    """A whole day with one plate: bought, corrected, refused, checked, fined, permitted."""
    caplog.set_level(logging.DEBUG)
    app, officer = App(client, town.operator), Account.objects.create(
        username="streife", is_staff=True, is_superuser=True)  # fmt: skip
    spot = {"type": "Point", "coordinates": [7.215, 51.535]}
    told = app.starts(60, TYPO, location=spot).json()
    path = f"parking/{told['id']}/"
    assert app.ask("PATCH", path, {"registration_number": MARKER}).status_code == 200
    app.starts(30, MARKER, HTTP_IDEMPOTENCY_KEY=f"{MARKER}-1")
    app.ask("POST", "parking/", {"registration_number": MARKER, "zone": "nowhere"})
    later(minutes=10)
    assert app.ask("POST", f"{path}extend/", {"time_end": at(minutes=70)},
                   HTTP_IDEMPOTENCY_KEY=f"{MARKER}-2").status_code == 200  # fmt: skip
    disc = {"registration_number": MARKER, "time_start": at(), "location": spot,
            "time_end": at(minutes=60), "is_disc_parking": True}  # fmt: skip
    assert app.ask("POST", "parking/", disc).status_code == 201
    client.force_login(officer)
    client.post("/staff/parking_tickets/check/", {"plate": MARKER, "zone": "4711"})
    check(Asked(plate=MARKER, at=clocks.now(), lon=7.2, lat=51.5))
    fine = fines.issue(fines.New(plate=MARKER, at=clocks.now(), reason="no_right"), officer)
    assert fines.move(fine, "contested", "Einspruch", officer)
    from stadtkern.systems.parking_tickets.models import PermitArea

    given(PermitArea.objects.create(code="Z", name="Z", zone=town.zone), MARKER, ends=2)
    return told["id"]


def test_after_a_day_only_the_contested_fine_knows_the_plate(day_of_use, later, caplog):
    before = where_it_is(MARKER, TYPO)
    assert {
        "parking_tickets_session.plate_sealed", "parking_tickets_parking.plate_sealed",
        "parking_tickets_formerplate.plate_sealed", "parking_tickets_check.plate_sealed",
        "parking_tickets_permitsubject.plate_sealed", "parking_tickets_fine.plate_sealed",
    } == before  # fmt: skip
    rights = Session.objects.count()
    later(days=31, hours=3)
    erasure.erase_due()
    assert where_it_is(MARKER, TYPO) == {"parking_tickets_fine.plate_sealed"}
    assert Session.objects.count() == rights
    assert not Session.objects.filter(plate_key__isnull=False).exists()
    assert not Parking.objects.exclude(key="", lon=None, plate_key=None).exists()
    assert not FormerPlate.objects.exists()
    told = [*caplog.get_records("setup"), *caplog.records]
    logged = "\n".join(record.getMessage() for record in told).upper()
    assert logged
    assert MARKER not in logged
    assert not any(MARKER in f"{one.subject}{one.body}".upper() for one in mail.outbox)


def test_the_citys_own_deadline_counts_from_the_end_and_checks_go_when_they_are_old(
    day_of_use, later
):
    later(hours=20)
    forgetting.run()
    assert Session.objects.filter(plate_key__isnull=False).exists()
    later(hours=8)
    forgetting.run()
    assert where_it_is(MARKER, TYPO) == {
        "parking_tickets_fine.plate_sealed", "parking_tickets_permitsubject.plate_sealed"
    }  # fmt: skip
    assert Check.objects.count() == 2
    later(days=31)
    forgetting.run()
    assert not Check.objects.exists()
    assert Fine.objects.exists()


def test_a_contested_fine_is_retold_from_its_own_copy(day_of_use, later):
    then = Fine.objects.get().at
    later(days=3)
    forgetting.run()
    found = read(Fine.objects.get().evidence)
    (known,) = found.then
    assert (known.zone, known.seller, known.plate) == ("4711", "App A", "yes")
    assert [one.kind for one in known.steps] == ["start", "plate", "extend"]
    assert known.covers(then)
    shown = confirmed(day_of_use)
    assert shown is not None
    assert (shown.ref, shown.plate) == (known.ref, "gone")
    assert confirmed("no number") is None
    later(days=400)
    Fine.objects.update(state="upheld", closed=clocks.now() - timedelta(days=200))
    forgetting.run()
    assert where_it_is(MARKER) == set()


def test_what_reached_us_later_is_told_apart_from_what_we_knew(town, later):
    """An app that reports an extension a minute after the officer looked."""
    session = town.sold(30)
    later(minutes=29)
    looked = clocks.now()
    later(seconds=30)
    from stadtkern.systems.parking_tickets.logic import rights

    rights.extend(session.pk, looked + timedelta(hours=1), key="x", actor="operator:app-a")
    later(minutes=5)
    from stadtkern.systems.parking_tickets.logic.replay import picture

    found = picture("HERAB123", looked)
    assert [one.until - one.begins for one in found.then] == [timedelta(minutes=30)]
    assert [one.until - one.begins for one in found.now] == [timedelta(minutes=89)]
    assert [step.kind for step in found.now[0].steps] == ["start", "extend"]


def test_a_corrected_plate_is_known_by_what_it_was_then(town, later):
    session = town.sold(60, plate="HERAB124")
    looked = clocks.now()
    later(seconds=60)
    from stadtkern.systems.parking_tickets.logic import rights
    from stadtkern.systems.parking_tickets.logic.replay import picture

    rights.correct_plate(session.pk, "HERAB123", key="p", actor="operator:app-a")
    later(seconds=60)
    typo, right = picture("HERAB124", looked), picture("HERAB123", looked)
    assert (typo.then[0].plate, typo.now[0].plate) == ("yes", "before")
    assert (right.then[0].plate, right.now[0].plate) == ("after", "yes")


def test_a_paper_for_the_file_says_both(client, town, later):
    boss = Account.objects.create(username="amt", is_staff=True, is_superuser=True)
    client.force_login(boss)
    town.sold(30)
    url = "/staff/parking_tickets/fines/"
    said = {"plate": "HER-AB 123", "at": "2026-11-23T10:30:00", "zone": "4711"}
    page = client.post(url, {**said, "do": "retell"}).content.decode()
    assert "App A" in page
    kept = client.post(url, {**said, "do": "keep", "reason": "no_right"})
    assert kept.status_code == 302
    paper = client.get(f"{kept['Location']}paper.pdf")
    assert paper.content.startswith(b"%PDF")
    text = written_in(paper.content)
    assert "HERAB123" in text
    assert "App A" in text
    number = str(Session.objects.get().public_id)
    shown = client.post(kept["Location"], {"confirmation": number}).content.decode()
    assert "für dieses Kennzeichen" in shown
