import json
from pathlib import Path

import pytest

from stadtkern.kernel.devices.ingest.mapping import look
from stadtkern.systems.parking.system import system

CODECS = Path(__file__).parents[1] / "codecs"
MEASURES = [(profile, measure) for profile in system.profiles for measure in profile.measures]


@pytest.mark.parametrize(("profile", "measure"), MEASURES, ids=lambda one: getattr(one, "path", ""))
def test_a_codec_says_what_its_profile_reads(profile, measure):
    examples = json.loads((CODECS / f"{profile.slug}.examples.json").read_text(encoding="utf-8"))
    found = [look(one["output"].get("data"), measure.path) for one in examples]
    assert any(isinstance(value, int | float) for value in found)
    if profile.battery:
        assert any(look(one["output"].get("data"), profile.battery) for one in examples)
