"""Runs the examples of profiles, whatever their kind of codec, and keeps how they went."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stadtkern.kernel import clock
from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices.codecs.codec import Written
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.repository.check import kept
from stadtkern.kernel.devices.sandbox import (
    CodecPool,
    Downlink,
    ExampleResult,
    Wish,
    prove_stateless,
)
from stadtkern.kernel.devices.sandbox.answer import Answer
from stadtkern.kernel.devices.sandbox.examples import call, judged
from stadtkern.kernel.devices.sandbox.message import Call

# In one turn of the job; the next takes up the rest.
MOST = 500


def results(
    written: Written, examples: Sequence[Mapping[str, Any]], pool: CodecPool
) -> list[ExampleResult]:
    """The results of these examples, in their order."""
    calls = [call(written.codec, example) for example in examples]
    if written.codec_kind == CodecKind.JAVASCRIPT:
        answers = pool.run(calls)
    else:
        codec = codecs.Codec.of(written)
        answers = [_inside(codec, one) for one in calls]
    return [judged(*pair) for pair in zip(examples, answers, strict=True)]


def _inside(codec: codecs.Codec, one: Call) -> Answer:
    """The answer of a codec that needs no worker, with its output as a script would give it."""
    given = one.given()
    if isinstance(one, Wish):
        sent = codecs.encode(codec, given["data"], one.f_port)
        output: dict[str, Any] = {
            "bytes": list(sent.payload),
            "fPort": sent.f_port,
            "warnings": sent.warnings,
        }
        return replace(sent, output=None if sent.problem else _full(output))
    port, payload = given["fPort"], bytes(given["bytes"])
    if isinstance(one, Downlink):
        read = codecs.decode_downlink(codec, payload, port)
    else:
        [read] = codecs.decode([codecs.Frame(codec=codec, f_port=port, payload=payload)])
    values: dict[str, Any] = {"data": read.data, "warnings": read.warnings}
    return replace(read, output=None if read.problem else _full(values))


def _full(output: dict[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if key == "warnings" else value
        for key, value in output.items()
        if value is not None and (key != "warnings" or value)
    }


def prove(profile: Profile, pool: CodecPool) -> None:
    """Run a profile's examples and keep how they went, and whether its codec is stateless."""
    found = results(profile, profile.examples, pool)
    scripted = profile.codec_kind == CodecKind.JAVASCRIPT and bool(profile.examples)
    bad = [one for one in found if not one.passed]
    profile.examples_good, profile.examples_bad = len(found) - len(bad), len(bad)
    profile.results, profile.checked = kept(bad), clock.now()
    profile.stateless = scripted and prove_stateless(profile.codec, profile.examples, pool)
    # Only of this version: a newer one may have been saved in this moment.
    Profile.objects.filter(pk=profile.pk, version=profile.version).update(
        examples_good=profile.examples_good,
        examples_bad=profile.examples_bad,
        results=profile.results,
        stateless=profile.stateless,
        checked=profile.checked,
    )


def prove_waiting() -> str:
    """The job: examples that have not run with their profile's present codec."""
    waiting = list(Profile.objects.filter(checked=None).exclude(examples=[]).order_by("id")[:MOST])
    if waiting:
        with CodecPool(workers=1) as pool:
            for profile in waiting:
                prove(profile, pool)
    return f"{len(waiting)} profiles checked"
