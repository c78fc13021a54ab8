"""The desk finds a case by an answer that lies sealed, as long as the answer is there."""

import pytest

from stadtkern.kernel.cases import retention
from stadtkern.kernel.cases.desk import correct, inbox
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import send
from stadtkern.kernel.cases.models import Case, SearchKey
from stadtkern.kernel.people.models import Account

from .conftest import RICH


@pytest.fixture
def pending(office, draft):
    """A case that is sent and not decided yet, found by its plate and nothing else of the car."""
    form = {**RICH, "payment": "none", "fees": [], "search": ["plate"]}
    version = publish.load("parkausweis", form, service=None, department=office)
    case = draft(version, person={"family_name": "Muster", "email": "erika@example.org"},
                 car={"plate": "HER-AB 123"})  # fmt: skip
    assert not SearchKey.objects.exists()
    return send.send(case.pk, key=case.submit_key, actor=case.account)


def numbers(words):
    return list(inbox.found(Case.objects.all(), words).values_list("pk", flat=True))


@pytest.mark.parametrize("words", ["HER-AB 123", "herab123", "HER AB 123", "Muster HERAB123"])
def test_a_pending_case_is_found_by_its_plate_however_it_is_typed(pending, words):
    assert numbers(words) == [pending.pk]


@pytest.mark.parametrize("words", ["HER-AB 12", "HER", "HER-AB 124", "Muster HERAB124"])
def test_only_the_whole_answer_finds_it(pending, words):
    assert numbers(words) == []


def test_the_plate_cannot_be_read_from_what_finds_it(pending, settings):
    kept = SearchKey.objects.get().digest
    assert "HERAB123" not in kept
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-the-city-that-is-long-enough"
    assert numbers("HER-AB 123") == [pending.pk]
    settings.SECRET_KEY_FALLBACKS = []
    assert numbers("HER-AB 123") == []


def test_a_corrected_plate_is_the_one_that_finds_it(pending):
    clerk = Account.objects.create(username="clerk", is_staff=True)
    correct.correct(pending, field="plate", row=None, said="HER-XY 9", reason="Vertippt", by=clerk)
    assert (numbers("HER-AB 123"), numbers("her-xy9")) == ([], [pending.pk])


def test_with_the_answers_goes_what_finds_them(pending):
    retention.erase_case(pending)
    assert not SearchKey.objects.exists()
