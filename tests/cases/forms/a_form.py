"""A small form that has something of everything, and answers that are right for it."""

from stadtkern.kernel.cases.forms.definition import read


def de(text, en=""):
    return {"de": text, "en": en} if en else {"de": text}


def when(field, op="is", value=None):
    return {"all": [{"field": field, "op": op} | ({} if value is None else {"value": value})]}


FORM = {
    "title": de("Hund anmelden", "Register a dog"),
    "payment": "upfront",
    "steps": [
        {
            "id": "you",
            "title": de("Über Sie", "About you"),
            "fields": [
                {"id": "full_name", "kind": "text", "title": de("Name", "Name")},
                {"id": "email", "kind": "email", "title": de("E-Mail"), "required": False},
                {"id": "born", "kind": "date", "title": de("Geburtsdatum"), "high": 0},
                {"id": "guardian", "kind": "text", "title": de("Wer sorgt für Sie?"),
                 "show": when("born", "age_under", 18)},
            ],
        },
        {
            "id": "dogs",
            "title": de("Ihre Hunde"),
            "each": de("Hund", "Dog"),
            "repeated": True,
            "least": 1,
            "most": 3,
            "fields": [
                {"id": "dog", "kind": "text", "title": de("Rufname")},
                {"id": "big", "kind": "boolean", "title": de("Über 40 cm?")},
                {"id": "insurer", "kind": "text", "title": de("Versicherung"),
                 "show": when("big", "is", True)},
            ],
        },
        {
            "id": "tax",
            "title": de("Steuer"),
            "show": when("big", "is", True),
            "fields": [
                {"id": "from", "kind": "date", "title": de("Von")},
                {"id": "to", "kind": "date", "title": de("Bis"), "required": False},
                {"id": "copies", "kind": "integer", "title": de("Kopien"), "low": 1, "high": 9},
                {"id": "why", "kind": "choice", "title": de("Wofür?"),
                 "options": [{"value": "a", "title": de("Amt")}, {"value": "o", "title": de("Anderes")}]},
                {"id": "other", "kind": "text", "title": de("Was genau?"),
                 "show": when("why", "is", "o")},
            ],
            "checks": [{"wrong": {"all": [{"field": "to", "op": "filled"},
                                          {"field": "copies", "op": "more", "value": 5}]},
                        "field": "to", "text": de("Bitte ohne Ende.", "No end, please.")}],
        },
    ],
    "fees": [
        {"text": de("Marke"), "cents": 500},
        {"text": de("Kopie"), "cents": 250, "per": "copies", "budget": "kopien"},
        {"text": de("Amtlich"), "cents": 100, "when": when("why", "is", "a")},
    ],
    "name": ["full_name"],
    "email": "email",
}  # fmt: skip

RIGHT = {
    "full_name": "Erika Beispiel",
    "born": "1980-02-29",
    "dogs": [{"dog": "Rex", "big": True, "insurer": "Hundevers"}, {"dog": "Mia", "big": False}],
    "from": "2026-12-01",
    "copies": 2,
    "why": "a",
}


def form(**changes):
    return read({**FORM, **changes})


def step(definition, name):
    return next(one for one in definition.steps if one.id == name)
