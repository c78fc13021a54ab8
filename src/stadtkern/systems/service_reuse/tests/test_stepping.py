"""The way of a service of others from the first look to use."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.catalogue import state
from stadtkern.kernel.cases.models import OnlineService, Service
from stadtkern.systems.service_reuse import checking, lists, stepping, trying
from stadtkern.systems.service_reuse.models import Candidate, Step

pytestmark = pytest.mark.django_db


def refused(candidate, to):
    with pytest.raises(stepping.NotPossible) as problem:
        stepping.move(candidate.pk, to, actor="test")
    return str(problem.value)


def test_the_lists_name_eight_groups_and_what_is_official():
    told = lists.read("requirements")
    assert len(told.groups) == 8
    official = {name for name, item in told.items().items() if item.official}
    assert official == {"neutral", "tested-with-users", "shows-authority", "shows-arms",
                        "federal-law", "state-law", "routing"}  # fmt: skip
    assert told.items()["tested-with-users"].rank == "should"
    assert told.unknown["de"]


def test_each_step_asks_for_what_belongs_before_it(candidate, check):
    assert "Neutrale Gestaltung" in refused(candidate, "assessed")
    check(candidate, "requirements")
    stepping.move(candidate.pk, "assessed", actor="test")
    assert "Entscheiden Sie zuerst" in refused(candidate, "contracted")


def test_a_connection_is_made_tested_and_only_then_used(candidate, decided, check):
    check(candidate, "requirements")
    for step in ("assessed", "contracted"):
        stepping.move(candidate.pk, step, actor="test")
    assert "Vertrag ist unterschrieben" in refused(candidate, "connected")
    for item in lists.read("connection").items().values():
        if item.before == "connected":
            stepping.find_out(candidate, "connection", item.id, "yes", note="", url="", actor="t")
    stepping.move(candidate.pk, "connected", actor="test")
    assert "Probieren Sie den Anschluss" in refused(candidate, "tested")
    check(candidate, "connection")
    trying.note(candidate, "Nichts kam an.", good=False, actor="test")
    assert "Probieren Sie den Anschluss" in refused(candidate, "tested")
    trying.note(candidate, "Alles kam an.", good=True, actor="test")
    stepping.move(candidate.pk, "tested", actor="test")


@pytest.mark.parametrize("to", ["contracted", "connected", "tested", "live", "nonsense"])
def test_no_step_is_left_out(candidate, to):
    refused(candidate, to)


def test_going_live_leads_people_there_and_retires_our_form(ready, own_form, service):
    assert state.way_of(service).kind == "own"
    stepping.move(ready.pk, "live", actor="test", complete=True)
    way = state.way_of(service)
    assert (way.kind, way.url, way.provider, way.complete) == (
        "efa", "https://example.org/wohngeld", "Schleswig-Holstein", True)  # fmt: skip
    own_form.refresh_from_db()
    assert own_form.state == "retired"
    assert Service.objects.with_reach().get(pk=service.pk).reach == "online"
    assert OnlineService.objects.filter(service=service, state="live").count() == 1


def test_what_is_retired_gives_way_to_our_form_where_that_is_wanted(ready, own_form, service):
    stepping.move(ready.pk, "live", actor="test")
    stepping.move(ready.pk, "retired", actor="test", back_to_own=True)
    own_form.refresh_from_db()
    assert own_form.state == "live"
    assert state.way_of(service).kind == "own"


def test_what_is_retired_leaves_nothing_pretended(ready, service):
    stepping.move(ready.pk, "live", actor="test")
    stepping.move(ready.pk, "retired", actor="test")
    assert state.way_of(service).reach == "information"


def test_a_second_service_of_others_takes_the_place_of_the_first(ready, service, decided):
    other = Candidate.objects.create(service=service, title="Anderer", source="Q", step="live",
                                     url="https://example.org/other")  # fmt: skip
    stepping.move(ready.pk, "live", actor="test")
    other.refresh_from_db()
    assert other.step == "retired"
    assert Candidate.objects.live().get() == ready


def test_the_database_knows_one_service_of_others_in_use(candidate, service):
    Candidate.objects.create(service=service, title="B", source="Q", step="live",
                             url="https://example.org/b")  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(step="live")


def test_what_is_in_use_has_an_address(candidate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(step="live", url="")


def test_who_did_what_and_when_stays(ready):
    steps = list(ready.steps.values_list("after", "by"))
    assert [after for after, _by in steps] == ["assessed", "contracted", "connected", "tested"]
    assert Entry.objects.filter(verb="service_reuse.move").count() == 4
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(candidate=ready).update(by="somebody else")


def test_it_is_said_where_the_catalogue_leads_elsewhere_by_now(ready):
    stepping.move(ready.pk, "live", actor="test")
    assert not list(checking.problems())
    OnlineService.objects.update(state="retired")
    assert "führt der Katalog woanders hin" in str(next(checking.problems()).text)
    with translation.override("en"):
        assert next(checking.problems()).fix == f"/en/staff/service_reuse/{ready.pk}/"
