"""Staff publish a file on a phone, step by step, and everybody finds it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PARKS = (
    "Name;Fläche [ha];Bäume;Rechtswert;Hochwert\n"
    "Stadtgarten;9,5;120;376600;5711500\nSchlosspark Strünkede;11,2;340;376400;5712900\n"
)


@pytest.fixture
def phone(page, base, demo_json):
    """The operator's phone."""
    operator = next(one for one in demo_json["users"] if one["role"] == "operator")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + "/login/")
    page.locator("[name=username]").first.fill(operator["login"])
    page.locator("[name=password]").fill(operator["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/**")
    return page


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


def test_a_file_becomes_a_public_dataset(phone, base):
    phone.goto(base + "/staff/open_data/")
    clean(phone)
    phone.get_by_role("link", name="Neuer Datensatz").click()
    file = {"name": "parks.csv", "mimeType": "text/csv", "buffer": PARKS.encode()}
    phone.locator("[name=file]").set_input_files(file)
    phone.get_by_role("button", name="Hochladen").click()
    phone.get_by_role("heading", name="parks.csv").wait_for()
    clean(phone)
    phone.get_by_role("link", name="Berichtigen").click()
    phone.locator("[name=title]").fill("Parks")
    clean(phone)
    phone.get_by_role("button", name="So lesen").click()
    phone.get_by_role("button", name="Übernehmen").click()
    phone.locator("[name=title]").fill("Parks in Herne")
    phone.locator("[name=about]").fill(
        "Zwei Parks mit Fläche und Bäumen, für einen Versuch erfunden."
    )
    phone.locator("[name=keywords]").fill("Park, Grün, Baum")
    phone.get_by_label("Umwelt", exact=True).check()
    clean(phone)
    phone.get_by_role("button", name="Beschreibung speichern").click()
    phone.get_by_role("heading", name="Entscheidung").wait_for()
    clean(phone)
    phone.get_by_role("button", name="Veröffentlichen").click()
    phone.get_by_role("link", name="Öffentliche Seite").wait_for()
    clean(phone)
    phone.get_by_role("link", name="Öffentliche Seite").click()
    phone.get_by_role("heading", name="Parks in Herne").first.wait_for()
