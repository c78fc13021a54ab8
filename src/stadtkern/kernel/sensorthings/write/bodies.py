"""Observations from the bodies of requests."""

from dataclasses import replace
from typing import Any

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import fields
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things import store
from stadtkern.kernel.things.store import Observation

# The store's grades by number; any other `resultQuality` is kept as it came.
_QUALITIES = ["good", "estimated", "suspect", "invalid"]


def observation(body: Body, datastream: int, feature: int | None) -> Observation:
    """A new observation; its time is now where the body names none."""
    if "result" not in body:
        raise Problem(400, "Observation needs 'result'")
    row = Observation(datastream=datastream, at=clock.now(), feature=feature)
    return changed(row, body)


def changed(row: Observation, body: Body) -> Observation:
    """The observation with the properties of this body."""
    given: dict[str, Any] = {}
    if body.get("phenomenonTime") is not None:
        given["at"], given["until"] = fields.period(
            "Observation.phenomenonTime", body["phenomenonTime"]
        )
    if "resultTime" in body:
        moment = body["resultTime"]
        given["result_time"] = (
            None if moment is None else fields.instant("Observation.resultTime", moment)
        )
    if "result" in body:
        given["value"], given["other"] = _result(body["result"])
    return _with_extra(replace(row, **given), body)


def _result(result: Any) -> tuple[float | None, Any]:
    if isinstance(result, (int, float)) and not isinstance(result, bool):
        if abs(result) > store.LARGEST:
            raise Problem(
                400, f"Observation.result is out of range: at most {store.LARGEST:g} either way"
            )
        return float(result), None
    return None, result


def _with_extra(row: Observation, body: Body) -> Observation:
    extra, quality = dict(row.extra or {}), row.quality
    if "resultQuality" in body:
        extra.pop("resultQuality", None)
        grade = body["resultQuality"]
        quality = _QUALITIES.index(grade) if grade in _QUALITIES else 0
        if grade is not None and grade not in _QUALITIES:
            extra["resultQuality"] = grade
    if "validTime" in body:
        extra["validTime"] = body["validTime"] and _period(body["validTime"])
    if "parameters" in body:
        if not isinstance(body["parameters"], dict | list | None):
            raise Problem(400, "Observation.parameters: expected a JSON object")
        extra["parameters"] = body["parameters"]
    kept = {name: value for name, value in extra.items() if value is not None}
    return replace(row, extra=kept or None, quality=quality)


def _period(value: Any) -> str:
    start, end = fields.period("Observation.validTime", value)
    return "/".join(one.isoformat().replace("+00:00", "Z") for one in (start, end or start))
