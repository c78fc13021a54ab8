"""Ingest at a second broker: it connects as staff say, bears its loss, and says what is wrong."""

import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import OperationalError
from tree.conftest import RunningBroker, eventually, unused_port

from stadtkern.kernel import sealing
from stadtkern.kernel.devices.ingest import connections
from stadtkern.kernel.devices.ingest.broker import Broker, broker_of, client_id
from stadtkern.kernel.devices.ingest.connections import Connections
from stadtkern.kernel.devices.ingest.heard import Counted, Heard
from stadtkern.kernel.devices.models import Network, Uplink
from stadtkern.kernel.devices.networks import trial, words
from stadtkern.kernel.things.models import Latest
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child
from stadtkern.site.tree.mosquitto import find_mosquitto, mosquitto_child

from .conftest import chirpstack

EUI = "0101010101010101"
PASSWORD = "of the second broker"
WAIT = 60.0
mosquitto = pytest.mark.parametrize(
    "second",
    [
        pytest.param(
            "mosquitto",
            marks=pytest.mark.skipif(not find_mosquitto(), reason="no Mosquitto on this machine"),
        )
    ],
    indirect=True,
)


@pytest.fixture(params=["embedded"])
def second(request, tmp_path):
    """A broker that is not the city's own."""
    setup = BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts={"stadt": PASSWORD, "server": "x"},
        ingest="somebody else",
        ingest_user="stadt",
        # The embedded broker would hold these for somebody else; Mosquitto lets them be written.
        hold=["application/#"] if request.param == "mosquitto" else [],
    )
    make = mosquitto_child if request.param == "mosquitto" else amqtt_child
    running = RunningBroker(setup, make(setup))
    yield running
    running.kill()


@pytest.fixture
def there(network, second):
    """The network whose broker it is."""
    return network(
        way="mqtt",
        secret=sealing.seal(PASSWORD),
        digest="",
        settings={
            "host": "127.0.0.1",
            "port": second.setup.port,
            "tls": False,
            "user": "stadt",
            "topics": ["application/+/device/+/event/+"],
        },
    )


@pytest.fixture
def keep(ingest, monkeypatch):
    """A function that begins to keep connections, as another ingest process would."""
    monkeypatch.setattr(connections, "EVERY", 0.1)
    monkeypatch.setattr("stadtkern.kernel.devices.ingest.heard.EVERY", 0.1)
    running = []

    def begin(base="stadtkern-ingest"):
        heard = Heard()
        made = Connections(Counted(ingest, heard), lambda stored: None, heard, base=base)
        thread = threading.Thread(target=made.run)
        thread.start()
        running.append((made, thread))
        return made

    yield begin
    for made, thread in running:
        made.stop()
        thread.join(WAIT)


def publish(second, dedup):
    """As a network server: returns when the broker has it."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"server-{dedup}")
    client.username_pw_set("server", "x")
    client.connect("127.0.0.1", second.setup.port)
    client.loop_start()
    body = json.dumps(chirpstack(EUI, dedup=dedup))
    client.publish(f"application/a/device/{EUI}/event/up", body, qos=1).wait_for_publish(WAIT)
    client.disconnect()
    client.loop_stop()


def connected(second):
    """Until somebody has subscribed, a message would be lost: this one tells."""

    def arrives():
        publish(second, "probe")
        return Uplink.objects.exists()

    return eventually(arrives, WAIT)


def problem():
    return Network.objects.get(slug="there").problem.partition(":")[0]


@pytest.mark.django_db(transaction=True)
def test_messages_of_a_second_broker_are_stored_under_its_name(there, second, device, keep):
    device(EUI)
    keep()
    assert connected(second)
    publish(second, "one")
    assert eventually(lambda: Uplink.objects.filter(key="up:one", outcome="stored").exists(), WAIT)
    assert set(Uplink.objects.values_list("source", flat=True)) == {"there"}
    assert eventually(lambda: Network.objects.get().messages == 2, WAIT)
    assert Network.objects.get().last_heard is not None
    assert (problem(), Network.objects.get().troubled) == ("", 0)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_goes_away_and_comes_back_is_found_again(there, second, device, keep):
    device(EUI)
    keep()
    assert connected(second)
    second.kill()
    assert eventually(lambda: problem() in ("lost", "refused"), WAIT)
    second.start()
    assert eventually(lambda: problem() == "", WAIT)
    assert eventually(
        lambda: publish(second, "back") or Uplink.objects.filter(key="up:back").exists(), WAIT
    )


@mosquitto
@pytest.mark.django_db(transaction=True)
def test_what_comes_while_ingest_is_away_waits_at_the_broker(there, second, device, keep):
    device(EUI)
    first = keep()
    assert connected(second)
    first.stop()
    assert eventually(lambda: not first._running, WAIT)
    for n in range(20):
        publish(second, f"away-{n}")
    keep()
    away = Uplink.objects.filter(key__startswith="up:away", outcome="stored")
    assert eventually(lambda: away.count() == 20, WAIT)
    assert Latest.objects.get().n == Uplink.objects.count()


@mosquitto
@pytest.mark.django_db(transaction=True)
def test_nothing_is_acknowledged_before_it_is_committed(there, second, device, keep, monkeypatch):
    """A batch that fails is not lost: it comes again."""
    device(EUI)
    broken = threading.Event()
    take = Counted.take

    def sometimes(self, messages):
        if broken.is_set():
            raise OperationalError("the database is away")
        return take(self, messages)

    monkeypatch.setattr(Counted, "take", sometimes)
    first = keep()
    assert connected(second)
    broken.set()
    publish(second, "kept")
    first.stop()
    assert eventually(lambda: not first._running, WAIT)
    broken.clear()
    assert not Uplink.objects.filter(key="up:kept").exists()
    keep()
    assert eventually(lambda: Uplink.objects.filter(key="up:kept").exists(), WAIT)


@pytest.mark.django_db(transaction=True)
def test_changed_settings_take_effect_without_a_restart(there, second, device, keep):
    device(EUI)
    made = keep()
    assert connected(second)
    Network.objects.update(secret=sealing.seal("wrong"))
    assert eventually(lambda: problem() == "login", WAIT)
    Network.objects.update(secret=b"sealed with another secret")
    assert eventually(lambda: problem() == "sealed", WAIT)
    Network.objects.update(secret=sealing.seal(PASSWORD), on=False)
    assert eventually(lambda: problem() == "" and not made._running, WAIT)
    Network.objects.update(on=True)
    assert eventually(
        lambda: publish(second, "on") or Uplink.objects.filter(key="up:on").exists(), WAIT
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_ingest_processes_one_is_connected_and_the_other_takes_over(there, device, keep):
    first = keep()
    assert eventually(lambda: first._running, WAIT)
    other = keep("stadtkern-ingest-2")
    assert not eventually(lambda: other._running, 1.0)
    first.stop()
    assert eventually(lambda: other._running, WAIT)


def test_each_city_network_and_process_has_a_name_of_its_own(settings):
    names = {client_id(base, slug) for base in ("a", "b") for slug in ("x", "y")}
    settings.SECRET_KEY = "another city"
    names.add(client_id("a", "x"))
    assert len(names) == 5
    assert all(len(name) == 22 for name in names)


def place(port, **more):
    return Broker(
        host="127.0.0.1", port=port, user="stadt", password=PASSWORD, topics=("a/+",), **more
    )


def attempt(broker, seconds=WAIT):
    return trial.attempt(broker, seconds).partition(":")[0]


def test_a_trial_says_what_is_wrong(second, monkeypatch):
    port = second.setup.port
    assert attempt(place(port)) == ""
    assert attempt(place(unused_port())) == "refused"
    assert attempt(place(port, tls=True, ca="nonsense")) == "ca"
    wrong = Broker(host="127.0.0.1", port=port, user="stadt", password="no", topics=("a",))
    assert attempt(wrong) == "login"
    monkeypatch.setattr(socket, "getaddrinfo", _no_such_name)
    assert attempt(place(port)) == "name"
    assert attempt(Broker(host="", port=1, user="", password="", topics=("a",))) == "settings"


def _no_such_name(*_args, **_more):
    raise socket.gaierror(-2, "Name or service not known")


def test_a_server_that_says_nothing_is_called_silent(monkeypatch):
    monkeypatch.setattr("stadtkern.kernel.devices.ingest.broker.TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        for tls in (False, True):
            assert attempt(place(mute.getsockname()[1], tls=tls), 0.5) == "silent"


def test_a_server_without_tls_is_told_apart():
    with socket.create_server(("127.0.0.1", 0)) as plain:
        threading.Thread(target=_answer_in_plain, args=(plain,), daemon=True).start()
        assert attempt(place(plain.getsockname()[1], tls=True)) == "tls"


def _answer_in_plain(plain):
    caller, _ = plain.accept()
    caller.recv(1000)
    caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_certificate_of_an_own_authority_is_trusted_only_where_it_is_given(tmp_path):
    pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "own.pem")
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]
        threading.Thread(target=_shake_hands, args=(plain, context), daemon=True).start()
        assert attempt(place(port, tls=True)) == "certificate"
        assert attempt(place(port, tls=True, ca=pem)) == "plain"


def _shake_hands(plain, context):
    """Take connections, and hang up after the handshake."""
    while True:
        try:
            caller, _ = plain.accept()
        except OSError:
            return
        try:
            context.wrap_socket(caller, server_side=True).close()
        except OSError:
            caller.close()


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(__import__("ipaddress").ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "own.pem").write_bytes(private + pem)
    return pem.decode()


def test_every_problem_has_a_sentence_that_ends():
    for name in words.PROBLEMS:
        said, detail = words.said(f"{name}:why")
        assert str(said).endswith(".")
        assert detail == "why"
    assert words.said("") == ("", "")


@pytest.mark.django_db
def test_a_broker_has_the_settings_of_its_network(there):
    found = broker_of(there)
    assert (found.user, found.password, found.tls, found.network) == (
        "stadt",
        PASSWORD,
        False,
        "there",
    )
    there.secret = b"x"
    with pytest.raises(ValueError, match="another"):
        broker_of(there)
