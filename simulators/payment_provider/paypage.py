"""The page where the payer pays; and, folded away, what shall go wrong this time."""

from html import escape

from simulators.payment_provider.store import Payment

NAMES = {"xbezahldienste": "ePayment Portal", "giro": "Direktüberweisung", "card": "Kartenzahlung",
         "wallet": "Geldbörse"}  # fmt: skip
STYLE = """
:root { color-scheme: light; font: 17px/1.5 system-ui, sans-serif; }
body { margin: 0; background: #eef1f5; color: #16202b; }
header { background: #2b2f77; color: #fff; padding: 14px 20px; font-weight: 700; }
main { max-width: 460px; margin: 24px auto; background: #fff; border-radius: 14px; padding: 24px;
  box-shadow: 0 2px 18px #0002; }
h1 { font-size: 22px; margin: 0 0 4px; } .sum { font-size: 34px; font-weight: 700; margin: 0; }
label { display: block; font-weight: 600; margin: 14px 0 4px; }
input, select { font: inherit; width: 100%; box-sizing: border-box; padding: 10px;
  border: 1px solid #77828f; border-radius: 8px; }
button { font: inherit; font-weight: 700; width: 100%; min-height: 48px; margin-top: 14px;
  border-radius: 10px; border: 2px solid #2b2f77; background: #2b2f77; color: #fff; }
button.quiet { background: #fff; color: #2b2f77; }
.note { background: #fff4d6; border-left: 4px solid #8a5a00; padding: 8px 12px; margin: 0 0 18px; }
details { margin-top: 22px; border-top: 1px solid #d5dbe3; padding-top: 12px; }
summary { cursor: pointer; font-weight: 600; }
"""
FIELDS = {
    "card": '<label for="n">Kartennummer</label><input id="n" name="number" autocomplete="off" '
    'inputmode="numeric" value="4111 1111 1111 1111"><label for="c">Prüfziffer</label>'
    '<input id="c" name="cvc" autocomplete="off" inputmode="numeric" value="123">',
    "giro": '<label for="b">Ihre Bank</label><select id="b" name="bank"><option>Musterbank'
    "</option></select>",
    "wallet": '<label for="e">E-Mail</label><input id="e" name="email" autocomplete="off" '
    'value="max@muster.example">',
    "xbezahldienste": '<label for="w">Zahlweg</label><select id="w" name="method"><option '
    'value="card">Karte</option><option value="transfer">Überweisung</option><option '
    'value="wallet">Geldbörse</option></select>',
}


def page(payment: Payment) -> str:
    """In German, as the demo's payers are."""
    euros = f"{payment.cents // 100},{payment.cents % 100:02d}\N{NO-BREAK SPACE}€"
    if payment.state != "open":
        return _frame(
            payment, f'<h1>Diese Zahlung ist abgeschlossen</h1><p><a href="{escape(payment.back)}">'
            "Zurück zur Stadt</a></p>"
        )  # fmt: skip
    return _frame(
        payment,
        f"""<h1>{escape(payment.purpose)}</h1><p class="sum">{euros}</p>
<form method="post">{FIELDS[payment.api]}
<button name="do" value="pay">{euros} bezahlen</button>
<button class="quiet" name="do" value="cancel">Abbrechen</button>
<details><summary>Was soll schiefgehen?</summary>
<label for="cb">Rückmeldung an die Stadt</label><select id="cb" name="callback">
<option value="">wie eingestellt</option><option value="once">einmal</option>
<option value="double">zweimal</option><option value="late">verspätet</option>
<option value="none">gar nicht</option></select>
<label for="am">Betrag</label><select id="am" name="amount"><option value="">richtig</option>
<option value="wrong">ein Euro zu wenig</option></select>
<label for="bk">Danach</label><select id="bk" name="stay"><option value="">zurück zur Stadt</option>
<option value="yes">hier bleiben</option></select>
<button class="quiet" name="do" value="fail">Zahlung ablehnen</button></details></form>""",
    )


def _frame(payment: Payment, body: str) -> str:
    name = NAMES[payment.api]
    return f"""<!doctype html><html lang="de"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>
<style>{STYLE}</style></head><body><header>{name}</header><main>
<p class="note">Nachgestellter Zahldienst: Hier fließt kein Geld.</p>{body}</main></body></html>"""


def done() -> str:
    """For whoever stays."""
    return "<!doctype html><html lang=de><title>Fertig</title><p>Die Zahlung ist abgeschlossen."
