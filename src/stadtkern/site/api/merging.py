"""Makes one OpenAPI 3.1 document of several: each part keeps its names behind a prefix."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

Document = dict[str, Any]
VERBS: Final = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))
COMPONENTS: Final = "#/components/"


def merged(info: Document, server: str, parts: Iterable[tuple[str, str, Document]]) -> Document:
    """`parts` are slug, title and document; documents of OpenAPI 3.0 are raised to 3.1."""
    whole: Document = {
        "openapi": "3.1.0", "info": info, "servers": [{"url": server}], "tags": [], "paths": {},
        "components": {},
    }  # fmt: skip
    for slug, title, part in parts:
        whole["tags"].append({"name": slug, "description": title})
        renamed = _renamed(part, slug)
        for path, item in renamed.get("paths", {}).items():
            whole["paths"][_base(part) + path] = _placed(item, slug, renamed.get("security"))
        for kind, named in renamed.get("components", {}).items():
            whole["components"].setdefault(kind, {}).update(
                {f"{slug}.{name}": one for name, one in named.items()}
            )
    return whole


def _base(part: Document) -> str:
    """What the addresses of a part begin with: the path of its server."""
    servers = part.get("servers") or [{"url": ""}]
    return urlsplit(str(servers[0]["url"])).path.rstrip("/")


def _placed(item: Document, slug: str, security: object) -> Document:
    """Operations under their part's tag, with the security that held for all of the part."""
    placed = dict(item)
    for verb in VERBS & item.keys():
        placed[verb] = {**item[verb], "tags": [slug]}
        if security is not None:
            placed[verb].setdefault("security", security)
    return placed


def _renamed(node: Any, slug: str) -> Any:
    """The same with every name of the part behind its prefix."""
    if isinstance(node, list):
        return [_renamed(one, slug) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: _value(key, one, slug) for key, one in node.items()}
    return _raised(found) if "nullable" in found else found


def _value(key: str, value: Any, slug: str) -> Any:
    if key == "$ref" and isinstance(value, str) and value.startswith(COMPONENTS):
        kind, _slash, name = value.removeprefix(COMPONENTS).partition("/")
        return f"{COMPONENTS}{kind}/{slug}.{name}"
    if key == "operationId" and isinstance(value, str):
        return f"{slug}.{value}"
    if key == "security" and isinstance(value, list):
        return [{f"{slug}.{name}": scopes for name, scopes in one.items()} for one in value]
    return _renamed(value, slug)


def _raised(schema: Document) -> Document:
    """`nullable` of 3.0 is a type of its own in 3.1. A property of that name is left alone."""
    if not isinstance(schema["nullable"], bool):
        return schema
    rest = {key: one for key, one in schema.items() if key != "nullable"}
    if not schema["nullable"]:
        return rest
    if isinstance(rest.get("type"), str):
        rest["type"] = [rest["type"], "null"]
        return rest if "enum" not in rest else {**rest, "enum": [*rest["enum"], None]}
    return {"anyOf": [rest, {"type": "null"}]}
