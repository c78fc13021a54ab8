"""What holds for every form and every answer, tried with invented ones."""

import json
import re
from string import ascii_lowercase

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stadtkern.kernel.cases.forms import draw, run, values
from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.definition import FormProblem, read, write
from stadtkern.kernel.cases.forms.sight import Sight

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.text(ascii_lowercase + "äöüß ", min_size=1, max_size=12).filter(str.strip)
KINDS = ["text", "long_text", "email", "phone", "integer", "number", "money", "date", "time",
         "boolean", "choice", "choices", "address", "iban", "plate", "vin", "postcode", "file",
         "note"]  # fmt: skip
ANY_TEXT = st.text(max_size=40) | st.sampled_from([
    "1.1.2020", "31.2.2020", "ja", "no", "DE89370400440532013000", "HER-AB 123", "44623", "12,50",
    "a@example.org", "WVWZZZ1JZ3W386752", "99999999999999999999", "1e9", "\ud800", "\x00", "½", "٣",
])  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers(-5, 5) | ANY_TEXT
ANY_ANSWER = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(WORDS, PLAIN, max_size=2)


@st.composite
def forms(take):
    """A definition of two to four steps, whose conditions speak of earlier questions."""
    count = take(st.integers(2, 4))
    known, steps = [], []
    for at in range(count):
        repeated = take(st.booleans())
        fields = [take(fields_of(f"f{at}_{n}", known)) for n in range(take(st.integers(1, 3)))]
        known += [one for one in fields if one["kind"] in ("boolean", "choice", "text", "integer")]
        steps.append({"id": f"s{at}", "title": {"de": take(WORDS)}, "fields": fields}
                     | ({"repeated": True, "least": 0, "most": 3} if repeated else {}))  # fmt: skip
    earlier = [one for one in known if not one["id"].startswith(f"f{count - 1}_")]
    if earlier and take(st.booleans()):
        steps[-1]["show"] = take(conditions(earlier))
    fees = [{"text": {"de": "x"}, "cents": 100, "when": take(conditions(known))}] if known else []
    return {"title": {"de": take(WORDS)}, "steps": steps, "fees": fees,
            "payment": "upfront" if fees else "none"}  # fmt: skip


@st.composite
def fields_of(take, name, known):
    kind = take(st.sampled_from(KINDS))
    made = {"id": name, "kind": kind, "title": {"de": take(WORDS)}, "required": take(st.booleans())}
    if kind in ("choice", "choices"):
        made["options"] = [{"value": one, "title": {"de": one}} for one in ("a", "b")]
    if known and take(st.booleans()):
        made["show"] = take(conditions(known))
    return made


@st.composite
def conditions(take, known):
    tests = []
    for field in take(st.lists(st.sampled_from(known), min_size=1, max_size=2)):
        value = {"boolean": True, "choice": "a", "text": "x", "integer": 2}[field["kind"]]
        op = take(st.sampled_from(["is", "is_not", "filled", "empty"]))
        tests.append({"field": field["id"], "op": op}
                     | ({} if op in ("filled", "empty") else {"value": value}))  # fmt: skip
    return {take(st.sampled_from(["all", "any"])): tests}


@st.composite
def forms_with_answers(take):
    definition = read(take(forms()))
    answers = {}
    for step in definition.steps:
        rows = [
            {one.id: take(answer_of(one)) for one in step.fields}
            for _row in range(take(st.integers(0, 2)) if step.repeated else 1)
        ]
        answers |= {step.id: rows} if step.repeated else rows[0]
    return definition, answers


def answer_of(field):
    right = {"boolean": st.booleans(), "choice": st.sampled_from(["a", "b"]),
             "text": st.sampled_from(["x", "y"]), "integer": st.integers(0, 3),
             "date": st.just("2020-01-01"), "email": st.just("a@example.org")}  # fmt: skip
    return st.none() | right.get(field.kind, st.nothing()) | ANY_ANSWER


@QUICK
@given(forms())
def test_what_is_written_is_what_was_read(told):
    definition = read(told)
    assert read(json.loads(json.dumps(write(definition)))) == definition


@QUICK
@given(forms_with_answers(), st.data())
def test_hidden_answers_change_nothing_that_is_kept_or_billed(both, data):
    definition, answers = both
    before = run.kept(definition, answers), run.bill(definition, answers)
    sight, other = Sight(definition, answers), json.loads(json.dumps(answers))
    for step in definition.steps:
        for row in sight.places(step):
            spot = other if row is None else other[step.id][row]
            for field in step.fields:
                if not sight.field(step, field, row):
                    spot[field.id] = data.draw(ANY_ANSWER)
    assert (run.kept(definition, other), run.bill(definition, other)) == before


@QUICK
@given(forms_with_answers())
def test_there_is_no_fault_exactly_where_all_that_is_shown_is_answered_and_valid(both):
    definition, answers = both
    sight, sound = Sight(definition, answers), True
    for step in sight.steps():
        for row in sight.places(step):
            for field in sight.fields(step, row):
                value = sight.value(step, field, row)
                if field.kind == "note":
                    continue
                missing = field.required and is_empty(value)
                sound = sound and not missing and not values.problem(field, value)
    assert (run.faults(definition, answers, language="de") == []) == sound


@QUICK
@given(forms_with_answers(), st.data())
def test_nothing_that_is_typed_breaks_a_page(both, data):
    definition, answers = both
    for step in definition.steps:
        names = [one.id for one in step.fields] + ["asked"]
        names += [f"{one.id}-street" for one in step.fields if one.kind == "address"]
        said = {name: data.draw(st.lists(ANY_TEXT, max_size=2)) for name in names}
        row = data.draw(st.integers(0, 2)) if step.repeated else None
        taken = run.take(definition, step, said, answers, language="de", row=row)
        json.dumps(taken.values).encode()
        assert set(taken.values) | set(taken.faults) <= {one.id for one in step.fields}
        draw.page(definition, step, answers, language="en", row=row, said=said,
                  faults=taken.faults, more=taken.more)  # fmt: skip
    run.summary(definition, answers, language="de")


@QUICK
@given(forms_with_answers())
def test_what_is_shown_can_be_sent_again_without_changing_it(both):
    """Input fields show an answer so that the same answer comes of them."""
    definition, answers = both
    sight = Sight(definition, answers)
    for step in definition.steps:
        for field in step.fields:
            if step.repeated or field.kind in ("note", "file"):
                continue
            value = sight.value(step, field)
            if is_empty(value) or values.problem(field, value):
                continue
            drawn = next(one for one in draw.page(definition, step, answers, language="de").fields
                         if one.id == field.id)  # fmt: skip
            said = {one.name: one.value for one in drawn.inputs}
            said |= {field.id: [p.value for p in drawn.picks if p.checked]} if drawn.picks else {}
            again = values.KINDS[field.kind].parse(field, said)
            if isinstance(value, str):
                assume(values.clean(value) == value)
                value = value if field.kind == "long_text" else re.sub(r"\s+", " ", value)
            assert again == value


def refused(told):
    """What is wrong with it; None where it is a form by chance."""
    try:
        read(told)
    except FormProblem as problem:
        return problem.wrong
    return None


@QUICK
@given(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["title", "steps", "fields", "id", "kind", "show", "all",
                                          "field", "op", "value", "de", "options", "fees"]),
                         inner, max_size=4), max_leaves=15))  # fmt: skip
def test_no_json_breaks_reading(told):
    assert refused(told) != ()


@pytest.mark.parametrize("iban", ["DE89370400440532013000", "GB82WEST12345698765432",
                                  "FR1420041010050500013M02606", "AT611904300234573201"])  # fmt: skip
def test_a_wrong_digit_in_an_iban_is_always_noticed(iban):
    """ISO 7064 MOD 97-10 finds every single wrong character."""
    from stadtkern.kernel.cases.forms.values.bank import remainder

    assert remainder(iban) == 1
    for at in range(4, len(iban)):
        for digit in "0123456789":
            if iban[at] != digit:
                assert remainder(iban[:at] + digit + iban[at + 1 :]) != 1
