"""News as readers, staff, other programs and phones see them."""

import json
import random
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.harvest import fetch
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Area
from stadtkern.kernel.push.models import Announcement
from stadtkern.systems.news import demo, importing, jobs, layers, reading
from stadtkern.systems.news.models import Article, Source

pytestmark = pytest.mark.django_db
RSS = """<rss version="2.0"><channel><title>P</title>
<item><guid>1</guid><title>Brücke &amp;amp; Weg</title><link>https://p.example/1</link>
<description>&lt;p&gt;Neu.&lt;/p&gt;</description><pubDate>{date}</pubDate></item>
<item><title>Ohne Kennung</title></item></channel></rss>"""


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def editor(client):
    roles.sync()
    person = Account.objects.create(username="editor", is_staff=True)
    person.roles.add(Role.objects.get(slug="news.editor"))
    client.force_login(person)
    return client


def make(title="Neues", **told):
    facts = {"slug": f"n{Article.objects.count()}", "state": "public", **told}
    return Article.objects.create(
        title=title, **{"begins": clock.now() - timedelta(hours=1), **facts}
    )


def shown(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_news_appear_and_go_on_time_and_warnings_stand_on_top(client):
    make("Neueste")
    make("Warnung vor Glätte", warning=True, begins=clock.now() - timedelta(days=2))
    make("Später", begins=clock.now() + timedelta(hours=1))
    make("Vorbei", begins=clock.now() - timedelta(days=3), ends=clock.now() - timedelta(days=1))
    make("Entwurf", state="draft")
    page = shown(client.get("/neuigkeiten/"))
    assert page.index("Warnung vor Glätte") < page.index("Neueste")
    for title in ("Später", "Vorbei", "Entwurf"):
        assert title not in page
        slug = Article.objects.get(title=title).slug
        assert client.get(f"/neuigkeiten/{slug}/").status_code == 404
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert "Später" in shown(client.get("/neuigkeiten/"))


def test_theme_district_and_words_narrow_page_and_feeds(client):
    here, there = (Area.objects.create(kind="district", key=k, name=k, source="x", licence="y")
                   for k in ("Hier", "Dort"))  # fmt: skip
    make("Allgemein", theme="green")
    make("Nur hier", theme="traffic", area=here)
    make("Nur dort", theme="traffic", area=there)
    for query, found in (("theme=traffic", {"Nur hier", "Nur dort"}), ("q=allg", {"Allgemein"}),
                         (f"area={here.pk}", {"Allgemein", "Nur hier"})):  # fmt: skip
        page = shown(client.get(f"/neuigkeiten/?{query}"))
        assert {t for t in ("Allgemein", "Nur hier", "Nur dort") if f">{t}</a>" in page} == found
        atom = feedparser.parse(client.get(f"/neuigkeiten/feed.atom?{query}").content)
        assert not atom.bozo
        assert {one.title for one in atom.entries} == found
        rss = feedparser.parse(client.get(f"/neuigkeiten/feed.rss?{query}").content)
        assert {one.title for one in rss.entries} == found
        told = json.loads(client.get(f"/neuigkeiten/feed.json?{query}").content)
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        assert {one["title"] for one in told["items"]} == found


def test_the_list_takes_the_same_number_of_queries_for_any_length(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get("/neuigkeiten/")
        return len(queries)

    make()
    few = asked()
    for _ in range(5):
        make()
    assert asked() == few


def test_staff_write_publish_and_announce_on_time_once(editor):
    begins = timezone.localtime(clock.now() + timedelta(hours=2))
    form = {"title": "Sperrung", "title_en": "Closure", "text": "Ab heute.", "theme": "traffic",
            "begins": f"{begins:%Y-%m-%dT%H:%M}", "push": "on", "warning": "on"}  # fmt: skip
    assert editor.post("/staff/news/new/", form).status_code == 422
    form["ends"] = f"{begins + timedelta(days=2):%Y-%m-%dT%H:%M}"
    editor.post("/staff/news/new/", form)
    article = Article.objects.get()
    editor.post(f"/staff/news/{article.pk}/do/", {"do": "public"})
    jobs.keep_time()
    assert not Announcement.objects.exists()
    with time_machine.travel(begins + timedelta(minutes=61)):
        jobs.keep_time()
        jobs.keep_time()
        told = Announcement.objects.get()
        assert (told.topic, told.urgent, told.title_en) == ("news.warnings", True, "Closure")
        assert "Closure" in shown(editor.get("/en/news/"))
        editor.post(f"/staff/news/{article.pk}/do/", {"do": "withdrawn"})
        assert "Sperrung" not in shown(editor.get("/neuigkeiten/"))


def test_an_author_publishes_nothing(client):
    roles.sync()
    person = Account.objects.create(username="author", is_staff=True)
    person.roles.add(Role.objects.get(slug="news.author"))
    client.force_login(person)
    article = make(state="draft")
    assert client.get(f"/staff/news/{article.pk}/").status_code == 200
    assert client.post(f"/staff/news/{article.pk}/do/", {"do": "public"}).status_code == 403


def test_a_feed_is_read_once_twice_and_when_it_fails(client, monkeypatch):
    source = Source.objects.create(name="P", url="https://p.example/", credit="P", trusted=True)
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        body = RSS.format(date="Sun, 22 Nov 2026 10:00:00 +0100").encode()
        monkeypatch.setattr(fetch, "get", lambda url, **_known: fetch.Document(url=url, body=body))
        assert importing.read(source.pk) == "1 new, 0 changed"
        before = Article.objects.values().get()
        assert importing.read(source.pk) == "0 new, 0 changed"
        assert Article.objects.values().get() == before
        assert before["title"] == "Brücke & Weg"
        assert before["text"] == "Neu."
        page = shown(client.get("/neuigkeiten/"))
        assert "Brücke &amp; Weg" in page
        monkeypatch.setattr(fetch, "get", lambda url, **_known: fetch.Document(url=url, body=b"<x"))
        importing.read(source.pk)
        source.refresh_from_db()
        assert source.problem
        assert Article.objects.public().count() == 1
    old = RSS.format(date="Sun, 22 Nov 2020 10:00:00 +0100").replace(">1<", ">2<")
    assert importing.store(source, reading.read(old.encode())) == "0 new, 0 changed"


def test_a_preview_is_for_who_has_the_link(client):
    article = make("Geheim", state="draft")
    assert "Geheim" in shown(client.get(f"/neuigkeiten/preview/{article.token}/"))
    assert client.get("/neuigkeiten/preview/wrong/").status_code == 404


def test_the_demo_says_that_it_is_invented(client):
    demo.fill(random.Random(1))
    assert Article.objects.public().exclude(invented=True).count() == 0
    assert layers.news_tile() is not None
    assert layers.lines()[0].urgent
    assert "erfunden" in shown(client.get("/neuigkeiten/sperrung-unterfuehrung/"))
