"""The demo city's payment providers, all simulated, and a few invented charges."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from stadtkern.kernel import clock
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Charge, Provider
from stadtkern.kernel.sealing import seal

# The bank code of the examples in the bank association's own documents.
IBAN = "DE02 1203 0000 0000 2020 51"
SERVICES = (
    ("Meldebescheinigung", 900, "cash"), ("Führungszeugnis", 1300, "girocard"),
    ("Personalausweis", 3700, "girocard"), ("Bewohnerparkausweis", 3070, "cash"),
    ("Beglaubigung", 500, ""), ("Fischereischein", 4800, ""), ("Reisepass", 7000, "cancelled"),
)  # fmt: skip


def load_payments(data: Path) -> None:
    """A second run changes nothing."""
    path = data / "demo-payment_provider.json"
    if path.exists():
        _providers(json.loads(path.read_text(encoding="utf-8")))
    if not Charge.objects.filter(kind="demo").exists():
        for number, (text, cents, became) in enumerate(SERVICES):
            _charge(number, text, cents, became)


def _providers(told: dict[str, Any]) -> None:
    site, pages = f"http://{told['host']}:{told['port']}", f"http://localhost:{told['port']}"

    def common(api: str, base: str) -> dict[str, str]:
        return {"base": f"{site}{base}", "pages": pages, "payout": f"AUSZAHLUNG {api}",
                "statement": f"{site}/statements/{api}/{{day}}.csv"}  # fmt: skip

    rows: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        ("karte", "Kreditkarte (Demo)", "card", common("card", "/card")),
        ("ueberweisung", "Direktüberweisung (Demo)", "giro",
         common("giro", "/girocheckout/api/v2") | {"merchant": "1234567", "project": "1234"}),
        ("geldboerse", "Geldbörse (Demo)", "wallet",
         common("wallet", "/wallet") | {"client": "stadt"}),
        ("epayment", "ePayment-Portal (Demo)", "xbezahldienste",
         common("xbezahldienste", "/xbezahldienste") | {
             "token": f"{site}/xbezahldienste/auth/token", "originator": "stadtkern",
             "end_point": "05916000", "client": "stadt"}),
        ("rechnung", "Überweisung auf Rechnung (Demo)", "invoice",
         {"owner": "Stadtkasse (Demo)", "iban": IBAN, "bank": "Musterbank"}),
    )  # fmt: skip
    for weight, (slug, title, adapter, settings) in enumerate(rows):
        Provider.objects.get_or_create(
            slug=slug,
            defaults={"title": title, "adapter": adapter, "settings": settings,
                      "weight": 10 * weight, "secret": seal(told["key"])},
        )  # fmt: skip


def _charge(number: int, text: str, cents: int, became: str) -> None:
    made = charges.charge(
        kind="demo", subject=str(number), key=str(number), purpose="Demo {reference}",
        lines=[Line(text=f"Gebühr {text}", cents=cents, budget="122100.431100")],
        description=f"{text} (erfunden)", policy="deferred", invented=True,
        due=clock.now() + timedelta(days=14),
    )  # fmt: skip
    if became == "cancelled":
        charges.cancel(made, "Antrag zurückgezogen")
    elif became:
        charges.pay_at_counter(made, "demo", became)
