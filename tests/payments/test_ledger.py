"""The books: they add up because the database says so, and stay as they were written."""

import pytest
from django.db import IntegrityError, connection, transaction

from stadtkern.kernel.payments import ledger
from stadtkern.kernel.payments.ledger import DoesNotAddUp, Post
from stadtkern.kernel.payments.models import Entry, Posting

PAIR = [Post(account="bank", cents=5), Post(account="owed", cents=-5)]


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def test_an_entry_is_written_once_per_key(db):
    assert ledger.write("a", "first", PAIR)
    assert not ledger.write("a", "again", PAIR)
    assert Posting.objects.count() == 2
    at_commit()


@pytest.mark.parametrize("cents", [(5, -4), (5,), (0, 0), ()])
def test_what_does_not_add_up_is_refused(db, cents):
    with pytest.raises(DoesNotAddUp):
        ledger.write("a", "b", [Post(account="bank", cents=one) for one in cents])


@pytest.mark.parametrize("cents", [(5, -4), (5,), ()])
def test_the_database_itself_refuses_what_does_not_add_up(db, cents):
    entry = Entry.objects.create(key="a", text="b")
    for one in cents:
        Posting.objects.create(entry=entry, account="bank", cents=one)
    with pytest.raises(IntegrityError, match="does not add up"):
        at_commit()


def test_nothing_is_added_to_an_entry_that_stands(db):
    ledger.write("a", "b", PAIR)
    at_commit()
    Posting.objects.create(entry=Entry.objects.get(), account="bank", cents=1)
    with pytest.raises(IntegrityError, match="does not add up"):
        at_commit()


@pytest.mark.parametrize("model", [Entry, Posting])
def test_what_is_written_is_neither_changed_nor_deleted(db, model):
    ledger.write("a", "b", PAIR)
    table = model._meta.db_table
    for statement in (f"update {table} set id = id", f"delete from {table}"):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Posting.objects.count() == 2


def test_balances_leave_out_what_is_even(db):
    ledger.write("a", "b", PAIR)
    ledger.write("c", "d", [Post(account="bank", cents=-5), Post(account="fees", cents=5)])
    assert [(b.account, b.cents) for b in ledger.balances()] == [("fees", 5), ("owed", -5)]
