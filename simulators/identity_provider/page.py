"""The page where one chooses who to be, and the way back."""

from collections.abc import Mapping, Sequence
from html import escape

from simulators.identity_provider.people import FAULTS, Person

STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0;color:#12181f;background:#f3f6f8}"
    "main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:10px}"
    "label{display:block;padding:.5rem 0;min-height:24px}button{font:inherit;padding:.6rem 1.2rem;"
    "background:#10307a;color:#fff;border:0;border-radius:8px;min-height:44px}"
    ".demo{background:#fff1d6;padding:.5rem 1rem;border-radius:8px}"
    "fieldset{border:1px solid #76828d;border-radius:8px;margin:1rem 0}"
    "select{font:inherit;min-height:40px}"
)  # fmt: skip
LEVELS = (
    ("password", "Benutzername und Passwort (Basis)"),
    ("elster", "ELSTER-Zertifikat (substanziell)"),
    ("eid", "Online-Ausweis (hoch)"),
)


def choose(title: str, number: str, people: Sequence[Person], wanted: int) -> str:
    """Person, way and, for tests, a fault."""
    usual = "eid" if wanted >= 4 else "elster" if wanted == 3 else "password"
    persons = "".join(
        _radio("person", one.id, one.title, checked=index == 0) for index, one in enumerate(people)
    )
    ways = "".join(_radio("way", way, text, checked=way == usual) for way, text in LEVELS)
    faults = "".join(
        f'<option value="{key}">{escape(text)}</option>' for key, text in FAULTS.items()
    )
    return _frame(title, (
        f'<form method="post" action="/choose"><input type="hidden" name="number" value="{number}">'
        f"<fieldset><legend>Wer sind Sie?</legend>{persons}</fieldset>"
        f"<fieldset><legend>Wie melden Sie sich an?</legend>{ways}</fieldset>"
        f"<details><summary>Für Prüfungen: Fehler einbauen</summary><label>Fehler "
        f'<select name="fault">{faults}</select></label></details>'
        "<p><button>Anmelden</button></p></form>"
    ))  # fmt: skip


def post_back(title: str, url: str, fields: Mapping[str, str]) -> str:
    """A form that goes back by itself, or by its button where scripts are off."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return _frame(title, (
        f'<form id="back" method="post" action="{escape(url)}">{hidden}'
        "<p><button>Zurück zur Stadt</button></p></form>"
        "<script>document.getElementById('back').submit()</script>"
    ))  # fmt: skip


def sessions(title: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """Who is signed in here, each with a button that ends it everywhere."""
    rows = "".join(
        f'<form method="post" action="/saml/logout"><input type="hidden" name="name" '
        f'value="{escape(name)}"><p>{escape(one["who"])} '
        "<button>Überall abmelden</button></p></form>"
        for name, one in known.items()
    )
    return _frame(f"{title}: angemeldet", rows or "<p>Niemand ist angemeldet.</p>")


def problem(text: str) -> str:
    return _frame("Das geht nicht", f"<p>{escape(text)}</p>")


def _radio(name: str, value: str, text: str, *, checked: bool) -> str:
    mark = " checked" if checked else ""
    return (
        f'<label><input type="radio" name="{name}" value="{escape(value)}"{mark}> '
        f"{escape(text)}</label>"
    )


def _frame(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<main><p class="demo">Vorführung: Alle Personen sind erfunden.</p>'
        f"<h1>{escape(title)}</h1>"
        f"{body}</main></body></html>"
    )
