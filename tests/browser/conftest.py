"""The demo city, running, and the distribution's Chromium."""

import json
import shutil

import pytest
from faults.running_city import RunningCity

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts and "tests" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium: install the package chromium")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--use-gl=angle",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "de-DE", "timezone_id": "Europe/Berlin"}


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """`stadtkern demo` on a data folder of its own."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy("city.toml", folder / "city.toml")
    city = RunningCity(folder, command="demo")
    city.start()
    city.until(lambda: (folder / "data" / "demo.json").exists(), 60)
    city.until(lambda: json.loads((folder / "data" / "demo.json").read_text())["users"], 60)
    yield city
    assert city.stop() == 0


@pytest.fixture(scope="session")
def demo_json(demo):
    return json.loads((demo.folder / "data" / "demo.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def base(demo):
    return f"http://localhost:{demo.port}"


@pytest.fixture(params=WIDTHS)
def sized(request, page):
    page.set_viewport_size(WIDTHS[request.param])
    return page
