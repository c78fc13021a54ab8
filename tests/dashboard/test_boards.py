"""Boards: put together by staff, seen by everybody once published, shown in the town hall."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.site.boards import blocks
from stadtkern.site.boards.blocks import Block
from stadtkern.site.boards.models import Board, Version
from stadtkern.site.boards.prose import prose

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db):
    """A browser in which somebody of the data team is signed in."""
    roles.sync()
    person = Account.objects.create(username="daten", is_staff=True)
    person.roles.add(Role.objects.get(slug="data"))
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def board(db):
    """A function that makes a board with these blocks; published unless said otherwise."""

    def make(*parts, slug="luft", published=True):
        one = Board.objects.create(slug=slug, position=Board.objects.count())
        version = Version.objects.create(
            board=one, number=1, author="daten", title="Luft", title_en="Air",
            blocks=blocks.stored(parts),
        )  # fmt: skip
        if published:
            one.published = version
            one.save()
        return one

    return make


def do(browser, one, deed, **more):
    return browser.post(f"/staff/boards/{one.pk}/do/", {"do": deed, **more})


def base(one):
    return one.versions.first().number


def test_a_board_is_put_together_without_code_and_seen_once_it_is_published(
    editor, client, stream, observe
):
    series = stream("Rathausplatz", "pm10", unit_symbol="µg/m³")
    observe(series, [(clock.now(), 17.5)])
    made = editor.post("/staff/boards/new/", {"slug": "luft-in-der-stadt", "title": "Luft heute"})
    one = Board.objects.get(slug="luft-in-der-stadt")
    assert made["Location"].endswith(f"/staff/boards/{one.pk}/")
    address = f"/staff/boards/{one.pk}/block/"
    parts = {
        "number": {"what": f"d:{series.pk}"},
        "chart": {"what": f"https://stadt.example/dashboard/explore/?s={series.pk}&range=month"},
        "map": {"layers": ["environment.air"], "link": "/dashboard/?view=51.54,7.22,13"},
        "text": {"text": "## Woher\n\nAus **Sensoren**."},
    }
    for kind, given in parts.items():
        answer = editor.post(f"{address}?kind={kind}", {"base": base(one), **given})
        assert answer.status_code == 302, answer.content.decode()
    seen = editor.get(f"/staff/boards/{one.pk}/").content.decode()
    assert "17,5" in seen
    assert client.get("/dashboard/boards/luft-in-der-stadt/").status_code == 404
    do(editor, one, "publish")
    text = client.get("/dashboard/boards/luft-in-der-stadt/").content.decode()
    for said in ("Luft heute", "17,5", "<strong>Sensoren</strong>", 'data-view="51.54,7.22,13"',
                 "layers=environment.air", f"datastreams={series.pk}", "Testamt"):  # fmt: skip
        assert said in text, said
    assert "luft-in-der-stadt" in client.get("/dashboard/boards/").content.decode()
    do(editor, one, "unpublish")
    assert client.get("/dashboard/boards/luft-in-der-stadt/").status_code == 404
    verbs = list(Entry.objects.filter(target=f"boards.board:{one.pk}").values_list("verb", flat=1))
    assert sorted(verbs) == sorted(["boards.create", *["boards.change"] * 4, "boards.publish",
                                    "boards.unpublish"])  # fmt: skip


def test_what_everybody_sees_changes_only_with_publishing_and_can_be_taken_back(
    editor, client, board
):
    one = board(Block(kind="text", text="Alt"))
    editor.post(f"/staff/boards/{one.pk}/block/?block=0", {"base": 1, "text": "Neu"})
    assert "Alt" in client.get("/dashboard/boards/luft/").content.decode()
    do(editor, one, "publish")
    assert "Neu" in client.get("/dashboard/boards/luft/").content.decode()
    do(editor, one, "restore", version=1)
    do(editor, one, "publish")
    assert "Alt" in client.get("/dashboard/boards/luft/").content.decode()
    assert [v.number for v in one.versions.all()] == [3, 2, 1]
    assert "3" in editor.get(f"/staff/boards/{one.pk}/versions/").content.decode()


def test_blocks_move_grow_and_go(editor, board):
    one = board(*(Block(kind="text", text=text) for text in "abc"))
    for deed, block in (("down", 0), ("up", 2), ("width", 0), ("cut", 1)):
        do(editor, one, deed, block=block, base=base(one))
    left = blocks.read(one.versions.first().blocks)
    assert [(part.text, part.wide) for part in left] == [("b", True), ("a", False)]


def test_who_comes_second_loses_nothing_and_overwrites_nothing(editor, board):
    one = board(Block(kind="text", text="Erst"))
    address = f"/staff/boards/{one.pk}/block/?block=0"
    editor.post(address, {"base": 1, "text": "Zweite Fassung"})
    late = editor.post(address, {"base": 1, "text": "Zu spät getippt"})
    assert late.status_code == 422
    assert "Zu spät getippt" in late.content.decode()
    assert "inzwischen geändert" in late.content.decode()
    assert blocks.read(one.versions.first().blocks)[0].text == "Zweite Fassung"


def test_a_preview_saves_nothing(editor, board):
    one = board()
    address = f"/staff/boards/{one.pk}/block/?kind=text"
    shown = editor.post(address, {"base": 1, "text": "Nur **zur** Probe", "try": "1"})
    assert "<strong>zur</strong>" in shown.content.decode()
    assert one.versions.count() == 1


def test_a_number_is_found_by_its_place_and_what_was_typed_stays(editor, board, stream, observe):
    series = stream("Ölhafen", "pm10")
    observe(series, [(clock.now(), 3.0)])
    one = board()
    found = editor.post(f"/staff/boards/{one.pk}/block/?kind=number",
                        {"search": "1", "q": "oelhafen", "title": "Mein Titel"})  # fmt: skip
    text = found.content.decode()
    assert found.status_code == 200
    assert f'value="d:{series.pk}"' in text
    assert "Mein Titel" in text
    assert one.versions.count() == 1


@pytest.mark.parametrize(("kind", "given"), [
    ("chart", {"what": "https://example.org/"}), ("chart", {"what": "s=999999"}),
    ("map", {"link": "https://example.org/"}), ("number", {"what": "d:999999"}),
    ("number", {"what": "t:gibt.esnicht"}), ("text", {"text": ""}),
])  # fmt: skip
def test_a_block_that_would_show_nothing_is_refused_with_a_reason(editor, board, kind, given):
    one = board()
    answer = editor.post(f"/staff/boards/{one.pk}/block/?kind={kind}", {"base": 1, **given})
    assert answer.status_code == 422
    assert one.versions.count() == 1


def test_what_a_board_showed_and_is_gone_is_said(client, board, switched_off, stream, observe):
    series = stream("Rathausplatz")
    observe(series, [(clock.now(), 20.0)])
    board(Block(kind="number", what=f"d:{series.pk}"), Block(kind="number", what="t:parking.free"),
          Block(kind="chart", what=f"s={series.pk}"))  # fmt: skip
    series.public = False
    series.save()
    switched_off("parking")
    text = client.get("/dashboard/boards/luft/").content.decode()
    assert text.count("gibt es nicht mehr") == 3
    assert "20,0" not in text


def test_more_boards_and_more_numbers_cost_no_more_queries(editor, client, board, stream, observe):
    parts = []
    for i in range(6):
        series = stream(f"Ort {i}")
        observe(series, [(clock.now(), float(i))])
        parts.append(Block(kind="number", what=f"d:{series.pk}"))
    board(parts[0], slug="eins")
    board(*parts, slug="sechs")

    def queries(browser, address):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    assert queries(client, "/dashboard/boards/sechs/") == queries(client, "/dashboard/boards/eins/")
    before = queries(editor, "/staff/boards/")
    for i in range(5):
        board(slug=f"b{i}", published=bool(i % 2))
    assert queries(editor, "/staff/boards/") == before


def test_staff_order_boards(editor, client, board):
    first, second = board(slug="eins"), board(slug="zwei")
    do(editor, second, "earlier")
    assert [one.slug for one in Board.objects.all()] == ["zwei", "eins"]
    do(editor, second, "earlier")
    assert [one.slug for one in Board.objects.all()] == ["zwei", "eins"]
    text = client.get("/dashboard/boards/").content.decode()
    assert text.index("/boards/zwei/") < text.index("/boards/eins/")
    assert do(editor, first, "remove").status_code == 404
    do(editor, first, "unpublish")
    do(editor, first, "remove")
    assert [one.slug for one in Board.objects.all()] == ["zwei"]


def test_a_kiosk_goes_round_all_screens_without_a_script(client, board):
    numbers = [Block(kind="number", what="t:parking.free")] * 8
    board(*numbers, Block(kind="text", text="Ein Satz"), slug="eins")
    board(Block(kind="text", text="Zwei Sätze"), slug="zwei")
    address, shown = "/dashboard/kiosk/?boards=zwei,eins&seconds=30", []
    for _ in range(4):
        text = client.get(address).content.decode()
        refresh = re.search(r'http-equiv="refresh" content="(\d+);url=([^"]+)"', text)
        assert refresh[1] == "30"
        shown.append((text.count('class="tile'), "Ein Satz" in text, "Zwei Sätze" in text))
        address = refresh[2].replace("&amp;", "&")
    assert shown == [(0, False, True), (6, False, False), (2, False, False), (0, True, False)]
    assert "slide=0" in address
    assert client.get("/dashboard/kiosk/?boards=gibtesnicht").status_code == 404


@pytest.mark.parametrize(("text", "html"), [
    ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ("[x](javascript:alert)", "<p>x</p>"),
    ("[x](//boese.example)", "<p>x</p>"),
    ("[Amt](/amt/?a=1&b=2)", '<p><a href="/amt/?a=1&amp;b=2">Amt</a></p>'),
    ('[a"b](https://x.example/"onclick=1)',
     '<p><a href="https://x.example/&quot;onclick=1">a&quot;b</a></p>'),
    ("**fett** und *schräg*", "<p><strong>fett</strong> und <em>schräg</em></p>"),
    ("# Titel\n- eins\n- zwei\n\nEnde", "<h3>Titel</h3>\n<ul><li>eins</li><li>zwei</li></ul>\n"
                                        "<p>Ende</p>"),
])  # fmt: skip
def test_texts_know_a_little_markdown_and_no_html(text, html):
    assert prose(text) == html
