"""Callbacks of FIT-Connect: believed only when signed and fresh, and then only as a hint."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from cases.handover.conftest import KEY, bring_on
from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Handover

URL = "/api/service_portal/back-offices/kfz/callback"


@pytest.fixture
def waiting(fit, sent, sim):
    """A case that the procedure has accepted, and the city has not asked about yet."""
    handover = bring_on(sent(fit))
    sim.receiver.collect()
    Handover.objects.filter(pk=handover.pk).update(due=clock.now() + timedelta(hours=1))
    return Handover.objects.get(pk=handover.pk)


def body_of(handover):
    return json.dumps({
        "type": "https://schema.fitko.de/fit-connect/submission-api/callbacks/new-events",
        "submissionIds": [handover.remote],
        "submissions": [{"destinationId": "7", "submissionId": handover.remote,
                         "caseId": handover.remote_case}],
    })  # fmt: skip


def headers_of(body, *, secret=KEY, ago=0):
    """As the documentation says: HMAC-SHA-512 over time stamp, a dot and the body, in hex."""
    stamp = str(int(clock.now().timestamp()) - ago)
    told = f"{stamp}.{body}".encode()
    made = hmac.new(secret.encode(), told, hashlib.sha512).hexdigest()
    return {"callback-timestamp": stamp, "callback-authentication": made}


def call(client, body, headers):
    return client.post(URL, body, content_type="application/json", headers=headers)


def test_the_example_of_the_documentation_is_signed_as_we_check_it():
    """FITKO, “Verwendung von Callbacks”: its own time stamp and body, any secret."""
    from stadtkern.kernel.cases.handover.signatures import sign

    body = (
        b'{"type":"https://schema.fitko.de/fit-connect/submission-api/callbacks/new-submissions"}'
    )
    right = hmac.new(b"s", b"1672527599." + body, "sha512").hexdigest()
    assert (sign("s", "1672527599", body), len(right)) == (right, 128)


def test_a_callback_makes_the_case_due_at_once(waiting, client):
    body = body_of(waiting)
    answer = call(client, body, headers_of(body))
    assert (answer.status_code, answer.json()) == (200, {"cases": 1})
    assert bring_on(waiting, again=False).state == "accepted"


@pytest.mark.parametrize("how", [{"secret": "another"}, {"ago": 301}, {"ago": -400}])
def test_a_wrong_or_old_one_is_refused(how, waiting, client):
    body = body_of(waiting)
    assert call(client, body, headers_of(body, **how)).status_code == 401
    assert Handover.objects.get(pk=waiting.pk).due > clock.now()


def test_one_for_another_body_or_without_a_signature_is_refused(waiting, client):
    body = body_of(waiting)
    assert call(client, body + " ", headers_of(body)).status_code == 401
    assert call(client, body, {}).status_code == 401
    assert call(client, body, headers_of(body) | {"callback-timestamp": "soon"}).status_code == 401


def test_without_an_agreed_secret_nobody_is_believed(waiting, client, offices):
    from stadtkern.kernel.sealing import seal

    office = waiting.back_office
    office.secret_sealed = seal(json.dumps({"client_secret": KEY}))
    office.save()
    body = body_of(waiting)
    assert call(client, body, headers_of(body, secret="")).status_code == 401


def test_a_repeated_one_does_no_harm_and_nonsense_is_told_apart(waiting, client):
    body = body_of(waiting)
    headers = headers_of(body)
    assert call(client, body, headers).status_code == 200
    assert call(client, body, headers).status_code == 200
    for nonsense in ("[]", "{", '{"submissions": 7}'):
        assert call(client, nonsense, headers_of(nonsense)).status_code == 400


def test_our_public_keys_are_published_and_nothing_else(fit, client):
    keys = client.get("/api/service_portal/back-offices/kfz/keys").json()["keys"]
    assert [one["key_ops"] for one in keys] == [["wrapKey"], ["verify"]]
    assert all(set(one) == {"kty", "n", "e", "kid", "alg", "key_ops"} for one in keys)
    assert client.get("/api/service_portal/back-offices/other/keys").status_code == 404
