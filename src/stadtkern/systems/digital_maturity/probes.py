"""Probes: each reads one answer off the configuration, or says nothing where it cannot know."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.systems.digital_maturity.facts import Facts

# What the city writes where nothing is to pay, and where something surely is.
FREE: Final = re.compile(r"^\s*(kostenlos|kostenfrei|gebührenfrei|keine)\b", re.IGNORECASE)
COSTS: Final = re.compile(r"€|\beuro\b|\d,\d\d", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A proposed answer, and a word for what it was read from, with what was seen there."""

    value: str
    saw: str
    data: Mapping[str, Any] | None = None


Probe = Callable[[Facts], Seen | None]

# What was seen, in words; `%(..)s` are filled with the data.
SAID: Final[dict[str, str | Promise]] = {
    "texts": gettext_lazy("The catalogue has these texts of it: %(texts)s."),
    "no_texts": gettext_lazy("The catalogue has no text of it."),
    "no_key": gettext_lazy("The catalogue has no official key for it."),
    "door": gettext_lazy(
        "An own form is live that goes online to the end: %(form)s, version %(version)s."
    ),
    "half_door": gettext_lazy("A form is live, but it ends with a paper: %(form)s."),
    "elsewhere": gettext_lazy("An online service elsewhere is live: %(url)s."),
    "half_elsewhere": gettext_lazy("A form elsewhere is live, but it ends with a paper: %(url)s."),
    "no_door": gettext_lazy("No way online is live."),
    "prefilled": gettext_lazy(
        "%(prefilled)s of %(fields)s fields of the form are filled in from the account; each says "
        "where it is from."
    ),
    "not_prefilled": gettext_lazy("No field of the form is filled in from the account."),
    "level": gettext_lazy("The service asks for level of trust %(needed)s."),
    "guests": gettext_lazy("Everybody can send the form without an account."),
    "account": gettext_lazy("The form can be sent and followed from an account."),
    "networks": gettext_lazy("Accounts come from: %(networks)s."),
    "no_networks": gettext_lazy("No real identity provider of the portal network is connected."),
    "offered": gettext_lazy(
        "The service asks for level %(needed)s, the form for %(form)s; signing in reaches up to "
        "%(offered)s."
    ),
    "payment": gettext_lazy("The form takes money before it is sent."),
    "deferred": gettext_lazy("The amount is fixed after the decision."),
    "no_payment": gettext_lazy("The form takes no money."),
    "fees": gettext_lazy("The text about the costs says: “%(fees)s”"),
    "no_provider": gettext_lazy("The form takes money, but no payment provider is active."),
    "uploads": gettext_lazy("The form takes files in %(uploads)s fields."),
    "no_uploads": gettext_lazy("The form takes no files."),
    "documents": gettext_lazy("The catalogue names documents that are needed."),
    "no_register": gettext_lazy("No register is connected to the form."),
    "desk": gettext_lazy("The desk provides every decision as a document in the account."),
    "timeline": gettext_lazy("Every application has a timeline that the account shows."),
}  # fmt: skip


def words(saw: str, data: Mapping[str, Any] | None) -> str:
    """What a probe has looked at, in the reader's language."""
    text = str(SAID.get(saw, saw))
    try:
        return text % (data or {})
    except (KeyError, ValueError):
        return text


def info(f: Facts) -> Seen:
    if f.texts:
        return Seen(value="yes", saw="texts", data={"texts": ", ".join(f.texts)})
    return Seen(value="no", saw="no_texts")


def apply_info(f: Facts) -> Seen:
    how = [one for one in ("steps", "documents", "what") if one in f.texts]
    if how:
        return Seen(value="yes", saw="texts", data={"texts": ", ".join(how)})
    return Seen(value="no", saw="no_texts")


def fim(f: Facts) -> Seen | None:
    """Whether the description is agreed upon nobody can see from here; that it is not, one can."""
    return None if f.leika else Seen(value="no", saw="no_key")


def application(f: Facts) -> Seen | None:
    return _door(f) if f.door else None


def _door(f: Facts) -> Seen:
    half = "" if f.complete else "half_"
    if f.door == "own":
        return Seen(value="yes", saw=f"{half}door",
                    data={"form": f.form, "version": f.form_version})  # fmt: skip
    return Seen(value="yes", saw=f"{half}elsewhere", data={"url": f.url})


def online(f: Facts) -> Seen:
    if not f.door or (f.door == "own" and not f.form_version):
        return Seen(value="no", saw="no_door")
    seen = _door(f)
    return seen if f.complete else Seen(value="no", saw=seen.saw, data=seen.data)


def form(f: Facts) -> Seen:
    if not f.door or (f.door == "own" and not f.form_version):
        return Seen(value="no", saw="no_door")
    return _door(f)


def carried(f: Facts) -> Seen | None:
    """What is taken over from the account; of services elsewhere we cannot know."""
    if f.door != "own":
        return None
    if f.prefilled:
        return Seen(value="yes", saw="prefilled",
                    data={"prefilled": f.prefilled, "fields": f.fields})  # fmt: skip
    return Seen(value="no", saw="not_prefilled")


def account_useful(f: Facts) -> Seen | None:
    if max(f.level, f.form_level) > 0:
        return Seen(value="yes", saw="level", data={"needed": max(f.level, f.form_level)})
    return Seen(value="yes", saw="account") if f.door == "own" and f.form else None


def account(f: Facts) -> Seen | None:
    if f.door == "own" and f.form:
        return Seen(value="yes", saw="account")
    return None if f.door else Seen(value="no", saw="no_door")


def account_network(f: Facts) -> Seen | None:
    if f.door != "own":
        return None
    if f.networks:
        return Seen(value="yes", saw="networks", data={"networks": ", ".join(f.networks)})
    return Seen(value="no", saw="no_networks")


def auth_needed(f: Facts) -> Seen:
    needed = max(f.level, f.form_level)
    return Seen(value="yes" if needed else "no", saw="level", data={"needed": needed})


def auth_online(f: Facts) -> Seen | None:
    if not f.door:
        return Seen(value="no", saw="no_door")
    if f.door != "own":
        return None
    enough = f.form_level >= f.level and f.offered >= max(f.level, f.form_level)
    return Seen(value="yes" if enough else "no", saw="offered", data={
        "needed": f.level, "form": f.form_level, "offered": f.offered})  # fmt: skip


def pay_needed(f: Facts) -> Seen | None:
    if f.payment in ("upfront", "deferred"):
        return Seen(value="yes", saw="payment" if f.payment == "upfront" else "deferred")
    if FREE.search(f.fees):
        return Seen(value="no", saw="fees", data={"fees": f.fees})
    if COSTS.search(f.fees):
        return Seen(value="yes", saw="fees", data={"fees": f.fees})
    return Seen(value="no", saw="no_payment") if f.payment == "none" else None


def pay_upfront(f: Facts) -> Seen | None:
    if f.payment == "upfront":
        return Seen(value="yes", saw="payment")
    return Seen(value="no", saw="deferred") if f.payment == "deferred" else None


def pay_online(f: Facts) -> Seen | None:
    if not f.door:
        return Seen(value="no", saw="no_door")
    if f.door != "own":
        return None
    if f.payment != "upfront":
        return Seen(value="no", saw="no_payment")
    return Seen(value="yes", saw="payment") if f.payable else Seen(value="no", saw="no_provider")


def docs_needed(f: Facts) -> Seen | None:
    if f.uploads:
        return Seen(value="yes", saw="uploads", data={"uploads": f.uploads})
    if f.documents:
        return Seen(value="yes", saw="documents")
    return Seen(value="no", saw="no_uploads") if f.door == "own" and f.form else None


def docs_attach(f: Facts) -> Seen | None:
    if not f.door:
        return Seen(value="no", saw="no_door")
    if f.door != "own":
        return None
    if f.uploads:
        return Seen(value="yes", saw="uploads", data={"uploads": f.uploads})
    return Seen(value="no", saw="no_uploads")


def once_docs(f: Facts) -> Seen | None:
    """Where no document is needed at all, there is none that an authority holds."""
    needed = docs_needed(f)
    return needed if needed is not None and needed.value == "no" else None


def once(f: Facts) -> Seen | None:
    return None if f.door in ("efa", "external") else Seen(value="no", saw="no_register")


def notice(f: Facts) -> Seen | None:
    return Seen(value="yes", saw="desk") if f.door == "own" and f.complete else None


def notice_digital(f: Facts) -> Seen | None:
    if not f.door or (f.door == "own" and not f.complete):
        return Seen(value="no", saw="half_door" if f.door else "no_door", data={"form": f.form})
    return Seen(value="yes", saw="desk") if f.door == "own" else None


def status(f: Facts) -> Seen | None:
    if not f.door:
        return Seen(value="no", saw="no_door")
    return Seen(value="yes", saw="timeline") if f.door == "own" and f.form else None


def transparent(f: Facts) -> Seen | None:
    if not f.door:
        return Seen(value="no", saw="no_door")
    return carried(f)


PROBES: Final[dict[str, tuple[str | Promise, Probe]]] = {
    "info": (gettext_lazy("Texts of the catalogue"), info),
    "apply_info": (gettext_lazy("Texts of the catalogue"), apply_info),
    "fim": (gettext_lazy("Official key in the catalogue"), fim),
    "application": (gettext_lazy("Live way online"), application),
    "online": (gettext_lazy("Live way online"), online),
    "form": (gettext_lazy("Live way online"), form),
    "carried": (gettext_lazy("Fields of the published form"), carried),
    "account_useful": (gettext_lazy("Level of trust of service and form"), account_useful),
    "account": (gettext_lazy("Live way online"), account),
    "account_network": (gettext_lazy("Identity providers"), account_network),
    "auth_needed": (gettext_lazy("Level of trust of service and form"), auth_needed),
    "auth_online": (gettext_lazy("Identity providers"), auth_online),
    "pay_needed": (gettext_lazy("Payment of the form, text about the costs"), pay_needed),
    "pay_upfront": (gettext_lazy("Payment of the form, text about the costs"), pay_upfront),
    "pay_online": (gettext_lazy("Payment of the form and payment providers"), pay_online),
    "docs_needed": (gettext_lazy("Files of the form, documents in the catalogue"), docs_needed),
    "docs_attach": (gettext_lazy("Fields of the published form"), docs_attach),
    "once_docs": (gettext_lazy("Files of the form, documents in the catalogue"), once_docs),
    "once": (gettext_lazy("Fields of the published form"), once),
    "notice": (gettext_lazy("How decisions are provided"), notice),
    "notice_digital": (gettext_lazy("How decisions are provided"), notice_digital),
    "status": (gettext_lazy("Timeline of applications"), status),
    "transparent": (gettext_lazy("Fields of the published form"), transparent),
}
NAMES: Final = frozenset(PROBES)


def look(name: str, facts: Facts) -> Seen | None:
    """What this probe sees; None where it cannot know, or where there is no such probe."""
    found = PROBES.get(name)
    return found[1](facts) if found else None


def title_of(name: str) -> str:
    """What a probe looks at."""
    found = PROBES.get(name)
    return str(found[0]) if found else _("no probe")
