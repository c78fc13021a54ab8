"""Display boards as DATEX II: valid by the schema, and saying no more than a board has told."""

from datetime import timedelta

import pytest
from lxml import etree

from stadtkern.kernel import feeds
from stadtkern.kernel.feeds.signs import Panel, Sign
from stadtkern.site.feeds import signs as views
from stadtkern.site.feeds.publication import Signs
from stadtkern.site.feeds.writers import datex2_vms
from tests.feeds.facilities import BUILT, MEASURED, NOW

SINCE = MEASURED - timedelta(hours=1)
LINES = (Panel(text="Bahnhof     12", arrow="half_left", lit=True),
         Panel(text="Süd & Öl voll", arrow="back", lit=True), Panel(text=""))  # fmt: skip


@pytest.fixture(scope="module")
def xsd(schemas):
    return etree.XMLSchema(etree.parse(schemas / "datex2-v3.7" / "DATEXII_3_D2Payload.xsd"))


def sign(uid="parking-b1", **more):
    facts = {"id": uid, "system": "parking", "title": "Tafel Straße", "lon": 7.2, "lat": 51.5,
             "static_at": BUILT, "panels": LINES, "since": SINCE, "updated": MEASURED}  # fmt: skip
    return Sign(**{**facts, **more})


def told(*found):
    return Signs(signs=found, generated=NOW, base="https://stadt.example", city="Beispiel",
                 publisher="Beispiel digital", time_zone="Europe/Berlin")  # fmt: skip


def texts(document, name):
    return [one.text for one in etree.fromstring(document).iter(f"{{*}}{name}") if not len(one)]


EDGES = {
    "working": sign(), "differs": sign(state="differs", fault="Zeigt etwas anderes."),
    "silent": sign(state="silent"), "failed": sign(state="failed", updated=None, since=None),
    "off": sign(state="off"), "unknown": sign(state="unknown", since=None, updated=None),
    "bare": sign(panels=(), invented=True, width=16),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_every_state_of_a_sign_is_valid_datex_3_7(xsd, name):
    for write in (datex2_vms.table, datex2_vms.status):
        xsd.assertValid(etree.fromstring(write(told(EDGES[name], sign("parking-b2")))))


def test_lines_and_arrows_are_what_the_sign_shows():
    document = datex2_vms.status(told(sign()))
    assert texts(document, "textLine") == ["Bahnhof     12", "Süd & Öl voll", None]
    # The standard has a picture of the first; the second is told in words.
    assert texts(document, "pictogramDescription") == ["obliqueArrowToLeft", "other"]
    assert texts(document, "value") == ["halb links", "zurück"]
    assert texts(document, "timeLastSet") == ["2026-11-23T08:26:00Z"]
    assert set(texts(document, "statusUpdateTime")) == {"2026-11-23T09:26:00Z"}


@pytest.mark.parametrize(
    ("state", "working", "fault", "shows"),
    [("working", ["working"], [], True), ("differs", ["working"], ["incorrectMessageDisplayed"], True),
     ("failed", ["notWorking"], ["outOfService"], False), ("off", ["notWorking"], [], False),
     ("silent", [], ["communicationsFailure"], False), ("unknown", [], [], False)],
)  # fmt: skip
def test_what_nobody_knows_is_not_told(state, working, fault, shows):
    document = datex2_vms.status(told(sign(state=state)))
    assert texts(document, "workingStatus") == working
    assert texts(document, "vmsFault") + texts(document, "vmsControllerFault") == fault
    assert bool(texts(document, "timeLastSet")) == shows


def test_a_dark_sign_is_blank():
    document = datex2_vms.status(told(sign(panels=(Panel(text="", lit=False),))))
    assert (texts(document, "workingStatus"), texts(document, "isBlank")) == (["blank"], ["true"])


def test_the_addresses_give_what_systems_declare(client, db, clock, monkeypatch, xsd):
    monkeypatch.setattr(views.feeds, "records", lambda _standard: [sign("b"), sign("a")])
    for path in ("/api/datex2/v3/vms-table", "/api/datex2/v3/vms-status/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (
            200,
            "application/xml; charset=utf-8",
        )
        xsd.assertValid(etree.fromstring(answer.content))
        assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_without_signs_there_is_no_document(client, db):
    assert feeds.records("signs") == []
    answer = client.get("/api/datex2/v3/vms-status")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "signs")
