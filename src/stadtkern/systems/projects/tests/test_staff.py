"""How staff write, illustrate and publish projects."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from stadtkern.kernel.audit.models import Entry
from stadtkern.systems.projects import changes, drafts
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.models import Fact, Picture, Project, Site, Version
from stadtkern.systems.projects.staff.steps import BY_SLUG, Sheet

pytestmark = pytest.mark.django_db


def told(project):
    return documents.read(changes.newest(project).content)


def form_of(prefix, *rows, initial=0):
    """What a browser sends for a list of rows."""
    said = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for i, row in enumerate(rows):
        said |= {f"{prefix}-{i}-{name}": value for name, value in row.items()}
    return said


def test_a_project_is_written_step_by_step_and_published(signed_in, client):
    signed_in("editor")
    client.post("/staff/projects/new/", {"title": "Brunnen", "slug": "brunnen"})
    project = Project.objects.get(slug="brunnen")
    where = f"/staff/projects/{project.pk}/"
    assert "Kurztext" in client.get(where).content.decode()
    client.post(
        f"{where}words/", {"base": 1, "title": "Brunnen", "summary": "Kurz", "text": "Lang"}
    )
    client.post(f"{where}facts/", {"base": 2, "themes": ["green"], "status": "running",
                                   "begins": "2025-03", "office": "Grünflächenamt"})  # fmt: skip
    answer = client.post(f"{where}places/", {"base": 3, "next": "", **form_of("spots", {
        "name": "Markt", "lon": "7.22", "lat": "51.54", "source": "Plan"})})  # fmt: skip
    assert answer.url == f"{where}partners/"
    client.post(f"{where}figures/", {"base": 4, **form_of("indicators", {
        "title": "Bänke", "value": "4", "as_of": "2026-05", "source": "Amt"})})  # fmt: skip
    client.post(f"{where}do/", {"do": "publish"})
    page = client.get("/projekte/brunnen/").content.decode()
    for said in ("Lang", "März 2025", "Markt", "Bänke", "Mai 2026"):
        assert said in page
    deeds = Entry.objects.filter(target=f"projects.project:{project.pk}").order_by("id")
    assert list(deeds.values_list("verb", flat=True)) == [
        "projects.create", *["projects.change"] * 4, "projects.publish",
    ]  # fmt: skip


def test_each_wrong_field_is_named_and_what_was_typed_stays(signed_in, client, written):
    signed_in("author")
    project = written()
    answer = client.post(f"/staff/projects/{project.pk}/places/", {"base": 1, **form_of("spots", {
        "name": "Marktplatz", "lon": "7.22", "lat": ""})})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Längengrad und Breitengrad" in page
    assert "woher die Position kommt" in page
    assert 'value="Marktplatz"' in page
    assert Version.objects.filter(project=project).count() == 1


def test_a_figure_without_source_is_not_saved(signed_in, client, written):
    signed_in("author")
    project = written()
    answer = client.post(f"/staff/projects/{project.pk}/figures/", {
        "base": 1, **form_of("indicators", {"title": "Bänke", "value": "4"})})  # fmt: skip
    assert "nennen Sie die Quelle" in answer.content.decode()
    assert told(project).indicators == ()


def test_two_people_do_not_overwrite_each_other(signed_in, client, written):
    signed_in("author")
    project = written()
    words = {"base": 1, "title": "Brunnen A", "summary": "s", "text": "t"}
    client.post(f"/staff/projects/{project.pk}/words/", words)
    late = client.post(f"/staff/projects/{project.pk}/words/", {**words, "title": "Brunnen B"})
    assert late.status_code == 422
    assert "Jemand anderes" in late.content.decode()
    assert "Brunnen B" in late.content.decode()
    assert told(project).title == "Brunnen A"


def test_an_english_text_is_missing_then_fits_then_is_outdated(written):
    project = written()

    def word(**said):
        base = changes.newest(project).number
        changes.change("test", project.pk, base, lambda before: _worded(before, said))
        return told(project).translation

    assert told(project).translation == "missing"
    assert word(title_en="Fountain", summary_en="A fountain.", text_en="Water for all.") == ""
    assert word(text="Wasser für alle, auch nachts.") == "outdated"
    assert word(english_fits="on") == ""


def _worded(before, said):
    names = ("title", "summary", "text", "title_en", "summary_en", "text_en")
    sheet = Sheet(BY_SLUG["words"], before, {n: getattr(before, n) for n in names} | said)
    assert sheet.is_valid()
    return sheet.apply(before)


def test_a_change_of_a_public_project_waits_for_its_publication(signed_in, client, written):
    signed_in("editor")
    project = written()
    changes.publish("test", project.pk)
    words = {"base": 1, "title": "Neuer Brunnen", "summary": "s", "text": "t"}
    client.post(f"/staff/projects/{project.pk}/words/", words)
    assert "Neuer Brunnen" not in client.get("/projekte/brunnen/").content.decode()
    assert [one.state for one in drafts.drafts()] == ["changed"]
    client.post(f"/staff/projects/{project.pk}/do/", {"do": "publish"})
    assert "Neuer Brunnen" in client.get("/projekte/brunnen/").content.decode()
    client.post(f"/staff/projects/{project.pk}/do/", {"do": "restore", "version": "1"})
    assert told(project).title == "Brunnen"
    assert "Neuer Brunnen" in client.get("/projekte/brunnen/").content.decode()


def test_who_may_only_write_cannot_publish_nor_archive(signed_in, client, written):
    signed_in("author")
    project = written()
    for deed in ("publish", "withdraw", "archive", "unarchive"):
        client.post(f"/staff/projects/{project.pk}/do/", {"do": deed})
    project.refresh_from_db()
    assert project.published is None
    assert project.archived is None
    assert client.get("/staff/projects/business/fact/new/").status_code == 403
    client.logout()
    assert client.get("/staff/projects/").status_code == 302


def test_a_project_that_says_too_little_is_not_published(written):
    with pytest.raises(changes.NotReady, match="Kurztext"):
        changes.publish("test", written(summary="").pk)
    with pytest.raises(changes.NotReady, match="Ort"):
        changes.publish("test", written("zwei", citywide=False).pk)


def test_the_archive_takes_a_project_away_and_gives_it_back(signed_in, client, written):
    signed_in("editor")
    project = written()
    changes.publish("test", project.pk)
    client.post(f"/staff/projects/{project.pk}/do/", {"do": "archive"})
    assert client.get("/projekte/brunnen/").status_code == 404
    assert "Brunnen" not in client.get("/staff/projects/").content.decode()
    assert "Brunnen" in client.get("/staff/projects/?state=archived").content.decode()
    client.post(f"/staff/projects/{project.pk}/do/", {"do": "unarchive"})
    assert "Brunnen" in client.get("/staff/projects/").content.decode()


def upload(client, project, content, **said):
    words = {"alt": "Ein Brunnen", "credit": "Stadt", "licence": "CC BY 4.0", **said}
    file = SimpleUploadedFile("brunnen.jpg", content)
    where = f"/staff/projects/{project.pk}/pictures/"
    base = changes.newest(project).number
    return client.post(where, {"add": "", "base": base, "file": file, **words})


def test_a_picture_is_drawn_anew_without_position_and_comment(signed_in, client, written, photo):
    signed_in("editor")
    project = written()
    assert upload(client, project, photo).status_code == 302
    changes.publish("test", project.pk)
    (shown,) = told(project).pictures
    client.logout()
    answer = client.get(f"/projekte/pictures/{shown.picture}/large.webp")
    assert answer["Content-Type"] == "image/webp"
    found = Image.open(io.BytesIO(answer.content))
    assert found.format == "WEBP"
    assert not found.getexif()
    assert "exif" not in found.info
    assert b"secret" not in answer.content
    # It was held upright: EXIF said so, now its pixels do.
    assert found.height > found.width
    assert 'alt="Ein Brunnen"' in client.get("/projekte/brunnen/").content.decode()


def test_a_picture_of_a_draft_is_seen_with_the_previews_link_alone(
    signed_in, client, written, photo
):
    signed_in("author")
    project = written()
    upload(client, project, photo)
    (shown,) = told(project).pictures
    where = f"/projekte/pictures/{shown.picture}/small.webp"
    client.logout()
    assert client.get(where).status_code == 404
    assert client.get(f"{where}?preview=falsch").status_code == 404
    assert client.get(f"{where}?preview={project.token}").status_code == 200


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda photo: b"<svg onload='alert(1)'/>", "lässt sich nicht als Bild lesen"),
        (lambda photo: photo[: len(photo) // 2], "lässt sich nicht als Bild lesen"),
        (lambda photo: _drawn("GIF", (400, 400)), "lässt sich nicht als Bild lesen"),
        (lambda photo: _drawn("PNG", (200, 900)), "mindestens 300"),
        (lambda photo: _drawn("PNG", (9000, 9000)), "40 Millionen"),
        (lambda photo: photo + bytes(12 * 1024 * 1024), "größer als 12 MB"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_a_reason(
    signed_in, client, written, photo, make, said
):
    signed_in("author")
    project = written()
    answer = upload(client, project, make(photo))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Picture.objects.exists()


def _drawn(kind, size):
    out = io.BytesIO()
    Image.new("1", size).save(out, kind)
    return out.getvalue()


def test_a_picture_without_its_words_is_not_taken(signed_in, client, written, photo):
    signed_in("author")
    project = written()
    assert upload(client, project, photo, alt="").status_code == 422
    assert upload(client, project, photo, licence="").status_code == 422
    assert not Picture.objects.exists()


def test_facts_and_sites_are_edited_and_kept_honest_by_the_database(signed_in, client):
    signed_in("editor")
    fact = {"slug": "rang", "title": "Rang", "value": "3", "definition": "Von zehn", "source": "IW",
            "weight": 1, "public": "on"}  # fmt: skip
    assert client.post("/staff/projects/business/fact/new/", fact).status_code == 302
    assert "Rang" in client.get("/projekte/business/").content.decode()
    assert (
        client.post("/staff/projects/business/fact/new/", {**fact, "source": ""}).status_code == 422
    )
    for broken in (Fact(slug="x", title="x", value="1", source=""), Site(slug="y", title="y")):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken.save()


def test_the_list_of_staff_takes_the_same_number_of_queries(
    signed_in, client, written, django_assert_max_num_queries
):
    signed_in("author")
    for number in range(8):
        written(f"brunnen-{number}", title=f"Brunnen {number}")
    with django_assert_max_num_queries(10):
        page = client.get("/staff/projects/?q=brunnen&state=draft&english=missing")
    assert page.content.decode().count("Brunnen ") == 8
