"""One service from an everyday word to the decision, over all parts of the city."""

import io
import re

import httpx
from browser.looks import DESKTOP, look
from PIL import Image
from playwright.sync_api import expect

NEXT = {"name": "Weiter", "exact": True}
PERSON = "Leyla Beispiel"


def a_scan():
    """A picture of a paper, as a telephone makes it."""
    file = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(file, "JPEG")
    return {"name": "coc.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def prove(page):
    """At the BundID, with an identity card."""
    page.get_by_role("link", name="BundID").click()
    page.get_by_role("button", name="Weiter zu BundID").click()
    page.get_by_label(PERSON).check()
    page.get_by_role("button", name="Anmelden").click()


def go_on(page):
    page.get_by_role("button", **NEXT).click()


def pick(page, **said):
    for name, value in said.items():
        page.check(f"input[name={name}][value={value}]")


def write(page, **said):
    for name, text in said.items():
        page.fill(f"[name={name}]", text)


def find_and_begin(page, base):
    page.goto(f"{base}/dienstleistungen/")
    page.get_by_label("Was brauchen Sie?").fill("neues Auto anmelden")
    page.keyboard.press("Enter")
    page.locator(".sp-list a", has_text="fabrikneu").first.click()
    page.get_by_role("link", name="Online beginnen").click()
    page.get_by_role("link", name="Anmelden und beginnen").click()
    prove(page)
    page.get_by_role("button", name="Beginnen").click()


def fill_in_keeper(page):
    """What the BundID has told need not be typed."""
    pick(page, keeper_kind="person")
    expect(page.get_by_label("Familienname")).to_have_value("Beispiel")
    go_on(page)
    for label, text in (("Geburtsdatum", "30.11.1992"), ("Geburtsort", "Gelsenkirchen"),
                        ("Straße", "Musterweg"), ("Hausnummer", "4"), ("Postleitzahl", "44623"),
                        ("Ort", "Herne")):  # fmt: skip
        field = page.get_by_label(label, exact=True)
        if field.count() and not field.input_value():
            field.fill(text)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Fahrzeug")


def fill_in_the_rest(page):
    pick(page, vehicle_kind="car")
    write(page, vin="WVWZZZ1JZ3W386752", make="Beispiel 1", title_number="AB123456")
    if not page.locator("input[name=drive]").count():
        go_on(page)
    pick(page, drive="petrol")
    page.set_input_files("[name=coc]", a_scan())
    go_on(page)
    write(page, evb="A1B2C3D")
    go_on(page)
    write(page, iban="DE89 3704 0044 0532 0130 00")
    pick(page, holder_is_keeper="yes", mandate="yes")
    go_on(page)
    pick(page, plate_way="next", season="no")
    go_on(page)
    pick(page, collector="me")
    go_on(page)


def prove_and_pay(page):
    """The level that sending needs is asked for at the end; the provider tells us twice."""
    page.get_by_role("link", name="Nachweisen, wer ich bin").click()
    prove(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Prüfen und senden")
    page.locator("#id_declared").check()
    page.get_by_role("button", name="Senden und bezahlen").click()
    page.check("input[value=karte]")
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    page.wait_for_url(re.compile(r"/pay/tr_"))
    page.click("summary")
    page.select_option("[name=callback]", "double")
    page.click("button[value=pay]")
    page.get_by_role("heading", name="Bezahlt").wait_for()


def book(page):
    page.get_by_role("link", name="Zeit wählen").click()
    page.get_by_role("button", name="Zeit wählen").click()
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Weiter mit dieser Zeit").click()
    # Signed in, nobody types their name twice.
    expect(page.get_by_label("Name", exact=True)).to_have_value(PERSON)
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="Weiter zur Übersicht").click()
    page.get_by_role("button", name="Diesen Termin buchen").click()
    expect(page.get_by_text("Er ist gebucht")).to_be_visible()


def wait_for(page, true, tries=120):
    """What goes through a job and another program takes its time."""
    for _try in range(tries):
        if found := true():
            return found
        page.wait_for_timeout(1000)
    raise AssertionError("it did not come")


class Office:
    """The back office, in which we decide."""

    def __init__(self, told, reference):
        self.base, self.reference = f"http://{told['host']}:{told['port']}", reference

    def cases(self):
        found = httpx.get(f"{self.base}/control/cases").json()
        return [one for one in found if one["reference"] == self.reference]

    def sheet(self):
        return httpx.get(f"{self.base}/case/{self.cases()[0]['id']}").text

    def say(self, **said):
        httpx.post(f"{self.base}/case/{self.cases()[0]['id']}", data=said)


def answer(page, case):
    """What the office asks for is added on the same page."""
    question = page.get_by_role("link", name="Frage beantworten")
    wait_for(page, lambda: page.goto(case) and question.count())
    question.click()
    write(page, text="Hier ist es.")
    page.set_input_files("[name=attached]", a_scan())
    page.get_by_role("button", name="Antwort senden").click()


def read_decision(page, case):
    decision = page.get_by_role("link", name="Bescheid öffnen")
    wait_for(page, lambda: page.goto(case) and decision.count())
    with page.expect_download() as file:
        decision.click()
    assert file.value.path().read_bytes().startswith(b"%PDF")
    page.goto(case)
    expect(page.get_by_text(re.compile("als bekannt gegeben"))).to_be_visible()
    look(page)


def close_account(page, base, case):
    page.goto(f"{base}/account/close/")
    page.get_by_role("button", name="Mein Konto jetzt schließen").click()
    page.get_by_text("Ihr Konto ist geschlossen").wait_for()
    page.goto(case)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Link aus unserer Mail")
    expect(page.locator(".cs-ref")).to_have_count(0)


def test_a_new_car_is_registered_from_the_first_word_to_the_decision(
    page, base, browser, sign_in, demo_json
):
    find_and_begin(page, base)
    fill_in_keeper(page)
    page.get_by_role("button", name="Speichern und später weiter").click()
    case = re.search(r".*/[0-9a-f-]{36}/", page.url)[0]

    other = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin", viewport=DESKTOP)
    second = other.new_page()
    second.goto(f"{base}/login/")
    prove(second)
    second.wait_for_url(f"{base}/account/")
    second.goto(case)
    second.get_by_role("link", **NEXT).click()
    fill_in_the_rest(second)
    prove_and_pay(second)
    second.goto(case)
    expect(second.get_by_text("Ihr Antrag wurde gesendet.")).to_have_count(1)
    book(second)
    second.goto(case)
    look(second)

    reference = second.locator(".cs-ref").inner_text()
    office = Office(demo_json["back_office"], reference)
    wait_for(second, office.cases)
    assert [one["times"] for one in office.cases()] == [1]
    assert "WVWZZZ1JZ3W386752" in office.sheet()
    assert "BOOKED" in office.sheet()
    office.say(do="request", text="Bitte das Typschild.", wanted="Foto")
    answer(second, case)
    office.say(do="decision", outcome="granted", text="Dem Antrag wird entsprochen.")
    read_decision(second, case)

    close_account(second, base, case)
    # The city keeps the case for as long as its rules say.
    desk = sign_in(other.new_page(), "administrator")
    desk.goto(f"{base}/staff/service_portal/?view=all&q={reference}")
    expect(desk.locator(".desk-list tbody")).to_contain_text(reference)
    other.close()
