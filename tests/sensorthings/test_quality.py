"""Flags of observations over the API: read, filtered, given by clients and by the city's checks."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.quality.run import check_again

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

NOW = "2026-06-01T06:{:02}:00Z"


def posted(api: Client, stream: int, *values: object) -> list[str]:
    """Observations a minute apart, at these addresses; a pair brings its resultQuality."""
    made = []
    for minute, value in enumerate(values):
        result, quality = value if isinstance(value, tuple) else (value, None)
        body = {"result": result, "phenomenonTime": NOW.format(minute)}
        more = {} if quality is None else {"resultQuality": quality}
        reply = api.ask("POST", f"/Datastreams({stream})/Observations", body | more)
        assert reply.status == 201
        made.append(f"/Observations({reply.number})")
    return made


def judge(stream: int) -> int:
    Datastream.objects.filter(pk=stream).update(low=-30, high=45)
    now = clock.now()
    return check_again([stream], now - timedelta(days=900), now + timedelta(days=1))


def found(api: Client, condition: str) -> list[float]:
    rows = api.ask("GET", f"/Observations?$filter={condition}&$orderby=phenomenonTime").json
    return [row["result"] for row in rows["value"]]


def test_a_flag_says_its_grade_and_its_reasons(api: Client, stream: int) -> None:
    fine, hot = posted(api, stream, 20, 90)
    assert judge(stream) == 1
    assert api.ask("GET", hot).json["resultQuality"] == {
        "flag": "suspect",
        "reasons": [{"check": "range", "flag": "suspect", "text": "90 is above 45"}],
    }
    assert api.ask("GET", f"{hot}/resultQuality/$value").status == 200
    assert "resultQuality" not in api.ask("GET", fine).json


def test_observations_are_filtered_by_their_flag_whoever_gave_it(api: Client, stream: int) -> None:
    posted(api, stream, 20, 90, (5, "invalid"), (6, "estimated"), (7, {"DQ_Element": "fine"}))
    judge(stream)
    assert found(api, "resultQuality/flag eq 'suspect'") == [90]
    assert found(api, "resultQuality/flag eq 'good'") == [20, 7]
    assert found(api, "resultQuality/flag ne 'invalid'") == [20, 90, 6, 7]
    assert found(api, "resultQuality eq 'invalid'") == [5]
    assert found(api, "resultQuality/reasons/any(r:r/check eq 'range')") == [90]
    expanded = api.ask(
        "GET", "/Datastreams?$expand=Observations($filter=resultQuality/flag eq 'suspect')"
    ).json
    assert [o["result"] for o in expanded["value"][0]["Observations"]] == [90]


def test_what_a_client_said_of_an_observation_is_not_overruled(api: Client, stream: int) -> None:
    _, hot = posted(api, stream, 20, (90, "checked against a second thermometer"))
    assert judge(stream) == 0
    assert api.ask("GET", hot).json["resultQuality"] == "checked against a second thermometer"


def test_a_client_may_take_a_flag_away(api: Client, stream: int) -> None:
    (hot,) = posted(api, stream, 90)
    judge(stream)
    assert api.ask("PATCH", hot, {"resultQuality": "good, it burned there"}).status == 200
    assert judge(stream) == 0
    assert api.ask("GET", hot).json["resultQuality"] == "good, it burned there"
    assert found(api, "resultQuality/flag eq 'good'") == [90]


def test_a_result_that_is_corrected_is_checked_again(api: Client, stream: int) -> None:
    (hot,) = posted(api, stream, 90)
    judge(stream)
    assert api.ask("PATCH", hot, {"result": 19}).status == 200
    assert "resultQuality" not in api.ask("GET", hot).json
    assert api.ask("PATCH", hot, {"result": 91}).status == 200
    assert api.ask("GET", hot).json["resultQuality"]["flag"] == "suspect"
