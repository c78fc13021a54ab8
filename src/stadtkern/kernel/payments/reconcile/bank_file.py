"""Reads what the bank says of the city's account: CAMT.053 (ISO 20022) or a table."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST: Final = 20 * 1024**2
COLUMNS: Final = {
    "day": ("buchungstag", "date", "datum"),
    "amount": ("betrag", "amount"),
    "text": ("verwendungszweck", "text", "purpose"),
    "number": ("referenz", "reference", "id"),
}
DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")


class NotABankFile(Exception):
    """The file cannot be read; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BankLine:
    """One movement; positive cents came in. `number` tells it apart for good.

    `iban` and `holder` are the payer's, where the bank names them.
    """

    number: str
    day: date
    cents: int
    text: str
    iban: str = ""
    holder: str = ""


def read(data: bytes) -> list[BankLine]:
    """The movements in a file. Raises NotABankFile."""
    if len(data) > MOST:
        raise NotABankFile(_("The file is larger than 20 MB. Please take a shorter period."))
    try:
        found = list(_camt(data) if data.lstrip()[:1] == b"<" else _table(data))
    except (InvalidOperation, ValueError, KeyError, ElementTree.ParseError, DefusedXmlException):
        raise NotABankFile(
            _("This is no CAMT.053 file and no table with Buchungstag, Betrag, Verwendungszweck.")
        ) from None
    if not found:
        raise NotABankFile(_("The file contains no movement of the account."))
    return found


def _camt(data: bytes) -> Iterator[BankLine]:
    """Each `Ntry` of each `Stmt`, whatever the version of the schema."""
    root = ElementTree.fromstring(data)
    for statement in root.findall(".//{*}Stmt"):
        account = _text(statement, "{*}Acct/{*}Id/{*}IBAN") or "account"
        for place, entry in enumerate(statement.findall("{*}Ntry")):
            yield from _entry(entry, account, f"{_text(statement, '{*}Id')}-{place}")


def _entry(entry: "Element", account: str, place: str) -> Iterator[BankLine]:
    """One line for each transaction of a collective booking that says its own amount."""
    if _text(entry, "{*}Sts/{*}Cd") == "PDNG" or _text(entry, "{*}Sts") == "PDNG":
        return
    day = date.fromisoformat(
        (_text(entry, "{*}BookgDt/{*}Dt") or _text(entry, "{*}BookgDt/{*}DtTm"))[:10]
    )
    sign = 1 if _text(entry, "{*}CdtDbtInd") == "CRDT" else -1
    number = _text(entry, "{*}AcctSvcrRef") or _text(entry, "{*}NtryRef") or place
    parts = entry.findall("{*}NtryDtls/{*}TxDtls")
    single = [_cents(_text(one, "{*}Amt")) for one in parts if _text(one, "{*}Amt")]
    whole = _cents(_text(entry, "{*}Amt"))
    if len(parts) > 1 and len(single) == len(parts) and sum(single) == whole:
        for at, (part, cents) in enumerate(zip(parts, single, strict=True)):
            iban, holder = _payer(part)
            yield BankLine(
                number=f"{account}:{number}:{at}", day=day, cents=sign * cents, text=_words(part),
                iban=iban, holder=holder,
            )  # fmt: skip
        return
    iban, holder = _payer(entry) if len(parts) < 2 else ("", "")
    yield BankLine(number=f"{account}:{number}", day=day, cents=sign * whole, text=_words(entry),
                   iban=iban, holder=holder)  # fmt: skip


def _payer(part: "Element") -> tuple[str, str]:
    """The debtor's account and name; `Pty` stands between since version 8 of the schema."""
    parties = ".//{*}RltdPties/{*}"
    name = _text(part, f"{parties}Dbtr/{{*}}Nm") or _text(part, f"{parties}Dbtr/{{*}}Pty/{{*}}Nm")
    return _text(part, f"{parties}DbtrAcct/{{*}}Id/{{*}}IBAN"), name


def _words(part: "Element") -> str:
    """Everything in which a payer may have written the reference."""
    named = ("{*}Ustrd", "{*}CdtrRefInf/{*}Ref", "{*}EndToEndId", "{*}AddtlNtryInf")
    found = (one.text or "" for name in named for one in part.findall(f".//{name}"))
    return " ".join(one.strip() for one in found if one.strip() and one.strip() != "NOTPROVIDED")


def _text(element: "Element", path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""


def _table(data: bytes) -> Iterator[BankLine]:
    """A CSV of an online bank; equal lines of one file are told apart by their order."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    first = text.splitlines()[0] if text.strip() else ""
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ","))
    at = _columns(rows[0] if rows else [])
    seen: dict[str, int] = {}
    for row in rows[1:]:
        if len(row) <= max(at.values()):
            continue
        told = [row[at[name]].strip() for name in ("day", "amount", "text")]
        number = row[at["number"]].strip() if "number" in at else ""
        if not number:
            number = hashlib.sha256("|".join(told).encode()).hexdigest()[:24]
        seen[number] = seen.get(number, 0) + 1
        if seen[number] > 1:
            number = f"{number}-{seen[number]}"
        yield BankLine(number=number, day=_day(told[0]), cents=_german(told[1]), text=told[2])


def _columns(heads: list[str]) -> dict[str, int]:
    known = [head.strip().lower() for head in heads]
    found = {
        name: next((known.index(word) for word in words if word in known), -1)
        for name, words in COLUMNS.items()
    }
    if min(found["day"], found["amount"], found["text"]) < 0:
        raise ValueError("columns")
    return {name: place for name, place in found.items() if place >= 0}


def _day(text: str) -> date:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day, no instant
        except ValueError:
            continue
    raise ValueError(text)


def _german(text: str) -> int:
    """`-1.234,56` and `-1234.56` alike."""
    bare = text.replace("EUR", "").replace("€", "").replace(" ", "")
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    return _cents(bare)


def _cents(text: str) -> int:
    amount = Decimal(text) * 100
    if amount != amount.to_integral_value():
        raise ValueError(text)
    return int(amount)
