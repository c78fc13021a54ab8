"""FIT-Connect, checked with other implementations: jwcrypto opens, the official schema judges."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from fitconnect import FITConnectClient
from jwcrypto import jwe as other_jwe
from jwcrypto import jwk as other_jwk
from jwcrypto import jws as other_jws

from cases.handover.conftest import PDF, bring_on
from simulators.back_office import jose
from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import parcels, queue
from stadtkern.kernel.cases.handover.fit_connect import jwe, keys, metadata, own_keys, receipts
from stadtkern.kernel.cases.handover.protocol import NotHandedOver
from stadtkern.kernel.cases.models import Decision, Handover, HandoverEvent, Message, Request
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Provider, Transaction
from stadtkern.kernel.sealing import seal


def opened(sim, token):
    """With jwcrypto, the second implementation."""
    key = other_jwk.JWK.from_json(
        json.dumps(sim.store.keys["encryption"][0].key.as_dict(private=True))
    )
    box = other_jwe.JWE(algs=["RSA-OAEP-256", "A256GCM"])
    box.deserialize(token, key=key)
    return box


@pytest.fixture
def handed(fit, sent, sim):
    """A case that lies in the delivery service, not fetched yet."""
    return bring_on(sent(fit))


@pytest.fixture
def submission(handed, sim):
    return sim.store.submissions[handed.remote]


# ------------------------------------------------------------------ what we send


def test_another_implementation_opens_what_we_encrypt(submission, sim, handed):
    data = json.loads(opened(sim, submission.data).payload)
    assert data["reference"] == handed.case.reference
    assert data["answers"]["family_name"] == "Müller-Lüdenscheidt"
    files = [opened(sim, token).payload for token in submission.attachments.values()]
    assert sorted(one[:4] for one in files) == [b"%PDF", b"%PDF"]


def test_the_header_says_what_fit_connect_prescribes(submission, sim):
    header = json.loads(opened(sim, submission.metadata).objects["protected"])
    assert header == {"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF",
                      "cty": "application/json", "kid": sim.store.keys["encryption"][0].kid}  # fmt: skip
    file = opened(sim, next(iter(submission.attachments.values())))
    assert json.loads(file.objects["protected"])["cty"] == "application/pdf"


def test_an_empty_token_has_776_characters(sim):
    """The figure of FIT-Connect's own API specification, without zip, cty and kid."""
    parts = jwe.encrypt(sim.store.keys["encryption"][0].public, b"", "application/json").split(".")
    bare = json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM"}, separators=(",", ":")).encode()
    lengths = [len(one) for one in parts]
    assert lengths[1] == 683
    header = len(other_jws.base64url_encode(bare))
    # Deflating nothing leaves two bytes, three characters.
    assert header + lengths[1] + lengths[2] + (lengths[3] - 3) + lengths[4] + 4 == 776


def test_the_metadata_meet_the_official_schema(submission, sim, handed):
    text = opened(sim, submission.metadata).payload
    assert metadata.problems(text) == []
    told = json.loads(text)
    FITConnectClient._validate_metadata_schema(_client(), told)
    data = opened(sim, submission.data).payload
    assert told["contentStructure"]["data"]["hash"]["content"] == hashlib.sha512(data).hexdigest()
    assert told["additionalReferenceInfo"]["senderReference"] == handed.case.reference
    for one in told["contentStructure"]["attachments"]:
        content = opened(sim, submission.attachments[one["attachmentId"]]).payload
        assert one["hash"]["content"] == hashlib.sha512(content).hexdigest()


def _client():
    """Without its constructor, which wants the test environment of FITKO."""
    return FITConnectClient.__new__(FITConnectClient)


@pytest.mark.parametrize("fault", [
    lambda told: told["contentStructure"]["data"]["hash"].update(content="ABC"),
    lambda told: told["contentStructure"].pop("attachments"),
    lambda told: told["publicServiceType"].update(identifier="99123"),
    lambda told: told.update(paymentInformation={"paymentMethod": "GIROCARD"}),
])  # fmt: skip
def test_metadata_that_break_the_schema_are_never_sent(fault, submission, sim):
    told = json.loads(opened(sim, submission.metadata).payload)
    fault(told)
    with pytest.raises(NotHandedOver) as caught:
        metadata.check(json.dumps(told).encode())
    assert caught.value.final


@pytest.mark.parametrize(
    ("slug", "method", "told"),
    [("girocard", "girocard", ("OTHER", "GIROCARD")), ("karte", "creditcard", ("CREDITCARD", None)),
     ("paypal", "paypal", ("PAYPAL", None)), ("wero", "wero", ("OTHER", "WERO"))],
)  # fmt: skip
def test_a_payment_is_told_in_the_terms_of_the_schema(slug, method, told, fit, sent, sim):
    handover = sent(fit)
    _paid(handover.case, slug, method)
    bring_on(handover)
    submission = next(iter(sim.store.submissions.values()))
    text = opened(sim, submission.metadata).payload
    assert metadata.problems(text) == []
    payment = json.loads(text)["paymentInformation"]
    assert (payment["paymentMethod"], payment.get("paymentMethodDetail")) == told
    assert (payment["status"], payment["grossAmount"]) == ("BOOKED", 30.7)
    sim.receiver.collect()
    assert bring_on(handover).state == "accepted"


def _paid(case, slug, method):
    provider = Provider.objects.create(slug=slug, title=slug, adapter="invoice")
    charge = charges.charge(kind="case", subject=str(case.public_id), key=case.reference,
                            purpose="Zulassung {reference}",
                            lines=[charges.Line(text="Gebühr", cents=3070, budget="1")])  # fmt: skip
    Transaction.objects.create(charge=charge, provider=provider, their_id="tx/7 ü", method=method,
                               state="booked", cents=3070, received=3070, booked=clock.now())  # fmt: skip
    case.charge = charge
    case.save(update_fields=["charge"])


# ------------------------------------------------------------------ receipts


def test_a_receipt_that_is_signed_rightly_is_believed_and_kept(handed, sim):
    sim.receiver.collect()
    handover = bring_on(handed)
    assert handover.state == "accepted"
    kept = HandoverEvent.objects.get(handover=handover, code="accepted")
    other = other_jws.JWS()
    other.allowed_algs = ["PS512"]
    other.deserialize(kept.token, other_jwk.JWK.from_json(json.dumps(dict(kept.proof))))
    assert json.loads(other.payload)["sub"] == f"submission:{handover.remote}"


@pytest.mark.parametrize("fault", ["signature", "tags"])
def test_a_wrong_receipt_changes_nothing_and_stands_in_the_log(fault, handed, sim, monkeypatch):
    sim.faults.set({fault: 1.0})
    real = sim.receiver._say
    monkeypatch.setattr(sim.receiver, "_say", lambda *told: None)
    sim.receiver.collect()
    handover = bring_on(handed)
    assert handover.state == "sent"
    assert HandoverEvent.objects.filter(handover=handover, code="receipt.refused").count() == 1
    # The right one after it is believed all the same.
    one = sim.store.submissions[handover.remote]
    real(one, "accept-submission", {"authenticationTags": one.tags}, "accepted")
    assert bring_on(handed).state == "accepted"


def test_a_receipt_twice_is_one(handed, sim):
    sim.faults.set({"double": 1.0})
    sim.receiver.collect()
    handover = bring_on(bring_on(handed))
    assert handover.state == "accepted"
    assert HandoverEvent.objects.filter(handover=handover, code="accepted").count() == 1


class Receipts:
    """Receipts for one submission, right unless a test says otherwise."""

    def __init__(self, sim, handover):
        self.sim, self.handover = sim, handover
        self.one = sim.store.submissions[handover.remote]
        self.key = sim.store.keys["receiver"][0]

    def token(self, *, head=None, key=None, **claims):
        from joserfc import jws

        header = {"typ": "secevent+jwt", "alg": "PS512", "kid": self.key.kid} | (head or {})
        told = {
            "$schema": jose.SET_SCHEMA, "jti": "8538165b-9ce3-4097-871d-5b9581a3b4d9",
            "iss": self.one.destination, "iat": int(clock.now().timestamp()),
            "sub": f"submission:{self.one.id}", "txn": f"case:{self.one.case}",
            "events": {f"{jose.EVENTS}accept-submission": {"authenticationTags": self.one.tags}},
        } | claims  # fmt: skip
        signing = (key or self.key).key
        return jws.serialize_compact(header, json.dumps(told).encode(), signing,
                                     algorithms=[header["alg"]])  # fmt: skip

    def verify(self, token, now=None):
        expected = receipts.Expected(
            service=self.sim.base, destination=self.one.destination, case=self.one.case,
            subject=f"submission:{self.one.id}", tags=self.handover.memory["tags"],
        )  # fmt: skip
        known = {one.kid: one.public for some in self.sim.store.keys.values() for one in some}

        def key_of(_issuer, kid):
            from stadtkern.kernel.cases.handover.protocol import NotThere

            if kid not in known:
                raise NotThere("no such key")
            return known[kid]

        return receipts.verify(token, expected, key_of, now or clock.now())


def accepting(tags):
    return {f"{jose.EVENTS}accept-submission": {"authenticationTags": tags}}


def test_a_right_receipt_is_believed(handed, sim):
    made = Receipts(sim, handed)
    assert made.verify(made.token()).event == "accept-submission"
    # The schema may be left out for now, a delivered copy of the tags may not.
    assert made.verify(made.token(**{"$schema": jose.SET_SCHEMA.replace("1.2.2", "1.0.0")}))


@pytest.mark.parametrize("changed", [
    {"head": {"typ": "JWT"}},
    {"head": {"alg": "PS256"}},
    {"head": {"kid": "unknown-key-of-nobody"}},
    {"sub": "submission:8538165b-9ce3-4097-871d-5b9581a3b4d9"},
    {"txn": "case:8538165b-9ce3-4097-871d-5b9581a3b4d9"},
    {"iss": "https://somebody.example"},
    {"jti": "not an id"},
    {"iat": 4_000_000_000},
    {"iat": "today"},
    {"$schema": "https://example.org/set.json"},
    {"events": {}},
    {"events": {f"{jose.EVENTS}accept-submission": {}, f"{jose.EVENTS}reject-submission": {}}},
    {"events": {f"{jose.EVENTS}accept-submission": {}}},
    {"events": {f"{jose.EVENTS}notify-submission": {}}},
    {"events": accepting({"metadata": "x", "data": "y", "attachments": {}})},
    {"events": accepting("no tags")},
])  # fmt: skip
def test_a_receipt_with_one_thing_wrong_is_not_believed(changed, handed, sim):
    made = Receipts(sim, handed)
    with pytest.raises(receipts.NotBelieved):
        made.verify(made.token(**changed))


def test_a_receipt_for_other_attachments_is_not_believed(handed, sim):
    made = Receipts(sim, handed)
    tags = {**made.one.tags, "attachments": {}}
    with pytest.raises(receipts.NotBelieved):
        made.verify(made.token(events=accepting(tags)))


def test_a_changed_or_foreign_signature_is_not_believed(handed, sim):
    made = Receipts(sim, handed)
    head, body, signature = made.token().split(".")
    swapped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for token in (f"{head}.{body}.{swapped}", f"{head}.{body}.", "a.b.c", "",
                  made.token(key=sim.store.keys["service"][0])):  # fmt: skip
        with pytest.raises(receipts.NotBelieved):
            made.verify(token)


def test_the_service_cannot_accept_and_the_receiver_cannot_submit(handed, sim):
    made = Receipts(sim, handed)
    service = sim.store.keys["service"][0]
    with pytest.raises(receipts.NotBelieved):
        made.verify(made.token(iss=sim.base, head={"kid": service.kid}, key=service))
    with pytest.raises(receipts.NotBelieved):
        made.verify(made.token(events={f"{jose.EVENTS}submit-submission": {}}))


# ------------------------------------------------------------------ refused, late, lost


def test_a_refusal_is_shown_with_its_reasons_and_can_be_sent_again_as_a_new_one(handed, sim):
    sim.receiver.refuse_next = "schema-violation"
    sim.receiver.collect()
    handover = bring_on(handed)
    assert handover.state == "rejected"
    assert "schema-violation" in handover.problem
    again = queue.again(handover, "account:1")
    assert again.pk != handover.pk
    sim_again = bring_on(again)
    sim.receiver.collect()
    assert bring_on(sim_again).state == "accepted"
    assert len(sim.cases()) == 1


def test_what_nobody_fetched_for_14_days_comes_back(handed, sim):
    assert sim.delivery.refuse_old(clock.now().timestamp() + 15 * 86400) == 1
    handover = bring_on(handed)
    assert handover.state == "rejected"
    assert "14 days" in handover.problem


def test_the_answer_to_the_last_call_is_lost_and_the_case_is_there_once(
    fit, sent, sim, monkeypatch
):
    handover = sent(fit)
    real, lost = sim.delivery._submit, []

    def submit_and_lose(*told):
        from simulators.back_office.service import Gone

        answer = real(*told)
        if not lost:
            lost.append(answer)
            raise Gone
        return answer

    monkeypatch.setattr(sim.delivery, "_submit", submit_and_lose)
    handover = bring_on(handover)
    assert (handover.state, bool(handover.remote)) == ("waiting", True)
    sim.receiver.collect()
    handover = bring_on(handover)
    assert handover.state == "accepted"
    assert (len(sim.store.submissions), len(sim.cases())) == (1, 1)


def test_a_try_that_was_overtaken_by_another_worker_changes_nothing(fit, sent, sim, monkeypatch):
    from stadtkern.kernel.cases.handover.fit_connect import adapter

    handover = sent(fit)
    real = adapter._announce

    def somebody_else(*told):
        name = real(*told)
        Handover.objects.filter(pk=handover.pk).update(due=clock.now() + timedelta(hours=1))
        return name

    monkeypatch.setattr(adapter, "_announce", somebody_else)
    handover = bring_on(handover)
    assert (handover.state, handover.remote) == ("waiting", "")
    assert {one.state for one in sim.store.submissions.values()} == {"incomplete"}


def test_after_many_tries_somebody_has_to_look(fit, sent, sim):
    handover = sent(fit)
    sim.faults.set({"error": 1.0})
    Handover.objects.filter(pk=handover.pk).update(tries=19)
    handover = bring_on(handover)
    assert handover.state == "dead"
    sim.faults.set({"error": 0.0})
    again = queue.again(handover, "account:1")
    assert (again.pk, again.state, again.tries) == (handover.pk, "waiting", 0)
    again = bring_on(again)
    sim.receiver.collect()
    assert bring_on(again).state == "accepted"


def test_pauses_grow_up_to_a_cap(fit, sent, sim):
    from stadtkern.kernel.cases.handover import round

    handover = sent(fit)
    pauses = []
    for tries in (1, 2, 5, 10, 19):
        handover.tries = tries
        pauses.append(round._pause(handover))
    assert pauses == sorted(pauses)
    assert pauses[-1] <= round.LONGEST_PAUSE * 1.25


# ------------------------------------------------------------------ keys


def test_a_new_key_of_the_destination_is_used_and_old_receipts_still_hold(fit, sent, sim, our_keys):
    first = bring_on(sent(fit))
    before = sim.store.keys["encryption"][0].kid
    sim.store.keys["encryption"].insert(0, jose.Key("enc"))
    sim.store.keys["receiver"].insert(0, jose.Key("sig"))
    _forget()
    second = bring_on(_another(fit, sent))
    kids = {
        jose.header(sim.store.submissions[one.remote].metadata)["kid"] for one in (first, second)
    }
    assert kids == {before, sim.store.keys["encryption"][0].kid}
    sim.receiver.collect()
    assert {bring_on(one).state for one in (first, second)} == {"accepted"}
    # Years later, and the receiver knows none of its keys any more.
    sim.store.keys["receiver"].clear()
    for kept in HandoverEvent.objects.filter(code="accepted"):
        assert receipts.signed_by(kept.token, kept.proof)["events"]


def _forget():
    from stadtkern.kernel.cases.handover.fit_connect import service

    service.forget_all()


def _another(fit, sent):
    return sent(fit, paper=False)


def test_a_key_that_must_not_encrypt_is_refused(sim):
    good = sim.store.keys["encryption"][0].public
    now = clock.now()
    assert keys.check(good, keys.FOR_ENCRYPTION, now=now)
    short = jose.Key("enc", bits=2048).public
    for bad in (good | {"key_ops": ["verify"]}, good | {"alg": "RSA1_5"}, good | {"kty": "EC"},
                short, good | {"n": "?"}):  # fmt: skip
        with pytest.raises(keys.UnfitKey):
            keys.check(bad, keys.FOR_ENCRYPTION, now=now)


def certificate(key, signer, subject, issuer, now, days=30):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    def name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
        .sign(signer, hashes.SHA512())
    )  # fmt: skip


def test_certificates_of_keys_are_checked(sim):
    import base64

    from cryptography.hazmat.primitives.serialization import Encoding

    now = datetime(2026, 11, 9, tzinfo=UTC)
    held = sim.store.keys["encryption"][0]
    root = sim.store.keys["service"][0].key.private_key
    mine = certificate(held.key.private_key, root, "Zustellpunkt", "Wurzel", now)
    anchor = certificate(root, root, "Wurzel", "Wurzel", now)
    stranger = certificate(held.key.private_key, held.key.private_key, "Fremde", "Fremde", now)
    pem = anchor.public_bytes(Encoding.PEM).decode()

    def with_chain(*some):
        return held.public | {
            "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in some]
        }

    assert keys.check(with_chain(mine, anchor), keys.FOR_ENCRYPTION, now=now, roots=pem)
    assert keys.check(with_chain(mine), keys.FOR_ENCRYPTION, now=now, roots=pem)
    for bad, when in ((with_chain(stranger), now), (with_chain(anchor), now), (held.public, now),
                      (with_chain(mine), now + timedelta(days=60))):  # fmt: skip
        with pytest.raises(keys.UnfitKey):
            keys.check(bad, keys.FOR_ENCRYPTION, now=when, roots=pem)


# ------------------------------------------------------------------ words back


@pytest.fixture
def taken(handed, sim):
    """A case that the procedure has accepted; it knows our keys."""
    sim.receiver.collect()
    handover = bring_on(handed)
    secrets = json.loads(handover.back_office.secret)
    sim.delivery.sender_keys = own_keys.public(secrets, "sig")
    return handover


def test_status_request_and_decision_come_back_and_are_acknowledged(taken, sim):
    case, number = taken.case, taken.remote
    sim.receiver.answer(number, "status", "Ihr Antrag wird geprüft.")
    bring_on(taken)
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert "geprüft" in Message.objects.get(case=case).text
    sim.receiver.answer(number, "request", "Bitte nachreichen.", wanted=["eVB"], due="2099-01-31")
    bring_on(taken)
    assert (Request.objects.get(case=case).wanted, Request.objects.get(case=case).state) == (
        ["eVB"],
        "open",
    )
    sim.service.page.decide(number, "granted", "Dem Antrag wird entsprochen.")
    bring_on(taken)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("decided", "granted")
    assert Decision.objects.get(case=case).document is not None
    assert {one.state for one in sim.store.replies.values()} == {"accepted"}
    assert bring_on(taken).closed is not None


def test_a_reply_is_taken_once_however_often_it_is_asked_for(taken, sim, monkeypatch):
    from stadtkern.kernel.cases.handover.fit_connect import replies

    sim.receiver.answer(taken.remote, "status", "In Arbeit.")
    real = replies.acknowledge
    calls = []

    def no_answer(*told):
        calls.append(told)
        if len(calls) == 1:
            raise NotHandedOver("the answer is lost")
        real(*told)

    monkeypatch.setattr(replies, "acknowledge", no_answer)
    bring_on(taken)
    assert {one.state for one in sim.store.replies.values()} == {"submitted"}
    bring_on(taken)
    assert Message.objects.filter(case=taken.case).count() == 1
    assert {one.state for one in sim.store.replies.values()} == {"accepted"}


def test_a_reply_for_another_key_or_with_a_wrong_hash_is_refused(taken, sim):
    case = sim.store.cases[taken.remote]
    mine = case.reply_key
    case.reply_key = sim.store.keys["encryption"][0].public
    sim.receiver.answer(taken.remote, "status", "Für jemand anderen.")
    case.reply_key = mine
    bring_on(taken)
    sim.receiver.answer(taken.remote, "status", "Vertauscht.")
    reply = list(sim.store.replies.values())[-1]
    reply.data = jose.encrypt(mine, b'{"type": "status", "text": "x"}', "application/json")
    bring_on(taken)
    assert {one.state for one in sim.store.replies.values()} == {"rejected"}
    assert HandoverEvent.objects.filter(code="reply.refused").count() == 2
    assert not Message.objects.filter(case=taken.case).exists()


def test_news_of_all_cases_are_asked_for_at_once(taken, sim):
    from stadtkern.kernel.cases.handover import round

    sim.receiver.answer(taken.remote, "status", "In Arbeit.")
    assert Handover.objects.get(pk=taken.pk).due > clock.now() + timedelta(hours=1)
    round.run()
    taken.case.refresh_from_db()
    assert taken.case.state == "in_progress"


def test_replies_to_a_key_of_before_can_still_be_opened(taken, sim, monkeypatch):
    fresh = iter([{"use": use, "kid": made.kid, "made": "2026-11-09T09:00:00+00:00", "private": made.key.as_dict(private=True)}
                  for use, made in (("enc", jose.Key("enc")), ("sig", jose.Key("sig")))])  # fmt: skip
    monkeypatch.setattr(own_keys, "_made", lambda use: next(fresh))
    own_keys.renew(taken.back_office)
    secrets = json.loads(taken.back_office.secret)
    sim.delivery.sender_keys = own_keys.public(secrets, "sig")
    sim.receiver.answer(taken.remote, "status", "Mit dem alten Schlüssel.")
    bring_on(taken)
    assert "alten" in Message.objects.get(case=taken.case).text


def test_large_scans_go_through_and_a_bomb_does_not(sim, our_keys):
    public = own_keys.public({"keys": our_keys}, "enc")[0]
    private = own_keys.private({"keys": our_keys}, "enc")
    scan = PDF * 500
    assert jwe.decrypt(jwe.encrypt(public, scan, "application/pdf"), private) == scan
    bomb = jwe.encrypt(public, b"\0" * (jwe.MOST + 1), "application/pdf")
    for bad in (bomb, "a.b.c.d.e", "", bomb[:-4] + "AAAA"):
        with pytest.raises(jwe.NotOpened):
            jwe.decrypt(bad, private)


# ------------------------------------------------------------------ routing


def test_the_destination_is_found_by_the_key_of_the_service(offices, sent, sim):
    office = offices("fit_connect")
    office.settings |= {"destination": "", "routing": sim.base, "ars": "059160000000"}
    office.save()
    handover = sent(office)
    parcel = parcels.parcel(handover)
    from dataclasses import replace

    from simulators.back_office.store import destination_of
    from stadtkern.kernel.cases.handover.fit_connect import routing
    from stadtkern.kernel.cases.handover.fit_connect.service import Service

    # An invented key that the simulator knows: its last digit chooses the procedure.
    known = replace(parcel, leika="99999999999990")
    assert routing.destination(Service(office), known, {}) == destination_of("kfz")
    with pytest.raises(NotHandedOver):
        routing.destination(Service(office), replace(parcel, leika=""), {})
    bring_on(handover)
    assert Handover.objects.get(pk=handover.pk).state == "dead"


def test_wrong_settings_are_told_and_the_case_waits(offices, sent, sim):
    office = offices("fit_connect")
    office.secret_sealed = seal(json.dumps({"client_secret": "wrong"}))
    office.save()
    handover = bring_on(sent(office))
    assert handover.state == "waiting"
    assert "invalid_client" in handover.problem
