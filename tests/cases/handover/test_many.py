"""Many cases at once while the other side fails at random: none lost, none twice."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import round
from stadtkern.kernel.cases.journey import begin, save, send
from stadtkern.kernel.cases.models import Case, Handover

# Fewer at once than a process has connections: nobody waits for one longer than its pool allows.
CASES, PEOPLE, WORKERS = 200, 5, 4


@pytest.mark.django_db(transaction=True)
def test_two_hundred_cases_arrive_once_while_everything_fails_now_and_then(
    fit, version, erika, sim, monkeypatch
):
    version.form.back_office = fit
    version.form.save()
    monkeypatch.setattr(
        "stadtkern.kernel.cases.handover.parcels.copying.copy_of", lambda case: None
    )
    # Nobody waits for real here: what failed is due again after a moment.
    monkeypatch.setattr(round, "_pause", lambda row: timedelta(milliseconds=30))
    monkeypatch.setattr(round, "_pace", lambda row: timedelta(milliseconds=60))
    monkeypatch.setattr(round, "MOST_TRIES", 500)
    sim.fresh(auto=True, patience=0.05, error=0.05, lost=0.05, busy=0.02, slow=0.01,
              signature=0.05, tags=0.05, double=0.1)  # fmt: skip

    together([submit] * PEOPLE, version, erika, CASES // PEOPLE)
    assert Handover.objects.count() == CASES
    together([work_until_done] * WORKERS)

    there = Counter(one["reference"] for one in sim.cases())
    ours = set(Case.objects.values_list("reference", flat=True))
    assert set(there) == ours
    assert set(there.values()) == {1}
    assert set(Handover.objects.values_list("state", flat=True)) == {"accepted"}
    assert set(Case.objects.values_list("state", flat=True)) == {"received"}
    happened = sim.faults.happened
    assert all(happened[name] > 3 for name in ("error", "lost", "signature", "tags", "double"))
    submitted = [one for one in sim.store.submissions.values() if one.state != "incomplete"]
    assert len(submitted) == CASES


def submit(version, account, count):
    """One person sends cases one after the other, each with a double click."""
    for number in range(count):
        case = begin.begin(version, account=account, language="de", level=1)
        case = save.save(case.pk, "person", {"family_name": f"Nummer {number}"},
                         revision=case.revision, actor=account)  # fmt: skip
        for _click in range(2):
            send.send(case.pk, key=case.submit_key, actor=account)


def work_until_done():
    """What a worker does, round after round."""
    end = clock.now() + timedelta(seconds=300)
    while Handover.objects.exclude(state="accepted").exists() and clock.now() < end:
        if (claim := round._claimed(round._due().exclude(state="accepted"))) is not None:
            round._bring_on(claim)


def together(works, *told):
    """Each in a thread with a connection of its own; what went wrong in one fails the test."""
    wrong = []

    def run(work):
        try:
            work(*told)
        except Exception as error:  # noqa: BLE001  told below
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    connection.close()
    assert not wrong, wrong
