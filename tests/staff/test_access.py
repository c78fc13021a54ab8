"""Each staff page opens for exactly those whose roles allow it."""

import pytest
from django.urls import reverse

from stadtkern.kernel.people.roles import KERNEL_ROLES
from stadtkern.site.staff.urls import urlpatterns

PAGES = {pattern.name: pattern for pattern in urlpatterns}
STAFF = {n: p for n, p in PAGES.items() if p.callback.audience == "staff"}
POSTS = {
    "staff-decode-one",
    "staff-decode-stop",
    "staff-decode-undo",
    "staff-job-run",
    "staff-job-retry",
    "staff-department-remove",
    "staff-identity-do",
    "staff-person-membership",
    "staff-person-switch",
    "staff-person-password",
    "staff-key-revoke",
    "staff-project-add",
    "staff-project-take-out",
    "staff-thing-share",
    "staff-alerts-bulk",
    "staff-alert-do",
    "staff-incident-do",
    "staff-rule-switch",
    "staff-maintenance-end",
    "staff-message-again",
    "staff-webhook-switch",
    "staff-network-switch",
    "staff-network-token",
    "staff-network-test",
    "staff-check-again",
    "staff-check-remove",
    "staff-mark-new",
    "staff-mark-remove",
    "staff-devices-many",
    "staff-devices-filter",
    "staff-effect-do",
    "staff-effect-analysis-do",
    "staff-board-do",
    "staff-absences-do",
    "staff-payments-do-charge",
    "staff-payments-do-refund",
    "staff-payments-do-bank",
    "staff-payments-do-difference",
    "staff-payments-provider-do",
}
# Read by maps, not by people.
DATA = {"staff-coverage-data", "staff-devices-pins", "staff-devices-layers"}
# What the pages promise, said a second time: by the beginning of a page's name.
PROMISED = (
    ("staff-alerts-bulk", "alerts.edit"),
    ("staff-alert-do", "alerts.edit"),
    ("staff-alert", "alerts.see"),
    ("staff-incident-do", "alerts.edit"),
    ("staff-incident", "alerts.see"),
    ("staff-rules", "alerts.see"),
    ("staff-rule-", "alerts.edit"),
    ("staff-rule", "alerts.see"),
    ("staff-maintenance-", "alerts.edit"),
    ("staff-maintenance", "alerts.see"),
    ("staff-message-", "alerts.edit"),
    ("staff-messages", "alerts.see"),
    ("staff-webhook", "alerts.edit"),
    ("staff-device-new", "devices.edit"),
    ("staff-device-change", "devices.edit"),
    ("staff-device-move", "devices.edit"),
    ("staff-device-replace", "devices.edit"),
    ("staff-decode", "devices.edit"),
    ("staff-codec-versions", "devices.see"),
    ("staff-codec", "devices.edit"),
    ("staff-mapping", "devices.edit"),
    ("staff-import", "devices.see"),
    ("staff-devices-many", "devices.edit"),
    ("staff-devices-undo", "devices.edit"),
    ("staff-device-words", "devices.edit"),
    ("staff-downlink-", "devices.send"),
    ("staff-downlink", "devices.see"),
    ("staff-gateway-change", "devices.edit"),
    ("staff-gateway", "devices.see"),
    ("staff-coverage", "devices.see"),
    ("staff-profile-", "devices.edit"),
    ("staff-quality", "things.see"),
    ("staff-check-", "things.edit"),
    ("staff-check", "things.edit"),
    ("staff-mark-", "things.edit"),
    ("staff-device", "devices.see"),
    ("staff-uplink", "devices.see"),
    ("staff-profile", "devices.see"),
    ("staff-systems", "devices.see"),
    ("staff-job-r", "jobs.edit"),
    ("staff-job", "jobs.see"),
    ("staff-schedule", "jobs.see"),
    ("staff-audit", "audit.see"),
    ("staff-people", "people.edit"),
    ("staff-person", "people.edit"),
    ("staff-department", "people.edit"),
    ("staff-identity", "people.edit"),
    ("staff-key", "people.edit"),
    ("staff-project-", "things.edit"),
    ("staff-project", "things.see"),
    ("staff-thing-share", "things.edit"),
    ("staff-thing", "things.see"),
    ("staff-effects", "effects.see"),
    ("staff-effect", "effects.edit"),
    ("staff-board", "boards.edit"),
    ("staff-absences", "bookings.absences"),
    ("staff-payments-provider", "payments.providers"),
    ("staff-payments-do", "payments.refund"),
    ("staff-payments-by-hand", "payments.refund"),
    ("staff-payments-refunds", "payments.see"),
    ("staff-payments-refund", "payments.refund"),
    ("staff-payments", "payments.see"),
    ("staff-network-", "networks.edit"),
    ("staff-network", "devices.see"),
    ("staff", ""),
)
MAY = {name: set(may) for name, (_title, may) in KERNEL_ROLES.items()}


def address(name):
    return reverse(name, args=[1] * str(PAGES[name].pattern).count("<int:"))


def opened(answer):
    """Whether the door was open: what is behind it may still be missing, or want a POST."""
    return answer.status_code in (200, 302, 404, 405) and "/login/" not in answer.get(
        "Location", ""
    )


def test_every_page_names_its_audience():
    assert {p.callback.audience for p in PAGES.values()} == {"staff"}


@pytest.mark.parametrize("name", sorted(STAFF))
def test_a_page_asks_for_the_permission_that_is_promised(name):
    promised = next(p for beginning, p in PROMISED if name.startswith(beginning))
    assert STAFF[name].callback.permission == promised


@pytest.mark.parametrize("name", sorted(STAFF))
def test_a_stranger_is_sent_to_the_log_in_page_and_back(as_, name):
    answer = as_("").get(address(name))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('login')}?next={address(name)}"


@pytest.mark.parametrize("name", sorted(STAFF))
@pytest.mark.parametrize("who", ["reader", "data", "operator"])
def test_a_page_opens_for_the_roles_that_grant_its_permission(as_, who, name):
    permission = STAFF[name].callback.permission
    answer = as_(who).get(address(name))
    if permission == "" or permission in MAY[who]:
        assert opened(answer)
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("name", sorted(STAFF))
def test_all_pages_open_for_a_superuser_and_none_for_a_citizen(as_, name):
    assert opened(as_("superuser").get(address(name)))
    assert as_("citizen").get(address(name)).status_code == 403


@pytest.mark.parametrize("name", sorted(POSTS))
def test_what_changes_something_takes_no_get(as_, name):
    assert as_("superuser").get(address(name)).status_code == 405


def test_what_changes_something_is_kept_from_readers(as_):
    changing = [n for n, p in STAFF.items() if p.callback.permission.endswith(".edit")]
    assert len(changing) > 10
    for name in changing:
        assert as_("reader").post(address(name)).status_code == 403


@pytest.mark.parametrize("who", ["reader", "data", "operator", "new_staff"])
def test_the_menu_leads_only_to_pages_that_open(as_, who):
    browser = as_(who)
    menu = browser.get(reverse("staff")).context["staff_nav"]
    assert menu[0].url == reverse("staff")
    assert {browser.get(entry.url).status_code for entry in menu} == {200}


def test_the_menu_of_an_operator_has_what_a_reader_has_not(as_):
    def menu(who):
        return {e.url for e in as_(who).get(reverse("staff")).context["staff_nav"]}

    assert reverse("staff-audit") in menu("operator")
    assert reverse("staff-audit") not in menu("reader")
    assert menu("new_staff") == {reverse("staff")}


@pytest.mark.parametrize(
    "name", sorted(n for n, p in PAGES.items() if "<int" not in str(p.pattern))
)
def test_every_page_speaks_german_and_english(as_, name, settings):
    if name in POSTS or name in DATA:
        return
    german = as_("superuser").get(address(name), follow=True)
    english = as_("superuser").get(f"/en{address(name)}", follow=True)
    assert 'lang="de"' in german.content.decode()
    assert 'lang="en"' in english.content.decode()


def test_the_admin_is_for_superusers_and_has_no_log_in_of_its_own(as_):
    assert as_("superuser").get("/admin/").status_code == 200
    assert as_("operator").get("/admin/login/").status_code == 403
    assert as_("operator").get("/admin/", follow=True).status_code == 403
    answer = as_("").get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("login"))
    assert "form" in answer.context
