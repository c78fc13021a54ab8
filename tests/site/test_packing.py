"""Text travels packed where the reader can unpack it; files that are packed already do not."""

import gzip
import zlib

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from stadtkern.site.packing import PackingMiddleware

pytestmark = pytest.mark.django_db
PACKED = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("path", ["/", "/en/dashboard/", "/api/openapi.json"])
def test_a_page_comes_packed_and_says_the_same(client, path):
    plain, packed = client.get(path), client.get(path, headers=PACKED)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) * 0.7
    assert len(gzip.decompress(packed.content)) == pytest.approx(len(plain.content), rel=0.02)


def test_a_workbook_keeps_its_length(client):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(b"PK" * 5000, content_type=kind)
    request = RequestFactory().get("/", headers=PACKED)
    assert PackingMiddleware(lambda _: answer)(request) is answer
    assert "Content-Encoding" not in answer


def test_a_stream_is_packed_as_one_whole():
    """RFC 1952 allows several members, but browsers and programs read the first one alone."""

    async def rows():
        for number in range(1000):
            yield f"row {number}\n".encode()

    async def collected(pieces):
        return b"".join([piece async for piece in pieces])

    answer = StreamingHttpResponse(rows(), content_type="text/csv", headers={"ETag": '"a"'})
    request = RequestFactory().get("/", headers=PACKED)
    packed = PackingMiddleware(lambda _: answer)(request)
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", 'W/"a"')
    one = zlib.decompressobj(31)
    assert one.decompress(async_to_sync(collected)(packed.streaming_content)).count(b"\n") == 1000
    assert one.unused_data == b""
