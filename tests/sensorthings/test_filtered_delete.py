"""DELETE of a collection deletes what its filter selects, and nothing without one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel import events
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.write import sweep
from stadtkern.kernel.things.models import Datastream, Latest, Thing

from .conftest import Client, Reply, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def streams(api: Client) -> list[int]:
    """Two datastreams with an observation every half hour of a day."""
    made = api.make(
        "/Things", thing(Locations=[place()], Datastreams=[datastream("a"), datastream("b")])
    )
    found = [one["@iot.id"] for one in api.get(f"/Things({made})/Datastreams")["value"]]
    for stream in found:
        for step in range(48):
            at = (START + step * timedelta(minutes=30)).isoformat()
            body = {"result": step, "phenomenonTime": at, "resultTime": at}
            api.make(f"/Datastreams({stream})/Observations", body)
    return found


def delete(api: Client, address: str) -> int:
    reply = api.ask("DELETE", address)
    assert reply.status == 200, reply.body
    return int(reply.json["deleted"])


def results(api: Client, stream: int) -> list[Any]:
    return [one["result"] for one in api.all(f"/Datastreams({stream})/Observations?$top=30")]


def recounted(stream: int) -> tuple[list[Any], list[Any]]:
    """The hours as they are kept, and as they follow from the observations."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, n, sum from things_hour where datastream_id = %s order by at", [stream]
        )
        kept = cursor.fetchall()
        cursor.execute(
            "select date_trunc('hour', at, 'UTC'), count(*), sum(value) from things_observation"
            " where datastream_id = %s group by 1 order by 1",
            [stream],
        )
        return kept, cursor.fetchall()


def test_a_filter_selects_what_goes_and_all_that_is_counted_follows(
    api: Client, streams: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "OBSERVATIONS_AT_ONCE", 7)
    first, second = streams
    where = f"/Datastreams({first})/Observations?$filter=phenomenonTime lt 2026-01-01T10:15:00Z"
    assert delete(api, where) == 21
    assert results(api, first) == list(range(21, 48))
    assert results(api, second) == list(range(48))
    assert delete(api, where) == 0
    newest = Latest.objects.get(datastream=first)
    assert (newest.n, newest.value, newest.first_at) == (27, 47, START + timedelta(hours=10.5))
    kept, counted = recounted(first)
    assert kept == counted
    assert len(kept) == 14


def test_the_filter_of_a_whole_set_may_look_over_links(api: Client, streams: list[int]) -> None:
    first, second = streams
    assert delete(api, "/Observations?$filter=Datastream/name eq 'b' and result ge 40") == 8
    assert results(api, first) == list(range(48))
    assert results(api, second) == list(range(40))
    assert delete(api, "/Observations?$filter=resultTime gt 2026-01-01T23:00:00Z") == 1
    assert (
        delete(
            api,
            f"/Things({Thing.objects.get().pk})/Datastreams({second})"
            "/Observations?$filter=result lt 5",
        )
        == 5
    )
    assert results(api, second) == list(range(5, 40))


def test_other_sets_are_deleted_with_what_hangs_on_them(
    api: Client, streams: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "ENTITIES_AT_ONCE", 2)
    for number in range(5):
        api.make("/Things", thing(f"old {number}", Locations=[place(f"P{number}")]))
    assert delete(api, "/Things?$filter=startswith(name, 'old')") == 5
    assert Thing.objects.count() == 1
    assert delete(api, "/Locations?$filter=startswith(name, 'P')") == 5
    assert Place.objects.count() == 1
    assert delete(api, f"/Things({Thing.objects.get().pk})/Datastreams?$filter=name eq 'a'") == 1
    assert [one.pk for one in Datastream.objects.all()] == streams[1:]
    assert delete(api, "/Things?$filter=true") == 1
    assert not Datastream.objects.exists()
    assert not Latest.objects.exists()


REFUSED = [
    ("/Observations", 400, "needs a $filter"),
    ("/Things", 400, "$filter=true"),
    ("/Datastreams({})/Observations", 400, "needs a $filter"),
    ("/Observations?$filter=result gt 1&$top=1", 400, "only $filter"),
    ("/Observations?$filter=nonsense eq 1", 400, "nonsense"),
    ("/Observations?$filter=", 400, "$filter"),
    ("/Datastreams(999999)/Observations?$filter=true", 404, "no such Datastream"),
    ("/Things(999999)/Datastreams?$filter=true", 404, "no such Thing"),
    ("/Datastreams({})?$filter=name eq 'a'", 400, "takes no options"),
]


def test_without_a_filter_or_with_a_wrong_one_nothing_is_deleted(
    api: Client, streams: list[int]
) -> None:
    for address, status, words in REFUSED:
        reply = api.ask("DELETE", address.format(streams[0]))
        assert (reply.status, words in reply.json["message"]) == (status, True), reply.body
        assert [len(results(api, one)) for one in streams] == [48, 48]


def test_nobody_without_a_key_deletes(reader: Client, api: Client, streams: list[int]) -> None:
    assert reader.ask("DELETE", "/Observations?$filter=true").status == 401
    assert len(results(api, streams[0])) == 48


def test_what_a_city_system_needs_stays_and_the_answer_says_what_went(
    api: Client, streams: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "ENTITIES_AT_ONCE", 1)
    api.make("/Locations", place("second"))
    Place.objects.filter(name="second").update(kind="environment.station")
    reply = api.ask("DELETE", "/Locations?$filter=true")
    assert reply.status == 409
    assert reply.json["message"].endswith("(1 were deleted)")
    assert [one.name for one in Place.objects.all()] == ["second"]


def test_one_entry_of_the_audit_log_tells_filter_and_number(
    api: Client, streams: list[int]
) -> None:
    Entry.objects.all().delete()
    delete(api, "/Observations?$filter=result lt 3")
    (entry,) = Entry.objects.all()
    assert (entry.verb, entry.target) == ("sensorthings.delete", "Observations")
    assert entry.details["deleted"] == 6
    assert "result" in entry.details["query"]


def test_listeners_hear_of_the_datastreams_concerned(
    api: Client, streams: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    Thing.objects.update(kind="parking.bay")
    monkeypatch.setattr(events, "kinds_heard", lambda: frozenset({"parking.bay"}))
    monkeypatch.setattr(events, "publish", heard.append)
    delete(api, "/Observations?$filter=result eq 3")
    assert heard == [
        events.ObservationsStored(datastreams=tuple(sorted(streams)), kinds=("parking.bay",))
    ]


def test_in_a_change_set_it_is_undone_with_the_others(api: Client, streams: list[int]) -> None:
    def ask(last: str) -> Reply:
        group = {"atomicityGroup": "g", "method": "DELETE"}
        urls = ["Observations?$filter=result lt 40", last]
        requests = [{"id": str(n), **group, "url": url} for n, url in enumerate(urls)]
        return api.ask("POST", "/$batch", {"requests": requests})

    found = ask("Things(999999)").json["responses"]
    assert [one["status"] for one in found] == [424, 404]
    assert len(results(api, streams[0])) == 48
    found = ask(f"Datastreams({streams[1]})").json["responses"]
    assert [one["status"] for one in found] == [200, 200]
    assert found[0]["body"] == {"deleted": 80}
    assert results(api, streams[0]) == list(range(40, 48))
