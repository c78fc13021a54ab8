"""Scripts and styles: served from the packages, kept for ever by version, never stale."""

import gzip
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from stadtkern.site import static_files

STYLE = "stadtkern/site.css"


def ask(path, method="GET", query="", **headers):
    """Status, headers and body of one answer."""
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    sent = []

    async def send(message):
        sent.append(message)

    async_to_sync(static_files.application)(scope, None, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A script of a package that can be built anew."""
    path = tmp_path / "script.js"
    path.write_text("one", encoding="utf-8")
    monkeypatch.setattr(finders, "find", lambda name: str(path) if name == "a/script.js" else None)
    monkeypatch.setattr(static_files, "_known", {})
    return path


def test_the_address_in_pages_is_kept_for_ever_and_any_other_is_asked_again():
    address, _, query = static(STYLE).partition("?")
    status, told, body = ask(address, query=query)
    assert status == 200
    assert body == Path(finders.find(STYLE)).read_bytes()
    assert "immutable" in told["cache-control"]
    assert told["content-type"] == "text/css; charset=utf-8"
    for other in ("", "v=000000000000"):
        assert ask(address, query=other)[1]["cache-control"] == "no-cache"


def test_a_file_built_anew_has_a_new_address_and_is_served_in_full(file):
    before = static("a/script.js")
    file.write_text("another one", encoding="utf-8")
    assert static("a/script.js") != before
    status, told, body = ask("/static/a/script.js")
    assert (status, body, told["content-length"]) == (200, b"another one", "11")


def test_who_has_it_already_gets_no_body(file):
    etag = ask("/static/a/script.js")[1]["etag"]
    status, told, body = ask("/static/a/script.js", if_none_match=etag)
    assert (status, body) == (304, b"")
    assert "content-length" not in told
    file.write_text("changed", encoding="utf-8")
    assert ask("/static/a/script.js", if_none_match=etag)[0] == 200


def test_text_comes_packed_where_the_browser_can_unpack_it(file):
    file.write_text("word " * 1000, encoding="utf-8")
    _, told, body = ask("/static/a/script.js", accept_encoding="br, gzip")
    assert told["content-encoding"] == "gzip"
    assert gzip.decompress(body) == file.read_bytes()
    assert "content-encoding" not in ask("/static/a/script.js")[1]


def test_head_says_the_length_without_the_body(file):
    status, told, body = ask("/static/a/script.js", method="HEAD")
    assert (status, told["content-length"], body) == (200, "3", b"")


@pytest.mark.parametrize(
    "path", ["/static/nothing.js", "/static/", "/static/../settings.py", "/static//etc/passwd"]
)
def test_what_is_no_static_file_is_not_found(path):
    assert ask(path)[0] == 404


def test_nothing_can_be_sent_to_a_file():
    assert ask(f"/static/{STYLE}", method="POST")[0] == 405
