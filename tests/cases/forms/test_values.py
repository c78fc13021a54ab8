"""What people type, what becomes of it, and how a mistake is told."""

import pytest
from django.utils.translation import override

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.definition import Field, Option
from stadtkern.kernel.cases.forms.values import NotValid


def field(kind, **more):
    return Field(id="it", kind=kind, title={"de": "Es"}, **more)


def parse(kind, text, **more):
    with override("en"):
        return values.KINDS[kind].parse(field(kind, **more), {"it": text})


def refused(kind, text, **more):
    with pytest.raises(NotValid) as problem:
        parse(kind, text, **more)
    return str(problem.value)


@pytest.mark.parametrize(("kind", "text", "answer"), [
    ("text", "  two   words ", "two words"), ("text", "a\x00b", "ab"), ("text", "", None),
    ("long_text", "one\r\ntwo", "one\ntwo"), ("email", "a@example.org", "a@example.org"),
    ("phone", "+49 2323 16-0", "+49 2323 16-0"), ("postcode", "44 623", "44623"),
    ("integer", "1.234", 1234), ("integer", "-7", -7), ("number", "72,5", 72.5),
    ("money", "1.234,50 €", 123450), ("money", "1234.5", 123450), ("money", "1,234.50", 123450),
    ("money", "0,07", 7), ("date", "1.2.2026", "2026-02-01"), ("date", "2026-12-31", "2026-12-31"),
    ("date", "29.2.2024", "2024-02-29"), ("time", "9.30 Uhr", "09:30"), ("time", "14", "14:00"),
    ("boolean", "ja", True), ("boolean", "no", False), ("boolean", "", None),
    ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("iban", "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
    ("plate", "her-ab 123", "HER-AB 123"), ("plate", "HER AB 12 E", "HER-AB 12E"),
    ("plate", "B-X 1H", "B-X 1H"), ("plate", "HERAB123", "HER-AB 123"),
    ("plate", "WAN-A 1", "WAN-A 1"), ("vin", "wvw zzz 1jz 3w3 86752", "WVWZZZ1JZ3W386752"),
])  # fmt: skip
def test_answers_are_taken_as_people_type_them(kind, text, answer):
    assert parse(kind, text) == answer


@pytest.mark.parametrize(("kind", "text", "word"), [
    ("email", "a@", "name@example.org"), ("phone", "12", "02323"), ("phone", "abcdefgh", "02323"),
    ("postcode", "4462", "five digits"), ("integer", "three", "whole number"),
    ("integer", "1,5", "whole number"), ("money", "12,345", "euros"), ("money", "1e9", "euros"),
    ("date", "31.2.2026", "31.12.2026"), ("date", "1.2.26", "31.12.2026"),
    ("date", "1.1.1066", "before"), ("time", "25:00", "14:30"), ("boolean", "perhaps", "yes or no"),
    ("iban", "DE89 3704 0044 0532 0130 01", "mistake"), ("iban", "DE89 3704", "like this"),
    ("iban", "DE8937040044053201300", "should have 22"), ("plate", "HERA123", "hyphen"),
    ("plate", "HER-ABC 1", "hyphen"), ("plate", "HER-AB 0123", "hyphen"),
    ("plate", "HER-AB 1234E", "hyphen"), ("vin", "WVWZZZ1JZ3W38675O", "no I, O or Q"),
    ("vin", "WVW", "17 characters"), ("text", "x" * 201, "1 character less"),
    ("choice", "z", "one of"), ("choices", ["a", "z"], "among"),
])  # fmt: skip
def test_a_mistake_is_told_with_how_to_repair_it(kind, text, word):
    more = {"options": (Option(value="a", title={"de": "A"}),)} if "choice" in kind else {}
    assert word in refused(kind, text, **more)


def test_mistakes_are_told_in_german_as_well():
    with override("de"), pytest.raises(NotValid) as problem:
        values.KINDS["date"].parse(field("date"), {"it": "gestern"})
    assert str(problem.value) == "Geben Sie das Datum so ein: 31.12.2026"


def test_limits_are_told_in_the_measure_of_the_field():
    assert "at most 1,000.00 euros" in refused("money", "1.000,01", high=1000)
    assert "at least 2" in refused("integer", "1", low=2)
    assert "after" in refused("date", "1.1.2199", high=0)


def test_a_pattern_says_its_own_words():
    more = {"pattern": "[A-Z0-9]{7}", "pattern_words": {"de": "Sieben", "en": "Seven"}}
    assert refused("text", "ABC", **more) == "Seven"
    assert parse("text", "ABC1234", **more) == "ABC1234"


def test_an_address_wants_all_its_parts():
    said = {"it-street": "Freiligrathstraße", "it-number": "12 a", "it-postcode": "44623",
            "it-town": "Herne"}  # fmt: skip
    handling = values.KINDS["address"]
    answer = handling.parse(field("address"), said)
    assert values.say(field("address"), answer, "de") == "Freiligrathstraße 12 a, 44623 Herne"
    with override("en"), pytest.raises(NotValid, match="the house number, the town"):
        handling.parse(field("address"), {**said, "it-number": "", "it-town": ""})


@pytest.mark.parametrize(("kind", "answer", "text"), [
    ("date", "2026-12-01", "1. Dezember 2026"), ("money", 123450, "1.234,50 Euro"),
    ("boolean", False, "nein"), ("iban", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ("number", 72.5, "72,5"), ("integer", 1234, "1.234"), ("file", ["x"], ""),
])  # fmt: skip
def test_answers_are_said_as_people_read_them(kind, answer, text):
    with override("de"):
        assert values.say(field(kind), answer, "de") == text


def test_plates_are_compared_without_hyphens_and_spaces():
    assert values.compared(field("plate"), "HER-AB 12E") == "HERAB12E"
