"""Pages and data that are text travel packed: a page is a sixth of its size then."""

import zlib
from collections.abc import AsyncIterator, Iterator

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

WORDS = ("json", "xml", "javascript")
LEVEL, GZIP = 6, 31


class PackingMiddleware(GZipMiddleware):
    """Django's, which hides the length of secrets, but not for what is packed in itself."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Pictures, archives and databases go as they are, with their length."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not kind.endswith(WORDS) and not kind.startswith("text/"):
            return response
        if isinstance(response, StreamingHttpResponse) and response.is_async:
            return _streamed(request, response)
        packed: HttpResponseBase = super().process_response(request, response)
        return packed


def _streamed(request: HttpRequest, response: StreamingHttpResponse) -> HttpResponseBase:
    """Django packs each piece for itself, of which many programs read the first one only."""
    patch_vary_headers(response, ("Accept-Encoding",))
    wanted = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
    pieces = response.streaming_content
    if response.has_header("Content-Encoding") or not wanted or isinstance(pieces, Iterator):
        return response
    response.streaming_content = _packed(pieces)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    if response.headers.get("ETag", "").startswith('"'):
        response.headers["ETag"] = "W/" + response.headers["ETag"]
    return response


async def _packed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    async for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
