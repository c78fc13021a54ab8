"""From the proposal to the level, and what happens when the configuration changes."""

import pytest
from django.db import DatabaseError, connection, transaction

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.models import FormVersion, OnlineService
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.people.models import IdentityProvider
from stadtkern.systems.digital_maturity import again, assessing, facts, proposing
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.models import Assessment

pytestmark = pytest.mark.django_db


def proposed(service, model):
    draft = assessing.begin(service, model, "test")
    return {name: one.get("proposed") for name, one in draft.answers.items()}


def test_a_service_without_a_form_is_seen_as_such(make, model):
    seen = proposed(make(level=3, texts={"what": "Text", "fees": "28,80 Euro",
                                         "documents": "Foto"}), model)  # fmt: skip
    assert {name: seen[name] for name in ("info", "apply_info", "online", "form", "account",
                                          "auth_needed", "auth_online", "pay_needed", "pay_online",
                                          "docs_needed", "docs_attach", "fim")} == {
        "info": "yes", "apply_info": "yes", "online": "no", "form": "no", "account": "no",
        "auth_needed": "yes", "auth_online": "no", "pay_needed": "yes", "pay_online": "no",
        "docs_needed": "yes", "docs_attach": "no", "fim": "no",
    }  # fmt: skip
    assert "application" not in seen


def test_a_service_that_nobody_has_described_is_offline(make, model):
    service = make(texts={})
    assert proposed(service, model)["info"] == "no"


def test_a_live_form_is_seen_with_its_level_payment_files_and_prefill(make, goes_online, model):
    Provider.objects.create(slug="p", title="P", adapter="x")
    IdentityProvider.objects.create(slug="bundid", kind="saml", title="B", audience="citizens",
                                    level=4)  # fmt: skip
    service = make(level=3)
    goes_online(service, definition={"payment": "upfront"})
    seen = proposed(service, model)
    for name in ("application", "online", "carried", "account", "account_network", "auth_online",
                 "pay_needed", "pay_upfront", "pay_online", "docs_attach", "notice_digital",
                 "status", "transparent"):  # fmt: skip
        assert seen[name] == "yes", name
    assert seen["once"] == "no"


@pytest.mark.parametrize(("change", "question", "value"), [
    ({"provider": False}, "pay_online", "no"),
    ({"identity": 1}, "auth_online", "no"),
    ({"identity": 4, "invented": True}, "account_network", "no"),
    ({"complete": False}, "online", "no"),
    ({"complete": False}, "form", "yes"),
    ({"complete": False}, "notice_digital", "no"),
    ({"steps": []}, "carried", "no"),
    ({"steps": []}, "docs_attach", "no"),
    ({"payment": "deferred"}, "pay_upfront", "no"),
    ({"level": 1}, "auth_online", "no"),
])  # fmt: skip
def test_each_probe_sees_what_is_missing(make, goes_online, model, change, question, value):
    Provider.objects.create(slug="p", title="P", adapter="x", active=change.pop("provider", True))
    IdentityProvider.objects.create(slug="i", kind="saml", title="B", audience="citizens",
                                    level=change.pop("identity", 4),
                                    invented=change.pop("invented", False))  # fmt: skip
    service = make(level=3, texts={"what": "T"})
    goes_online(service, complete=change.pop("complete", True),
                definition={"payment": "upfront", **change})  # fmt: skip
    assert proposed(service, model)[question] == value


def test_services_of_others_are_left_to_people_where_nothing_can_be_seen(make, model):
    service = make(level=3)
    OnlineService.objects.create(service=service, kind="efa", url="https://example.org/",
                                 complete=True, state="live")  # fmt: skip
    seen = proposed(service, model)
    assert seen["online"] == "yes"
    assert not {"carried", "account", "auth_online", "docs_attach", "notice_digital", "status",
                "once"} & set(seen)  # fmt: skip


def test_facts_of_many_services_cost_as_much_as_of_one(
    make, goes_online, django_assert_max_num_queries
):
    services = [make(f"s{number}") for number in range(12)]
    for service in services[:6]:
        goes_online(service)
    with django_assert_max_num_queries(4):
        found = facts.gather(services)
    assert len(found) == 12
    assert found[services[0].pk].uploads == 1


def test_nothing_is_complete_before_a_person_has_confirmed_it(make, goes_online, model):
    service = make()
    goes_online(service)
    draft = assessing.begin(service, model, "test")
    with pytest.raises(assessing.NotReady) as problem:
        assessing.complete(draft.pk, revision=draft.revision, actor="test")
    at = {fault.at for fault in problem.value.faults}
    assert "info" in at
    assert Assessment.objects.get().state == "draft"


def test_who_contradicts_a_probe_says_why(make, goes_online, model, best):
    service = make()
    goes_online(service, complete=False)
    draft = assessing.begin(service, model, "test")
    said = assessing.Said(values=best, reasons={str(n): "r" for n in range(1, 11)})
    draft = assessing.answer(draft.pk, said, revision=0, actor="test")
    assert draft.answers["online"]["by"] == "person"
    with pytest.raises(assessing.NotReady) as problem:
        assessing.complete(draft.pk, revision=draft.revision, actor="test")
    assert "online" in {fault.at for fault in problem.value.faults}
    notes = dict.fromkeys(best, "Seit gestern geht es, die Liste ist noch alt.")
    draft = assessing.answer(draft.pk, assessing.Said(values=best, notes=notes),
                             revision=draft.revision, actor="test")  # fmt: skip
    done = assessing.complete(draft.pk, revision=draft.revision, actor="test")
    assert done.level == 4
    assert assessing.contradicts(done.answers["online"])
    assert done.answers["online"]["proposed"] == "no"


def test_what_is_not_needed_needs_a_reason(make, model, best):
    service = make(texts={"what": "T", "fees": "Je nach Fall."})
    draft = assessing.begin(service, model, "test")
    said = {**best, "pay_needed": "no"}
    notes = dict.fromkeys(said, "n")
    draft = assessing.answer(draft.pk, assessing.Said(values=said, notes=notes), revision=0,
                             actor="test")  # fmt: skip
    assert [one.at for one in assessing.faults(draft, documents.read(model.definition))] == [
        "criterion-5"]  # fmt: skip
    assert draft.level is None


def test_the_reason_is_proposed_where_a_probe_knows_it(make, model):
    draft = assessing.begin(make(level=0), model, "test")
    assert "Kostenlos." in draft.reasons["5"]


def test_two_people_do_not_overwrite_each_other(make, model, best):
    draft = assessing.begin(make(), model, "test")
    assessing.answer(draft.pk, assessing.Said(values=best), revision=0, actor="test")
    with pytest.raises(assessing.Overtaken):
        assessing.answer(draft.pk, assessing.Said(values={}), revision=0, actor="test")


def test_a_new_assessment_supersedes_and_the_old_one_stays(make, measured):
    service = make()
    first = measured(service, pay_needed="yes", pay_online="no")
    second = measured(service)
    first.refresh_from_db()
    assert (first.state, first.level) == ("superseded", 2)
    assert (second.state, second.level) == ("complete", 4)
    assert Entry.objects.filter(verb="digital_maturity.complete").count() == 2


def test_what_is_complete_never_changes(make, measured):
    one = measured(make())
    for change in (
        {"level": 3},
        {"answers": {}},
        {"scores": {}},
        {"state": "draft", "level": None},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Assessment.objects.filter(pk=one.pk).update(**change)
    one.refresh_from_db()
    assert one.level == 4


def test_the_database_knows_one_complete_assessment_for_a_service(make, measured):
    one = measured(make())
    one.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        one.save(force_insert=True)


def test_a_published_model_never_changes(model):
    with pytest.raises(DatabaseError), transaction.atomic():
        type(model).objects.filter(pk=model.pk).update(definition={})
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("update digital_maturity_maturitymodel set state = 'draft', current = false")


def test_a_change_of_the_configuration_marks_what_was_measured(make, goes_online, measured):
    service, other = make(), make("other")
    form = goes_online(service)
    one, untouched = measured(service), measured(other)
    assert again.look_again() == (0, 0, 0)
    FormVersion.objects.filter(form=form).update(state="retired")
    FormVersion.objects.create(form=form, number=2, state="published", definition={},
                               published=one.completed)  # fmt: skip
    assert again.look_again() == (1, 0, 0)
    one.refresh_from_db()
    untouched.refresh_from_db()
    assert one.stale_since is not None
    assert {"form_version", "uploads", "prefilled"} <= set(one.stale_facts)
    assert one.level == 4
    assert untouched.stale_since is None
    assert again.look_again() == (0, 0, 0)


def test_what_is_as_it_was_again_is_not_marked_any_more(make, measured):
    service = make()
    one = measured(service)
    type(service).objects.filter(pk=service.pk).update(level=4)
    assert again.look_again() == (1, 0, 0)
    type(service).objects.filter(pk=service.pk).update(level=0)
    assert again.look_again() == (0, 1, 0)
    one.refresh_from_db()
    assert one.stale_since is None


def test_a_draft_gets_fresh_proposals_and_loses_confirmations_that_rest_on_old_ones(
    make, goes_online, model, best
):
    service = make()
    draft = assessing.begin(service, model, "test")
    values = proposing.values(draft.answers)
    draft = assessing.answer(draft.pk, assessing.Said(values={**values, "once_docs": "yes"}),
                             revision=0, actor="test")  # fmt: skip
    assert draft.answers["online"]["confirmed"]
    goes_online(service)
    assert again.look_again() == (0, 0, 1)
    draft.refresh_from_db()
    assert (draft.answers["online"]["value"], draft.answers["online"]["confirmed"]) == (
        "yes",
        False,
    )
    assert draft.answers["info"]["confirmed"]
    assert draft.answers["once_docs"] == {"value": "yes", "by": "person", "confirmed": True,
                                          "note": "", "url": ""}  # fmt: skip


def test_drafts_that_probes_answer_completely_are_confirmed_at_once(make, goes_online, model):
    service, unclear = make(leika=""), make("unclear", texts={"what": "T"})
    goes_online(service)
    assessing.begin_all([service, unclear], model, "test")
    drafts = list(Assessment.objects.select_related("model"))
    for draft in drafts:
        assert not any(one.get("confirmed") for one in draft.answers.values())
    # What no probe can know is asked: whether an authority holds the documents.
    assert assessing.confirm_all(drafts, actor="test") == (0, 2)
    goes_online(unclear, definition={"steps": []})
    again.look_again()
    drafts = list(Assessment.objects.select_related("model"))
    assert assessing.confirm_all(drafts, actor="test") == (1, 1)
    done = Assessment.objects.complete().get()
    assert done.service == unclear
    assert all(one["confirmed"] for one in done.answers.values())


def test_an_assessment_begun_anew_starts_from_what_people_said(make, measured, model):
    service = make()
    measured(service, carried="no")
    draft = assessing.begin(service, model, "test")
    assert draft.answers["carried"]["value"] == "no"
    assert not draft.answers["carried"]["confirmed"]
