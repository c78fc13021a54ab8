"""Pages and addresses of the site show nothing of private projects and private datastreams."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, visibility
from stadtkern.kernel.things.models import Datastream, Project, Sensor, Thing
from stadtkern.kernel.things.visibility import PUBLIC, Viewer
from stadtkern.site import live_hub
from stadtkern.site.dashboard import themes

pytestmark = pytest.mark.django_db
AIR, FREE = 83.0, 1.0


def kinds():
    """A place of each thing kind that is shown on the map, with what it says now."""
    return {"environment.weather": "environment.weather", "environment.air": "environment.air",
            "environment.counter": "environment.counter", "parking.count": "parking.site"}  # fmt: skip


@pytest.fixture
def city(observe):
    """A station of every kind and a car park with bays; what each of them measures is current."""
    sensor = Sensor.objects.create(name="Testsensor")
    now = clock.now()
    for kind, place_kind in kinds().items():
        where = Place.objects.create(
            name=f"Ort {kind}", kind=place_kind, geometry=point(7.22, 51.54)
        )
        provision.things(kind, [(where, f"Ding {kind}")], sensor=sensor, source="Quelle X")
    site = Place.objects.get(kind="parking.site")
    for number in range(3):
        bay = Place.objects.create(
            name=f"Bucht {number}", kind="parking.bay", parent=site, geometry=point(7.22, 51.54),
            properties={"row": "A", "number": number},
        )  # fmt: skip
        provision.things("parking.bay-sensor", [(bay, f"Sensor {number}")], sensor=sensor)
    for one in Datastream.objects.select_related("observed_property"):
        bay = one.observed_property.slug == "occupied"
        value = 0.0 if bay else FREE if one.observed_property.slug == "free_bays" else AIR
        observe(one, *((now - timedelta(minutes=m), value) for m in (65, 50, 5)))
    return list(Datastream.objects.order_by("pk"))


def addresses():
    """Every public page that shows something measured, and what these pages load."""
    yield from ("/", "/dashboard/", "/dashboard/list/", "/dashboard/list/?format=csv",
                "/search/?q=Ort", "/umwelt/", "/parken/", "/environment/", "/parking/")  # fmt: skip
    yield from (reverse("map-layer", args=[layer.key]) for layer in themes.layers())
    for place in Place.objects.filter(parent=None):
        yield reverse("place", args=[place.public_id])
        yield reverse("place", args=[place.public_id]) + "?view=table"
        yield reverse("place-panel", args=[place.public_id])
    for site in Place.objects.filter(kind="parking.site"):
        yield reverse("parking:bays", args=[site.public_id])


def shown(client):
    """All that the public is told, as one text; the readings' ids among it."""
    replies = [client.get(one, follow=True) for one in addresses()]
    assert all(reply.status_code == 200 for reply in replies), [
        (one, reply.status_code) for one, reply in zip(addresses(), replies, strict=True)
    ]
    return "\n".join(reply.content.decode() for reply in replies)


def measured(text):
    """Where the figure that all stations say stands on its own."""
    return re.findall(r"(?<![\w.,-])83(?:[.,]\d+)?(?![\w-])", text)


@pytest.mark.parametrize("how", ["project", "stream"])
def test_what_is_private_stands_on_no_page(client, city, how):
    assert len(measured(shown(client))) > 10
    if how == "project":
        Thing.objects.update(project=Project.objects.create(slug="x", name="X", public=False))
    else:
        Datastream.objects.update(public=False)
    text = shown(client)
    assert not measured(text)
    assert "Quelle X" not in text
    assert not re.findall(
        r'"datastreams": ?\[\d|datastreams="\d|"state": ?"(good|tight|bad)"', text
    )


def test_series_of_private_datastreams_are_not_there(client, stream, observe):
    one = stream(public=False)
    observe(one, (clock.now(), 7.0))
    for address in ("/api/series/", "/api/series.csv"):
        reply = client.get(f"{address}?datastreams={one.pk}")
        assert reply.status_code == 400
        assert f"There is no datastream {one.pk}" in reply.content.decode()
    Datastream.objects.update(public=True)
    assert client.get(f"/api/series/?datastreams={one.pk}").status_code == 200


def test_a_private_series_is_not_offered_for_comparison(client, station, stream, observe, place):
    where, _one = station
    other = stream(place("Anderswo"), public=False)
    observe(other, (clock.now(), 1.0))
    address = reverse("place", args=[where.public_id])
    assert "Anderswo" not in client.get(address).content.decode()
    assert "Anderswo" not in client.get(f"{address}?with={other.pk}").content.decode()
    Datastream.objects.update(public=True)
    assert "Anderswo" in client.get(address).content.decode()


def test_live_updates_tell_nothing_private(stream, observe):
    one, two, three = stream(), stream(public=False), stream()
    Thing.objects.filter(pk=three.thing_id).update(
        project=Project.objects.create(slug="x", name="X", public=False)
    )
    for each in (one, two, three):
        observe(each, (clock.now(), 1.0))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(live_hub.LATEST, [[one.pk, two.pk, three.pk]])
        assert [row[0] for row in cursor.fetchall()] == [one.pk]


def test_the_place_of_a_private_thing_is_not_found(client, place, stream):
    where = place("Geheimort")
    thing = stream(where).thing
    addresses = [reverse("place", args=[where.public_id]),
                 reverse("place-panel", args=[where.public_id])]  # fmt: skip
    assert [client.get(one).status_code for one in addresses] == [200, 200]
    assert "Geheimort</" in client.get("/search/?q=Geheimort").content.decode()
    thing.project = Project.objects.create(slug="x", name="X", public=False)
    thing.save()
    assert [client.get(one).status_code for one in addresses] == [404, 404]
    assert "Geheimort</" not in client.get("/search/?q=Geheimort").content.decode()
    stream(where)
    assert [client.get(one).status_code for one in addresses] == [200, 200]


def test_the_rule_is_the_same_for_pages_and_programs(place, stream):
    """What the ORM selects is what `things_hidden` leaves."""
    from django.db import connection

    projects = [Project.objects.create(slug=f"p{i}", name="p", public=i == 0) for i in range(3)]
    for project in (None, *projects):
        for public in (True, False):
            one = stream(place(), public=public)
            Thing.objects.filter(pk=one.thing_id).update(project=project)
    for seen in ([], [projects[1].pk], [one.pk for one in projects]):
        viewer = Viewer(projects=frozenset(seen))
        with connection.cursor() as cursor:
            cursor.execute("select things_hidden(%s::bigint[])", [seen])
            hidden = {row[0] for row in cursor.fetchall()}
        visible = set(Datastream.objects.visible_to(viewer).values_list("pk", flat=True))
        everything = set(Datastream.objects.values_list("pk", flat=True))
        assert visible == everything - hidden
        things = set(Thing.objects.filter(visibility.things(viewer)).values_list("pk", flat=True))
        streams = Datastream.objects.visible_to(viewer)
        assert set(streams.values_list("thing", flat=True)) <= things
    assert Datastream.objects.public().count() == 2
    assert Datastream.objects.visible_to(Viewer(everything=True)).count() == 8
    assert set(Datastream.objects.visible_to(PUBLIC)) == set(Datastream.objects.public())
