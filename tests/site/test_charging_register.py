"""`stadtkern charging import` takes the register of charging stations in."""

from pathlib import Path

from click.testing import CliRunner

from stadtkern.site.cli import cli, django_ready
from stadtkern.systems.charging import demo
from stadtkern.systems.charging.models import Location

REGISTER = Path(demo.__file__).parent / "demo_data" / "bnetza_2019-07-19.csv"


def test_the_command_line_takes_the_register_in(db, monkeypatch):
    monkeypatch.setattr(django_ready, "load", lambda **_: None)

    def run(*words):
        return CliRunner().invoke(cli, ["charging", "import", *words])

    dry = run(str(REGISTER), "--dry-run")
    assert (dry.exit_code, Location.objects.count()) == (0, 0)
    assert "66 rows, 13 of the city" in dry.output
    assert "outside   Lidl" in dry.output
    assert run(str(REGISTER)).exit_code == 1, "the file of 2019 does not say its day"
    assert run(str(REGISTER), "--day", "2019-07-19").exit_code == 0
    assert Location.objects.count() == 11
    assert "taken in before" in run(str(REGISTER), "--day", "2019-07-19").stderr
