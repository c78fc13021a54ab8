"""Projects and keys to them: who belongs where, who sees what, all of it in the audit log."""

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import ApiKey, Role
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Datastream, Project, Sensor, Thing

PROJECTS = "/staff/data-projects/"
KIND = "environment.weather"


@pytest.fixture
def trees(people):
    made = Project.objects.create(slug="trees", name="Bäume", public=False)
    made.roles.add(Role.objects.get(slug="reader"))
    return made


@pytest.fixture
def thing(place):
    sensor = Sensor.objects.create(name="Muster")
    return provision.things(KIND, [(place, "Rathaus Süd")], sensor=sensor)[0]


def deeds():
    return list(Entry.objects.order_by("id").values_list("verb", "target"))


def test_a_project_is_made_private_unless_it_is_said_otherwise(as_, people):
    browser = as_("data")
    assert "checked" not in browser.get(f"{PROJECTS}new/").content.decode()
    role = Role.objects.get(slug="reader")
    form = {"name": "Bäume", "slug": "trees", "description": "Wasser", "roles": [role.pk]}
    answer = browser.post(f"{PROJECTS}new/", form)
    project = Project.objects.get()
    assert answer["Location"] == f"{PROJECTS}{project.pk}/"
    assert (project.slug, project.public, list(project.roles.all())) == ("trees", False, [role])
    assert deeds() == [("projects.create", f"things.project:{project.pk}")]
    text = browser.get(PROJECTS).content.decode()
    assert "Bäume" in text
    assert "nicht öffentlich" in text


@pytest.mark.parametrize("slug", ["", "Trees", "tr_ees", "tr ees", "bäume", "trees"])
def test_a_short_name_fits_into_a_scope_and_is_given_once(as_, trees, slug):
    answer = as_("data").post(f"{PROJECTS}new/", {"name": "X", "slug": slug})
    assert answer.status_code == 422
    assert Project.objects.count() == 1


def test_who_sees_a_project_is_changed_but_not_its_short_name(as_, trees):
    form = {"name": "Bäume", "slug": "other", "public": "on"}
    answer = as_("data").post(f"{PROJECTS}{trees.pk}/change/", form)
    assert answer.status_code == 302
    trees.refresh_from_db()
    assert (trees.slug, trees.public, trees.roles.count()) == ("trees", True, 0)
    entry = Entry.objects.get()
    assert entry.details["before"]["public"] is False
    assert entry.details["public"] is True


def test_things_are_found_put_into_a_project_and_taken_out(as_, trees, thing):
    browser, page = as_("data"), f"{PROJECTS}{trees.pk}/"
    assert browser.get(page, {"q": "nirgends"}).context["others"] == []
    for words in ("süd", "Rathaus", "weather"):
        assert browser.get(page, {"q": words}).context["others"] == [thing]
    browser.post(f"{page}add/", {"thing": [thing.pk]})
    assert Thing.objects.get().project == trees
    assert browser.get(page, {"q": "süd"}).context["others"] == []
    text = browser.get(page).content.decode()
    assert "Rathaus Süd" in text
    assert "Dann sehen alle das Ding." in text
    browser.post(f"{page}take-out/{thing.pk}/")
    browser.post(f"{page}take-out/{thing.pk}/")
    assert Thing.objects.get().project is None
    target = f"things.thing:{thing.pk}"
    assert deeds() == [("things.project", target), ("things.project", target)]


def test_datastreams_are_made_private_one_by_one(as_, thing, people):
    page = f"/staff/data-projects/things/{thing.pk}/"
    streams = list(Datastream.objects.order_by("pk"))
    assert as_("data").get(page).content.decode().count(" checked") == len(streams)
    as_("data").post(f"{page}share/", {"public": [streams[0].pk]})
    assert list(Datastream.objects.filter(public=True)) == streams[:1]
    assert len(deeds()) == len(streams) - 1
    as_("data").post(f"{page}share/", {"public": [streams[0].pk]})
    assert len(deeds()) == len(streams) - 1


def test_what_is_private_is_shown_to_staff_who_may_see_it(as_, thing, trees):
    thing.project = trees
    thing.save()
    Datastream.objects.update(public=False)
    assert (
        "Lufttemperatur"
        in as_("data").get(f"/staff/data-projects/things/{thing.pk}/").content.decode()
    )
    assert as_("reader").get(f"/staff/data-projects/things/{thing.pk}/").status_code == 403


def test_a_key_gets_scopes_of_projects(as_, trees):
    browser = as_("operator")
    assert "Bäume" in browser.get("/staff/keys/new/").content.decode()
    form = {"label": "Gateway", "scopes": [], "expires": "", "writes": [trees.pk]}
    assert browser.post("/staff/keys/new/", form).status_code == 200
    assert ApiKey.objects.get().scopes == ["things:write:trees"]
    form |= {"scopes": ["things:read"], "reads": [trees.pk], "writes": []}
    browser.post("/staff/keys/new/", form)
    assert ApiKey.objects.first().scopes == ["things:read", "things:read:trees"]
    assert Entry.objects.first().details["scopes"] == ["things:read", "things:read:trees"]


def test_a_list_of_projects_costs_the_same_however_long(as_, count_queries, people):
    browser = as_("data")
    Project.objects.create(slug="p", name="P")
    one = count_queries(lambda: browser.get(PROJECTS))
    Project.objects.bulk_create(Project(slug=f"p{i}", name="P", public=False) for i in range(20))
    assert count_queries(lambda: browser.get(PROJECTS)) <= one
