"""How a page must look: nothing overflows and axe finds nothing, on a phone and on a desktop."""

import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def clean(page):
    """At the size that the page has, and at the other one."""
    size = page.viewport_size
    look(page)
    page.set_viewport_size(DESKTOP if size["width"] < 900 else PHONE)
    look(page)
    page.set_viewport_size(size)


def look(page):
    """At the size that the page has."""
    until(page, "document.readyState === 'complete'")
    where = f"{page.url} at {page.viewport_size['width']} px: "
    assert page.evaluate(WIDER) <= 0, where + "wider than the window"
    found = Axe().run(page)
    assert found.violations_count == 0, where + found.generate_report()


def until(page, true, seconds=30):
    """Wait for an expression. `wait_for_function` asks again with eval, which our pages forbid."""
    ends = time.monotonic() + seconds
    while not _holds(page, true):
        assert time.monotonic() < ends, f"{page.url}: never came true: {true}"
        page.wait_for_timeout(50)


def _holds(page, true):
    try:
        return page.evaluate(true)
    except Error as error:
        if "context was destroyed" in error.message:  # the next page is on its way
            return False
        raise
