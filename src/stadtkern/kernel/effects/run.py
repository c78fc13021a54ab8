"""Runs an analysis in a process of its own, so that the worker stays lean; it bears repetition."""

import json
import os
import subprocess
import sys
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.effects import code
from stadtkern.kernel.effects.gather import fingerprint, gather
from stadtkern.kernel.effects.models import Analysis
from stadtkern.kernel.effects.plan import as_planned

MODULE = "stadtkern.kernel.effects.methods.compute"
# Seconds; a calculation takes about five, most of them for loading.
PATIENCE = 300
# One thread: sums in another order would differ in the last digit.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Failed(Exception):
    """The calculation gave no result; the message says why."""


def run(number: int) -> str:
    """Gather, reckon and freeze the analysis with this number; a finished one stays as it is."""
    one = Analysis.objects.select_related("intervention").get(pk=number)
    if one.state != "waiting":
        return f"analysis {number} is {one.state}"
    given = gather(one.intervention, one.purpose)
    try:
        result = reckon(given)
    except Failed as error:
        Analysis.objects.filter(pk=number, state="waiting").update(
            state="failed", problem=str(error)[:500], finished=clock.now()
        )
        return f"analysis {number} failed: {error}"
    with transaction.atomic():
        Analysis.objects.filter(pk=number, state="waiting").update(
            state="done", finished=clock.now(), input=given, fingerprint=fingerprint(given),
            code=code.version(), result=result, verdict=result["verdict"],
            as_planned=as_planned(one.intervention, given),
        )  # fmt: skip
    return f"analysis {number}: {result['verdict']}"


def repeat(number: int) -> str:
    """Reckon a finished analysis again from its own input and note whether all is the same."""
    one = Analysis.objects.get(pk=number)
    if one.input is None or one.result is None:
        return f"analysis {number} has no result"
    try:
        same = canonical(reckon(one.input)) == canonical(one.result)
    except Failed:
        same = False
    Analysis.objects.filter(pk=number).update(checked=clock.now(), same=same)
    return f"analysis {number}: {'the same' if same else 'another result'}"


def canonical(result: Any) -> str:
    """A result as text, byte for byte."""
    return json.dumps(result, sort_keys=True, ensure_ascii=False)


def reckon(given: dict[str, Any]) -> dict[str, Any]:
    """The result for this input, from a child process. Raises Failed."""
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", MODULE],
            input=json.dumps(given), capture_output=True, text=True, encoding="utf-8",
            timeout=PATIENCE, check=False, env={**os.environ, **ONE_THREAD},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"no result after {PATIENCE} s") from None
    if done.returncode:
        raise Failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no result")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
