"""The web process: observation and live endpoints as plain ASGI, everything else Django."""

import gc
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stadtkern.site.settings")
django_application = get_asgi_application()

from stadtkern.kernel.sensorthings import http as sensorthings  # noqa: E402  after django.setup
from stadtkern.site import bells, live, sockets, static_files  # noqa: E402
from stadtkern.site.device_door import http as device_door  # noqa: E402
from stadtkern.site.pulse import Pulse  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Pick the part that answers this path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await sockets.application(scope, receive, send)
    elif scope["path"].startswith("/api/sensorthings"):
        await sensorthings.application(scope, receive, send)
    elif device_door.is_ours(scope["path"]):
        await device_door.application(scope, receive, send)
    elif scope["path"].startswith(static_files.PREFIX):
        await static_files.application(scope, receive, send)
    elif scope["path"].rstrip("/") == "/live":
        await live.application(scope, receive, send)
    elif bells.is_ours(scope["path"]):
        await bells.application(scope, receive, send)
    else:
        await django_application(scope, receive, send)


def settle() -> None:
    """What is loaded now stays: a garbage collection that looks at it too takes 60 ms."""
    reverse("home")  # which loads every page
    gc.collect()
    gc.freeze()


async def _lifespan(receive: Receive, send: Send) -> None:
    pulse = Pulse("web")
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            settle()
            threading.Thread(target=pulse.keep, daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            pulse.stop()
            await device_door.close()
            await sensorthings.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
