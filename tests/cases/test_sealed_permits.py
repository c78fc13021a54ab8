"""What a permit is for lies sealed; older rows are sealed by the migration."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg.types.range import DateRange

from stadtkern.kernel.cases import permits, retention
from stadtkern.kernel.cases.models import Permit

DAYS = DateRange(date(2026, 11, 1), date(2027, 11, 1))
ON = date(2026, 11, 24)


def permit(number="BP-1", subject="HERAB123"):
    return Permit.objects.create(number=number, kind="resident-parking", subject=subject, days=DAYS)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM cases_permit p ORDER BY id")
        return [text for (text,) in cursor.fetchall()]


def test_a_plate_is_found_but_not_read_in_the_table(db):
    permit()
    assert "HERAB123" not in rows()[0]
    assert b"HERAB123".hex() not in rows()[0]
    assert Permit.objects.get().subject == "HERAB123"
    assert permits.valid("resident-parking", "HER-AB 123", ON)
    assert not permits.valid("resident-parking", "HERAB124", ON)
    assert not permits.valid("resident-parking", "", ON)


def test_it_is_found_after_the_city_has_a_new_secret(db, settings):
    permit()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert permits.valid("resident-parking", "HERAB123", ON)
    assert Permit.objects.get().subject == "HERAB123"


def test_a_forgotten_holder_leaves_neither_plate_nor_key(db):
    permit()
    assert retention.forget_holders(datetime(2027, 10, 1, tzinfo=UTC)) == 0
    later = datetime(2028, 1, 1, tzinfo=UTC)
    assert [retention.forget_holders(later) for _again in range(2)] == [1, 0]
    found = Permit.objects.get()
    assert (found.subject, found.subject_key, found.subject_sealed) == ("–", "", None)


def test_a_key_without_its_subject_is_refused(db):
    permit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Permit.objects.update(subject_sealed=None)


@pytest.mark.django_db(transaction=True)
def test_permits_of_before_are_sealed_by_the_migration():
    before, after = [("cases", "0006_catalogue")], [("cases", "0007_sealed_subjects")]
    try:
        old = MigrationExecutor(connection).migrate(before).apps.get_model("cases", "Permit")
        for number, subject in (("BP-1", "HERAB123"), ("BP-2", "–")):
            old.objects.create(number=number, kind="resident-parking", subject=subject, days=DAYS)
    finally:
        MigrationExecutor(connection).migrate(after)
    one, forgotten = Permit.objects.order_by("number")
    assert (one.subject, forgotten.subject, forgotten.subject_key) == ("HERAB123", "–", "")
    assert permits.valid("resident-parking", "HERAB123", ON)
    assert not any("HERAB123" in row for row in rows())
