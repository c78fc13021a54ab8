"""The first page, the systems and the audit log tell what needs attention."""

from dataclasses import replace
from datetime import timedelta

import pytest

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.contract import Problem
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.jobs.models import Heartbeat, beat

HOME = "/staff/"


def found(answer):
    return [str(one.url) for one in answer.context["found"]]


@pytest.fixture
def checks(monkeypatch):
    """A function that gives the parking system these checks, and no other system any."""
    systems = registry.installed()

    def give(*paths):
        checked = tuple(
            replace(system, checks=paths if system.slug == "parking" else ()) for system in systems
        )
        monkeypatch.setattr(registry, "installed", lambda: checked)

    give()
    return give


def test_a_quiet_field_needs_nothing(as_, checks, device, send):
    send(device.dev_eui, device=device)
    assert found(as_("operator").get(HOME)) == []


def test_each_kind_of_trouble_leads_to_its_list(as_, checks, profile, device, send):
    send("ffffffffffffffff", outcome="unknown")
    Device.objects.update(problem="codec threw")
    Device.objects.create(
        dev_eui="0" * 16, name="stumm", profile=profile, last_seen=clock.now() - timedelta(days=1)
    )
    assert found(as_("reader").get(HOME)) == [
        "/staff/devices/?state=trouble",
        "/staff/devices/?state=silent",
        "/staff/uplinks/?outcome=unknown",
    ]


def test_a_field_that_fell_silent_as_a_whole_is_noticed(as_, checks, device):
    assert "/staff/uplinks/?outcome=all" in found(as_("reader").get(HOME))


def test_messages_of_the_last_hour_and_day_are_counted(as_, device, send):
    send(device.dev_eui, device=device)
    send(device.dev_eui, device=device, at=clock.now() - timedelta(hours=3))
    send(device.dev_eui, device=device, at=clock.now() - timedelta(hours=30))
    rows = {row.outcome: row for row in as_("reader").get(HOME).context["outcomes"]}
    assert (rows["stored"].hour, rows["stored"].day) == (1, 2)


def broken_check():
    raise ValueError("oh")


def two_problems():
    return [
        Problem(text="Two bays have no sensor.", fix="staff-devices"),
        Problem(text="No tariff.", fix="set systems.parking.tariff"),
    ]


@pytest.mark.parametrize("address", [HOME, "/staff/systems/"])
def test_what_a_systems_checks_find_is_shown_with_its_repair(as_, checks, address):
    checks(f"{__name__}.two_problems")
    html = as_("reader").get(address).content.decode()
    assert '<a href="/staff/devices/">Two bays have no sensor.</a>' in html
    assert "set systems.parking.tariff" in html


def test_a_check_that_breaks_is_a_problem_and_hides_no_other(as_, checks):
    checks(f"{__name__}.broken_check", f"{__name__}.two_problems")
    answer = as_("reader").get("/staff/systems/")
    assert len(answer.context["found"]) == 3
    assert "broken_check" in str(answer.context["found"][0].text)


def test_a_system_that_is_off_is_shown_as_off_and_not_checked(as_, checks, switched_off):
    checks(f"{__name__}.two_problems")
    switched_off("parking")
    rows = {r.system.slug: r for r in as_("reader").get("/staff/systems/").context["rows"]}
    assert (rows["parking"].on, rows["parking"].found) == (False, [])


def test_a_system_is_shown_with_its_version_and_what_it_brings(as_):
    rows = {r.system.slug: r for r in as_("reader").get("/staff/systems/").context["rows"]}
    assert rows["parking"].version
    assert rows["parking"].parts[0][0] == len(registry.system("parking").place_kinds)


def test_a_process_that_died_is_noticed(as_, checks):
    beat("worker@a:1", "worker")
    assert as_("reader").get(HOME).context["found"] == []
    Heartbeat.objects.update(at=clock.now() - timedelta(minutes=2))
    assert len(as_("reader").get(HOME).context["found"]) == 1


def test_each_person_sees_the_parts_their_roles_open(as_, checks):
    tasks.run.defer(job="kernel.audit")
    data = as_("data").get(HOME).context
    assert "devices" in data
    assert "jobs" not in data
    empty = as_("new_staff").get(HOME).context
    assert "devices" not in empty
    assert "jobs" not in empty


def test_the_number_of_queries_does_not_grow_with_the_field(
    as_, checks, profile, send, count_queries
):
    browser = as_("operator")
    send("0" * 16, outcome="unknown")
    tasks.run.defer(job="kernel.audit")
    Device.objects.create(dev_eui="0" * 16, name="a", profile=profile, last_seen=clock.now())
    few = count_queries(lambda: browser.get(HOME))
    for n in range(1, 30):
        Device.objects.create(dev_eui=f"{n:016x}", name="a", profile=profile, last_seen=clock.now())
        send(f"{n:016x}", outcome="unknown")
    assert count_queries(lambda: browser.get(HOME)) == few


def test_the_log_is_filtered_by_who_what_and_when(as_, people):
    record(people.reader, "devices.create", "devices.device:1", name="A")
    record("system", "jobs.retry", "job:1")
    browser = as_("operator")

    def verbs(**query):
        return [row[0].verb for row in browser.get("/staff/audit/", query).context["shown"]]

    assert verbs() == ["jobs.retry", "devices.create"]
    assert verbs(actor="reader") == ["devices.create"]
    assert verbs(actor="syst") == ["jobs.retry"]
    assert verbs(verb="jobs.retry") == ["jobs.retry"]
    assert verbs(until="2020-01-01T00:00") == []


def test_the_log_names_people_and_can_be_taken_along(as_, people):
    record(people.reader, "devices.create", "devices.device:1", name="=1+1")
    browser = as_("operator")
    assert "<td data-label" in browser.get("/staff/audit/").content.decode()
    line = (
        browser.get("/staff/audit/", {"format": "csv"}).content.decode("utf-8-sig").splitlines()[1]
    )
    assert ";reader;devices.create;devices.device:1;" in line


def test_the_number_of_queries_does_not_grow_with_the_log(as_, people, count_queries):
    browser = as_("operator")
    record(people.reader, "a.b")
    few = count_queries(lambda: browser.get("/staff/audit/"))
    for who in (people.data, people.operator, people.citizen) * 10:
        record(who, "a.b")
    assert count_queries(lambda: browser.get("/staff/audit/")) == few


def test_nobody_changes_the_log_in_the_admin(as_):
    entry = record("system", "a.b")
    browser = as_("superuser")
    address = f"/admin/audit/entry/{entry.pk}/"
    assert browser.get(f"{address}change/").status_code == 200
    assert browser.post(f"{address}change/", {"verb": "c.d"}).status_code == 403
    assert browser.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert Entry.objects.get(pk=entry.pk).verb == "a.b"


def test_the_log_says_deeds_in_words_and_links_what_they_changed(as_, people):
    record(people.reader, "devices.create", "devices.device:7", name="A")
    record(people.reader, "ferry.sink", "ferry.boat:1")
    ferry, device = as_("operator").get("/en/staff/audit/").context["shown"]
    assert (str(device[2]), device[3].text, device[3].url) == (
        "Created a device", "Device 7", "/en/staff/devices/7/",
    )  # fmt: skip
    assert (ferry[2], ferry[3].text, ferry[3].url) == ("ferry.sink", "ferry.boat:1", "")


def test_a_process_that_was_replaced_is_not_listed_for_ever(as_, people):
    beat("web@a:1", "web")
    beat("worker@a:2", "worker")
    Heartbeat.objects.update(at=clock.now() - timedelta(hours=1))
    beat("web@a:3", "web")
    shown = as_("operator").get("/staff/").context["beats"]
    assert [(b.name, alive) for b, alive in shown] == [("web@a:3", True), ("worker@a:2", False)]
