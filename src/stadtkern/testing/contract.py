"""The contract test: what every installed system must keep, ours and others' alike."""

import ast
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField
from django.test import Client
from django.urls import (
    Resolver404,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from stadtkern.kernel import feeds, registry
from stadtkern.kernel.catalogue import declared, vocabulary
from stadtkern.kernel.catalogue.columns import SLUG
from stadtkern.kernel.catalogue.licences import LICENCES
from stadtkern.kernel.contract import System
from stadtkern.kernel.devices import provision

# First segments that the site promises to something else.
PROMISED = frozenset(
    (
        "app",
        "dashboard",
        "embed",
        "staff",
        "api",
        "places",
        "account",
        "admin",
        "health",
        "metrics",
        "en",
        "login",
        "logout",
        "search",
        "map",
        "live",
        "static",
        "payments",
        "bookings",
        "ocpp",
        "ui",
    )
)
BANNED_NAMES = frozenset(("utils.py", "helpers.py", "enums.py", "constants.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def folder(system: System) -> Path:
    """The folder of the system's package."""
    spec = find_spec(system.package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def paths(system: System) -> Iterator[str]:
    """Every dotted path that the declaration names."""
    yield from (one.pins for one in system.layers)
    yield from (one.reading for one in system.tiles)
    yield from (one.run for one in system.jobs)
    for listener in system.listens:
        yield from (listener.event, listener.call)
    yield from (one.rows for one in system.datasets)
    yield from (one.erase for one in system.personal_data)
    yield from (one.words for one in system.bookings if one.words)
    yield from (one.build for one in system.feeds)
    yield from (one.serve for one in system.websockets)
    yield from system.checks
    yield from (path for path in (system.settings, system.demo, system.pages) if path)


def texts(system: System) -> Iterator[object]:
    """Every text that a person reads."""
    yield from (system.title, system.summary)
    for kind in system.place_kinds:
        yield from (kind.title, kind.plural)
    for thing in system.thing_kinds:
        yield thing.title
        yield from (one.title for one in thing.observes)
    for part in (system.layers, system.tiles, system.services, system.roles, system.permissions):
        yield from (one.title for one in part)
    yield from (service.summary for service in system.services)
    yield from (one.title for one in system.bookings)
    yield from (one.label for one in system.nav)
    for dataset in system.datasets:
        yield from (dataset.title, dataset.about, *dataset.keywords)
        yield from (column.title for column in dataset.columns)
    yield from (line.title for layer in system.layers for line in layer.legend)


def views(system: System) -> Iterator[URLPattern]:
    """Every page of the system, whatever its audience."""
    for resolver in _resolvers(get_resolver().url_patterns):
        if (resolver.namespace or "").partition("-")[0] == system.slug:
            yield from _patterns(resolver.url_patterns)


def _resolvers(found: list[URLPattern | URLResolver]) -> Iterator[URLResolver]:
    for one in found:
        if isinstance(one, URLResolver):
            yield one
            yield from _resolvers(one.url_patterns)


def _patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns)
        else:
            yield one


def sources(system: System) -> Iterator[Path]:
    """The system's own Python, without tests and migrations."""
    for path in sorted(folder(system).rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(folder(system)).parts):
            yield path


def _called(path: str) -> Iterator[object]:
    """The views of a described path, whatever its variables are."""
    for value in ("1", "a", "00000000-0000-4000-8000-000000000000"):
        with suppress(Resolver404):
            yield resolve(re.sub(r"\{\w+\}", value, path)).func


@pytest.mark.parametrize("system", registry.installed(), ids=lambda system: system.slug)
class ContractTest:
    """Collected once for each installed system."""

    def test_its_address_is_promised_to_nobody_else(self, system: System) -> None:
        own = {system.slug, system.path} - {""}
        assert not own & PROMISED
        others = {
            word
            for s in registry.installed()
            if s is not system
            for word in (s.slug, s.path)
            if word
        }
        assert not own & others

    def test_every_dotted_path_leads_somewhere(self, system: System) -> None:
        for path in paths(system):
            assert callable(registry.resolve(path)), path
        for module in system.urls.values():
            assert find_spec(module) is not None, module

    def test_its_websockets_are_below_promised_segments(self, system: System) -> None:
        paths = [one.path for one in system.websockets]
        assert set(paths) <= PROMISED
        assert len(paths) == len(set(paths))

    @pytest.mark.django_db
    def test_its_feeds_give_the_records_of_their_standard(self, system: System) -> None:
        """Of the demo where it has one; what is read of others is not there without them."""
        if not system.feeds:
            return
        provision.sync_profiles()
        if system.demo:
            registry.resolve(system.demo)(random.Random(1))  # noqa: S311
        for one in system.feeds:
            assert one.standard in feeds.STANDARDS, one.standard
            told = list(registry.resolve(one.build)())
            assert all(isinstance(row, feeds.STANDARDS[one.standard]) for row in told), one.build
            # The first field of a record names it.
            names = [getattr(row, fields(row)[0].name) for row in told]
            assert len(names) == len(set(names)), one.build

    def test_programs_read_what_its_addresses_for_them_do(
        self, system: System, client: Client, db: None
    ) -> None:
        """Its OpenAPI document names every address below `/api/<slug>/`."""
        if "api" not in system.urls:
            return
        base = f"/api/{system.slug}"
        told = client.get(f"{base}/openapi.json").json()
        reached = {called for path in told["paths"] for called in _called(f"{base}{path}")}
        own = [one for one in import_module(system.urls["api"]).urlpatterns
               if one.name != "openapi"]  # fmt: skip
        assert not [str(one.pattern) for one in own if one.callback not in reached]

    def test_links_from_its_staff_pages_lead_to_its_public_ones(self, system: System) -> None:
        """Where two parts share an `app_name`, a link stays in the part that it stands in."""
        names = [import_module(module).app_name for module in system.urls.values()]
        assert len(names) == len(set(names)), names

    def test_its_package_is_a_django_app_under_its_own_name(self, system: System) -> None:
        config = next(c for c in apps.get_app_configs() if c.name == system.package)
        assert config.label == system.package.rpartition(".")[2]

    def test_no_relation_leaves_it_except_into_the_kernel(self, system: System) -> None:
        config = next(c for c in apps.get_app_configs() if c.name == system.package)
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = field.related_model
                if not isinstance(field, ForeignKey | ManyToManyField) or isinstance(target, str):
                    continue
                module = target.__module__
                assert module.startswith((system.package, "stadtkern.kernel.")), field
                if not module.startswith(system.package):
                    # Django writes a name of its own before the "+" of many-to-many fields.
                    assert str(field.remote_field.related_name).endswith("+"), field

    def test_every_page_declares_its_audience(self, system: System) -> None:
        for pattern in views(system):
            assert hasattr(pattern.callback, "audience"), pattern

    def test_every_text_is_there_in_german_and_in_english(self, system: System) -> None:
        for text in texts(system):
            assert isinstance(text, Promise), f"not marked for translation: {text}"
            with override("en"):
                english = str(text)
            with override("de"):
                assert gettext(english) != english or _same_in_german(english), english

    def test_profiles_name_what_their_things_observe(self, system: System) -> None:
        kinds = {kind.slug: {o.slug for o in kind.observes} for kind in system.thing_kinds}
        for profile in system.profiles:
            assert provision.codec_of(system, profile).strip()
            assert {m.property for m in profile.measures} <= kinds[profile.thing_kind]

    def test_it_tells_a_reader_what_the_city_gets(self, system: System) -> None:
        readme = folder(system) / "README.md"
        assert 5 <= len(readme.read_text(encoding="utf-8").splitlines()) <= 60

    def test_its_files_and_functions_stay_small(self, system: System) -> None:
        for path in sources(system):
            assert path.name not in BANNED_NAMES, path
            text = path.read_text(encoding="utf-8")
            assert len(text.splitlines()) <= LONGEST_FILE, path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    length = (node.end_lineno or node.lineno) - node.lineno + 1
                    assert length <= LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"

    @pytest.mark.django_db
    def test_its_datasets_are_what_they_declare(self, system: System) -> None:
        """Known terms, keys among the columns, and rows that fit their columns, once each."""
        for one in system.datasets:
            columns = {column.slug: column for column in one.columns}
            assert len(columns) == len(one.columns), one.slug
            assert one.key, one.slug
            assert set(one.key) <= set(columns), one.slug
            assert all(SLUG.fullmatch(slug) for slug in columns), one.slug
            assert sum(column.kind == "geometry" for column in one.columns) <= 1, one.slug
            assert one.theme in vocabulary.THEMES, one.slug
            assert one.rhythm in vocabulary.RHYTHMS, one.slug
            assert one.licence in LICENCES, one.slug
            assert not one.hvd or one.hvd in vocabulary.HVD, one.slug
            assert set(one.things) <= {kind.slug for kind in system.thing_kinds}, one.slug
        if not system.datasets or not registry.is_on(system.slug):
            return
        provision.sync_profiles()
        if system.demo:
            registry.resolve(system.demo)(random.Random(1))  # noqa: S311
        declared.sync()
        for one in system.datasets:
            assert declared.read(system, one) == "new", one.slug

    @pytest.mark.django_db
    def test_off_means_gone_and_the_city_goes_on(self, system: System, client: Client) -> None:
        pages = [service.page for service in system.services] + [
            entry.to for entry in system.nav if entry.audience == "public"
        ]
        addresses = sorted({reverse(page) for page in pages})
        for address in addresses:
            assert client.get(address).status_code == 200, address
        with registry.switched_off(system.slug):
            for address in addresses:
                assert client.get(address).status_code == 404, address
            home = client.get(reverse("home"))
            assert home.status_code == 200
            assert not any(f'href="{a}"' in home.content.decode() for a in addresses)

    @pytest.mark.django_db
    def test_its_demo_can_run_twice(self, system: System) -> None:
        if not system.demo:
            return
        provision.sync_profiles()
        fill = registry.resolve(system.demo)
        fill(random.Random(1))  # noqa: S311
        first = _counts(system)
        fill(random.Random(1))  # noqa: S311
        assert _counts(system) == first
        for layer in system.layers:
            assert list(registry.resolve(layer.pins)()), layer.slug
        # What jobs work out first, such as a forecast, is not there yet.
        told = [registry.resolve(tile.reading)() for tile in system.tiles]
        assert any(one is not None for one in told) or not told


def _same_in_german(text: str) -> bool:
    """Words that are the same in both languages need no entry."""
    return text in (
        "Park and ride", "Name", "Status", "Text", "Wind", "Dashboard", "Smart City", "LoRaWAN",
        "eSport",
    )  # fmt: skip


def _counts(system: System) -> dict[str, int]:
    found = [
        m
        for c in apps.get_app_configs()
        if c.name.startswith("stadtkern.kernel")
        for m in c.get_models()
    ]
    own = next(c for c in apps.get_app_configs() if c.name == system.package)
    return {m._meta.label: m._default_manager.count() for m in (*found, *own.get_models())}
