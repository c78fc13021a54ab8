"""News and warnings of the city, by topic and district."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Job,
    Nav,
    Permission,
    Role,
    Service,
    System,
    Tile,
    Today,
    Topic,
)
from stadtkern.systems.news.kinds import THEMES

system = System(
    slug="news",
    title=_("City news"),
    summary=_("News and warnings of the city, by topic and district."),
    package="stadtkern.systems.news",
    theme="city",
    path="neuigkeiten",
    tiles=(
        Tile(slug="news", title=_("City news"), theme="city", weight=58,
             reading="stadtkern.systems.news.layers.news_tile"),
    ),
    datasets=(
        Dataset(
            slug="news",
            title=_("News of the city"),
            about=_("What is public at present: warnings and news with theme and district."),
            theme="GOVE",
            keywords=(_("news"), _("warning"), _("city")),
            rhythm="HOURLY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.news.datasets.rows",
            key=("id",),
            invented=True,
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="title", title=_("Title")),
                Column(slug="title_en", title=_("Title in English")),
                Column(slug="text", title=_("Text")),
                Column(slug="theme", title=_("Theme")),
                Column(slug="district", title=_("District")),
                Column(slug="warning", title=_("Warning"), kind="boolean"),
                Column(slug="begins", title=_("Public from"), kind="datetime"),
                Column(slug="ends", title=_("Public until"), kind="datetime"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
    ),
    services=(
        Service(slug="read", title=_("Read the city's news"), page="news:home",
                summary=_("News and warnings by topic and district, also as a feed."),
                words=_("news, warning, closure, press, report, feed")),
    ),
    nav=(
        Nav(label=_("City news"), to="news:home", weight=62),
        Nav(label=_("City news"), to="news-staff:home", audience="staff", weight=62),
    ),
    permissions=(
        Permission(slug="edit", title=_("Write news")),
        Permission(slug="publish", title=_("Publish news and warnings")),
    ),
    roles=(
        Role(slug="author", title=_("Writes news"), may=("edit",)),
        Role(slug="editor", title=_("Publishes news"), may=("edit", "publish")),
    ),
    jobs=(
        Job(slug="keep-time", title=_("Announce news on time"), cron="* * * * *",
            run="stadtkern.systems.news.jobs.keep_time"),
        Job(slug="feeds", title=_("Read the feeds of others"), cron="33 * * * *",
            run="stadtkern.systems.news.jobs.read_feeds"),
    ),
    topics=(
        Topic(slug="warnings", title=_("Warnings"),
              about=_("What cannot wait, also at night: danger, closures, failures.")),
        *(Topic(slug=slug, title=title, about=_("News about this."))
          for slug, title in THEMES.items()),
    ),
    today=(
        Today(slug="news", title=_("City news"), page="news:home", weight=10,
              lines="stadtkern.systems.news.layers.lines"),
    ),
    pages="stadtkern.systems.news.layers.pages",
    urls={
        "public": "stadtkern.systems.news.pages",
        "staff": "stadtkern.systems.news.staff",
    },
    demo="stadtkern.systems.news.demo.fill",
)  # fmt: skip
