"""The distribution's Chromium, its two sizes, and people who are signed in."""

import shutil

import pytest
from browser.looks import DESKTOP, PHONE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = {"phone": PHONE, "desktop": DESKTOP}


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


@pytest.fixture(params=WIDTHS)
def sized(request, page):
    """A short test at both sizes; a journey takes `phone` or `desktop` and looks at both."""
    page.set_viewport_size(WIDTHS[request.param])
    return page


@pytest.fixture
def phone(page):
    page.set_viewport_size(PHONE)
    return page


@pytest.fixture
def desktop(page):
    page.set_viewport_size(DESKTOP)
    return page


@pytest.fixture
def sign_in(base, visitor):
    """`sign_in(page, "operator")`: somebody of this role is signed in, without the form."""

    def enter(page, role):
        known = visitor(role).cookies.jar
        cookies = [{"name": one.name, "value": one.value, "url": base} for one in known]
        page.context.add_cookies(cookies)
        return page

    return enter
