"""Editions: numbers that never change, secrets that stay secret from one to the next."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.systems.statistics.logic import editions, protect
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.models import Cell, Item
from stadtkern.systems.statistics.signs import SECRET

pytestmark = pytest.mark.django_db

YEARS = ["Jahr;Art;Zahl", "2022;a;10", "2022;b;20", "2022;Insgesamt;30"]
NEXT = ["Jahr;Art;Zahl", "2023;a;11", "2023;b;22", "2023;Insgesamt;33", "2022;b;21"]


def public(edition):
    """What everybody may read, by codes."""
    cube = Cube(edition)
    return {
        tuple(cube.by_id[pk].code for pk in key): None if cell.value is None else int(cell.value)
        for key, cell in cube.cells({}).items()
    }


def test_a_new_edition_keeps_the_old_one_and_says_what_is_new(make_table, bring):
    table = make_table()
    first = bring(table, YEARS)
    second = bring(table, NEXT)
    assert public(first) == {("2022", "a"): 10, ("2022", "b"): 20, ("2022", "total"): 30}
    assert public(second)["2022", "b"] == 21
    assert public(second)["2022", "a"] == 10
    assert len(public(second)) == 6
    compared = editions.compare(second)
    assert (compared.before, compared.new, compared.gone, compared.same) == (first, 3, 0, 2)
    assert [(one.before, one.after, one.by) for one in compared.changed] == [
        ("20", "21", Decimal(1))
    ]
    since = {cell.since.number for cell in second.cells.filter(raw=10)}
    assert since == {1}
    assert editions.current(table) == second


def test_a_withdrawn_edition_gives_way_to_the_one_before(make_table, bring, client):
    table = make_table()
    bring(table, YEARS)
    second = bring(table, NEXT)
    editions.withdraw(second, "test", "falsche Datei")
    assert editions.current(table).number == 1
    assert "2023" not in client.get("/statistik/tables/menschen/").content.decode()
    page = client.get("/statistik/tables/menschen/editions/").content.decode()
    assert "falsche Datei" in page
    resource = Dataset.objects.get(slug="statistik-menschen").resources.get()
    assert resource.versions.get(current=True).rows == 3
    editions.withdraw(editions.current(table), "test", "auch falsch")
    assert client.get("/statistik/tables/menschen/").status_code == 404
    assert Dataset.objects.get(slug="statistik-menschen").state == "withdrawn"


def test_the_database_refuses_keys_of_another_table(make_table, bring):
    edition = bring(make_table(), YEARS)
    other = bring(make_table("andere"), YEARS)
    foreign = list(Item.objects.filter(dimension__table=other.table).values_list("pk", flat=True))
    own = edition.cells.first().key
    for key in (foreign[:2], own[:1], [own[1], own[0]], [own[0], 10**9]):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cell.objects.create(edition=edition, since=edition, key=key, raw=1, value=1, sign="")
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.cells.filter(key=own).update(value=None, sign="")


SMALL = ["Stand 2024", "Ort;männlich;weiblich;Insgesamt", "Nord;2;9;11", "Süd;8;6;14",
         "West;7;12;19", "Insgesamt;17;27;44"]  # fmt: skip


def test_small_counts_are_nowhere_in_what_is_public(make_table, bring, client):
    table = make_table(protection="suppression")
    edition = bring(table, SMALL)
    shown = public(edition)
    assert shown["nord", "m", "2024"] is None
    assert list(shown.values()).count(None) >= 4
    assert edition.report["primary"] == 1
    assert edition.report["narrowest"] >= 4
    resource = Dataset.objects.get(slug="statistik-menschen").resources.get()
    rows = read(resource.versions.get(current=True), Query(limit=50)).rows
    assert sum(row[-2] is None and row[-1] == SECRET for row in rows) == list(shown.values()).count(
        None
    )
    # Nor is it in any other door: shares and sums are made of what is public.
    for query in ("", "?show=share_rows", "?show=share_columns", "?show=per1000"):
        page = client.get(f"/statistik/tables/menschen/{query}")
        assert page.status_code == 200
    api = client.get("/api/statistics/tables/menschen/cells?ort=nord&geschlecht=m").json()
    assert [row[-3:] for row in api["rows"]] == [[None, ".", 1]]


def test_what_was_hidden_stays_hidden_and_what_was_shown_is_no_hiding_place(make_table, bring):
    table = make_table(protection="suppression")
    first = public(bring(table, SMALL))
    # Another number is corrected; the small one and its hiding places are the same.
    again = [
        line.replace("West;7;12;19", "West;7;13;20").replace("17;27;44", "17;28;45")
        for line in SMALL
    ]
    second = public(bring(table, again))
    for key, value in first.items():
        if value is None and key[0] != "west" and key[0] != "total":
            assert second[key] is None, key
    assert second["nord", "m", "2024"] is None


def test_tables_of_a_family_do_not_give_each_other_away(make_table, bring):
    """The second table alone would show what the first one hides."""
    one = make_table("nach-ort", protection="suppression", family="alle")
    bring(one, ["Stand 2024", "Ort;Zahl", "Nord;2", "Süd;9", "West;12", "Insgesamt;23"])
    two = make_table("nach-ort-und-geschlecht", protection="suppression", family="alle")
    edition = bring(two, [
        "Stand 2024", "Ort;männlich;weiblich;Insgesamt", "Nord;2;-;2", "Süd;4;5;9",
        "West;6;6;12", "Insgesamt;12;11;23",
    ])  # fmt: skip
    assert edition.report["tables"] == 2
    shown = public(edition)
    hidden = {key[0] for key, value in public(editions.current(one)).items() if value is None}
    assert "nord" in hidden
    for place in hidden - {"total"}:
        assert shown[place, "total", "2024"] is None


def test_what_was_public_before_cannot_be_hidden_and_stays_a_draft(make_table, bring):
    table = make_table()
    bring(table, SMALL)
    table.protection = "suppression"
    table.save()
    edition = bring(table, SMALL)
    assert edition.state == "draft"
    assert edition.report["unprotected"]


def test_rounded_tables_show_multiples_alone(make_table, bring):
    table = make_table(protection="rounding", base=5)
    edition = bring(table, SMALL)
    shown = public(edition)
    assert all(value % 5 == 0 for value in shown.values())
    assert shown["total", "total", "2024"] == sum(
        shown[a, s, "2024"] for a in ("nord", "süd", "west") for s in ("m", "w")
    )
    assert public(bring(table, SMALL)) == shown


def test_two_drafts_of_a_family_cannot_both_go_out_unseen_by_each_other(make_table, bring):
    """Each was protected against what was public then, and that was nothing of the other."""
    lines = ["Stand 2024", "Ort;Zahl", "Nord;2", "Süd;9", "West;12", "Insgesamt;23"]
    drafts = [
        bring(make_table(slug, protection="suppression", family="alle"), lines, publish=False)
        for slug in ("eins", "zwei")
    ]
    editions.publish(drafts[0], "test")
    with pytest.raises(editions.NotProtected):
        editions.publish(drafts[1], "test")
    protect.protect(drafts[1])
    editions.publish(drafts[1], "test")
    assert public(drafts[0]) == public(drafts[1])


def test_a_draft_of_a_table_that_is_protected_since_is_not_published(make_table, bring):
    table = make_table()
    draft = bring(table, SMALL, publish=False)
    table.protection = "rounding"
    table.save()
    draft.refresh_from_db()
    with pytest.raises(editions.NotProtected):
        editions.publish(draft, "test")
