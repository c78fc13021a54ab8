"""From a measure on record to its public effect, and what stands in the audit log of it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.effects import run, wording
from stadtkern.kernel.effects.models import Analysis, Intervention

EFFECTS = "/staff/effects/"
FORM = {
    "title": "Neuer Radweg am Wall", "kind": "cycling", "about": "Rot und breit.",
    "begins": "2024-03-04", "lat": "51.54", "lon": "7.22", "subject": "Radverkehr",
    "direction": "more", "weeks_before": "104", "weeks_after": "26",
    "addresses": "Beschluss des Rates https://example.org/beschluss",
}  # fmt: skip


@pytest.fixture
def queue(monkeypatch):
    """What the worker would be told to do."""
    told = []
    monkeypatch.setattr(
        "stadtkern.kernel.jobs.tasks.perform.defer", lambda **what: told.append(what)
    )
    return told


def verbs():
    return list(Entry.objects.order_by("id").values_list("verb", flat=True))


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.slow
def test_staff_record_a_measure_and_everybody_reads_its_effect(
    as_, planted, observed, queue, child_process
):
    other = planted(effect=0.25)
    target = other.chosen.get(role="target").datastream
    other.delete()
    browser = as_("data")
    answer = browser.post(f"{EFFECTS}new/", {**FORM, "observed_property": observed.pk})
    one = Intervention.objects.get()
    assert answer["Location"] == f"{EFFECTS}{one.pk}/series/"
    assert one.slug == "neuer-radweg-am-wall"
    assert one.links == [{"title": "Beschluss des Rates", "url": "https://example.org/beschluss"}]
    asked = browser.get(answer["Location"], {"target": target.pk})
    ticked = [row for row in asked.context["controls"] if row.ticked]
    assert len(ticked) >= 3
    assert all("misst das Gleiche" in row.good for row in ticked)
    browser.post(
        answer["Location"],
        {"target": target.pk, "control": [row.stream.pk for row in ticked]},
    )
    for act in ("preregister", "run"):
        browser.post(f"{EFFECTS}{one.pk}/do/", {"act": act})
    made = Analysis.objects.get()
    assert queue == [{"call": "stadtkern.kernel.effects.run.run", "number": made.pk}]
    assert run.run(made.pk) == f"analysis {made.pk}: effect"
    made.refresh_from_db()
    assert made.as_planned
    assert run.run(made.pk) == f"analysis {made.pk} is done"
    page = f"/dashboard/effects/{one.slug}/"
    assert browser.get(page).status_code == 404
    browser.post(f"{EFFECTS}analyses/{made.pk}/do/", {"act": "publish"})
    said = words(browser.get(page))
    assert "% mehr Radverkehr, wahrscheinlich zwischen" in said
    assert "Genau so berechnet, wie vorher festgelegt." in said
    low, high = wording.percent(made.result["low"]), wording.percent(made.result["high"])
    assert low < 25 < high
    assert run.repeat(made.pk).endswith("the same")
    browser.post(f"{EFFECTS}analyses/{made.pk}/do/", {"act": "withdraw", "reason": ""})
    assert "% mehr Radverkehr" in words(browser.get(page))
    browser.post(
        f"{EFFECTS}analyses/{made.pk}/do/", {"act": "withdraw", "reason": "Zähler defekt."}
    )
    gone = words(browser.get(page))
    assert "% mehr Radverkehr" not in gone
    assert "Zähler defekt." in gone
    assert verbs() == [
        "effects.create", "effects.choose", "effects.preregister", "effects.run",
        "effects.publish", "effects.withdraw",
    ]  # fmt: skip


def test_what_is_laid_down_does_not_change(as_, planted, queue):
    one = planted()
    browser = as_("data")
    browser.post(f"{EFFECTS}{one.pk}/do/", {"act": "preregister"})
    kept = list(one.chosen.values_list("datastream", "role"))
    target = one.chosen.get(role="target").datastream_id
    answer = browser.post(f"{EFFECTS}{one.pk}/series/", {"target": target})
    assert answer.status_code == 422
    assert list(one.chosen.values_list("datastream", "role")) == kept
    form = {**FORM, "observed_property": one.observed_property_id, "weeks_after": "52"}
    browser.post(f"{EFFECTS}{one.pk}/change/", form)
    one.refresh_from_db()
    assert (one.title, one.weeks_after) == ("Neuer Radweg am Wall", 26)


def test_a_later_start_than_laid_down_is_no_longer_as_planned(as_, planted, queue):
    one = planted()
    as_("data").post(f"{EFFECTS}{one.pk}/do/", {"act": "preregister"})
    Intervention.objects.filter(pk=one.pk).update(begins=date(2024, 3, 11))
    made = Analysis.objects.create(intervention=one, author="data")
    run.run(made.pk)
    made.refresh_from_db()
    assert made.state == "done"
    assert not made.as_planned


def test_an_analysis_that_is_done_is_frozen_in_the_database(planted):
    made = Analysis.objects.create(intervention=planted(), author="data")
    run.run(made.pk)
    for change in ({"verdict": "effect"}, {"result": {}}, {"input": {}}, {"state": "waiting"}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Analysis.objects.filter(pk=made.pk).update(**change)
    assert Analysis.objects.filter(pk=made.pk).update(published="2026-01-01T00:00Z") == 1
    connection.check_constraints()


def test_a_calculation_that_breaks_is_told_and_can_be_asked_for_again(
    as_, planted, monkeypatch, queue, child_process
):
    one = planted()
    made = Analysis.objects.create(intervention=one, author="data")
    monkeypatch.setattr(run, "MODULE", "stadtkern.kernel.effects.methods.no_such_module")
    assert "failed" in run.run(made.pk)
    browser = as_("data")
    assert "no_such_module" in words(browser.get(f"{EFFECTS}{one.pk}/"))
    browser.post(f"{EFFECTS}{one.pk}/do/", {"act": "run"})
    assert len(queue) == 1


def test_two_analyses_never_wait_at_once(as_, planted, queue):
    one = planted()
    for _ in range(2):
        as_("data").post(f"{EFFECTS}{one.pk}/do/", {"act": "run"})
    assert len(queue) == Analysis.objects.count() == 1


def test_a_measure_without_comparisons_is_not_calculated(as_, planted, queue):
    one = planted()
    one.chosen.filter(role="control").delete()
    answer = as_("data").post(f"{EFFECTS}{one.pk}/do/", {"act": "run"}, follow=True)
    assert "Wählen Sie Reihen zum Vergleich." in words(answer)
    assert queue == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "Dieses Feld"),
        ({"ends": "2024-01-01"}, "darf nicht vor dem ersten liegen"),
        ({"weeks_before": "20"}, "von 52 bis 260"),
        ({"lat": "", "lon": ""}, "Wählen Sie den Punkt"),
        ({"shape": "[1, 2]"}, "kein GeoJSON"),
        ({"shape": '{"type":"LineString","coordinates":[[400,51],[401,51]]}'}, "Länge und Breite"),
        ({"addresses": "javascript:alert(1)"}, "https://"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_with_the_next_step(as_, stream, observed, change, says):
    stream("Zählstelle", {date(2024, 1, 1): 1.0})
    form = {**FORM, "observed_property": observed.pk, **change}
    answer = as_("data").post(f"{EFFECTS}new/", form)
    assert answer.status_code == 422
    assert says in words(answer)
    assert not Intervention.objects.exists()


def test_a_plan_says_in_advance_what_could_be_seen(as_, planted, queue):
    one = planted()
    as_("data").post(f"{EFFECTS}{one.pk}/do/", {"act": "plan"})
    made = Analysis.objects.get()
    run.run(made.pk)
    made.refresh_from_db()
    assert made.state == "done", made.problem
    text = words(as_("data").get(f"{EFFECTS}{one.pk}/"))
    assert "Nach 26 Wochen würden diese Reihen eine Wirkung ab" in text
    with translation.override("en"):
        made.refresh_from_db()
        assert "or more" in wording.outlook(made.input, made.result)
