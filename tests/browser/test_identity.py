"""Somebody registers, signs in with a passkey, and shows their identity card at the BundID."""

from browser.looks import look

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
ADDRESS = "journey@example.org"
DETAILS = "/account/details/"


def test_from_registering_to_the_identity_card(page, base, mailed_page):
    page.set_viewport_size({"width": 390, "height": 844})
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(f"{base}/login/")
    look(page)
    page.get_by_role("link", name="Stadtkonto anlegen").click()
    page.fill("[name=email]", ADDRESS)
    # A form that is sent faster than people are is taken for a program's.
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="E-Mail schicken").click()
    page.get_by_role("heading", name="Sehen Sie in Ihr Postfach").wait_for()
    page.goto(f"{base}{mailed_page(ADDRESS)}")
    look(page)
    page.get_by_role("button", name="Ohne Kennwort: weiter zum Passkey").click()
    page.fill("[name=name]", "Mein Telefon")
    look(page)
    page.get_by_role("button", name="Passkey hinzufügen").click()
    page.get_by_text("Der Passkey ist da").wait_for()
    page.goto(f"{base}/account/")
    look(page)
    page.get_by_role("button", name="Abmelden").click()
    page.goto(f"{base}/login/?next=/account/step-up/%3Flevel%3D4%26back%3D{DETAILS}")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.get_by_role("heading", name="Bitte weisen Sie sich aus").wait_for()
    look(page)
    page.get_by_role("link", name="BundID").click()
    look(page)
    page.get_by_role("button", name="Weiter zu BundID").click()
    page.get_by_label("Jan Probe").check()
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(f"**{DETAILS}")
    assert page.get_by_text("Testallee 9a").is_visible()
    assert page.get_by_text("aus Ihrem Ausweis").count() > 3
    look(page)
    page.goto(f"{base}/account/sessions/")
    look(page)
    page.goto(f"{base}/account/close/")
    look(page)
    page.get_by_role("button", name="Mein Konto jetzt schließen").click()
    page.get_by_text("Ihr Konto ist geschlossen").wait_for()
