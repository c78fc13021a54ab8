"""The pages on which staff see and steer charge points, sessions and tokens."""

import re

import pytest
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import Account
from stadtkern.systems.charging.logic import points, tokens
from stadtkern.systems.charging.models import ChargePoint, Command, Evse, Token, Transaction
from stadtkern.systems.charging.tests.ocpp.conftest import CARD
from stadtkern.systems.charging.tests.ocpp.test_sessions_16 import ago, meter, start, stop


@pytest.fixture
def boss(client, transactional_db):
    account = Account.objects.create(username="strom", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


def page(client, name, *args, query="", status=200):
    answer = client.get(reverse(f"charging-staff:{name}", args=args) + query)
    assert answer.status_code == status
    return answer.content.decode()


def send(client, name, *args, **form):
    return client.post(reverse(f"charging-staff:{name}", args=args), form)


def test_staff_see_what_is_connected_and_what_was_repaired(client, boss, place, station):
    number = start(station, ago(hours=1), meter=1000).transaction_id
    meter(station, 2500, ago(minutes=50), number, watt=11_000)
    meter(station, 3000, ago(minutes=40), number, watt=9_000)
    start(station, ago(minutes=5), card="04FFFFFFFF", meter=4000)
    listed = page(client, "charge-points")
    assert "CP-1" in listed
    assert "verbunden" in listed
    assert "CP-1" not in page(client, "charge-points", query="?state=off")
    repaired = page(client, "sessions", query="?repaired=yes")
    assert "2,00" in repaired
    closed = Transaction.objects.get(pk=number)
    shown = page(client, "session", closed.public_id)
    assert "ein anderes Auto" in shown
    assert "<svg" in shown
    one = page(client, "charge-point", "CP-1")
    assert "StartTransaction" in one
    assert CARD not in one
    text = page(client, "sessions", query="?as=csv")
    assert text.count("\n") == 3
    assert Entry.objects.filter(verb="charging.session.export").exists()


def test_lists_take_a_fixed_number_of_questions(client, boss, place, make_site, station,
                                                django_assert_max_num_queries):  # fmt: skip
    for n in range(2, 6):
        make_site(f"CP-{n}")
    stop(station, start(station).transaction_id, 5000)
    with django_assert_max_num_queries(16):
        page(client, "charge-points")
    with django_assert_max_num_queries(16):
        page(client, "sessions")


def test_a_command_is_sent_on_record_and_bad_input_stands_beside_its_field(
    client, boss, place, transactional_db
):
    card = Token.objects.get(label="Karte 1")
    answer = send(client, "charge-point-act", "CP-1", do="start", outlet=2, token=card.pk)
    assert answer.status_code == 302
    made = Command.objects.get()
    assert (made.action, made.outlet.number, made.token) == ("RemoteStartTransaction", 2, card)
    assert Entry.objects.get(verb="charging.command").details["action"] == made.action
    wrong = send(client, "charge-point-act", "CP-1", do="reserve", outlet=9, token=card.pk,
                 minutes=2)  # fmt: skip
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "Fehler:" in text
    assert text.count('aria-invalid="true"') == 2
    assert Command.objects.count() == 1
    for deed in ("restart", "settings", "nonsense"):
        assert send(client, "charge-point-act", "CP-1", do=deed).status_code == 302
    assert Command.objects.count() == 3


def test_a_new_point_gets_a_password_that_is_shown_once(client, boss, place):
    Evse.objects.create(location=place.location, uid="free-3", number=3)
    wrong = send(client, "charge-point-new", identity="CP-1", location=place.location.pk, outlets=2)
    assert wrong.status_code == 422
    made = send(client, "charge-point-new", identity="CP-9", location=place.location.pk, outlets=1)
    password = re.findall(r'<pre class="command">([^<]+)</pre>', made.content.decode())[0]
    new = ChargePoint.objects.get(identity="CP-9")
    assert points.right(new, password)
    assert password not in new.password
    assert [one.evse.uid for one in new.outlets.all()] == ["free-3"]
    send(client, "charge-point-change", "CP-9", do="password")
    assert not points.right(ChargePoint.objects.get(identity="CP-9"), password)
    send(client, "charge-point-change", "CP-9", do="admission", admission="refused")
    assert ChargePoint.objects.get(identity="CP-9").admission == "refused"


def test_a_lost_card_is_blocked_and_its_number_never_shown(client, boss, place):
    made = send(client, "tokens", number="04 ab", label="Fuhrpark 3", kind="RFID", at_once=2)
    assert made.status_code == 302
    token = tokens.find("04 AB")
    assert send(client, "tokens", number="04 Ab", label="x", kind="RFID", at_once=1
                ).status_code == 422  # fmt: skip
    send(client, "token", token.pk, do="block")
    assert tokens.check("04 AB").verdict == "Blocked"
    assert "04 AB" not in page(client, "tokens")


def test_a_session_that_stays_open_can_be_closed(client, boss, place, station):
    number = start(station).transaction_id
    found = Transaction.objects.get(pk=number)
    send(client, "session-close", found.public_id)
    assert Transaction.objects.get(pk=number).repaired


@pytest.mark.parametrize(
    ("name", "args"),
    [("charge-points", []), ("charge-point", ["CP-1"]), ("sessions", []), ("tokens", []),
     ("charge-point-new", [])],
)  # fmt: skip
def test_pages_are_for_staff_with_the_right_only(client, place, name, args):
    address = reverse(f"charging-staff:{name}", args=args)
    assert client.get(address).status_code == 302
    client.force_login(Account.objects.create(username="gast", is_staff=True))
    assert client.get(address).status_code == 403
