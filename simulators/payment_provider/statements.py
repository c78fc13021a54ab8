"""What the providers and the bank say of a day."""

import time
from html import escape

from simulators.payment_provider.store import Store, day_of

IBAN = "DE02120300000000202051"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def of_provider(store: Store, api: str, day: str) -> str:
    """`id;request;cents;fee`; refunds are negative."""
    rows = ["id;request;cents;fee"]
    with store.lock:
        for payment in store.payments.values():
            if payment.api != api:
                continue
            number = payment.told.get("metadata", {}).get("request_id") or payment.told.get(
                "custom_id", payment.request
            )
            if payment.state == "paid" and day_of(payment.at) == day:
                rows.append(f"{payment.id};{number};{payment.paid};{payment.fee}")
            rows += [
                f"{one.id};{one.request};{-one.cents};0"
                for one in payment.refunds
                if day_of(one.at) == day
            ]
    return "\n".join(rows) + "\n"


def payout(store: Store, api: str, day: str) -> int:
    """What the provider pays out for a day: payments less refunds and fees, in cents."""
    rows = of_provider(store, api, day).splitlines()[1:]
    parts = [row.split(";") for row in rows]
    return sum(int(cents) - int(fee) for _id, _request, cents, fee in parts)


def of_bank(store: Store, day: str) -> str:
    """CAMT.053 of the city's account: the providers' payouts, and what people transferred."""
    lines = [
        (f"PAYOUT{day.replace('-', '')}{api[:4].upper()}", cents, f"AUSZAHLUNG {api} {day}", api)
        for api in ("xbezahldienste", "giro", "card", "wallet")
        if (cents := payout(store, api, day))
    ]
    with store.lock:
        lines += [
            (one.id, one.cents, one.text, one.name)
            for one in store.transfers
            if day_of(one.at) == day
        ]
    entries = "".join(_entry(day, *line) for line in lines)
    made = time.strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f'{HEAD}<Document xmlns="{SCHEMA}"><BkToCstmrStmt><GrpHdr><MsgId>{day}</MsgId>'
        f"<CreDtTm>{made}</CreDtTm></GrpHdr><Stmt><Id>{day}</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id>"
        f"<Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>\n"
    )


def _entry(day: str, number: str, cents: int, text: str, name: str) -> str:
    sign = "CRDT" if cents > 0 else "DBIT"
    amount = f"{abs(cents) // 100}.{abs(cents) % 100:02d}"
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>"
        f"{escape(name)}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>{escape(text)}</Ustrd>"
        f"</RmtInf></TxDtls></NtryDtls></Ntry>"
    )
