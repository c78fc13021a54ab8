"""Staff upload a device repository, a job reads it, and a page says what came of it."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Profile, RepositoryImport
from stadtkern.kernel.devices.repository import job

DATA = Path(__file__).parents[1] / "repository" / "data" / "lorawan-devices"


def packed(only=None):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(DATA.rglob("*")):
            name = path.relative_to(DATA).as_posix()
            if path.is_file() and (only is None or only(name)):
                archive.write(path, f"lorawan-devices-master/{name}")
    return held.getvalue()


def upload(browser, content, name="lorawan-devices.zip"):
    return browser.post("/staff/profiles/imports/", {"file": SimpleUploadedFile(name, content)})


def work():
    """Do what waits, as the worker would."""
    [task] = ProcrastinateJob.objects.filter(task_name="perform")
    return registry.resolve(task.args["call"])(task.args["number"])


def test_an_uploaded_repository_is_read_by_a_job(as_, people):
    data = as_("data")
    answer = upload(data, packed())
    page = answer["Location"]
    assert 'data-every="2000"' in data.get(page).content.decode()
    work()
    shown = data.get(page)
    html = shown.content.decode()
    # Four devices of the recorded repository have their codecs elsewhere.
    assert shown.context["report"]["new"] == Profile.objects.count() == 7
    assert "data-every" not in html
    assert [(t["exact"], t["differing"]) for t in shown.context["tallies"]] == [
        (16, 0),
        (4, 0),
        (4, 0),
    ]
    assert "vendor/bosch/tps110-codec.yaml" in html
    one = RepositoryImport.objects.get()
    assert one.archive is None
    assert Entry.objects.get(verb="profiles.import").actor == f"account:{people.data.pk}"
    assert "being read" not in data.get("/staff/profiles/imports/").content.decode()


def test_reading_twice_does_the_work_once(as_):
    upload(as_("data"), packed())
    work()
    assert "already" in work()
    assert Profile.objects.count() == 7


def test_while_one_process_reads_another_leaves_it_alone_until_that_is_silent(as_):
    upload(as_("data"), packed())
    RepositoryImport.objects.update(heard=clock.now())
    work()
    assert not Profile.objects.exists()
    assert job.carry_on() == "0 imports carried on"
    RepositoryImport.objects.update(heard=clock.now() - 2 * job.SILENT)
    assert job.carry_on() == "1 imports carried on"
    assert Profile.objects.count() == 7


def test_what_stops_an_import_is_said_on_its_page(as_, monkeypatch):
    page = upload(as_("data"), packed())["Location"]
    monkeypatch.setattr(job, "run", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work()
    assert "ZeroDivisionError" in as_("reader").get(page).content.decode()


@pytest.mark.parametrize("content", [b"", b"no zip", packed(only=lambda name: name == "LICENSE")])
def test_what_is_no_repository_is_refused_at_once(as_, content):
    answer = upload(as_("data"), content)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not RepositoryImport.objects.exists()


def test_who_only_reads_sees_imports_but_cannot_upload(as_):
    reader = as_("reader")
    assert "<form" not in reader.get("/staff/profiles/imports/").content.decode().split("<main")[1]
    assert upload(reader, packed()).status_code == 404
