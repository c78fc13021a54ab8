"""Every codec we ship reproduces its recorded examples."""

import json
from pathlib import Path

import pytest

import stadtkern.systems
from stadtkern.kernel.devices.sandbox import CodecPool, check_examples

SYSTEMS = Path(stadtkern.systems.__path__[0])
CODECS = sorted(SYSTEMS.glob("*/codecs/*.js"))


def test_the_four_first_formats_are_there() -> None:
    assert {"bosch-tps110", "milesight-em300-th", "milesight-vs133", "decentlab-dl-pm"} <= {
        codec.stem for codec in CODECS
    }


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.stem)
def test_a_shipped_codec_reproduces_its_examples(pool: CodecPool, codec: Path) -> None:
    examples = json.loads(codec.with_suffix(".examples.json").read_text())
    results = check_examples(codec.read_text(), examples, pool)
    assert [(r.description, r.actual) for r in results if not r.passed] == []
    # One at least is not ours: from a public repository, or from the format's own description.
    assert any("Apache-2.0" in e["source"] or "description" in e["source"] for e in examples)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.stem)
def test_a_shipped_codec_never_throws_at_short_messages(pool: CodecPool, codec: Path) -> None:
    examples = json.loads(codec.with_suffix(".examples.json").read_text())
    cut = [
        {**e, "input": {**e["input"], "bytes": e["input"]["bytes"][:length]}}
        for e in examples
        for length in range(len(e["input"].get("bytes", ())))
    ]
    problems = [r.actual.problem or "" for r in check_examples(codec.read_text(), cut, pool)]
    assert [problem for problem in problems if problem.startswith("codec threw")] == []
    assert len(problems) > 2


@pytest.mark.parametrize(
    ("output", "passes"),
    [
        ({"data": {"value": 0.1 + 0.2}}, True),
        ({"data": {"value": 0.3}}, True),
        ({"data": {"value": 0.30001}}, False),
        ({"data": {"value": 0.3, "more": 1}}, False),
        ({"data": {}}, False),
        ({"data": {"value": True}}, False),
        ({"data": {"value": 0.3}, "errors": ["no"]}, False),
        ({"data": {"value": 0.3}, "warnings": ["low"]}, False),
    ],
)
def test_an_example_passes_only_when_it_is_right(
    pool: CodecPool, output: dict[str, object], passes: bool
) -> None:
    source = "function decodeUplink(input) { return {data: {value: input.bytes[0] / 10}}; }"
    example = {"description": "x", "input": {"fPort": 1, "bytes": [3]}, "output": output}
    [result] = check_examples(source, [example], pool)
    assert result.passed is passes
