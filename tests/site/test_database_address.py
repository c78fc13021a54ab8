"""DATABASE_URL in all the shapes that an operator writes."""

import pytest

from stadtkern.site import database


@pytest.mark.parametrize(
    ("url", "host", "port", "rest"),
    [
        ("postgresql://u:p%40@db:5433/city", "db", "5433", {}),
        ("postgresql://u:p%40@/city?host=%2Fvar%2Frun&port=5433", "/var/run", "5433", {}),
        ("postgres://u:p%40@db/city?sslmode=require", "db", "", {"sslmode": "require"}),
    ],
)
def test_every_part_of_the_address_arrives_once(url, host, port, rest):
    found = database.settings(url)
    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, "city")
    assert (found["USER"], found["PASSWORD"]) == ("u", "p@")
    assert {k: v for k, v in found["OPTIONS"].items() if k != "pool"} == rest


def test_another_database_is_refused_in_one_sentence():
    with pytest.raises(database.DatabaseProblem, match="postgresql://"):
        database.settings("sqlite:///city.db")
