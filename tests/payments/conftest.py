"""The payment simulator, contracts with its providers, and a clock that can be moved."""

import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.providers import tokens
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.sealing import seal

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from simulators.payment_provider import store as store_module
from simulators.payment_provider.faults import Faults
from simulators.payment_provider.server import Server
from simulators.payment_provider.service import Service
from simulators.payment_provider.store import Store

KEY = "the secret of all contracts"


class Sim:
    """The simulator in a thread: what it remembers, and what a payer does at its page."""

    def __init__(self):
        self.server = Server("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.fresh()
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()

    def fresh(self, seed=1):
        self.store, self.faults = Store(), Faults({}, seed)
        self.service = Service(self.store, self.faults, KEY, self.base, patience=2.0)
        self.server.service = self.service

    def payer(self, their_id, do="pay", **how):
        self.service.decide(self.store.payments[their_id], do, callback="none", **how)

    def settings(self, api):
        path = {"giro": "/girocheckout/api/v2"}.get(api, f"/{api}")
        common = {
            "base": self.base + path,
            "statement": f"{self.base}/statements/{api}/{{day}}.csv",
            "payout": f"AUSZAHLUNG {api}",
        }
        own = {
            "xbezahldienste": {
                "token": f"{self.base}/xbezahldienste/auth/token",
                "originator": "stadtkern",
                "end_point": "05916000",
                "client": "stadt",
            },
            "giro": {"merchant": "1234567", "project": "1234"},
            "wallet": {"client": "stadt"},
        }
        return common | own.get(api, {})


@pytest.fixture(scope="session")
def running_simulator():
    sim = Sim()
    yield sim
    sim.server.shutdown()
    sim.server.server_close()


@pytest.fixture
def sim(running_simulator):
    running_simulator.fresh()
    tokens._kept.clear()
    return running_simulator


def contract(sim, api, **more):
    return Provider.objects.create(
        slug=api,
        title=api.title(),
        adapter=api,
        settings=sim.settings(api),
        secret=seal(KEY),
        **more,
    )


@pytest.fixture
def provider(sim, db):
    """`provider("card")`: a contract with one of the simulated providers."""

    def made(api):
        return Provider.objects.filter(slug=api).first() or contract(sim, api)

    return made


@pytest.fixture
def card(provider):
    return provider("card")


@pytest.fixture
def charged(db):
    """`charged(1250)`: somebody owes 12.50 euros."""

    def made(cents=1250, **more):
        told = {"kind": "test.fee", "subject": "1", "purpose": "Gebuehr {reference}",
                "lines": [Line(text="Gebühr", cents=cents, budget="122100.431100")]}  # fmt: skip
        return charges.charge(**(told | more))

    return made


@pytest.fixture
def later(monkeypatch):
    """`later(hours=2)`: that much time passes, also for the simulator; it begins at noon.

    What is paid shortly before midnight may be told of in the statement of the next day.
    """
    real_time = store_module.time.time
    noon = timezone.localtime(clock.now()).replace(hour=12, minute=0)
    passed = SimpleNamespace(by=noon - clock.now())
    # Deeper than `clock.now`, which models hold as the default of their columns.
    shifted = SimpleNamespace(now=lambda zone: datetime.now(zone) + passed.by)
    monkeypatch.setattr(clock, "datetime", shifted)
    monkeypatch.setattr(
        store_module,
        "time",
        SimpleNamespace(time=lambda: real_time() + passed.by.total_seconds()),
    )

    def pass_by(**span):
        passed.by += timedelta(**span)

    return pass_by


@pytest.fixture
def staff(db):
    """`staff("treasury")`: a browser in which somebody with this role is signed in."""
    roles.sync()

    def browser(role):
        account = Account.objects.create(
            username=role, is_staff=True, is_superuser=role == "superuser"
        )
        account.roles.set(Role.objects.filter(slug=role))
        client = Client()
        client.force_login(account)
        return client

    return browser
