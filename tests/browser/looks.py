"""How a page must look: nothing overflows and axe finds nothing, on a phone and on a desktop."""

from axe_playwright_python.sync_playwright import Axe

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
    page.wait_for_function("document.readyState === 'complete'")
    where = f"{page.url} at {page.viewport_size['width']} px: "
    assert page.evaluate(WIDER) <= 0, where + "wider than the window"
    found = Axe().run(page)
    assert found.violations_count == 0, where + found.generate_report()
