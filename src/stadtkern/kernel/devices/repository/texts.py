"""YAML, TOML and JSON of strangers, read as what JSON can hold and no larger than it looks."""

import json
import math
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository.files import FileProblem, Files

DEEPEST = 40
# Aliases let a few hundred bytes of YAML stand for gigabytes: what they unfold to is counted.
MOST_VALUES = 400_000
BRACKETS = re.compile(r"[\[\]{}]")
STAIRS = re.compile(r"(?:[-?:] +){60}")


class _Core(yaml.CSafeLoader):
    """YAML 1.2's core schema: `no` and `on` are words, `010` is ten, dates are texts."""


def _resolver(tag: str, pattern: str, first: str) -> None:
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_Core.yaml_implicit_resolvers = {}
_resolver("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolver("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_Core.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile(r"^$"))]
_resolver("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|[-+]?0x[0-9a-fA-F]+)$", "-+0123456789")
_resolver(
    "float",
    r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN))$",
    "-+.0123456789",
)
_resolver("merge", r"^<<$", "<")


def _int(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    if len(text) > 40:
        raise yaml.YAMLError("number too long")
    sign = -1 if text.startswith("-") else 1
    plain = text.lstrip("+-")
    base = {"0x": 16, "0o": 8}.get(plain[:2], 10)
    return sign * int(plain[2:] if base != 10 else plain, base)


def _float(loader: Any, node: Any) -> float:
    text = loader.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan")
    return float(text)


_Core.add_constructor("tag:yaml.org,2002:int", _int)
_Core.add_constructor("tag:yaml.org,2002:float", _float)


def text(files: Files, name: str) -> str:
    """A file as text; FileProblem where it is not UTF-8 or holds what no database keeps."""
    try:
        content = files.read(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(_("The file is not UTF-8 text.")) from error
    if "\x00" in content:
        raise FileProblem(_("The file is not UTF-8 text."))
    # Fingerprints and the editor follow LF.
    return content.replace("\r\n", "\n")


def read(files: Files, name: str) -> Any:
    """What a YAML, TOML or JSON file says, by its name; FileProblem where it says nothing."""
    content = text(files, name)
    try:
        said = _parsed(content, name)
    except (yaml.YAMLError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise FileProblem(_("The file cannot be understood.")) from error
    _count(said)
    return said


def _parsed(content: str, name: str) -> Any:
    if name.endswith(".toml"):
        return tomllib.loads(content)
    if name.endswith(".json"):
        return json.loads(content)
    if _deep(content):
        raise yaml.YAMLError("nested too deep")
    return yaml.load(content, Loader=_Core)  # noqa: S506 - a safe loader with fewer types


def _deep(content: str) -> bool:
    """Whether it nests so deep that the C parser's own stack could end."""
    depth = 0
    for bracket in BRACKETS.finditer(content):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > 100:
            return True
    return STAIRS.search(content) is not None


def _count(said: Any) -> None:
    left = [MOST_VALUES]

    def walk(value: Any, depth: int) -> None:
        left[0] -= 1
        if left[0] < 0 or depth > DEEPEST:
            raise FileProblem(_("The file holds too much."))
        if isinstance(value, Mapping):
            for item in value.values():
                walk(item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                walk(item, depth + 1)

    walk(said, 0)


def as_json(value: Any) -> Any:
    """The value as JSON can hold it and PostgreSQL keep it; ValueError where neither can."""
    if isinstance(value, Mapping):
        return {_key(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number")
    if value is None or isinstance(value, bool | int | float):
        return value
    return _plain(str(value))


def _key(key: Any) -> str:
    """As JavaScript writes a key that YAML read as something else."""
    words = {True: "true", False: "false", None: "null"}
    return words[key] if key is None or isinstance(key, bool) else _plain(str(key))


def _plain(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a zero byte")
    value.encode()  # UnicodeEncodeError is a ValueError: half a surrogate pair
    return value
