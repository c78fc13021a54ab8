"""Keys and their scopes: who reads what is private, and who writes where."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account, Role, issue_key
from stadtkern.kernel.things.models import Datastream, Project, Thing
from tests.sensorthings.conftest import SENSOR, TEMPERATURE, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trees() -> Project:
    return Project.objects.create(slug="trees", name="Trees", public=False)


@pytest.fixture
def noise() -> Project:
    return Project.objects.create(slug="noise", name="Noise", public=False)


@pytest.fixture
def limited(trees: Project) -> Iterator[Client]:
    """A client whose key writes in one project alone."""
    client = Client(key=key("things:write:trees"))
    yield client
    client.close()


def key(*scopes: str, **more: Any) -> str:
    return issue_key(label="test", scopes=scopes, **more)[1]


def station(name: str = "Station") -> dict[str, Any]:
    return thing(name, Locations=[place(f"{name}'s place")], Datastreams=[datastream(f"{name}'s")])


def stream_of(number: int) -> int:
    return Datastream.objects.get(thing=number).pk


def put(client: Client, number: int, project: Project | None) -> None:
    Thing.objects.filter(pk=number).update(project=project)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


# Reading


def test_credentials_that_are_not_valid_are_refused_for_reading_too(reader: Client) -> None:
    for given in ("Bearer nonsense", "Bearer", "Basic !!", "Digest x", "Bearer a.b.c"):
        for address in ("/Things", "/", "/Things(1)/name"):
            reply = reader.ask("GET", address, authorization=given)
            assert reply.status == 401, (given, address)
            assert reply.headers["www-authenticate"].startswith('Bearer realm="SensorThings"')


def test_a_key_that_has_expired_or_was_revoked_reads_nothing_more(reader: Client) -> None:
    old = key("things:read", expires=clock.now() - timedelta(seconds=1))
    assert reader.ask("GET", "/Things", **bearer(old)).status == 401
    row, secret = issue_key(label="x", scopes=("things:read",))
    assert reader.ask("GET", "/Things", **bearer(secret)).status == 200
    row.revoked = clock.now()
    row.save()
    reply = reader.ask("GET", "/Things", **bearer(secret))
    assert reply.status == 401
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


def test_a_thing_of_a_private_project_is_seen_by_its_readers_alone(
    api: Client, trees: Project, noise: Project
) -> None:
    put(api, api.make("/Things", station()), trees)
    seen = {
        scopes: len(api.ask("GET", "/Things", **bearer(key(*scopes))).json["value"])
        for scopes in (
            ("things:read",), ("things:write",), ("things:read:trees",), ("things:write:trees",),
            ("things:read:noise",), ("things:read:tree",), ("other",), (),
        )
    }  # fmt: skip
    assert list(seen.values()) == [1, 1, 1, 1, 0, 0, 0, 0]
    assert Client(loop=api.loop).get("/Things")["value"] == []


def test_a_key_is_the_password_of_a_basic_log_in(api: Client, trees: Project) -> None:
    put(api, api.make("/Things", station()), trees)
    given = b64encode(f"anybody:{key('things:read:trees')}".encode()).decode()
    assert len(api.ask("GET", "/Things", authorization=f"Basic {given}").json["value"]) == 1


def test_a_private_datastream_is_seen_by_those_who_see_its_project(
    api: Client, trees: Project
) -> None:
    number = api.make("/Things", station())
    put(api, number, trees)
    Project.objects.update(public=True)
    Datastream.objects.update(public=False)
    address = f"/Things({number})/Datastreams"
    public = Client(loop=api.loop)
    assert public.get(f"/Things({number})")["name"] == "Station"
    assert public.get(f"{address}?$count=true") == {"@iot.count": 0, "value": []}
    reader = Client(loop=api.loop, key=key("things:read:trees"))
    assert len(reader.get(address)["value"]) == 1
    put(api, number, None)
    assert reader.get(address)["value"] == []
    assert len(api.get(address)["value"]) == 1


def test_whoever_is_logged_in_reads_what_their_roles_see(api: Client, trees: Project) -> None:
    from django.test import Client as Browser

    put(api, api.make("/Things", station()), trees)
    role = Role.objects.create(slug="foresters", title="Foresters")
    trees.roles.add(role)
    person = Account.objects.create_user("fern", password="a long enough one")
    person.roles.add(role)
    browser = Browser()
    browser.force_login(person)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    reader = Client(loop=api.loop)
    assert len(reader.ask("GET", "/Things", cookie=cookie).json["value"]) == 1
    assert reader.ask("GET", "/Things", cookie="sessionid=other").json["value"] == []
    assert reader.ask("DELETE", "/Things(1)", cookie=cookie).status == 401
    person.roles.clear()
    assert reader.ask("GET", "/Things", cookie=cookie).json["value"] == []
    Account.objects.update(is_superuser=True)
    assert len(reader.ask("GET", "/Things", cookie=cookie).json["value"]) == 1
    Account.objects.update(is_active=False)
    assert reader.ask("GET", "/Things", cookie=cookie).json["value"] == []


def test_an_estimate_knows_nothing_of_what_is_hidden(api: Client, trees: Project) -> None:
    """The database estimates from all there is, so where something is hidden it counts instead."""
    public = Client(loop=api.loop)
    numbers = [api.make("/Things", station(str(n))) for n in range(2)]
    put(api, numbers[0], trees)
    Project.objects.update(public=True)
    assert public.get("/Things?$count=estimate&$top=0").get("@iot.countIsEstimate") is True
    Project.objects.update(public=False)
    page = public.get("/Things?$count=estimate&$top=0")
    assert page["@iot.count"] == 1
    assert "@iot.countIsEstimate" not in page
    assert api.get("/Things?$count=estimate&$top=0").get("@iot.countIsEstimate") is True


# Writing


def test_only_scopes_for_writing_write(reader: Client, trees: Project) -> None:
    for scopes in ((), ("things:read",), ("things:read:trees",), ("things:write:no",)):
        reply = reader.ask("POST", "/Things", thing(), **bearer(key(*scopes)))
        assert reply.status == 403, scopes
        assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]
    assert not Thing.objects.exists()


def test_what_a_projects_program_makes_belongs_to_its_project(
    limited: Client, trees: Project
) -> None:
    number = limited.make("/Things", station())
    assert Thing.objects.get(pk=number).project == trees
    stream = stream_of(number)
    one = limited.make(f"/Datastreams({stream})/Observations", {"result": 3})
    limited.make("/Observations", {"result": 4, "Datastream": {"@iot.id": stream}})
    assert limited.ask("PATCH", f"/Observations({one})", {"result": 5}).status == 200
    assert limited.ask("PATCH", f"/Things({number})", {"name": "Oak"}).status == 200
    assert limited.ask("PATCH", f"/Datastreams({stream})", {"name": "Sap"}).status == 200
    for link in ("Sensor", "ObservedProperty", "Thing/Locations"):
        own = limited.get(f"/Datastreams({stream})/{link}")
        found = own["value"][0] if "value" in own else own
        address = found["@iot.selfLink"]
        assert limited.ask("PATCH", address, {"description": "changed"}).status == 200, link
    assert limited.ask("DELETE", f"/Observations({one})").status == 200
    assert limited.ask("DELETE", f"/Things({number})").status == 200
    assert not Thing.objects.exists()


def test_a_projects_program_leaves_all_others_alone(
    api: Client, limited: Client, noise: Project, trees: Project
) -> None:
    for project in (None, noise):
        number = api.make("/Things", station())
        put(api, number, project)
        Project.objects.update(public=True)
        stream = stream_of(number)
        one = api.make(f"/Datastreams({stream})/Observations", {"result": 3})
        sensor = api.get(f"/Datastreams({stream})/Sensor")["@iot.id"]
        where = api.get(f"/Things({number})/Locations")["value"][0]["@iot.id"]
        feature = api.get(f"/Observations({one})/FeatureOfInterest")["@iot.id"]
        mine = limited.make("/Things", station("mine"))
        before = api.get(f"/Things({number})?$expand=Datastreams/Observations,Locations")
        for method, address, body in (
            ("PATCH", f"/Things({number})", {"name": "x"}),
            ("PUT", f"/Things({number})", thing("x")),
            ("DELETE", f"/Things({number})", None),
            ("POST", f"/Things({number})/Datastreams", datastream()),
            ("POST", "/Datastreams", {**datastream(), "Thing": {"@iot.id": number}}),
            ("PATCH", f"/Datastreams({stream})", {"name": "x"}),
            ("PATCH", f"/Datastreams({stream})", {"Thing": {"@iot.id": mine}}),
            ("PATCH", f"/Datastreams({stream_of(mine)})", {"Thing": {"@iot.id": number}}),
            ("DELETE", f"/Datastreams({stream})", None),
            ("POST", f"/Datastreams({stream})/Observations", {"result": 1}),
            ("POST", "/Observations", {"result": 1, "Datastream": {"@iot.id": stream}}),
            ("PATCH", f"/Observations({one})", {"result": 1}),
            ("DELETE", f"/Observations({one})", None),
            ("PATCH", f"/Sensors({sensor})", {"name": "x"}),
            ("DELETE", f"/Sensors({sensor})", None),
            ("PATCH", f"/Locations({where})", {"name": "x"}),
            ("DELETE", f"/Locations({where})", None),
            ("POST", f"/Things({number})/Locations", place("elsewhere")),
            ("PATCH", f"/FeaturesOfInterest({feature})", {"name": "x"}),
            ("POST", "/HistoricalLocations", {"time": "2026-01-01T00:00:00Z",
             "Thing": {"@iot.id": number}, "Locations": [{"@iot.id": where}]}),
            ("POST", "/Things", thing("deep", Datastreams=[
                {**datastream(), "Observations": [{"result": 1, "Datastream": {"@iot.id": stream}}]}
            ], Locations=[{**place(), "Things": [{"@iot.id": number}]}])),
            ("POST", "/Sensors", {**SENSOR, "Datastreams": [{"@iot.id": stream}]}),
            ("DELETE", "/Things?$filter=id gt 0", None),
            ("POST", f"/Things({mine})/Datastreams/$ref", {"@id": f"Datastreams({stream})"}),
        ):  # fmt: skip
            reply = limited.ask(method, address, body)
            assert reply.status in (400, 403), (method, address, reply.body)
            if reply.status == 403:
                assert "scope" in reply.headers["www-authenticate"]
        after = api.get(f"/Things({number})?$expand=Datastreams/Observations,Locations")
        assert after == before


def test_a_projects_program_names_nothing_that_it_does_not_see(
    api: Client, limited: Client, noise: Project
) -> None:
    """Else it could show itself a hidden place by standing there."""
    number = api.make("/Things", station())
    put(api, number, noise)
    stream = stream_of(number)
    one = api.make(f"/Datastreams({stream})/Observations", {"result": 3})
    where = api.get(f"/Things({number})/Locations")["value"][0]["@iot.id"]
    feature = api.get(f"/Observations({one})/FeatureOfInterest")["@iot.id"]
    mine = limited.make("/Things", station("mine"))
    for address, body in (
        ("/Things", thing(Locations=[{"@iot.id": where}])),
        (f"/Things({mine})", {"Locations": [{"@iot.id": where}]}),
        (f"/Things({mine})/Locations/$ref", {"@id": f"Locations({where})"}),
        (f"/Datastreams({stream_of(mine)})/Observations",
         {"result": 1, "FeatureOfInterest": {"@iot.id": feature}}),
        ("/Observations", {"result": 1, "Datastream": {"@iot.id": stream}}),
    ):  # fmt: skip
        method = "PATCH" if address == f"/Things({mine})" else "POST"
        reply = limited.ask(method, address, body)
        assert reply.status == 400, (address, reply.body)
        assert b"there is no" in reply.body
    for address in (f"/Things({number})", f"/Datastreams({stream})", f"/Observations({one})",
                    f"/Locations({where})", f"/FeaturesOfInterest({feature})"):  # fmt: skip
        assert limited.ask("GET", address).status == 404
        assert limited.ask("PATCH", address, {"name": "x"}).status == 404, address
        assert limited.ask("DELETE", address).status == 404
    assert limited.ask("DELETE", "/Things?$filter=name eq 'Station'").json == {"deleted": 0}


def test_a_key_for_two_projects_writes_in_both(
    limited: Client, trees: Project, noise: Project
) -> None:
    both = bearer(key("things:write:trees", "things:write:noise"))
    made = limited.ask("POST", "/Things", thing(), **both).number
    assert Thing.objects.get(pk=made).project in (trees, noise)
    for project in (trees, noise):
        put(limited, made, project)
        assert (
            limited.ask("PATCH", f"/Things({made})", {"name": project.slug}, **both).status == 200
        )


def test_a_batch_is_held_to_the_project_as_a_whole(
    api: Client, limited: Client, trees: Project
) -> None:
    number = api.make("/Things", station())
    parts = [
        {"id": "1", "atomicityGroup": "g", "method": "post", "url": "Things", "body": thing("mine")},
        {"id": "2", "atomicityGroup": "g", "method": "patch", "url": f"Things({number})",
         "body": {"name": "x"}},
        {"id": "3", "method": "get", "url": f"Things({number})"},
    ]  # fmt: skip
    found = limited.ask("POST", "/$batch", {"requests": parts}).json["responses"]
    assert [one["status"] for one in found if one["id"] != "1"] == [403, 200]
    assert list(Thing.objects.values_list("name", flat=True)) == ["Station"]


def test_data_arrays_are_held_to_the_project(api: Client, limited: Client) -> None:
    other = stream_of(api.make("/Things", station()))
    mine = stream_of(limited.make("/Things", station("mine")))
    for stream, good in ((mine, True), (other, False)):
        body = [{"Datastream": {"@iot.id": stream}, "components": ["result"], "dataArray": [[1]]}]
        reply = limited.ask("POST", "/CreateObservations", body)
        assert (reply.status == 201 and "error" not in reply.body.decode()) is good, reply.body
        counted = api.get(f"/Datastreams({stream})/Observations?$count=true&$top=0")["@iot.count"]
        assert counted == int(good)


def test_unlinked_entities_of_a_hidden_project_are_hidden_too(
    api: Client, limited: Client, trees: Project
) -> None:
    public = Client(loop=api.loop)
    feature = {**place("secret"), "feature": place()["location"]}
    del feature["location"]
    what = limited.make("/FeaturesOfInterest", feature)
    assert limited.get(f"/FeaturesOfInterest({what})")["name"] == "secret"
    public.get(f"/FeaturesOfInterest({what})", 404)
    where = limited.make("/Locations", place("secret"))
    assert limited.get(f"/Locations({where})")["name"] == "secret"
    public.get(f"/Locations({where})", 404)
    api.make("/Things", thing(Locations=[{"@iot.id": where}]))
    assert public.get(f"/Locations({where})")["name"] == "secret"


def test_the_audit_log_names_the_key(limited: Client) -> None:
    from stadtkern.kernel.audit.models import Entry

    limited.make("/Sensors", SENSOR)
    limited.make("/ObservedProperties", TEMPERATURE)
    assert set(Entry.objects.values_list("actor", flat=True)) == {"key:test"}


def test_posts_of_a_projects_program_share_a_transaction_with_those_of_others(
    api: Client, limited: Client, noise: Project
) -> None:
    """Each is held to its own rights, whatever is written together."""
    mine = stream_of(limited.make("/Things", station("mine")))
    other = stream_of(api.make("/Things", station()))
    keys = {name: bearer(key(*scopes)) for name, scopes in {
        "mine": ("things:write:trees",), "all": ("things:write",), "none": ("things:write:noise",),
    }.items()}  # fmt: skip

    async def all_at_once() -> list[tuple[str, int, int]]:
        wanted = [(name, stream) for name in keys for stream in (mine, other)] * 10
        replies = await asyncio.gather(*(
            api.call("POST", f"/Datastreams({stream})/Observations", {"result": 1}, **keys[name])
            for name, stream in wanted
        ))  # fmt: skip
        return [
            (name, stream, one.status) for (name, stream), one in zip(wanted, replies, strict=True)
        ]

    found = set(api.loop.run_until_complete(all_at_once()))
    assert found == {
        ("mine", mine, 201), ("mine", other, 403), ("all", mine, 201), ("all", other, 201),
        ("none", mine, 404), ("none", other, 403),
    }  # fmt: skip
    for stream, count in ((mine, 20), (other, 10)):
        address = f"/Datastreams({stream})/Observations?$count=true&$top=0"
        assert api.get(address)["@iot.count"] == count


def test_the_feature_of_a_place_belongs_to_whoever_made_the_place(
    api: Client, limited: Client
) -> None:
    for maker, status in ((api, 403), (limited, 200)):
        where = maker.make("/Locations", place())
        owner = limited.make("/Things", thing(Locations=[{"@iot.id": where}]))
        stream = limited.make(f"/Things({owner})/Datastreams", datastream())
        limited.make(f"/Datastreams({stream})/Observations", {"result": 1})
        feature = limited.all("/FeaturesOfInterest?$orderby=id")[-1]["@iot.selfLink"]
        assert limited.ask("PATCH", feature, {"name": "x"}).status == status
