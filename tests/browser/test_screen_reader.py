"""What a screen reader is told: the tree of each form, of its faults, and pages that axe sees."""

from pathlib import Path

import pytest
from browser.looks import clean
from playwright.sync_api import expect

TREES = Path(__file__).parent / "trees"
FORMS = sorted(file.stem for file in TREES.glob("*.yml"))
PAGES = {
    "": ("reifegrad/", "nachnutzung/"),
    "administrator": (
        "staff/service_portal/back-offices/", "staff/service_portal/handovers/",
        "staff/service_portal/services/", "staff/digital_maturity/", "staff/service_reuse/",
    ),
}  # fmt: skip


def test_the_forms_are_read_out_with_names_groups_and_what_is_wrong(desktop, base, newcomer):
    """The trees were read by a person: every field has its label, every group its question."""
    page = newcomer(desktop, "trees@example.org")
    assert len(FORMS) == 4
    for slug in FORMS:
        fields, faults = (TREES / f"{slug}.yml").read_text(encoding="utf-8").split("---\n")
        page.goto(f"{base}/dienstleistungen/antrag/{slug}/")
        page.get_by_role("button", name="Beginnen").press("Enter")
        expect(page.locator("main form").first).to_match_aria_snapshot(fields)
        page.get_by_role("button", name="Weiter", exact=True).press("Enter")
        expect(page.locator("#faults")).to_match_aria_snapshot(faults)


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_maturity_reuse_and_back_offices_are_clean(desktop, base, sign_in, role):
    page = sign_in(desktop, role) if role else desktop
    for path in PAGES[role]:
        answer = page.goto(f"{base}/{path}")
        assert answer.ok, path
        clean(page)
