"""Assisted mode: only while the citizen is there, every field marked, a trail without values."""

import json
import re

import pytest
from django.test import Client

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.journey.begin import begin
from stadtkern.kernel.cases.journey.guests import SESSION
from stadtkern.kernel.cases.models import StatusEvent
from stadtkern.systems.digital_forum import erasing, jobs
from stadtkern.systems.digital_forum.logic import assist
from stadtkern.systems.digital_forum.models import AssistAction, AssistSession
from stadtkern.systems.digital_forum.tests.conftest import signed_in, staff_account

ENTER = "/staff/digital_forum/assist/"


def own(case):
    return f"/digitalforum/help/{case.public_id}/"


def show(there, case):
    """The citizen asks for a code; what the page shows."""
    page = there.post(own(case), {"do": "show"}, follow=True).content.decode()
    return re.search(r"df-presence\">(\d{6})<", page)[1]


def enter(desk, code):
    return desk.post(ENTER, {"code": code})


def running(there, desk, case):
    """A session that runs: the address of the helper's overview."""
    answer = enter(desk, show(there, case))
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_helper_sees_a_case_only_after_the_citizens_code(case, there, desk):
    code = show(there, case)
    overview = enter(desk, f"{code[:3]} {code[3:]}")["Location"]
    page = desk.get(overview).content.decode()
    assert case.reference in page
    assert "Halter" in page
    there.get(own(case))
    assert "Hilde" in there.get(own(case)).content.decode()


def test_what_the_helper_fills_in_is_saved_marked_and_shown_to_the_citizen(case, there, desk):
    overview = running(there, desk, case)
    answer = desk.post(f"{overview}owner/", {
        "revision": case.revision, "asked": "first_name email", "first_name": "Ada",
        "email": "ada@example.net",
    })  # fmt: skip
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.answers == {"first_name": "Ada", "email": "ada@example.net"}
    # What the citizen had filled in themselves is not the helper's.
    assert case.helped == ["email"]
    assert case.channel == "assisted"
    page = there.get(own(case)).content.decode()
    assert "Halter: E-Mail" in page
    assert "Ada@" not in page


def test_the_citizen_stays_the_applicant_and_only_they_can_send(case, there, desk, citizen):
    overview = running(there, desk, case)
    for deed in ("send", "submit", "do"):
        desk.post(f"{overview}owner/", {deed: "send"})
    assert desk.get(f"/dienstleistungen/vorgang/{case.public_id}/").status_code == 404
    case.refresh_from_db()
    assert case.account == citizen
    assert case.state == "draft"


def test_a_repeated_step_is_filled_in_changed_and_taken_out(case, there, desk):
    overview = running(there, desk, case)
    for row, name in enumerate(("Rex", "Bello")):
        case.refresh_from_db()
        given = {"revision": case.revision, "dog_name": name, "chip": f"4{row}"}
        assert desk.post(f"{overview}dogs/?row={row}", given).status_code == 302
    case.refresh_from_db()
    assert [one["dog_name"] for one in case.answers["dogs"]] == ["Rex", "Bello"]
    assert "Bello" in desk.get(f"{overview}dogs/").content.decode()
    desk.post(f"{overview}dogs/", {"revision": case.revision, "remove": "0"})
    case.refresh_from_db()
    assert case.answers["dogs"] == [{"dog_name": "Bello", "chip": "41"}]
    assert {"dog_name", "chip", "dogs"} <= set(case.helped)


def test_a_fault_is_said_and_what_is_right_is_kept(case, there, desk):
    overview = running(there, desk, case)
    answer = desk.post(f"{overview}owner/", {
        "revision": case.revision, "asked": "first_name email", "first_name": "Ada L.",
        "email": "nonsense",
    })  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search("<title>Fehler: ", page)
    assert 'href="#id_email"' in page
    assert "nonsense" in page
    case.refresh_from_db()
    assert case.answers == {"first_name": "Ada L."}


def test_two_at_a_time_do_not_overwrite_each_other(case, there, desk):
    overview = running(there, desk, case)
    said = {"revision": case.revision, "asked": "first_name email", "first_name": "Ada"}
    assert desk.post(f"{overview}owner/", {**said, "email": "a@example.net"}).status_code == 302
    late = desk.post(f"{overview}owner/", {**said, "email": "b@example.net"})
    assert late.status_code == 409
    assert "b@example.net" in late.content.decode()
    case.refresh_from_db()
    assert case.answers["email"] == "a@example.net"


def test_it_ends_when_either_ends_it(case, there, desk):
    overview = running(there, desk, case)
    there.post(own(case), {"do": "end"})
    assert desk.get(overview).status_code == 403
    overview = running(there, desk, case)
    desk.post(f"{overview}end/")
    assert desk.get(overview).status_code == 403
    assert "Niemand sieht" in there.get(own(case)).content.decode()
    assert case.reference not in desk.get(overview).content.decode()


@pytest.mark.parametrize(
    ("minutes", "citizen_stays", "helper_stays"),
    [(4, False, True), (12, True, False), (92, True, True)],
    ids=["the citizen goes", "the helper goes", "after long"],
)
def test_it_ends_when_one_of_them_is_gone_or_after_long(
    case, there, desk, clock, minutes, citizen_stays, helper_stays
):
    overview = running(there, desk, case)
    for at in range(2, minutes + 1, 2):
        clock.shift(minutes=2)
        if citizen_stays:
            there.get(own(case))
        if helper_stays and at % 8 == 0:
            assert desk.get(overview).status_code == 200
    assert desk.get(overview).status_code == 403


def test_it_goes_on_while_both_are_there(case, there, desk, clock):
    overview = running(there, desk, case)
    for _turn in range(10):
        clock.shift(minutes=2)
        there.get(own(case))
        assert desk.get(overview).status_code == 200


def test_sending_ends_it(case, there, desk):
    overview = running(there, desk, case)
    type(case).objects.filter(pk=case.pk).update(state="expired")
    assert desk.get(overview).status_code == 403
    assert AssistSession.objects.get().ended_by == "sent"


def test_a_code_works_once_and_not_after_five_minutes(case, there, desk, clock):
    code = show(there, case)
    assert enter(desk, code).status_code == 302
    assert enter(signed_in(staff_account("otto", "digital_forum.helper")), code).status_code == 422
    there.post(own(case), {"do": "end"})
    code = show(there, case)
    clock.shift(minutes=5)
    assert enter(desk, code).status_code == 422


def test_a_new_code_makes_the_old_one_worthless(case, there, desk):
    old = show(there, case)
    new = show(there, case)
    assert old != new
    assert enter(desk, old).status_code == 422
    assert enter(desk, new).status_code == 302


def test_who_tries_codes_has_to_wait(case, there, desk, clock):
    code = show(there, case)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(assist.MOST_WRONG):
        assert enter(desk, wrong).status_code == 422
    answer = enter(desk, code)
    assert answer.status_code == 422
    assert "Viertelstunde" in answer.content.decode()
    # The audit log has a clock of its own.
    Entry.objects.update(at=clock.at)
    clock.shift(minutes=16)
    assert enter(desk, show(there, case)).status_code == 302


def test_another_helper_sees_nothing_of_a_running_session(case, there, desk):
    overview = running(there, desk, case)
    other = signed_in(staff_account("otto", "digital_forum.helper"))
    assert other.get(overview).status_code == 403
    assert other.post(f"{overview}owner/", {"first_name": "X"}).status_code == 403


def test_nobody_helps_themselves(version, helper, desk, clock):
    mine = begin(version, account=helper, language="de", level=1)
    code = show(desk, mine)
    assert enter(desk, code).status_code == 422


def test_nobody_else_sees_the_citizens_page(case, there, desk):
    assert Client().get(own(case)).status_code == 404
    assert desk.get(own(case)).status_code == 404
    assert there.get(own(case)).status_code == 200


def test_assisting_needs_the_permission(case, there, db):
    clerk = signed_in(staff_account("karl"))
    assert clerk.get(ENTER).status_code == 403
    assert Client().get(ENTER).status_code == 302


def test_the_trail_names_fields_and_no_values(case, there, desk, helper):
    overview = running(there, desk, case)
    desk.get(f"{overview}owner/")
    said = {"first_name": "Geheimwort", "email": "x@secret.example"}
    desk.post(f"{overview}owner/", {"revision": 0, "asked": "first_name email", **said})
    desk.post(f"{overview}end/")
    verbs = list(AssistAction.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["joined", "looked", "filled", "ended"]
    kept = json.dumps(
        [*AssistAction.objects.values("verb", "step", "fields"),
         *Entry.objects.values("verb", "target", "details"),
         *StatusEvent.objects.filter(case=case).values("code", "data", "actor")]
    )  # fmt: skip
    assert "Geheimwort" not in kept
    assert "secret.example" not in kept
    assert "first_name" in kept
    done = set(Entry.objects.filter(actor=f"account:{helper.pk}").values_list("verb", flat=True))
    assert {"digital_forum.assist.join", "case.see", "case.helped"} <= done
    page = there.get(own(case)).content.decode()
    assert "Vorname, E-Mail" in page


def test_the_citizen_confirms_what_stands_there_now(case, there, desk):
    overview = running(there, desk, case)
    desk.post(f"{overview}owner/", {"revision": 0, "asked": "email", "email": "a@example.net"})
    assert "Ich habe es geprüft" in there.get(own(case)).content.decode()
    there.post(own(case), {"do": "confirm"})
    assert "Sie haben es geprüft" in there.get(own(case)).content.decode()
    case.refresh_from_db()
    desk.post(f"{overview}owner/", {"revision": case.revision, "asked": "email",
                                    "email": "b@example.net"})  # fmt: skip
    assert "Ich habe es geprüft" in there.get(own(case)).content.decode()


def test_a_guest_is_helped_in_the_browser_that_began_the_case(version, desk, clock):
    guest = Client()
    case = begin(version, account=None, language="de", level=0)
    assert guest.get(own(case)).status_code == 404
    session = guest.session
    session[SESSION] = {str(case.public_id): clock.at.timestamp() + 3600}
    session.save()
    assert enter(desk, show(guest, case)).status_code == 302
    slip = guest.get(f"{own(case)}slip/").content.decode()
    assert case.reference in slip
    assert case.token in slip


def test_a_job_ends_what_nobody_is_at_and_the_trail_goes_after_its_time(case, there, desk, clock):
    running(there, desk, case)
    clock.shift(minutes=20)
    assert jobs.tidy().startswith("1 ")
    assert jobs.tidy().startswith("0 ")
    assert erasing.sessions(clock.at) == 0
    clock.shift(days=366)
    assert erasing.sessions(clock.at) > 0
    assert not AssistSession.objects.exists()


def test_the_overview_asks_a_fixed_number_of_questions(
    case, there, desk, django_assert_max_num_queries
):  # fmt: skip
    overview = running(there, desk, case)
    desk.get(overview)
    with django_assert_max_num_queries(14):
        desk.get(overview)
