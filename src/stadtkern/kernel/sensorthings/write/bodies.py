"""Observations from the bodies of requests."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import fields
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things import store
from stadtkern.kernel.things.store import Observation

# The store's grades by name; any other `resultQuality` is kept as it came.
_QUALITIES = {"good": 0, "estimated": 1, "suspect": 2, "invalid": 3}


def observation(body: Body, datastream: int, feature: int | None) -> Observation:
    """A new observation; its time is now where the body names none.

    Raises Problem (400): it has no result, or a property does not fit.
    """
    if "result" not in body:
        raise Problem(400, "Observation needs 'result'")
    value, other = _result(body["result"])
    moment = body.get("phenomenonTime")
    at, until = (clock.now(), None) if moment is None else _phenomenon(moment)
    return Observation(
        datastream=datastream,
        at=at,
        value=value,
        other=other,
        quality=_grade(body.get("resultQuality")),
        until=until,
        result_time=_result_time(body.get("resultTime")),
        feature=feature,
        extra=_extra({}, body),
    )


def changed(row: Observation, body: Body) -> Observation:
    """The observation with the properties of this body.

    Raises Problem (400): one of them does not fit.
    """
    given: dict[str, Any] = {"extra": _extra(row.extra or {}, body)}
    if body.get("phenomenonTime") is not None:
        given["at"], given["until"] = _phenomenon(body["phenomenonTime"])
    if "resultTime" in body:
        given["result_time"] = _result_time(body["resultTime"])
    if "result" in body:
        given["value"], given["other"] = _result(body["result"])
    if "resultQuality" in body:
        given["quality"] = _grade(body["resultQuality"])
    return replace(row, **given)


def _phenomenon(moment: Any) -> tuple[datetime, datetime | None]:
    return fields.period("Observation.phenomenonTime", moment)


def _result_time(moment: Any) -> datetime | None:
    return None if moment is None else fields.instant("Observation.resultTime", moment)


def _result(result: Any) -> tuple[float | None, Any]:
    if type(result) in (float, int):  # no boolean, which is an int to isinstance
        if not -store.LARGEST <= result <= store.LARGEST:
            raise Problem(
                400, f"Observation.result is out of range: at most {store.LARGEST:g} either way"
            )
        return float(result), None
    return None, result


def _grade(quality: Any) -> int:
    return _QUALITIES.get(quality, 0) if isinstance(quality, str) else 0


def _extra(kept: dict[str, Any], body: Body) -> dict[str, Any] | None:
    """What is kept beside the columns, after this body; None where nothing is."""
    extra = {name: value for name, value in kept.items() if name not in body} if kept else {}
    grade, valid, parameters = map(body.get, ("resultQuality", "validTime", "parameters"))
    # Good is also the grade of those that name none, so the word itself is kept.
    if grade is not None and not _grade(grade):
        extra["resultQuality"] = grade
    if valid is not None:
        extra["validTime"] = _period(valid)
    if parameters is not None:
        if not isinstance(parameters, dict | list):
            raise Problem(400, "Observation.parameters: expected a JSON object")
        extra["parameters"] = parameters
    return extra or None


def _period(value: Any) -> str:
    start, end = fields.period("Observation.validTime", value)
    return "/".join(one.isoformat().replace("+00:00", "Z") for one in (start, end or start))
