"""Departments, roles in one of them, and sign-in services on the staff's pages."""

import pytest
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import (
    Account,
    Department,
    IdentityProvider,
    Membership,
    Role,
)
from stadtkern.kernel.sealing import unseal

OIDC = {
    "title": "Konto", "slug": "konto", "audience": "citizens", "level": "3", "weight": "5",
    "set_issuer": "https://id.example", "set_client_id": "stadt", "secret": "ganz geheim",
    "attribute_map": '{"city": "locality"}',
}  # fmt: skip


@pytest.fixture
def office(db):
    return Department.objects.create(slug="amt", title="Bürgeramt")


@pytest.fixture
def role(people):
    return Role.objects.get(slug="reader")


def test_a_role_in_a_department_holds_there_and_nowhere_else(as_, people, office, role):
    other = Department.objects.create(slug="anderes", title="Anderes Amt")
    page = reverse("staff-person-membership", args=[people.new_staff.pk])
    as_("operator").post(page, {"department": office.pk, "role": role.pk})
    person = Account.objects.get(pk=people.new_staff.pk)
    assert person.may("devices.see", office.pk)
    assert not person.may("devices.see", other.pk)
    assert person.departments_for("devices.see") == {office.pk}
    assert as_("new_staff").get(reverse("staff-devices")).status_code == 200
    html = as_("operator").get(reverse("staff-people")).content.decode()
    assert "Lesender Zugriff (Bürgeramt)" in html
    entry = Entry.objects.get(verb="people.office_give")
    assert entry.details == {"department": "amt", "role": "reader"}
    as_("operator").post(page, {"take": Membership.objects.get().pk})
    assert not Membership.objects.exists()


def test_the_same_role_is_given_once(as_, people, office, role):
    page = reverse("staff-person-membership", args=[people.new_staff.pk])
    for _ in range(2):
        as_("operator").post(page, {"department": office.pk, "role": role.pk})
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("name", ["operator", "citizen"])
def test_nobody_gives_roles_to_themselves_or_to_citizens(as_, people, office, role, name):
    page = reverse("staff-person-membership", args=[getattr(people, name).pk])
    answer = as_("operator").post(page, {"department": office.pk, "role": role.pk})
    assert answer.status_code == 403
    assert not Membership.objects.exists()


def test_staff_set_no_password_of_a_citizen(as_, people):
    page = reverse("staff-person-password", args=[people.citizen.pk])
    assert as_("operator").post(page).status_code == 403


def test_citizens_are_listed_only_where_they_are_asked_for(as_, people):
    def listed(**query):
        return as_("operator").get(reverse("staff-people"), query).content.decode()

    assert ">citizen<" not in listed()
    assert ">citizen<" in listed(who="citizens")
    Account.objects.filter(pk=people.citizen.pk).update(
        is_active=False, closed="2026-01-01T00:00:00Z"
    )
    assert ">citizen<" not in listed(who="all")


def test_a_department_in_use_cannot_be_removed(as_, people, office, role):
    Membership.objects.create(account=people.reader, department=office, role=role)
    page = reverse("staff-department-remove", args=[office.pk])
    as_("operator").post(page)
    assert Department.objects.exists()
    Membership.objects.all().delete()
    as_("operator").post(page)
    assert not Department.objects.exists()


def test_a_department_belongs_to_none_that_belongs_to_it(as_, office):
    below = Department.objects.create(slug="unten", title="Unten", parent=office)
    page = reverse("staff-department", args=[office.pk])
    said = {"title": "Bürgeramt", "parent": below.pk}
    assert as_("operator").post(page, said).status_code == 422
    assert as_("operator").post(page, {"title": "Amt"}).status_code == 302
    assert Department.objects.get(pk=office.pk).slug == "amt", "addresses name it"


def test_the_number_of_queries_does_not_grow_with_the_departments(as_, office, count_queries):
    browser = as_("operator")
    few = count_queries(lambda: browser.get(reverse("staff-departments")))
    for n in range(20):
        Department.objects.create(slug=f"d{n}", title=f"D {n}", parent=office)
    assert count_queries(lambda: browser.get(reverse("staff-departments"))) == few


def test_a_sign_in_service_is_added_off_with_its_secret_sealed(as_, people):
    page = f"{reverse('staff-identity-new')}?kind=oidc"
    assert as_("operator").post(page, {**OIDC, "attribute_map": "x"}).status_code == 422
    as_("operator").post(page, OIDC)
    one = IdentityProvider.objects.get()
    assert (one.kind, one.level, one.active) == ("oidc", 3, False)
    assert one.attribute_map == {"city": "locality"}
    assert unseal(one.secret) == "ganz geheim"
    assert "ganz geheim" not in str(list(Entry.objects.values()))
    shown = as_("operator").get(reverse("staff-identity-one", args=[one.pk])).content.decode()
    assert "ganz geheim" not in shown
    assert "http://testserver/login/back/konto/" in shown
    assert "/login/with/konto/" not in as_("").get(reverse("login")).content.decode()
    as_("operator").post(reverse("staff-identity-do", args=[one.pk]), {"do": "switch"})
    assert "/login/with/konto/" in as_("").get(reverse("login")).content.decode()


def test_an_empty_secret_leaves_the_old_one(as_, people):
    as_("operator").post(f"{reverse('staff-identity-new')}?kind=oidc", OIDC)
    one = IdentityProvider.objects.get()
    page = reverse("staff-identity-one", args=[one.pk])
    as_("operator").post(page, {**OIDC, "secret": "", "title": "Neuer Name"})
    one.refresh_from_db()
    assert (one.title, unseal(one.secret)) == ("Neuer Name", "ganz geheim")


def test_a_service_inside_the_network_is_not_called_unless_that_is_allowed(as_, people):
    said = {**OIDC, "set_issuer": "http://192.168.7.7/realm"}
    as_("operator").post(f"{reverse('staff-identity-new')}?kind=oidc", said)
    one = IdentityProvider.objects.get()
    as_("operator").post(reverse("staff-identity-do", args=[one.pk]), {"do": "test"})
    one.refresh_from_db()
    assert "[sign_in] private_networks" in one.problem


def test_staff_do_not_redirect_a_citizens_mail(as_, people):
    Account.objects.filter(pk=people.citizen.pk).update(email="erika@example.org")
    page = reverse("staff-person", args=[people.citizen.pk])
    as_("operator").post(page, {"first_name": "Erika", "email": "angreifer@example.org"})
    row = Account.objects.get(pk=people.citizen.pk)
    assert (row.first_name, row.email) == ("Erika", "erika@example.org")


def test_a_role_passes_down_only_where_somebody_said_so(as_, people, office, role):
    part = Department.objects.create(slug="teil", title="Sachgebiet", parent=office)
    deep = Department.objects.create(slug="teil-1", title="Team", parent=part)
    other = Department.objects.create(slug="anderes", title="Anderes Amt")
    page = reverse("staff-person-membership", args=[people.new_staff.pk])
    as_("operator").post(page, {"department": office.pk, "role": role.pk})
    assert Account.objects.get(pk=people.new_staff.pk).departments_for("devices.see") == {office.pk}
    Membership.objects.all().delete()
    as_("operator").post(page, {"department": office.pk, "role": role.pk, "below": "on"})
    person = Account.objects.get(pk=people.new_staff.pk)
    assert person.departments_for("devices.see") == {office.pk, part.pk, deep.pk}
    assert not person.may("devices.see", other.pk)
    assert Entry.objects.filter(verb="people.office_give").latest("pk").details["below"] is True
    html = as_("operator").get(reverse("staff-person", args=[person.pk])).content.decode()
    assert "und darunter" in html
    # What is moved elsewhere is out of reach from then on, and nothing passes up.
    Department.objects.filter(pk=deep.pk).update(parent=other)
    person = Account.objects.get(pk=people.new_staff.pk)
    assert person.departments_for("devices.see") == {office.pk, part.pk}


def test_rights_that_pass_down_cost_one_query_more(people, office, role, django_assert_num_queries):
    for number in range(3):
        Department.objects.create(slug=f"teil-{number}", title="Teil", parent=office)
    Membership.objects.create(account=people.new_staff, department=office, role=role, below=True)
    person = Account.objects.get(pk=people.new_staff.pk)
    with django_assert_num_queries(2):
        assert len(person.departments_for("devices.see")) == 4
