"""The distribution's Chromium, its two sizes, and people who are signed in."""

import re
import shutil
from urllib.parse import urlsplit

import psycopg
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


@pytest.fixture
def mailed_page(demo):
    """`mailed_page(address)`: the path of the link that was mailed last."""

    def find(address):
        with psycopg.connect(demo.url) as database:
            letters = database.execute(
                "select text from post_letter where address = %s order by id desc", [address]
            )
            return urlsplit(re.search(r"https?://\S+", letters.fetchone()[0])[0]).path

    return find


@pytest.fixture
def newcomer(base, mailed_page):
    """`newcomer(page, "a@example.org")`: somebody whom the city knows by name only, signed in."""

    def register(page, address):
        page.goto(f"{base}/account/new/")
        page.fill("[name=email]", address)
        # A form that is sent faster than people are is taken for a program's.
        page.wait_for_timeout(3200)
        page.get_by_role("button", name="E-Mail schicken").click()
        page.get_by_role("heading", name="Sehen Sie in Ihr Postfach").wait_for()
        page.goto(f"{base}{mailed_page(address)}")
        for name, text in (("first_name", "Nora"), ("last_name", "Neuland")):
            page.fill(f"[name={name}]", text)
        for field in ("new_password1", "new_password2"):
            page.fill(f"[name={field}]", "kranich-uhr-wolke-29")
        page.get_by_role("button", name="Konto anlegen").click()
        page.wait_for_url(f"{base}/account/")
        return page

    return register
