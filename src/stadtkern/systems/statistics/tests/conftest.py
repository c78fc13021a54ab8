"""Tables made of a few lines, and the people of the statistics office."""

from types import SimpleNamespace

import pytest
from django.test import Client

from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.statistics.logic import editions, protect
from stadtkern.systems.statistics.logic.files import stored
from stadtkern.systems.statistics.models import Table, Theme
from stadtkern.systems.statistics.reading import guess
from stadtkern.systems.statistics.reading.extract import extract
from stadtkern.systems.statistics.reading.grid import read
from stadtkern.systems.statistics.secrecy import child, solver


@pytest.fixture
def make_table(db):
    """`make_table("slug", protection="suppression")`: a table without numbers."""

    def make(slug="menschen", **facts):
        theme, _ = Theme.objects.get_or_create(slug="alle", defaults={"title": "Alle"})
        said = {"title": slug.title(), "unit": "Personen", "source": "Amt", **facts}
        return Table.objects.create(slug=slug, theme=theme, **said)

    return make


@pytest.fixture
def bring(monkeypatch):
    """`bring(table, lines)`: the lines as a protected edition; published unless told otherwise."""

    # One of the tests of secrecy starts the process that the solver has for itself.
    monkeypatch.setattr(child, "solve", lambda puzzle: solver.solve(puzzle))

    def bring_in(table, lines, *, keep=True, publish=True, name="zahlen.csv"):
        content = "\n".join(lines).encode()
        grid = read(content)
        reading = guess.guess(grid)
        reading.keep = keep
        out = extract(grid, reading)
        assert not out.grave, out.problems
        edition = editions.make(table, out, reading, file=stored(name, content), by="Test")
        protect.protect(edition)
        if publish and edition.state == "ready":
            editions.publish(edition, "test")
        return edition

    return bring_in


@pytest.fixture
def people(db):
    """Browsers: of the statistics office, of somebody who only edits, of a reader, of nobody."""
    roles.sync()

    def browser(name, *slugs):
        account = Account.objects.create(username=name, is_staff=True)
        account.roles.set(Role.objects.filter(slug__in=slugs))
        client = Client()
        client.force_login(account)
        return client

    return SimpleNamespace(
        office=browser("amt", "statistics.office"), reader=browser("leser", "reader"),
        nobody=Client(),
    )  # fmt: skip
