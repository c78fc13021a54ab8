"""Staff publish a file on a phone, step by step, and everybody finds it."""

from browser.looks import clean

PARKS = (
    "Name;Fläche [ha];Bäume;Rechtswert;Hochwert\n"
    "Stadtgarten;9,5;120;376600;5711500\nSchlosspark Strünkede;11,2;340;376400;5712900\n"
)


def test_a_file_becomes_a_public_dataset(phone, base, sign_in):
    sign_in(phone, "operator")
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
