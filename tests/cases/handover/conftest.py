"""A back-office simulator of its own, an office of each kind behind it, and cases on their way."""

import json
import sys
import threading
from pathlib import Path

import httpx
import pytest
from django.utils.translation import override

from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.handover import queue, round
from stadtkern.kernel.cases.handover.fit_connect import own_keys, service
from stadtkern.kernel.cases.journey import begin, save, send
from stadtkern.kernel.cases.models import BackOffice, Case, Handover
from stadtkern.kernel.people.models import Account, Department
from stadtkern.kernel.sealing import seal

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[3]))

from simulators.back_office.faults import Faults
from simulators.back_office.server import Server
from simulators.back_office.service import Service
from simulators.back_office.store import Store, destination_of

KEY = "the secret of all contracts"
PDF = (Path(__file__).parent / "data" / "paper.pdf").read_bytes()


def words(text):
    return {"de": text, "en": f"{text} (en)"}


FORM = {
    "title": words("Zulassung"),
    "guests": True,
    "name": ["family_name"],
    "email": "email",
    "steps": [
        {"id": "person", "title": words("Zur Person"), "fields": [
            {"id": "family_name", "kind": "text", "title": words("Familienname"), "fim": "F60000227"},
            {"id": "email", "kind": "email", "title": words("E-Mail"), "required": False},
            {"id": "firm", "kind": "boolean", "title": words("Firma"), "required": False},
            {"id": "register", "kind": "text", "title": words("Handelsregister"),
             "show": {"all": [{"field": "firm", "op": "is", "value": True}]}},
            {"id": "paper", "kind": "file", "title": words("Nachweis"), "required": False,
             "types": ["application/pdf"]},
        ]},
        {"id": "children", "title": words("Kinder"), "repeated": True, "least": 0, "most": 3,
         "each": words("Kind"), "fields": [
            {"id": "given_name", "kind": "text", "title": words("Vorname")},
        ]},
    ],
}  # fmt: skip
MAPPING = """
root = antrag
@version                 = "1"
kopf/reference           = {reference}
kopf/eingang             = {submitted}
person/familienname      = family_name
person/mail              = email
kind[]                   = children
kind[]/vorname           = children.given_name
anlage[]                 = {attachments}
anlage[]/@name           = attachments.name
anlage[]/hash            = attachments.sha512
"""


class Sim:
    """The simulator in a thread; `fresh` forgets everything but its keys."""

    def __init__(self):
        self.keys = Store().keys
        self.server = Server("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.fresh()
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()

    def fresh(self, *, auto=False, city="", patience=1.0, **shares):
        store = Store(keys={name: list(some) for name, some in self.keys.items()})
        self.service = Service(store, Faults(shares, 1), KEY, self.base, auto=auto, city=city,
                               patience=patience)  # fmt: skip
        self.server.service = self.service
        self.store, self.faults = store, self.service.faults
        self.receiver, self.delivery = self.service.receiver, self.service.delivery

    def cases(self):
        """What really lies in the procedures: the oracle."""
        return httpx.get(f"{self.base}/control/cases").json()


@pytest.fixture(scope="session")
def running_sim():
    sim = Sim()
    yield sim
    sim.server.shutdown()
    sim.server.server_close()


@pytest.fixture
def sim(running_sim):
    running_sim.fresh()
    service.forget_all()
    return running_sim


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture(scope="session")
def our_keys():
    """Made once: keys of 4096 bits take their time."""
    return [own_keys._made(use) for use in own_keys.USES]


@pytest.fixture
def offices(sim, db, our_keys):
    """`offices("fit_connect")`: a connection to the simulator in this way."""
    settings = {
        "fit_connect": {"base": sim.base, "token": f"{sim.base}/token", "client": "stadtkern",
                        "destination": destination_of("kfz")},
        "xml": {"address": f"{sim.base}/xml/kfz/{{reference}}.xml", "mapping": MAPPING},
        "webhook": {"address": f"{sim.base}/webhook/kfz"},
        "mail": {"address": "kfz@example.org"},
    }  # fmt: skip
    secrets = {"client_secret": KEY, "callback_secret": KEY, "signing_secret": KEY, "token": KEY,
               "keys": our_keys}  # fmt: skip

    def made(adapter, **more):
        told = {"title": adapter.title(), "adapter": adapter, "settings": settings[adapter],
                "secret_sealed": seal(json.dumps(secrets))}  # fmt: skip
        return BackOffice.objects.get_or_create(slug="kfz", defaults=told | more)[0]

    return made


@pytest.fixture
def fit(offices):
    return offices("fit_connect")


@pytest.fixture
def department(db):
    return Department.objects.create(slug="strassenverkehr", title="Straßenverkehr")


@pytest.fixture
def version(department):
    """The form's version; `office` comes with the first case."""
    return publish.load("zulassung", FORM, service=None, department=department)


@pytest.fixture
def erika(db):
    return Account.objects.create(username="erika", email="erika@example.org", last_name="Muster")


@pytest.fixture
def sent(version, erika):
    """`sent(office)`: a case that was submitted, with its handover in the queue."""

    def made(office, *, paper=True, **answers):
        version.form.back_office = office
        version.form.save(update_fields=["back_office"])
        case = begin.begin(version, account=erika, language="de", level=1)
        said = {"family_name": "Müller-Lüdenscheidt", "email": "erika@example.org"} | answers
        if paper:
            file = documents.add(case, field="paper", name="Nachweis.pdf", content=PDF)
            said["paper"] = [str(file.public_id)]
        children = said.pop("children", [])
        case = save.save(case.pk, "person", said, revision=case.revision, actor=erika)
        if children:
            case = save.save(case.pk, "children", {"children": children}, revision=case.revision,
                             actor=erika)  # fmt: skip
        case = send.send(case.pk, key=case.submit_key, actor=erika)
        assert case.state == "submitted"
        return Handover.objects.get(case=case)

    return made


def bring_on(handover, *, again=True):
    """One round for this handover, due or not; the row as it is afterwards."""
    if again:
        from stadtkern.kernel import clock

        Handover.objects.filter(pk=handover.pk).update(due=clock.now())
    round.attempt(handover.pk)
    return Handover.objects.select_related("case", "back_office").get(pk=handover.pk)


def state_of(handover):
    return Case.objects.get(pk=handover.case_id).state


__all__ = ["bring_on", "queue", "state_of"]
