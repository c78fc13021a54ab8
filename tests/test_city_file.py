"""A wrong city file is refused with one sentence that names the key."""

import subprocess
import sys

import pytest

from stadtkern.kernel import registry
from stadtkern.kernel.city import CityFileProblem, read

GOOD = '[city]\nname = "Musterstadt"\nbounds = [7, 51, 8, 52]\n'


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "city.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_small_file_is_enough(write):
    city = read(write(GOOD))
    assert city.title == "Musterstadt digital"
    assert city.systems == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "colour = 'green'\n", "city.colour"),
        (GOOD + "shape = 'round'\n", "shape"),
        ("[city]\nname = 'X'\n", "bounds"),
        ("[city]\nname = 'X'\nbounds = [7, 51, 800, 52]\n", "bounds"),
        (GOOD + "time_zone = 'Europe/Herne'\n", "time_zone"),
        ("[city\n", "cannot be read"),
        (GOOD + "[web]\nhosts = 'x'\n", "web.hosts"),
        (GOOD + "[api]\nreads_per_minute = -1\n", "api.reads_per_minute"),
        (
            GOOD + "[api]\nunlimited_from = ['10.0.0.1/8']\n",
            "api: unlimited_from: '10.0.0.1/8' is no network",
        ),
        (GOOD + "[api.oidc]\nissuer = 'https://x.example'\n", "audience"),
        (GOOD + "[api.oidc]\nissuer = 'x.example'\naudience = 'a'\n", "api.oidc.issuer"),
    ],
)
def test_what_is_wrong_is_named(write, text, says):
    with pytest.raises(CityFileProblem, match=says) as caught:
        read(write(text))
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(CityFileProblem, match="stadtkern init"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("[systems.ferry]\n", "ferry is not installed; installed are: appointments"),
        (
            "[systems.parking]\nstale_after_minutes = 'soon'\n",
            "systems.parking.stale_after_minutes",
        ),
        ("[systems.parking]\nstale = 3\n", "systems.parking"),
        ("[systems.parking.boards]\nprivate_networks = ['10.0.0.300']\n", "is no network"),
        (
            "[systems.bike_boxes]\npartner_networks = ['here']\n",
            "systems.bike_boxes.partner_networks: 'here' is no network",
        ),
    ],
)
def test_the_command_line_tells_it_in_one_sentence(write, section, says, tmp_path):
    path = write(GOOD + section)
    done = subprocess.run(
        [sys.executable, "-m", "stadtkern", "systems"],
        env={"STADTKERN_CITY": str(path), "STADTKERN_DATA": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_no_section_means_off_and_enabled_false_too(write):
    before = registry.city()
    try:
        registry.configure(read(write(GOOD + "[systems.parking]\nenabled = false\n")))
        assert registry.active() == ()
        registry.configure(read(write(GOOD + "[systems.parking]\n")))
        assert [s.slug for s in registry.active()] == ["parking"]
    finally:
        registry.configure(before)
