"""Every number leads to its source, its time and its method in two clicks."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

pytestmark = pytest.mark.browser
EFFECTS, SENTENCE = "/dashboard/effects/", "effect-sentence"
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What a page must say: whose number it is, when it was counted, and how.
SAYS = (
    re.compile(r"\b(Quellen?|Source)\b"),
    re.compile(r"\b(Stand|Neuester Wert|Veröffentlicht|Ausgabe|Zeitraum|Bekannt seit)\b"),
    re.compile(r"\b(Verfahrens?|Methoden?|So wird gezählt|Wie gezählt wird)\b"),
)


class Parts(HTMLParser):
    """Links and text of the elements that are wanted, and of the whole main part."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted, self.depth, self.open = wanted, 0, []
        self.found, self.main = [], {"links": [], "text": ""}

    def handle_starttag(self, tag, attrs):
        told = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.depth += 1
            if tag == "main" or told.get("id") == "panel":
                self.open.append((self.depth, self.main))
            elif self.wanted & {tag, *told.get("class", "").split()}:
                self.found.append({"links": [], "text": "", "id": told.get("id", tag)})
                self.open.append((self.depth, self.found[-1]))
        for _depth, part in self.open:
            if tag == "a" and told.get("href"):
                part["links"].append(told["href"])

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.open = [one for one in self.open if one[0] < self.depth]
            self.depth -= 1

    def handle_data(self, data):
        for _depth, part in self.open:
            part["text"] += f" {data}"


class Clicks:
    """Pages by address, each asked for once."""

    def __init__(self, client, base):
        self.client, self.base, self.known = client, base, {}

    def parts(self, address, *wanted):
        key = (address, wanted)
        if key not in self.known:
            answer = self.client.get(address, follow_redirects=True)
            assert answer.status_code == 200, address
            parts = Parts(set(wanted))
            if answer.headers["content-type"].startswith("text/html"):
                parts.feed(answer.text)
            self.known[key] = parts
        return self.known[key]

    def links(self, address, part):
        whole = (urldefrag(urljoin(self.base + address, one))[0] for one in part["links"])
        own = (one for one in dict.fromkeys(whole) if one.startswith(self.base))
        return [one.removeprefix(self.base) for one in own if not urlsplit(one).path.startswith(
            ("/api/", "/static/"))]  # fmt: skip

    def explains(self, address):
        return all(words.search(self.parts(address).main["text"]) for words in SAYS)

    def leads(self, address, part):
        """Whether one of its links is, or leads to, a page that says it all."""
        first = self.links(address, part)
        if any(map(self.explains, first)):
            return True
        return any(
            self.explains(second)
            for one in first
            for second in self.links(one, self.parts(one).main)[:40]
        )


@pytest.fixture
def clicks(visitor, base):
    return Clicks(visitor(), base)


def themes(clicks):
    links = clicks.links("/dashboard/", clicks.parts("/dashboard/", "rail").found[0])
    named = (one for one in links if re.fullmatch(r"/dashboard/[a-z]+/", one))
    return [
        one for one in named if one.split("/")[2] not in ("explore", "boards", "effects", "mine")
    ]


def test_every_tile_leads_to_its_source_time_and_method(clicks):
    pages = ["/", "/en/", "/dashboard/", *themes(clicks)]
    assert "/dashboard/water/" in pages
    for page in pages:
        tiles = clicks.parts(page, "tile").found
        assert tiles, page
        for tile in tiles:
            if page == "/en/":
                assert tile["links"], tile["id"]
            else:
                assert clicks.leads(page, tile), f"{page} {tile['id']}: {tile['links']}"


def test_every_chart_and_effect_and_table_explains_itself(clicks):
    for listing, of in ((EFFECTS, EFFECTS),
                        ("/statistik/", "/statistik/tables/")):  # fmt: skip
        links = clicks.links(listing, clicks.parts(listing).main)
        pages = [one for one in links if one.startswith(of) and one.rstrip("/") != of.rstrip("/")
                 and urlsplit(one).path.count("/") == of.count("/") + 1]  # fmt: skip
        shown = [one for one in pages if of != EFFECTS or clicks.parts(one, SENTENCE).found]
        assert shown, listing
        for page in shown:
            assert clicks.explains(page), page


def test_live_numbers_of_projects_lead_to_their_source(clicks):
    links = clicks.links("/projekte/", clicks.parts("/projekte/").main)
    shown = 0
    for page in [one for one in links if re.fullmatch(r"/projekte/[-a-z0-9]+/", one)]:
        for part in clicks.parts(page, "tile").found:
            shown += 1
            assert clicks.leads(page, part), f"{page}: {part['links']}"
    assert shown
