"""Staff choose messages, see old and new side by side, start, watch and undo."""

from datetime import timedelta

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Device, Profile, Redecoding, RunState, Uplink
from stadtkern.kernel.devices.redecode import carry_on, redecode
from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.things.models import Latest

DECODE = "/staff/uplinks/decode/"


@pytest.fixture
def noon():
    return clock.now().replace(microsecond=0) - timedelta(days=1)


@pytest.fixture
def chosen(device, send, noon):
    """Four decoded messages whose codec has been changed since, and the form that means them."""
    for n in range(4):
        send(device.dev_eui, 20 + n, device=device, outcome="unknown",
             at=noon + timedelta(minutes=n))  # fmt: skip
    redecode([device.pk], noon, noon + timedelta(hours=1), actor="test")
    Redecoding.objects.all().delete()
    profile = device.profile
    profile.codec = profile.codec.replace("input.bytes[0]", "input.bytes[0] + 100")
    profile.version += 1
    profile.save()
    return {
        "device": device.dev_eui.upper(),
        "start": noon.isoformat(),
        "end": (noon + timedelta(hours=1)).isoformat(),
    }


def test_the_preview_shows_old_and_new_side_by_side(as_, chosen, device):
    answer = as_("data").get(DECODE, chosen)
    html = answer.content.decode()
    assert "20,0 °C" in html
    assert "120,0 °C" in html
    assert {kind: n for kind, _title, n in answer.context["counts"]}["changed"] == 4
    assert not Redecoding.objects.exists()
    assert Latest.objects.get().value == 23


def test_starting_queues_a_run_that_does_it(as_, chosen, device, people):
    answer = as_("data").post(DECODE, chosen)
    run = Redecoding.objects.get()
    assert answer["Location"] == reverse("staff-decode-run", args=[run.pk])
    assert run.state == RunState.WAITING
    job = ProcrastinateJob.objects.get(task_name="perform")
    assert job.args["number"] == run.pk
    page = as_("data").get(answer["Location"]).content.decode()
    assert "data-every" in page
    tasks.registry.resolve(job.args["call"])(run.pk)
    assert Latest.objects.get().value == 123
    page = as_("data").get(answer["Location"]).content.decode()
    assert "data-every" not in page
    assert reverse("staff-decode-undo", args=[run.pk]) in page
    entry = Entry.objects.get(verb="devices.redecode", actor=f"account:{people.data.pk}")
    assert entry.details["messages"] == 4


def test_undoing_from_the_page_brings_the_old_values_back(as_, chosen):
    as_("data").post(DECODE, chosen)
    run = Redecoding.objects.get()
    carry_on(run.pk)
    as_("data").post(reverse("staff-decode-undo", args=[run.pk]))
    carry_on(run.pk)
    assert Latest.objects.get().value == 23
    assert Entry.objects.filter(verb="devices.redecode.undo").exists()
    page = as_("data").get(reverse("staff-decode-run", args=[run.pk])).content.decode()
    assert reverse("staff-decode-undo", args=[run.pk]) not in page


def test_a_run_that_is_undone_or_runs_cannot_be_undone_again(as_, chosen):
    as_("data").post(DECODE, chosen)
    run = Redecoding.objects.get()
    address = reverse("staff-decode-undo", args=[run.pk])
    as_("data").post(address)
    run.refresh_from_db()
    assert run.state == RunState.WAITING
    assert not Entry.objects.filter(verb="devices.redecode.undo").exists()


def test_a_waiting_run_is_stopped_from_its_page(as_, chosen):
    as_("data").post(DECODE, chosen)
    run = Redecoding.objects.get()
    as_("data").post(reverse("staff-decode-stop", args=[run.pk]))
    carry_on(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert Latest.objects.get().value == 23


def test_a_whole_profile_is_chosen_at_once(as_, chosen, device, profile):
    Device.objects.create(dev_eui="00000000000000aa", name="Zweiter", profile=profile)
    answer = as_("data").get(DECODE, {**chosen, "device": "", "profile": profile.slug})
    assert answer.context["count"] == 2
    assert answer.context["preview"].total == 4


def test_the_form_begins_with_the_whole_time_of_a_device(as_, chosen, noon, device):
    form = as_("data").get(DECODE, {"device": device.dev_eui}).context["form"]
    assert form.initial["start"] <= noon
    assert form.initial["end"] > noon + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"device": "0000000000000000"}, "device"),
        ({"device": ""}, "device"),
        ({"end": "2020-01-01T00:00"}, "end"),
        ({"start": "gestern"}, "start"),
        ({"version": "-1"}, "version"),
        ({"profile": "nirgends"}, "profile"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(as_, chosen, change, wrong):
    for answer in (
        as_("data").get(DECODE, {**chosen, **change}),
        as_("data").post(DECODE, {**chosen, **change}),
    ):
        assert answer.status_code == 422
        assert wrong in answer.context["form"].errors
    assert not Redecoding.objects.exists()


def test_a_choice_without_messages_says_so(as_, device):
    said = {"device": device.name, "start": "2020-01-01T00:00", "end": "2020-01-02T00:00"}
    answer = as_("data").get(DECODE, said)
    assert answer.context["preview"].total == 0
    assert 'class="note"' in answer.content.decode()


def test_what_the_codec_cannot_read_is_marked_in_the_preview(as_, chosen, profile):
    Profile.objects.filter(pk=profile.pk).update(
        codec="function decodeUplink() { throw new Error('<b>oh</b>'); }"
    )
    html = as_("data").get(DECODE, chosen).content.decode()
    assert "&lt;b&gt;oh&lt;/b&gt;" in html
    assert Uplink.objects.filter(outcome="stored").count() == 4


def test_the_list_of_runs_asks_a_fixed_number_of_queries(as_, chosen, count_queries, noon):
    browser, address = as_("data"), reverse("staff-decode-runs")

    def make(count):
        for _ in range(count):
            Redecoding.objects.create(
                start=noon, end=clock.now(), kept_until=clock.now(), author="x"
            )

    make(1)
    few = count_queries(lambda: browser.get(address))
    make(20)
    assert count_queries(lambda: browser.get(address)) == few
