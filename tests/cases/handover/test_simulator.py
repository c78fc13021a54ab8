"""The simulator as a program: it starts from the demo's file, keeps its state, imports nothing of ours."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import httpx

from cases.handover.conftest import bring_on
from simulators.back_office.store import Store
from stadtkern.kernel.cases.handover.fit_connect import own_keys
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.systems.service_portal import demo_back_offices

FOLDER = Path(__file__).parents[3] / "simulators" / "back_office"


def test_it_imports_nothing_of_the_platform():
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.startswith("stadtkern") for name in names), file


def test_it_starts_from_the_demo_file_and_keeps_its_keys(tmp_path, sim):
    Store(tmp_path / "state.json", dict(sim.keys)).keep()
    told = tmp_path / "demo.json"
    told.write_text(json.dumps({"base_url": "http://localhost:1", "back_office": {
        "host": "127.0.0.1", "port": 0, "key": "k"}}))  # fmt: skip
    [key] = keys_of(told, tmp_path / "state.json")["keys"]
    assert key == sim.keys["service"][0].public


def keys_of(told, state):
    argv = [sys.executable, str(FOLDER / "run.py"), "--demo", str(told), "--state", str(state)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        try:
            base = child.stdout.readline().split(" at ")[1].split(". ")[0]
            return httpx.get(f"{base}/.well-known/jwks.json").json()
        finally:
            child.terminate()


def test_the_demos_offices_fit_the_simulator(
    sim, db, settings, tmp_path, sent, our_keys, monkeypatch
):
    made = {one["use"]: one for one in our_keys}
    monkeypatch.setattr(own_keys, "_made", made.__getitem__)
    settings.DATA = tmp_path
    demo_back_offices.load()
    assert not BackOffice.objects.exists()
    host, _, port = sim.base.removeprefix("http://").partition(":")
    (tmp_path / demo_back_offices.CONTRACT).write_text(
        json.dumps({"host": host, "port": int(port), "key": sim.service.callbacks.key})
    )
    demo_back_offices.load()
    demo_back_offices.load()
    assert BackOffice.objects.filter(invented=True).count() == 2
    handover = bring_on(sent(BackOffice.objects.get(slug="sozialwesen"), paper=False))
    sim.receiver.collect()
    assert bring_on(handover).state == "accepted"
    assert [one["procedure"] for one in sim.cases()] == ["sozialwesen"]


def test_its_page_shows_cases_and_decides_them(sim, fit, sent):
    handover = bring_on(sent(fit))
    sim.receiver.collect()
    assert handover.case.reference in httpx.get(sim.base).text
    url = f"{sim.base}/case/{handover.remote}"
    assert "Müller-Lüdenscheidt" in httpx.get(url).text
    assert httpx.post(url, data={"do": "decision", "outcome": "granted"}).status_code == 303
    assert sim.store.cases[handover.remote].state == "granted"


def test_it_checks_in_the_order_of_the_standard(sim, fit, sent):
    """Decryption, metadata, hashes, data, attachments: the first fault is the one it names."""
    faults = {
        "encryption-issue": lambda one: setattr(one, "data", one.data[:-4] + "AAAA"),
        "missing-attachment": lambda one: one.attachments.popitem(),
        "attachments-mismatch": lambda one: one.announced.append("x"),
    }
    for kind, spoil in faults.items():
        handover = bring_on(sent(fit))
        one = sim.store.submissions[handover.remote]
        spoil(one)
        sim.receiver.collect()
        assert kind in bring_on(handover).problem
    assert sim.cases() == []
