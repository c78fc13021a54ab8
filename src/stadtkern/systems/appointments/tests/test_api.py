"""What programs may ask and do: free times for all, booking with a key."""

import json

import pytest

from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.models import issue_key

pytestmark = pytest.mark.django_db
WANTED = {"services": ["ausweis"], "office": "mitte", "begins": "2026-11-09T08:00:00+01:00",
          "name": "Erika Muster", "email": "erika@example.org"}  # fmt: skip


@pytest.fixture
def bearer(db):
    """The header of a key that may book."""
    _row, secret = issue_key(label="App", scopes=("appointments:book",))
    return {"Authorization": f"Bearer {secret}"}


def post(client, said, **headers):
    return client.post("/api/appointments/bookings", json.dumps(said),
                       content_type="application/json", headers=headers)  # fmt: skip


def test_programs_read_services_offices_and_free_times(client, office, keeps_to):
    base = "/api/appointments"
    (service,) = keeps_to(f"{base}/services", client.get(f"{base}/services"))["services"]
    assert service["bring"]["de"] == ["Alter Ausweis", "Foto"]
    (found,) = keeps_to(f"{base}/offices", client.get(f"{base}/offices/"))["offices"]
    assert found["opening_hours"] == "Mo,Tu,We,Th,Fr,Sa 08:00-12:00"
    asked = f"{base}/times?service=ausweis&from=2026-11-09&to=2026-11-09"
    told = keeps_to(f"{base}/times", client.get(asked))
    assert told["minutes"] == {"mitte": 10}
    assert len(told["times"]) == 24
    assert told["times"][0] == {"office": "mitte", "begins": "2026-11-09T08:00:00+01:00", "free": 2}


@pytest.mark.parametrize(
    ("query", "status"),
    [("service=nichts", 404), ("service=ausweis&persons=x", 400), ("service=ausweis&from=x", 400),
     ("service=ausweis&from=2026-11-09&to=2027-11-09", 400), ("service=ausweis&persons=9", 400)],
)  # fmt: skip
def test_what_cannot_be_answered_names_the_field(client, office, query, status, keeps_to):
    answer = client.get(f"/api/appointments/times?{query}")
    assert answer.status_code == status
    assert keeps_to("/api/appointments/times", answer)["field"]


def test_a_repeated_request_is_the_same_booking(client, office, bearer, keeps_to):
    first = post(client, WANTED, **bearer, **{"Idempotency-Key": "a"})
    again = post(client, WANTED, **bearer, **{"Idempotency-Key": "a"})
    assert first.status_code == 201
    made = keeps_to("/api/appointments/bookings", first, verb="post")
    assert made == again.json()
    assert Booking.objects.count() == 1
    where = f"/api/appointments/bookings/{first.json()['id']}"
    assert client.delete(where, headers=bearer).json()["state"] == "cancelled"
    assert client.get(where, headers=bearer).json()["state"] == "cancelled"


def test_booking_needs_a_key_for_it(client, office):
    assert post(client, WANTED).status_code == 401
    _row, secret = issue_key(label="Other", scopes=("things:read",))
    assert post(client, WANTED, Authorization=f"Bearer {secret}").status_code == 403


def test_a_taken_time_answers_with_the_nearest(client, office, bearer):
    for number in range(2):
        post(client, {**WANTED, "email": f"p{number}@example.org"}, **bearer)
    late = post(client, {**WANTED, "email": "p3@example.org"}, **bearer)
    assert late.status_code == 409
    assert late.json()["alternatives"][0] == "2026-11-09T08:10:00+01:00"


def test_no_program_says_how_long_it_takes(client, office, bearer):
    answer = post(client, {**WANTED, "minutes": 5}, **bearer)
    assert answer.status_code == 400
    assert "minutes" in answer.json()["reason"]
